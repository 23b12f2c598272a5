"""A client that does all well has no finding, at any provider."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from equipment.lint_runs.kit import GENCODE, JSON, SEND, Caller


async def _esms(caller: Caller) -> None:
    """Logs somebody in, who mistypes once and asks for a second code; sends a text; looks at account and reports."""
    keys = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
    balance = await caller.client.send("POST", f"{JSON}/GetBalance_json", json=keys)
    assert balance.json["CodeResponse"] == "100"
    text = "{OTP} la ma xac minh dang ky Baotrixemay cua ban"
    login = {"Brandname": "Baotrixemay", "message": text, "TimeAlive": "5", "NumCharOfCode": "6", "IsNumber": "1"}
    assert (await caller.gencode(**login))["CodeResult"] == "100"
    await caller.wait("40s")
    assert (await caller.gencode(**login))["CodeResult"] == "100"
    code = (await caller.latest())["code"]
    await caller.wait("20s")
    await caller.check("000000" if code != "000000" else "111111")
    await caller.wait("9s")
    assert (await caller.check(code))["CodeResult"] == "100"
    order = {"Content": "123456 la ma xac minh dang ky Baotrixemay cua ban", "Brandname": "Baotrixemay"}
    send = {**order, "RequestId": "order-4711", "CallbackUrl": caller.hook.url, "Sandbox": "0", "IsUnicode": "0"}
    sent = await caller.send(**send)
    assert sent["CodeResult"] == "100"
    assert (await caller.send(**send))["CodeResult"] == "124"  # a retry, since the answer was lost
    await caller.wait("5s")
    status = await caller.esms(f"{JSON}/GetSendStatus", RefId=sent["SMSID"])
    assert status["CodeResponse"] == "100"


async def _amoot(caller: Caller) -> None:
    """Sends codes and texts, and asks what became of them."""
    account = await caller.amoot("AccountStatus")
    assert account["Status"] == "Success"
    sent = await caller.send_otp(SMSMessageText="کد ورود شما: %code%", CodeLength="5")
    assert sent["Status"] == "Success"
    quick = await caller.amoot("SendQuickOTP", Mobile="09120000001", CodeLength="5", OptionalCode="")
    assert quick["Status"] == "Success"
    simple = {"SendDateTime": "2026-03-01T20:00:00+03:30", "SMSMessageText": "سلام", "LineNumber": "public"}
    assert (await caller.amoot("SendSimple", Mobiles="9120000002,9120000003", **simple))["Status"] == "Success"
    await caller.wait("5s")
    delivery = await caller.amoot("GetDelivery", MessageID=str(sent["Data"]["MessageID"]))
    assert delivery["Status"] == "Success"


async def _thuesim(caller: Caller) -> None:
    """Rents numbers, reads their codes every five seconds, rents one again, and believes no callback."""
    await caller.control("PATCH", "/accounts/thuesim", {"callback_url": caller.hook.url, "arrival_delay": "8s"})
    for show in ("balance", "networks", "service"):
        await caller.thuesim("/api/", show=show)
    for filters in ({}, {"carries": "VIETTEL|"}):
        rented = await caller.thuesim("/api/register-service/", serviceId="02.97", **filters)
        rental = str((await caller.control("GET", "/rentals"))["rentals"][-1]["id"])
        assert rented["ResponseCode"] == 1
        for expected in (1, 1, 0):
            assert (await caller.code(rental))["ResponseCode"] == expected
            await caller.wait("5s")
    phone = rented["RequestLog"]["Phone"].strip()
    again = await caller.thuesim("/api/rephone/", phone=phone, serviceId="97", thuesim1=rental)
    assert again["ResponseCode"] == 1
    await caller.thuesim("/api/", show="history", status="1")


@pytest.mark.parametrize("run", [_esms, _amoot, _thuesim])
async def test_a_good_client_has_no_finding(caller: Caller, run: Callable[[Caller], Awaitable[None]]) -> None:
    await run(caller)

    assert await caller.findings() == {}
    assert len((await caller.control("GET", "/requests"))["requests"]) >= 5


async def test_all_of_them_in_one_lane_have_none(caller: Caller) -> None:
    """What one provider's client does is no fault of another's."""
    for client in (_esms, _amoot, _thuesim):
        await client(caller)

    assert await caller.findings() == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"Phone": "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "TimeAlive": "9" * 5000},
        {"Phone": "0912345678," * 900, "NumCharOfCode": "-", "x" * 300: "y"},
        {"message": "\x00{OTP}\u202e", "TimeAlive": "٣", "": "1"},
    ],
)
async def test_no_client_breaks_it(caller: Caller, fields: dict[str, Any]) -> None:
    """Whatever it sends; and nothing of its secrets is told."""
    await caller.gencode(**fields)
    await caller.client.send("POST", SEND, data=b"{", headers={"Content-Type": "application/json"})
    await caller.client.send("POST", SEND, json={"ApiKey": "S3cretS3cretS3cret", "Phone": [1, {"a": None}], **fields})
    await caller.client.send("GET", f"{GENCODE}?ApiKey=S3cretS3cretS3cret&S3cretS3cretS3cret=1&=&%ff=%ff")

    answer = await caller.client.control("GET", "/lint")

    assert answer.status == 200
    assert "S3cretS3cretS3cret" not in answer.text
