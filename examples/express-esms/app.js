/** A login by SMS: a page with two steps. */

import express from "express";
import { Unavailable } from "./esms.js";

const PHONE_FORM = `<!doctype html><title>Log in</title>
<form method="post" action="/login"><label>Phone <input name="phone" type="tel"></label>
<button>Send code</button></form>`;

const codeForm = (phone) => `<!doctype html><title>Log in</title>
<p>A code is on its way.</p>
<form method="post" action="/login/code"><input name="phone" type="hidden" value="${phone}">
<label>Code <input name="code" inputmode="numeric" autocomplete="one-time-code"></label> <button>Log in</button></form>`;

export function createApp(esms) {
  const app = express();
  app.use(express.urlencoded({ extended: false }));

  app.use("/login", (request, response, next) => {
    if (/^0\d{9}$/.test(request.body?.phone ?? "")) return next();
    response.status(400).send("<p>This is no phone number.</p>");
  });

  app.get("/", (request, response) => {
    response.send(PHONE_FORM);
  });

  app.post("/login", async (request, response) => {
    const { phone } = request.body;
    await esms.sendCode(phone);
    response.send(codeForm(phone));
  });

  // Here your application would begin a session.
  app.post("/login/code", async (request, response) => {
    const { phone, code = "" } = request.body;
    if (await esms.isGood(phone, code.trim())) response.send(`<h1>Welcome, ${phone}</h1>`);
    else response.status(403).send("<p>This code is not good.</p>");
  });

  app.use((error, request, response, next) => {
    if (!(error instanceof Unavailable)) return next(error);
    response.status(503).send("<p>We cannot send codes now. Please try again later.</p>");
  });

  return app;
}
