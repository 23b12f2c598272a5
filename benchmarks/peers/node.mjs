// node:http by hand: what somebody writes in an afternoon.
import { createServer } from "node:http";
import { checkcode, gencode } from "./state.mjs";

const routes = new Map([
  ["/MainService.svc/json/SendMessageAutoGenCode_V4_get", gencode],
  ["/MainService.svc/json/CheckCodeGen_V4_get", checkcode],
]);

createServer((request, response) => {
  const [path, query = ""] = request.url.split("?", 2);
  const answer = routes.get(path)?.(Object.fromEntries(new URLSearchParams(query)));
  const body = JSON.stringify(answer ?? { error: "not found" });
  const headers = { "Content-Type": "application/json; charset=utf-8", "Content-Length": Buffer.byteLength(body) };
  response.writeHead(answer === undefined ? 404 : 200, headers).end(body);
}).listen(Number(process.argv[2]), "127.0.0.1");
