/** The application, served on a free port for a lane of the sandbox. */

import { once } from "node:events";
import { createApp } from "./app.js";
import { Esms } from "./esms.js";

export async function serve(lane) {
  const { ApiKey: apiKey, SecretKey: secretKey } = lane.credentials.esms;
  const esms = new Esms({ url: lane.baseUrl, apiKey, secretKey, brandname: process.env.ESMS_BRANDNAME });
  const server = createApp(esms).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}
