// A backend's calls with a generated client: the compiler knows every path, field and answer.
import createClient from "openapi-fetch";

import type { paths as Amoot } from "./amoot";
import type { paths as Esms } from "./esms";
import type { components, paths as Thuesim } from "./thuesim";

const baseUrl = process.argv[2];
const keys = { ApiKey: "SANDBOX-API-KEY", SecretKey: "SANDBOX-SECRET-KEY" };
const token = "SANDBOX-TOKEN";

// eSMS sends a code to a number that thuesim rents out, where it is read, and checks it.
const esms = createClient<Esms>({ baseUrl });
const thuesim = createClient<Thuesim>({ baseUrl });

const rented = await thuesim.GET("/api/register-service/", { params: { query: { serviceId: "02.97", token } } });
const { RequestLog } = rented.data as components["schemas"]["RentAnswer"];
const Phone = RequestLog!.Phone.trim();

const sent = await esms.GET("/MainService.svc/json/SendMessageAutoGenCode_V4_get", {
  params: { query: { ...keys, Phone, Brandname: "Sandbox", Type: "2", message: "{OTP} is your code" } },
});

const query = { show: "code", ID: String(RequestLog!.ID), token } as const;
const read = await thuesim.GET("/api/", { params: { query } });
const { Result } = read.data as components["schemas"]["CodeAnswer"];

const Code = Result!.Code!;
const checked = await esms.GET("/MainService.svc/json/CheckCodeGen_V4_get", { params: { query: { ...keys, Phone, Code } } });

const asked = await thuesim.GET("/api/", { params: { query: { show: "balance", token } } });
const balance = asked.data && "status_code" in asked.data ? asked.data.data : null;

const post = await esms.POST("/MainService.svc/json/GetBalance_json", { body: keys });

// Amoot hands the code back.
const amoot = createClient<Amoot>({ baseUrl });
const fields = { SMSMessageText: "Welcome", LineNumber: "public", Mobile: "9121234567", CodeLength: 5 };
const byQuery = await amoot.GET("/rest/SendOTP", { params: { query: { ...fields, Token: token } } });
const byBody = await amoot.POST("/rest/SendOTP", { body: fields, headers: { Authorization: token } });

console.log(
  JSON.stringify({
    sent: sent.data && "CodeResult" in sent.data ? sent.data.CodeResult : null,
    checked: checked.data?.CodeResult,
    balance,
    post: post.data && "CodeResponse" in post.data ? post.data.CodeResponse : null,
    amoot: [byQuery.data?.Status, byQuery.data?.Data?.Code.length, byBody.data?.Status],
  }),
);

// What the document forbids does not compile.
// @ts-expect-error  (there is no such query)
void (() => thuesim.GET("/api/", { params: { query: { show: "nothing", token } } }));
// @ts-expect-error  (the phone is missing)
void (() => esms.GET("/MainService.svc/json/CheckCodeGen_V4_get", { params: { query: { ...keys, Code } } }));
