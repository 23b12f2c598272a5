// openapi-backend: finds the operation, checks the request against the document, calls a handler with state.
import { createServer } from "node:http";
import { OpenAPIBackend } from "openapi-backend";
import { checkcode, gencode } from "./state.mjs";

const send = (response, status, value) => {
  const body = JSON.stringify(value);
  const headers = { "Content-Type": "application/json; charset=utf-8", "Content-Length": Buffer.byteLength(body) };
  response.writeHead(status, headers).end(body);
};
const api = new OpenAPIBackend({
  definition: new URL("esms.json", import.meta.url).pathname,
  handlers: {
    SendMessageAutoGenCode_V4_get: (context, _, response) => send(response, 200, gencode(context.request.query)),
    CheckCodeGen_V4_get: (context, _, response) => send(response, 200, checkcode(context.request.query)),
    validationFail: (context, _, response) => send(response, 400, { errors: context.validation.errors }),
    notFound: (_context, _, response) => send(response, 404, { error: "not found" }),
  },
});
await api.init();

createServer((request, response) => {
  const { method, url, headers } = request;
  api.handleRequest({ method, path: url, headers }, request, response);
}).listen(Number(process.argv[2]), "127.0.0.1");
