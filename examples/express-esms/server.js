import { createApp } from "./app.js";
import { Esms } from "./esms.js";

const { ESMS_BASE_URL, ESMS_API_KEY, ESMS_SECRET_KEY, ESMS_BRANDNAME, PORT = "3000" } = process.env;
const esms = new Esms({
  url: ESMS_BASE_URL,
  apiKey: ESMS_API_KEY,
  secretKey: ESMS_SECRET_KEY,
  brandname: ESMS_BRANDNAME,
});
const server = createApp(esms).listen(Number(PORT), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
