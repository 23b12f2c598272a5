"""Messages of eSMS over two channels: Zalo, and an SMS if that fails."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.callbacks import NOBODY_LISTENS, wait_for_callbacks
from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches
from otp_conformance.providers.esms.names import MULTI_CHANNEL, TEXT
from otp_conformance.providers.esms.steps import (
    MESSAGES,
    MOVED,
    SMS_ID,
    data,
    fields_of,
    multi,
    read_message,
    sms_id_of,
)

two_channels_case = partial(case, "esms", "two channels")

OA = "4097311281936189049"
ZALO, SMS = data()["Data"]


@two_channels_case(
    rule="An accepted request answers CodeResult 100, CountRegenerate 0 and one SMSID.",
    covers=["esms:accepted", "esms.channels-one-smsid"],
)
async def channels_accepted(esms: Driver) -> None:
    answer = expect(await multi(esms), "accepted")

    matches(answer.text, rf'\{{"CodeResult":"100","CountRegenerate":0,"SMSID":"{SMS_ID}"\}}', "body")


@two_channels_case(
    rule="The Zalo message alone is sent, in the words of its template; the SMS is not, while Zalo does not fail.",
    needs=MOVED,
    covers=["esms.channels-fallback"],
    kills=["esms.channels-both"],
)
async def zalo_alone(esms: Driver) -> None:
    sms_id = sms_id_of(await multi(esms))
    await esms.advance("5s")

    (held,) = await esms.messages()
    text = "Ma xac minh cua ban la 686868. Khong chia se ma nay cho bat ky ai."
    equal((held["id"], held["channel"], held["sender"]), (sms_id, "zalo", OA), "id, channel and sender")
    equal((held["text"], held["state"]), (text, "delivered"), "text and state")


@two_channels_case(
    rule="When Zalo fails, the SMS with its own text is sent, once.",
    needs=[*MOVED, Feature.ACCOUNTS],
    covers=["esms.channels-fallback"],
    kills=["esms.no-fallback"],
    rows={"never-on-zalo": (True,), "told-later": (False,)},
)
async def sms_follows(esms: Driver, without_zalo: bool) -> None:  # noqa: FBT001  (a column of the table)
    if without_zalo:
        await esms.account(without_zalo=["0901888484"])
    sms_id = sms_id_of(await multi(esms, {"Params": ["111111"]}))
    await esms.advance("2s")
    if not without_zalo:
        for _ in range(2):
            await esms.bring_into("failed", sms_id)

    (sms,) = [each for each in await esms.messages() if each["channel"] == "sms"]
    equal((sms["text"], sms["sender"]), (TEXT, "Baotrixemay"), "text and sender")
    equal((await read_message(esms, sms_id))["state"], "failed", "state of the Zalo message")


@two_channels_case(
    rule="The channels are zalo and sms in this order, with an object for each; anything else is wrong data.",
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    covers=["esms.channels-fixed", "esms:data_invalid"],
    kills=["esms.channels-any-order", "esms.channels-any-number"],
    rows={
        "turned": ({"Channels": ["sms", "zalo"]},),
        "zalo-alone": ({"Channels": ["zalo"]},),
        "three": ({"Channels": ["zalo", "sms", "viber"]},),
        "no-channels": ({"Channels": None},),
        "one-object": ({"Data": [ZALO]},),
        "three-objects": ({"Data": [ZALO, SMS, SMS]},),
        "no-objects": ({"Data": ["a", "b"]},),
        "no-list": ({"Data": ZALO},),
        "no-data": ({"Data": None},),
    },
)
async def channels_fixed(esms: Driver, changes: dict[str, Any]) -> None:
    expect(await esms.call(MULTI_CHANNEL, **changes), "data_invalid")


@two_channels_case(
    rule="The SMS needs type 2 and a registered sender name, the Zalo message an account, a template, values.",
    sources=["V2, multichannel page", "V2, error table"],
    tier=Tier.NOTHING,
    covers=[
        "esms:type_missing",
        "esms:type_not_supported",
        "esms:brandname_unknown",
        "esms:oa_or_template_missing",
        "esms:oa_unknown",
        "esms:template_not_configured",
        "esms:zns_template_wrong",
        "esms:over_quota_not_allowed",
        "esms.oa-or-template-missing",
        "esms.oa-unknown",
        "esms.zalo-template",
        "esms.zalo-params",
        "esms.over-quota",
    ],
    kills=["esms.channels-any-type", "esms.channels-any-name", "esms.zalo-params-unchecked"],
    rows={
        "type-missing": ({}, {"SmsType": None}, "type_missing"),
        "type-voice": ({}, {"SmsType": "8"}, "type_not_supported"),
        "name-missing": ({}, {"Brandname": None}, "brandname_unknown"),
        "name-unknown": ({}, {"Brandname": "x"}, "brandname_unknown"),
        "account-missing": ({"OAID": None}, {}, "oa_or_template_missing"),
        "template-missing": ({"TempID": None}, {}, "oa_or_template_missing"),
        "account-unknown": ({"OAID": "1"}, {}, "oa_unknown"),
        "template-unknown": ({"TempID": "1"}, {}, "template_not_configured"),
        "values-missing": ({"Params": None}, {}, "zns_template_wrong"),
        "values-few": ({"Params": []}, {}, "zns_template_wrong"),
        "values-many": ({"Params": ["1", "2"]}, {}, "zns_template_wrong"),
        "over-quota": ({"SendingMode": "3"}, {}, "over_quota_not_allowed"),
    },
)
async def channels_fields(esms: Driver, zalo: dict[str, Any], sms: dict[str, Any], outcome: str) -> None:
    expect(await multi(esms, zalo, sms), outcome)


@two_channels_case(
    rule="An inactive account sends nothing; one that may, sends over its quota; values come in the template's order.",
    sources=["V2, error table, rows 799 and 802", "V2, multichannel page"],
    level=Level.SHOULD,
    needs=[*MESSAGES, Feature.ACCOUNTS],
    covers=["esms:oa_inactive", "esms.oa-unknown", "esms.over-quota", "esms.zalo-params"],
    kills=["esms.zalo-params-turned"],
)
async def accounts_and_templates(esms: Driver) -> None:
    template = {"id": "205644", "text": "<otp> cho <ten>; ma <otp>"}
    await esms.account(official_accounts=[{"id": OA, "active": False, "templates": [template]}])
    expect(await multi(esms), "oa_inactive")

    await esms.account(official_accounts=[{"id": OA, "over_quota": True, "templates": [template]}])
    sms_id = sms_id_of(await multi(esms, {"SendingMode": "3", "Params": ["686868", "An"]}))

    equal((await read_message(esms, sms_id))["text"], "686868 cho An; ma 686868", "text")


@two_channels_case(
    rule="Each channel tells its own address, with its own RequestId and type, under the one SMSID.",
    sources=["V2, multichannel page", "V2, callback page"],
    needs=[*MOVED, Feature.ACCOUNTS, Feature.CALLBACKS],
    covers=["esms.channels-callbacks", "esms.channels-one-smsid", "esms.callback-zalo"],
    kills=["esms.channels-one-callback", "esms.channels-two-ids", "esms.callback-constant-type"],
)
async def channels_callbacks(esms: Driver) -> None:
    await esms.account(without_zalo=["0901888484"])
    sms_id = sms_id_of(
        await multi(
            esms,
            {"CallbackUrl": f"{NOBODY_LISTENS}zalo", "RequestId": "z"},
            {"CallbackUrl": f"{NOBODY_LISTENS}sms", "RequestId": "s"},
        )
    )
    await esms.advance("2s")

    found = {each["url"].partition("?")[0]: dict(fields_of(each)) for each in await wait_for_callbacks(esms, 2)}
    equal(sorted(found), [f"{NOBODY_LISTENS}sms", f"{NOBODY_LISTENS}zalo"], "addresses")
    for place, request_id, kind, failed in (("zalo", "z", "25", "1"), ("sms", "s", "2", "0")):
        held = found[f"{NOBODY_LISTENS}{place}"]
        equal((held["SMSID"], held["RequestId"]), (sms_id, request_id), f"ids told to {place}")
        equal((held["TypeId"], held["SendFailed"]), (kind, failed), f"type and failures told to {place}")
