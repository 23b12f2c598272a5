"""What became of messages by Zalo at eSMS."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.callbacks import NOBODY_LISTENS
from otp_conformance.case import Feature, Level, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches, true
from otp_conformance.providers.esms.names import BY_SMS_ID, BY_ZALO_ID, JSON_SEND, OA, STORED, UID, ZNS, ZNS_TO_UID
from otp_conformance.providers.esms.steps import MOVED, NOON, NOON_MS, send_message

status_case = partial(case, "esms", "zalo status")

NEEDS = [*MOVED, Feature.ACCOUNTS]


async def ask(esms: Driver, sms_id: str, kind: str = "25") -> dict[str, Any]:
    """Ask for the state of a message by its SMSID."""
    data: dict[str, Any] = expect(await esms.call(BY_SMS_ID, SmsId=sms_id, SmsType=kind), "zns_status_told").json[
        "Data"
    ]
    return data


async def ask_zalo(esms: Driver, message_id: str, **changes: str) -> dict[str, Any]:
    """Ask for the state of a message by Zalo's id."""
    answer = await esms.call(BY_ZALO_ID, MessageId=message_id, **changes)
    data: dict[str, Any] = expect(answer, "zalo_status_told").json["Data"]
    return data


async def list_stored(esms: Driver, *sms_ids: str, **changes: str) -> list[dict[str, Any]]:
    """List stored callbacks."""
    answer = await esms.call(STORED, ListRefid=list(sms_ids), **changes)
    rows: list[dict[str, Any]] = expect(answer, "callbacks_told").json["Data_callback"]
    return rows


@status_case(
    rule="By Zalo's id it is 0 before the delivery, 1 after it with the time, and -1 of what was never sent.",
    level=Level.SHOULD,
    needs=NEEDS,
    sends=2,
    covers=["esms.zalo-status", "esms.zalo-status-time", "esms:zalo_status_told"],
    kills=["esms.zalo-status-of-any-account"],
)
async def by_zalo_id(esms: Driver) -> None:
    await esms.stop_clock(NOON)
    sms_id = await send_message(esms, ZNS)
    message_id = (await ask(esms, sms_id))["ZaloMsgId"]
    before = await ask_zalo(esms, message_id)
    await esms.advance("5s")
    after = await ask_zalo(esms, message_id)

    equal((before["status"], [*before]), (0, ["message", "status"]), "before the delivery")
    told = {
        "delivery_time": str(NOON_MS + 1000),
        "message": "The message was delivered to the user's phone",
        "status": 1,
    }
    equal(after, told, "after it")
    await esms.account(official_accounts=[{"id": OA}, {"id": "1"}])
    for each in (await ask_zalo(esms, "x"), await ask_zalo(esms, message_id, OAID="1")):
        equal((each["status"], [*each]), (-1, ["message", "status"]), "what is not there")


@status_case(
    rule="By its SMSID the state, the counts and the price are told, Zalo's id, and its error when it failed.",
    needs=NEEDS,
    sends=4,
    covers=["esms.zns-status", "esms.zns-status-error", "esms:zns_status_told", "esms:no_data"],
    kills=["esms.zns-status-any-type", "esms.zns-status-final"],
)
async def by_sms_id(esms: Driver) -> None:
    await esms.stop_clock(NOON)
    sms_id = await send_message(esms, ZNS)
    before = await ask(esms, sms_id)
    await esms.advance("5s")
    after = await ask(esms, sms_id)

    matches(after["ZaloMsgId"], "[0-9a-f]{20}", "Zalo's id")
    equal((before["ErrorInfo"], before["FinalStatus"], before["SendStatus"]), (None, "0", 2), "before the end")
    equal((before["SendFailed"], before["SendSuccess"], before["TotalSent"]), (0, 0, 1), "counts before it")
    equal((after["ErrorInfo"], after["FinalStatus"], after["SendStatus"]), ("0", "1", 5), "at the end")
    equal((after["SendFailed"], after["SendSuccess"], after["TotalPrice"]), (0, 1, 850.0), "counts and price")
    await esms.bring_into("failed", sms_id)
    failed = await ask(esms, sms_id)
    equal((failed["ErrorInfo"], failed["SendFailed"], failed["TotalPrice"]), ("1001", 1, 0.0), "when it failed")
    await esms.account(without_zalo=["0901888484"])
    refused = await send_message(esms, ZNS)
    unknown = await send_message(esms, ZNS_TO_UID, ZaloUid="1")
    await esms.advance("5s")
    equal((await ask(esms, refused))["ErrorInfo"], "-114", "Zalo's own error")
    true((await ask(esms, unknown))["ErrorInfo"] not in ("0", "1001", None), "an error for a user who is not known")
    waits = await send_message(esms, ZNS, SendDate="2099-01-01 00:00:00")
    equal((await ask(esms, waits))["TotalSent"], 0, "how many were sent of what waits")
    sms = await send_message(esms)
    for asked, kind in ((sms_id, "24"), (sms, "25"), (sms_id[:-1], "25")):
        expect(await esms.call(BY_SMS_ID, SmsId=asked, SmsType=kind), "no_data")


@status_case(
    rule="Stored are the callbacks of ZNS of the Official Account that named an address, of the first 200 ids.",
    needs=NEEDS,
    sends=5,
    covers=["esms.stored-callbacks", "esms:callbacks_told"],
    kills=["esms.stored-without-address", "esms.stored-of-any-account"],
)
async def stored(esms: Driver) -> None:
    told = await send_message(esms, ZNS, CallbackUrl=NOBODY_LISTENS, RequestId="a")
    untold, sms = await send_message(esms, ZNS), await send_message(esms, JSON_SEND, CallbackUrl=NOBODY_LISTENS)
    to_uid = await send_message(esms, ZNS_TO_UID, CallbackUrl=NOBODY_LISTENS)
    await esms.advance("5s")
    rows = await list_stored(esms, "x", to_uid, untold, told, sms, told)

    equal([each["SMSID"] for each in rows], [to_uid, told], "ids")
    first, last = rows
    equal((first["PhoneNumber"], first["Telcoid"], first["RequestId"]), (UID, 9, None), "by Zalo id")
    equal((last["PhoneNumber"], last["Telcoid"], last["RequestId"]), ("0901888484", 2, "a"), "by phone")
    equal((last["SendSuccess"], last["SendFailed"], last["SendStatus"], last["TypeId"]), (1, 0, 5, 25), "state")
    equal((last["CallbackUrl"], last["OAId"], last["ZnsTempId"]), (NOBODY_LISTENS, OA, "205644"), "what was sent")
    equal(last["Partnerids"], (await ask(esms, told))["ZaloMsgId"], "Zalo's id")
    many = [f"x{number}" for number in range(200)]
    equal([len(await list_stored(esms, *many[:others], told)) for others in (199, 200)], [1, 0], "within 200 ids")
    await esms.account(official_accounts=[{"id": OA}, {"id": "1"}])
    equal(await list_stored(esms, told, OAId="1"), [], "of another account")


@status_case(
    rule="A refusal of stored callbacks has the code as a number.",
    level=Level.SHOULD,
    covers=["esms.stored-callbacks-refused", "esms:authorize_failed"],
)
async def stored_refused(esms: Driver) -> None:
    answer = expect(await esms.call(STORED, SecretKey="x"), "authorize_failed")

    equal(answer.text, '{"Code":101,"Message":"Authorize Failed"}', "body")
