"""A small backend that logs people in by a code that eSMS makes, sends and checks. Standard library only.

`python3 app.py [PORT]` serves it; ESMS_BASE_URL, ESMS_API_KEY and ESMS_SECRET_KEY say where eSMS is.
"""

from __future__ import annotations

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode
from urllib.request import urlopen

ACCEPTED = "100"


class Unavailable(Exception):
    """eSMS did not take the message; the text is its result code."""


class Login:
    """Sends codes and checks them."""

    def __init__(self, base_url: str, api_key: str, secret_key: str) -> None:
        """Remember where eSMS is and who we are."""
        self.base_url = base_url
        self.keys = {"ApiKey": api_key, "SecretKey": secret_key}

    def send(self, phone: str) -> None:
        """Have a code sent.

        Raises:
            Unavailable: eSMS refused.
        """
        code = self._ask(
            "SendMessageAutoGenCode_V4_get",
            Phone=phone,
            Brandname="Sandbox",
            Type="2",
            TimeAlive="5",
            IsNumber="1",
            message="{OTP} is your code",
        )
        if code != ACCEPTED:
            raise Unavailable(code)

    def check(self, phone: str, code: str) -> bool:
        """Say whether a code is good."""
        return self._ask("CheckCodeGen_V4_get", Phone=phone, Code=code) == ACCEPTED

    def _ask(self, operation: str, **fields: str) -> str:
        url = f"{self.base_url}/MainService.svc/json/{operation}?{urlencode(self.keys | fields)}"
        with urlopen(url, timeout=10) as answer:
            result: str = json.load(answer)["CodeResult"]
        return result


class Handler(BaseHTTPRequestHandler):
    """`POST /login` with `phone`, then `POST /login/code` with `phone` and `code`."""

    login: Login

    def do_POST(self) -> None:
        """Answer a form."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if self.path == "/login":
            try:
                self.login.send(form.get("phone", ""))
                self._answer(200, "a code is on its way")
            except Unavailable:
                self._answer(503, "we cannot send codes now")
        elif self.path == "/login/code":
            good = self.login.check(form.get("phone", ""), form.get("code", ""))
            self._answer(200 if good else 403, "welcome" if good else "this code is not good")
        else:
            self._answer(404, "nothing here")

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(f"{text}\n".encode())


def main() -> None:
    """Serve on the port that the command line names, 8000 unless it does."""
    Handler.login = Login(os.environ["ESMS_BASE_URL"], os.environ["ESMS_API_KEY"], os.environ["ESMS_SECRET_KEY"])
    host = os.environ.get("HOST", "127.0.0.1")
    server = ThreadingHTTPServer((host, int(sys.argv[1]) if len(sys.argv) > 1 else 8000), Handler)
    print(f"http://{host}:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
