// Sends requests with a client of Node: `node clients.js fetch|axios|https`. What comes in: ../README.md.
"use strict";

const http = require("node:http"); // the module https asks alike; there is no TLS on loopback
const { Readable } = require("node:stream");

const H2C = { Connection: "Upgrade, HTTP2-Settings", Upgrade: "h2c", "HTTP2-Settings": "AAMAAABkAARAAAAAAAIAAAAA" };
const TIMEOUT = 20_000;

function address(wanted) {
  if (wanted.query) return `${wanted.url}?${new URLSearchParams(wanted.query)}`;
  return wanted.raw_query ? `${wanted.url}?${wanted.raw_query}` : wanted.url;
}

function body(wanted) {
  if (wanted.text !== undefined) return wanted.encoding === "utf-16-le" ? Buffer.from(wanted.text, "utf16le") : wanted.text;
  if (wanted.json) return JSON.stringify(wanted.json);
  return wanted.form ? new URLSearchParams(wanted.form) : undefined;
}

function pieces(text) {
  return Readable.from([text.slice(0, 5), text.slice(5)].map((each) => Buffer.from(each)));
}

const clients = {
  async fetch(wanted) {
    const options = { method: wanted.method, headers: { ...wanted.headers }, signal: AbortSignal.timeout(TIMEOUT) };
    options.body = body(wanted);
    if (wanted.json) options.headers["Content-Type"] = "application/json";
    if (wanted.way === "chunked") {
      if (wanted.form) options.headers["Content-Type"] = "application/x-www-form-urlencoded";
      options.body = Readable.toWeb(pieces(options.body.toString()));
      options.duplex = "half";
    }
    const answer = await fetch(address(wanted), options);
    return { status: answer.status, body: await answer.text() };
  },

  async axios(wanted) {
    const axios = require("axios");
    const options = { method: wanted.method, url: wanted.url, headers: { ...wanted.headers }, timeout: TIMEOUT };
    options.proxy = wanted.proxy ? { host: new URL(wanted.proxy).hostname, port: Number(new URL(wanted.proxy).port) } : false;
    if (wanted.query) options.params = wanted.query;
    else options.url = address(wanted);
    options.data = wanted.json ?? body(wanted);
    if (wanted.text !== undefined) options.data = Buffer.from(options.data); // of a text it would make JSON
    if (wanted.way === "chunked") {
      options.headers["Content-Type"] = wanted.json ? "application/json" : "application/x-www-form-urlencoded";
      options.data = pieces(body(wanted).toString());
    }
    if (wanted.way === "expect") options.headers.Expect = "100-continue";
    if (wanted.way === "h2c") Object.assign(options.headers, H2C);
    // The answer as it came: axios would make an object of it.
    const answer = await axios({ ...options, transformResponse: (text) => text, validateStatus: () => true });
    return { status: answer.status, body: answer.data };
  },

  https(wanted) {
    return new Promise((resolve, reject) => {
      const options = { method: wanted.method, headers: { ...wanted.headers }, timeout: TIMEOUT };
      let sent = body(wanted);
      if (sent instanceof URLSearchParams) {
        sent = sent.toString();
        options.headers["Content-Type"] ??= "application/x-www-form-urlencoded";
      }
      if (wanted.json) options.headers["Content-Type"] = "application/json";
      if (sent !== undefined && wanted.way !== "chunked") options.headers["Content-Length"] = Buffer.byteLength(sent);
      if (wanted.way === "h2c") Object.assign(options.headers, H2C);
      if (wanted.way === "expect") options.headers.Expect = "100-continue";
      let target = new URL(address(wanted));
      if (wanted.proxy) {
        options.path = target.href;
        options.headers.Host = target.host;
        target = new URL(wanted.proxy);
      }
      const request = http.request(target, options, (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (piece) => (text += piece));
        answer.on("end", () => resolve({ status: answer.statusCode, body: text }));
      });
      request.on("error", reject);
      request.on("timeout", () => request.destroy(new Error("no answer in time")));
      if (wanted.way === "expect") request.on("continue", () => request.end(sent));
      else if (wanted.way === "chunked") pieces(sent).pipe(request);
      else request.end(sent);
    });
  },
};

async function main() {
  let text = "";
  for await (const piece of process.stdin.setEncoding("utf8")) text += piece;
  const send = clients[process.argv[2]];
  for (const wanted of JSON.parse(text)) {
    let told;
    try {
      told = await send(wanted);
    } catch (error) {
      told = { error: `${error}${error.cause ? ` (${error.cause})` : ""}` };
    }
    console.log(JSON.stringify({ id: wanted.id, ...told }));
  }
  process.exit(); // whatever connections are kept
}

main();
