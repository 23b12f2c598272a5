"""A login by SMS with FastAPI. eSMS makes the code, sends it and checks it.

`uvicorn app:app` serves it. ESMS_BASE_URL, ESMS_API_KEY, ESMS_SECRET_KEY and ESMS_BRANDNAME say where eSMS is, and who
we are.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, Form
from fastapi.responses import HTMLResponse

ACCEPTED = "100"
WRONG_CODE = "117"

PHONE_FORM = """<!doctype html><title>Log in</title>
<form method="post" action="/login">
<label>Phone <input name="phone" type="tel"></label> <button>Send code</button></form>
"""
CODE_FORM = """<!doctype html><title>Log in</title>
<p>A code is on its way.</p>
<form method="post" action="/login/code"><input name="phone" type="hidden" value="{phone}">
<label>Code <input name="code" inputmode="numeric" autocomplete="one-time-code"></label> <button>Log in</button></form>
"""


class Unavailable(Exception):
    """eSMS cannot do it now; the text is its result code, or what went wrong on the way."""


class Esms:
    """What a login needs of eSMS."""

    def __init__(self, client: httpx.AsyncClient, api_key: str, secret_key: str, brandname: str) -> None:
        """Remember who we are."""
        self.client = client
        self.keys = {"ApiKey": api_key, "SecretKey": secret_key}
        self.brandname = brandname

    async def send_code(self, phone: str) -> None:
        """Have a code of six digits sent that is good for five minutes."""
        result = await self._ask(
            "SendMessageAutoGenCode_V4_get",
            Phone=phone,
            Brandname=self.brandname,
            Type="2",
            TimeAlive="5",
            NumCharOfCode="6",
            IsNumber="1",
            message="{OTP} is your code",
        )
        if result != ACCEPTED:
            raise Unavailable(result)

    async def is_good(self, phone: str, code: str) -> bool:
        """Say whether a code is good. It is good once."""
        result = await self._ask("CheckCodeGen_V4_get", Phone=phone, Code=code)
        if result not in {ACCEPTED, WRONG_CODE}:
            raise Unavailable(result)
        return result == ACCEPTED

    async def _ask(self, operation: str, **fields: str) -> str:
        try:
            answer = await self.client.get(f"/MainService.svc/json/{operation}", params=self.keys | fields)
            return str(answer.raise_for_status().json()["CodeResult"])
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise Unavailable(type(error).__name__) from error


async def esms() -> AsyncIterator[Esms]:
    """Connect to eSMS for a request."""
    keys = (os.environ["ESMS_API_KEY"], os.environ["ESMS_SECRET_KEY"], os.environ.get("ESMS_BRANDNAME", "Sandbox"))
    async with httpx.AsyncClient(base_url=os.environ["ESMS_BASE_URL"], timeout=10) as client:
        yield Esms(client, *keys)


Provider = Annotated[Esms, Depends(esms)]
Phone = Annotated[str, Form(pattern=r"^0\d{9}$")]
app = FastAPI()


@app.exception_handler(Unavailable)
async def unavailable(*_: object) -> HTMLResponse:
    """Tell the person; the reason is ours."""
    return HTMLResponse("<p>We cannot send codes now. Please try again later.</p>", 503)


@app.get("/", response_class=HTMLResponse)
async def start() -> str:
    """Ask for the phone."""
    return PHONE_FORM


@app.post("/login", response_class=HTMLResponse)
async def login(phone: Phone, provider: Provider) -> str:
    """Send a code, and ask for it."""
    await provider.send_code(phone)
    return CODE_FORM.format(phone=phone)


@app.post("/login/code", response_class=HTMLResponse)
async def login_by_code(phone: Phone, code: Annotated[str, Form()], provider: Provider) -> HTMLResponse:
    """Let in whoever has the code. Here your application would begin a session."""
    if await provider.is_good(phone, code.strip()):
        return HTMLResponse(f"<h1>Welcome, {phone}</h1>")
    return HTMLResponse("<p>This code is not good.</p>", 403)
