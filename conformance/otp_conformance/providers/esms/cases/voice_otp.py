"""VoiceOTP at eSMS: a call that reads out a code of the caller's own."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.case import Level, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect, matches, true
from otp_conformance.providers.esms.names import VOICE_OTP
from otp_conformance.providers.esms.steps import (
    ACCOUNTS,
    MESSAGES,
    SMS_ID,
    ask_status,
    list_refs,
    read_balance,
    read_message,
    send_message,
)

voice_otp_case = partial(case, "esms", "voice otp")


@voice_otp_case(
    rule="A call is accepted with CodeResult 100 as text and an SMSID, by which it is found.",
    sources=["SM O2, a sample of the provider and clients"],
    choices={"esms.status-delay": "at-once"},
    covers=["esms:accepted", "esms.voice-otp"],
)
async def voice_accepted(esms: Driver) -> None:
    answer = expect(await esms.call(VOICE_OTP), "accepted")

    matches(answer.text, rf'\{{"CodeResult":"100","CountRegenerate":0,"SMSID":"{SMS_ID}"\}}', "body")
    true(await ask_status(esms, answer.json["SMSID"]) is not None, "a state by the SMSID")


@voice_otp_case(
    rule="The phone is called, and the code that was given is read out, whatever Speed and Voice say.",
    sources=["SM O2, a sample of the provider and clients"],
    level=Level.SHOULD,
    needs=MESSAGES,
    covers=["esms:accepted", "esms.voice-otp", "esms.voice-otp-manner", "esms.voice-otp-checks"],
    rows={
        "digits": ({"Code": "686868"},),
        "letters": ({"Code": "AB12"},),
        "manner": ({"Code": "0123", "Speed": "-3", "Voice": "nobody"},),
    },
)
async def code_is_read(esms: Driver, changes: dict[str, Any]) -> None:
    sms_id = await send_message(esms, VOICE_OTP, **changes)
    held, code = await read_message(esms, sms_id), changes["Code"]

    equal((held["channel"], held["code"], held["text"]), ("voice", code, code), "channel, code and text")
    equal((held["to"], held["sender"]), ("+84901888484", ""), "phone and sender")
    equal(await list_refs(esms, SmsType="8"), [sms_id], "SMSIDs of type 8")


@voice_otp_case(
    rule="A call is charged once, like a message of SmsType 8.",
    sources=["I"],
    level=Level.SHOULD,
    needs=ACCOUNTS,
    choices={"esms.charging": "on-acceptance"},
    covers=["esms:accepted", "esms.voice-otp-checks"],
)
async def voice_charge(esms: Driver) -> None:
    await esms.account(balance=10_000, price=850)
    await send_message(esms, VOICE_OTP)

    equal(await read_balance(esms), 9_150, "balance")
