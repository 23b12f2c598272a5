"""GENCODE V5 of eSMS: a code by Zalo, and by SMS if that fails."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches, true
from otp_conformance.providers.esms.names import CHECKCODE, GENCODE, GENCODE_V5, PHONE
from otp_conformance.providers.esms.steps import CODE, MESSAGES, MOVED, SMS_ID, read_message, send_message

gencode_v5_case = partial(case, "esms", "gencode v5")

PAIR = {
    "id": "22575",
    "official_account": "4097311281936189049",
    "zns_template": "205644",
    "brandname": "Baotrixemay",
    "text": "{OTP} la ma xac minh dang ky Baotrixemay cua ban",
}


async def make_code(esms: Driver) -> str:
    """Read the newest code, whether it was sent or only made."""
    codes = (await esms.control("GET", f"/codes?provider=esms&to={PHONE}"))["codes"]
    true(bool(codes), "a code", codes)
    code: str = codes[-1]["code"]
    return code


@gencode_v5_case(
    rule="An accepted request answers CodeResult 100, CountRegenerate 0 and an SMSID alone, for both types.",
    sources=["V2, GENCODE V5, tab 100"],
    covers=["esms:accepted", "esms.v5-type-only-creates"],
    rows={"only-creates": ("1",), "sends": ("2",)},
)
async def v5_accepted(esms: Driver, kind: str) -> None:
    answer = expect(await esms.call(GENCODE_V5, TypeId=kind), "accepted")

    matches(answer.text, rf'\{{"CodeResult":"100","CountRegenerate":0,"SMSID":"{SMS_ID}"\}}', "body")


@gencode_v5_case(
    rule="The code is never in the answer, whether it is sent or only made.",
    needs=MESSAGES,
    covers=["esms.code-not-returned", "esms.v5-type-only-creates"],
    kills=["esms.v5-tells"],
    rows={"only-creates": ("1",), "sends": ("2",)},
)
async def v5_is_silent(esms: Driver, kind: str) -> None:
    answer = expect(await esms.call(GENCODE_V5, TypeId=kind), "accepted")

    true(await make_code(esms) not in answer.text, "no code in the answer", answer.text)


async def check_accepted_once(esms: Driver, code: str) -> None:
    """Require what a code of V5 looks like, and that it is good once."""
    matches(code, "[A-Z0-9]{6}", "code")
    expect(await esms.call(CHECKCODE, Code=code), "code_valid")
    expect(await esms.call(CHECKCODE, Code=code), "code_invalid", "code_not_applicable")


@gencode_v5_case(
    rule="The code that is sent has six capitals and digits, and CHECKCODE accepts it once.",
    needs=CODE,
    covers=["esms.v5-check", "esms.v5-code", "esms:code_valid", "esms:code_invalid"],
    kills=["esms.v5-no-code", "esms.v5-lower-case"],
)
async def v5_code(esms: Driver) -> None:
    await send_message(esms, GENCODE_V5)

    await check_accepted_once(esms, await esms.code_sent_to(PHONE))


@gencode_v5_case(
    rule="The code that is only made is like one that is sent, and CHECKCODE accepts it once.",
    needs=MESSAGES,
    covers=["esms.v5-check", "esms.v5-code", "esms.v5-type-only-creates"],
    kills=["esms.v5-no-code", "esms.v5-lower-case"],
)
async def v5_made_code(esms: Driver) -> None:
    await send_message(esms, GENCODE_V5, TypeId="1")

    await check_accepted_once(esms, await make_code(esms))


@gencode_v5_case(
    rule="The code goes by Zalo, in the text of the template and from the Official Account; no SMS is sent with it.",
    needs=MOVED,
    covers=["esms.v5-zalo-first"],
    kills=["esms.v5-sms-first", "esms.v5-both"],
)
async def v5_zalo(esms: Driver) -> None:
    sms_id = await send_message(esms, GENCODE_V5)
    await esms.advance("5s")

    equal([each["channel"] for each in await esms.messages()], ["zalo"], "channels")
    held = await read_message(esms, sms_id)
    text = f"Ma xac minh cua ban la {held['code']}. Khong chia se ma nay cho bat ky ai."
    equal((held["text"], held["sender"]), (text, "4097311281936189049"), "text and sender")


@gencode_v5_case(
    rule="When Zalo fails, an SMS with the same code follows, once; CHECKCODE accepts the code once.",
    needs=[*MOVED, Feature.ACCOUNTS],
    covers=["esms.v5-zalo-first", "esms.v5-check"],
    kills=["esms.no-fallback", "esms.v5-other-code"],
    rows={"never-on-zalo": (True,), "told-later": (False,)},
)
async def v5_fallback(esms: Driver, without_zalo: bool) -> None:  # noqa: FBT001  (a column of the table)
    if without_zalo:
        await esms.account(without_zalo=["84901888484"])
    sms_id = await send_message(esms, GENCODE_V5)
    await esms.advance("2s")
    if not without_zalo:
        for _ in range(2):
            await esms.bring_into("failed", sms_id)

    zalo, sms = sorted(await esms.messages(), key=lambda each: each["channel"] == "sms")
    equal((zalo["channel"], zalo["state"], sms["channel"]), ("zalo", "failed", "sms"), "channels and state")
    equal((sms["code"], sms["sender"]), (zalo["code"], "Baotrixemay"), "code and sender of the SMS")
    equal(sms["text"], f"{zalo['code']} la ma xac minh dang ky Baotrixemay cua ban", "text of the SMS")
    expect(await esms.call(CHECKCODE, Code=sms["code"]), "code_valid")
    expect(await esms.call(CHECKCODE, Code=zalo["code"]), "code_invalid", "code_not_applicable")


@gencode_v5_case(
    rule="TypeId 1 sends nothing and costs nothing, whatever the balance is.",
    level=Level.SHOULD,
    needs=[*MESSAGES, Feature.ACCOUNTS],
    covers=["esms.v5-type-only-creates", "esms:accepted"],
    kills=["esms.v5-type-one-sends"],
)
async def v5_only_creates(esms: Driver) -> None:
    await esms.account(balance=0)

    await send_message(esms, GENCODE_V5, TypeId="1")

    equal((await esms.messages(), (await esms.account_now())["balance"]), ([], 0), "messages and balance")


@gencode_v5_case(
    rule="The type is 1 or 2; the phone must be one; the id must be named, and be one of the account.",
    sources=["V2, GENCODE V5", "V2, error table"],
    tier=Tier.NOTHING,
    covers=[
        "esms.v5-template",
        "esms.v5-template-unknown",
        "esms:type_missing",
        "esms:type_not_supported",
        "esms:phone_invalid",
        "esms:oa_or_template_missing",
        "esms:template_not_configured",
    ],
    rows={
        "type-missing": ({"TypeId": None}, "type_missing"),
        "type-three": ({"TypeId": "3"}, "type_not_supported"),
        "phone-missing": ({"Phone": None}, "phone_invalid"),
        "phone-short": ({"Phone": "097469188"}, "phone_invalid"),
        "id-missing": ({"MultiChannelTempId": None}, "oa_or_template_missing"),
        "id-unknown": ({"MultiChannelTempId": "1"}, "template_not_configured"),
    },
)
async def v5_fields(esms: Driver, changes: dict[str, str | None], outcome: str) -> None:
    expect(await esms.call(GENCODE_V5, **changes), outcome, phone=changes.get("Phone") or "")


@gencode_v5_case(
    rule="What stands behind the id must be registered: sender name, Official Account, both templates.",
    sources=["V2, GENCODE V5", "V2, error table"],
    level=Level.SHOULD,
    tier=Tier.NOTHING,
    needs=[Feature.ACCOUNTS],
    covers=[
        "esms:brandname_unknown",
        "esms:oa_unknown",
        "esms:oa_inactive",
        "esms:zns_template_wrong",
        "esms:template_mismatch",
        "esms:no_price_list",
        "esms:not_enough_balance",
        "esms.refusal-issues-no-code",
    ],
    rows={
        "name": ({"multi_channel_templates": [{**PAIR, "brandname": "x"}]}, "brandname_unknown"),
        "oa": ({"official_accounts": []}, "oa_unknown"),
        "oa-off": ({"official_accounts": [{"id": PAIR["official_account"], "active": False}]}, "oa_inactive"),
        "zalo": ({"official_accounts": [{"id": PAIR["official_account"]}]}, "zns_template_wrong"),
        "sms": ({"multi_channel_templates": [{**PAIR, "text": "khac {OTP}"}]}, "template_mismatch"),
        "place": ({"multi_channel_templates": [{**PAIR, "text": "khac"}]}, "template_mismatch"),
        "price": ({"price": None}, "no_price_list"),
        "balance": ({"balance": 849}, "not_enough_balance"),
    },
)
async def v5_registered(esms: Driver, patch: dict[str, Any], outcome: str) -> None:
    await esms.account(**patch)

    expect(await esms.call(GENCODE_V5), outcome)


@gencode_v5_case(
    rule="A code lives as long as one of GENCODE: five minutes, or as asked for between two and ten.",
    sources=["V2 and EN, GENCODE V5"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*CODE, Feature.CLOCK],
    choices={"esms.lifetime-range": "two-to-ten"},
    sends=2,
    covers=["esms.v5-lifetime"],
    kills=["esms.v5-lifetime-ignored", "esms.v5-lifetime-longer"],
    rows={"default": (None, 300), "two": ("2", 120), "one": ("1", 120), "ten": ("10", 600), "fifteen": ("15", 600)},
)
async def v5_lifetime(esms: Driver, asked: str | None, seconds: int) -> None:
    await send_message(esms, GENCODE_V5, TimeAlive=asked)
    first = await esms.code_sent_to(PHONE)
    await esms.advance(f"{seconds - 2}s")
    expect(await esms.call(CHECKCODE, Code=first), "code_valid")

    await send_message(esms, GENCODE_V5, TimeAlive=asked)
    second = await esms.code_sent_to(PHONE)
    await esms.advance(f"{seconds}s")
    expect(await esms.call(CHECKCODE, Code=second), "code_invalid", "code_not_applicable")


@gencode_v5_case(
    rule="A code replaces the live one of the phone, whichever of the two operations made them.",
    level=Level.SHOULD,
    needs=CODE,
    choices={"esms.second-code": "replace"},
    sends=2,
    covers=["esms.second-code=replace"],
    rows={"v5-last": (GENCODE, GENCODE_V5), "v5-first": (GENCODE_V5, GENCODE)},
)
async def v5_replaces(esms: Driver, one: str, other: str) -> None:
    await send_message(esms, one)
    first = await esms.code_sent_to(PHONE)
    await send_message(esms, other)
    second = await esms.code_sent_to(PHONE)

    expect(await esms.call(CHECKCODE, Code=first), "code_invalid", "code_not_applicable")
    expect(await esms.call(CHECKCODE, Code=second), "code_valid")
