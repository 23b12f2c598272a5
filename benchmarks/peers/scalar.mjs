// @scalar/mock-server: checks the request against the document and answers the document's example. It has no state here.
import { readFileSync } from "node:fs";
import { serve } from "@hono/node-server";
import { createMockServer } from "@scalar/mock-server";

const document = JSON.parse(readFileSync(new URL("esms.json", import.meta.url), "utf-8"));
const app = await createMockServer({ document, logger: false });
serve({ fetch: app.fetch, port: Number(process.argv[2]), hostname: "127.0.0.1" });
