// GENCODE and CHECKCODE with state and nothing else: codes that live for a while, work once, and belong to a phone.
// The peers that can have state share it, so that they differ in how a request reaches it only.
import { randomBytes, randomInt } from "node:crypto";

const codes = new Map();
const known = (query) => query.ApiKey === "SANDBOX-API-KEY" && query.SecretKey === "SANDBOX-SECRET-KEY";
const refused = { CodeResult: "101", CountRegenerate: 0, ErrorMessage: "Authorize Failed" };

export function gencode(query) {
  if (!known(query)) return refused;
  if (!query.message?.includes("{OTP}")) {
    return { CodeResult: "146", CountRegenerate: 0, ErrorMessage: "Sai template Brandname CSKH" };
  }
  const length = Number(query.NumCharOfCode ?? 6);
  const code = String(randomInt(10 ** length)).padStart(length, "0");
  codes.set(query.Phone, { code, ends: Date.now() + Number(query.TimeAlive ?? 5) * 60_000 });
  return { CodeResult: "100", CountRegenerate: 0, SMSID: randomBytes(16).toString("hex") };
}

export function checkcode(query) {
  if (!known(query)) return refused;
  const kept = codes.get(query.Phone);
  if (kept === undefined || kept.code !== query.Code || kept.ends <= Date.now()) {
    const text = `${query.Phone}, Content: ${query.Code} Code Invalid`;
    return { CodeResult: "117", CountRegenerate: 0, ErrorMessage: text };
  }
  codes.delete(query.Phone);
  return { CodeResult: "100", CountRegenerate: 0, ErrorMessage: `${query.Phone}, Content: Success!` };
}
