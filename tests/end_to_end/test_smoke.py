"""A code's whole way through each provider, over real HTTP."""

from __future__ import annotations

from typing import Any

KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
CHECKCODE = "/MainService.svc/json/CheckCodeGen_V4_get"


async def test_a_rented_number_receives_the_code_that_is_then_accepted_once(client: Any) -> None:
    """The line is closed: rent at thuesim, send by eSMS, read through thuesim, check at eSMS."""
    rented = await client.get("/api/register-service/", serviceId="02.97", token="SANDBOX-TOKEN")
    phone = rented.json["RequestLog"]["Phone"].strip()
    rental_id = rented.text.partition('"ID":')[2].partition(",")[0]

    sent = await client.get(GENCODE, **KEYS, Phone=phone, Brandname="Sandbox", Type="2", message="{OTP} is it")
    read = await client.get("/api/", show="code", ID=rental_id, token="SANDBOX-TOKEN")
    code = read.json["Result"]["Code"]
    first = await client.get(CHECKCODE, **KEYS, Phone=phone, Code=code)
    second = await client.get(CHECKCODE, **KEYS, Phone=phone, Code=code)

    assert sent.json["CodeResult"] == "100"
    assert read.json["Result"]["SMS"] == f"{code} is it"
    assert first.json["CodeResult"] == "100"
    assert second.json["CodeResult"] == "117"


async def test_amoot_hands_back_the_code_that_it_sends(client: Any) -> None:
    """The code in the answer is the code in the message."""
    sent = await client.get(
        "/rest/SendOTP",
        Token="SANDBOX-TOKEN",
        SMSMessageText="کد شما",
        LineNumber="public",
        Mobile="9120000000",
        CodeLength="4",
        SendDateTime="",
    )
    latest = await client.control("GET", "/messages/latest")

    assert sent.json["Status"] == "Success"
    assert latest.json["code"] == sent.json["Data"]["Code"]
    assert latest.json["to"] == "+989120000000"


async def test_what_is_shown_of_a_sandbox_is_where_it_is(sandbox: Any) -> None:
    """Not all that is in it: asyncio shows what its tasks gave, in each run of a loop."""
    assert repr(sandbox) == f"<Sandbox at {', '.join(sandbox.server.urls)}>"
