/** What a login needs of eSMS. */

const ACCEPTED = "100";
const WRONG_CODE = "117";

/** eSMS cannot do it now; the message is its result code, or what went wrong on the way. */
export class Unavailable extends Error {}

export class Esms {
  constructor({ url, apiKey, secretKey, brandname = "Sandbox" }) {
    this.url = url;
    this.keys = { ApiKey: apiKey, SecretKey: secretKey };
    this.brandname = brandname;
  }

  /** Have a code of six digits sent that is good for five minutes. */
  async sendCode(phone) {
    const result = await this.ask("SendMessageAutoGenCode_V4_get", {
      Phone: phone,
      Brandname: this.brandname,
      Type: "2",
      TimeAlive: "5",
      NumCharOfCode: "6",
      IsNumber: "1",
      message: "{OTP} is your code",
    });
    if (result !== ACCEPTED) throw new Unavailable(result);
  }

  /** Say whether a code is good. It is good once. */
  async isGood(phone, code) {
    const result = await this.ask("CheckCodeGen_V4_get", { Phone: phone, Code: code });
    if (result !== ACCEPTED && result !== WRONG_CODE) throw new Unavailable(result);
    return result === ACCEPTED;
  }

  async ask(operation, fields) {
    try {
      const query = new URLSearchParams({ ...this.keys, ...fields });
      const answer = await fetch(`${this.url}/MainService.svc/json/${operation}?${query}`, {
        signal: AbortSignal.timeout(10_000),
      });
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      return (await answer.json()).CodeResult;
    } catch (error) {
      throw new Unavailable(error.message, { cause: error });
    }
  }
}
