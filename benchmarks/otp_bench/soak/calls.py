"""Calls of the providers' customers, with every kind of body."""

from __future__ import annotations

import json
from random import Random
from urllib.parse import urlencode

from otp_bench.soak.deeds import Deed, expect, phone
from otp_bench.soak.wire import Wire

ESMS = "/MainService.svc/json"
KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
MESSAGE = "{OTP} la ma xac minh dang ky Baotrixemay cua ban"
GENCODE = KEYS | {"Brandname": "Baotrixemay", "Type": "2", "TimeAlive": "10", "IsNumber": "1", "message": MESSAGE}
TOKEN = {"Token": "SANDBOX-TOKEN"}
BOUNDARY = "otp-bench-boundary"
REQUEST_IDS = 100
"""Few, because each is remembered for long, as it should be."""


async def gencode(wire: Wire, dice: Random) -> str:
    """Have a code sent; give the phone."""
    to = phone(dice)
    status, body = await wire.ask("GET", f"{ESMS}/SendMessageAutoGenCode_V4_get?{urlencode(GENCODE | {'Phone': to})}")
    expect(status, body, b'"CodeResult":"100"')
    return to


async def right_code(wire: Wire, dice: Random) -> None:
    """Have a code sent, read it, check it, check it again."""
    to = await gencode(wire, dice)
    _, known = await wire.control("GET", f"/codes/{to}")
    fields = urlencode(KEYS | {"Phone": to, "Code": known["codes"][-1]["code"]})
    for verdict in (b'"100"', b'"117"'):
        expect(*await wire.ask("GET", f"{ESMS}/CheckCodeGen_V4_get?{fields}"), verdict)


async def send_and_forget(wire: Wire, dice: Random) -> None:
    """Have a code sent that nobody checks."""
    await gencode(wire, dice)


async def wrong_code(wire: Wire, dice: Random) -> None:
    """Check a code that was never sent."""
    fields = urlencode(KEYS | {"Phone": phone(dice), "Code": "000000"})
    expect(*await wire.ask("GET", f"{ESMS}/CheckCodeGen_V4_get?{fields}"), b'"117"')


async def wrong_key(wire: Wire, dice: Random) -> None:
    """Call with credentials that nobody has."""
    fields = urlencode(GENCODE | {"Phone": phone(dice), "ApiKey": f"NOBODY-{dice.randrange(10**9)}"})
    expect(*await wire.ask("GET", f"{ESMS}/SendMessageAutoGenCode_V4_get?{fields}"), b'"101"')


async def as_json(wire: Wire, dice: Random) -> None:
    """Send a message as JSON, now and then with an id that was used before."""
    fields = KEYS | {"Phone": phone(dice), "Content": "Xin chào", "Brandname": "Sandbox", "SmsType": "2"}
    fields |= {"IsUnicode": "1"}
    if dice.random() < 0.1:  # noqa: PLR2004
        fields |= {"RequestId": f"soak-{dice.randrange(REQUEST_IDS)}"}
    path = f"{ESMS}/SendMultipleMessage_V4_post_json/"
    expect(*await wire.ask("POST", path, json.dumps(fields).encode()), b'"CodeResult"')


async def called_back(wire: Wire, dice: Random) -> None:
    """Send a message whose delivery is reported by a callback."""
    fields = KEYS | {"Phone": phone(dice), "Content": "Hello", "Brandname": "Sandbox", "SmsType": "2"}
    fields |= {"CallbackUrl": wire.callback_url}
    expect(*await wire.ask("GET", f"{ESMS}/SendMultipleMessage_V4_get?{urlencode(fields)}"), b'"100"')


async def as_form(wire: Wire, dice: Random) -> None:
    """Send a text to ten phones as a form."""
    mobiles = ",".join(f"91{dice.randrange(10**8):08}" for _ in range(10))
    fields = TOKEN | {"SendDateTime": "", "SMSMessageText": "Hello", "LineNumber": "public", "Mobiles": mobiles}
    sent = urlencode(fields).encode()
    expect(*await wire.ask("POST", "/rest/SendSimple", sent, "application/x-www-form-urlencoded"), b'"Success"')


async def as_xml(wire: Wire, dice: Random) -> None:
    """Send a message as XML."""
    sent = (
        f"<RQST><APIKEY>{KEYS['ApiKey']}</APIKEY><SECRETKEY>{KEYS['SecretKey']}</SECRETKEY><CONTENT>Hello</CONTENT>"
        f"<SMSTYPE>2</SMSTYPE><BRANDNAME>Sandbox</BRANDNAME>"
        f"<CONTACTS><CUSTOMER><PHONE>{phone(dice)}</PHONE></CUSTOMER></CONTACTS></RQST>"
    )
    expect(*await wire.ask("POST", f"{ESMS}/SendMultipleMessage_V4/", sent.encode(), "text/plain"), b'"100"')


async def as_multipart(wire: Wire, dice: Random) -> None:
    """Send a code as a multipart form."""
    fields = TOKEN | {"SMSMessageText": "Code %code%", "LineNumber": "Public", "CodeLength": "4", "SendDateTime": ""}
    sent = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (fields | {"Mobile": f"91{dice.randrange(10**8):08}"}).items()
    )
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    expect(*await wire.ask("POST", "/rest/SendOTP", f"{sent}--{BOUNDARY}--\r\n".encode(), kind), b'"Success"')


async def rental(wire: Wire, dice: Random) -> None:
    """Rent a number, let an SMS arrive, read it."""
    del dice
    _, body = await wire.ask("GET", "/api/register-service/?serviceId=02.97&token=SANDBOX-TOKEN")
    expect(200, body, b"{")
    _, known = await wire.control("GET", "/rentals?limit=1")
    for rented in known["rentals"]:
        status, answer = await wire.control("POST", f"/rentals/{rented['id']}/sms", {"text": "123456 la ma cua ban"})
        expect(status, json.dumps(answer).encode(), b"", also=(409,))


CALLS: tuple[Deed, ...] = (
    Deed(20, send_and_forget),
    Deed(20, right_code),
    Deed(10, wrong_code),
    Deed(5, wrong_key),
    Deed(10, as_json),
    Deed(3, called_back),
    Deed(3, as_form),
    Deed(5, as_xml),
    Deed(5, as_multipart),
    Deed(2, rental),
)
