// Asks eSMS for the balance, with a client of Node.
const URL = "https://rest.esms.vn/MainService.svc/json/GetBalance/SANDBOX-API-KEY/SANDBOX-SECRET-KEY";

const byAxios = (name) => async () => (await require(name).get(URL, { responseType: "text", transformResponse: (text) => text })).data;
const clients = {
  fetch: async () => (await fetch(URL)).text(),
  axios: byAxios("axios"),
  "axios 1.6": byAxios("axios-1.6"),
};

clients[process.argv[2]]().then(console.log, (error) => {
  console.error(error.message, error.cause ?? "");
  process.exit(1);
});
