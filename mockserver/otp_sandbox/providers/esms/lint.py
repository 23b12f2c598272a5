"""What clients of eSMS do wrong, besides what clients of all providers may."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit

from otp_sandbox.contract.lint import Asked, Bound, Found, Lint, Look, Rule, Subject
from otp_sandbox.domain.callbacks import Callback
from otp_sandbox.domain.messages import Message
from otp_sandbox.domain.segments import gsm_7_spelling
from otp_sandbox.providers.esms.dates import sending_date
from otp_sandbox.providers.esms.details import sms_id
from otp_sandbox.providers.esms.numbers import integer
from otp_sandbox.providers.esms.operations.sms.send_message import SendMessage
from otp_sandbox.providers.esms.operations.zalo import zns
from otp_sandbox.providers.esms.operations.zalo.bulk import SendBulk
from otp_sandbox.providers.esms.operations.zalo.consult import PAYLOAD
from otp_sandbox.providers.esms.operations.zalo.full_content import SendMessageOrZalo
from otp_sandbox.providers.esms.sending import switched_on

_GENCODE: Final = "SendMessageAutoGenCode_V4_get"
_CUSTOMER_CARE: Final = "2"
_TEXTS: Final = (*SendMessage.operations, *SendMessageOrZalo.operations)
_ZNS: Final = (zns.BY_NAME, zns.TO_UID, zns.TO_HASH, zns.IN_ORDER, PAYLOAD)
_SCHEDULED: Final = (*_TEXTS, *SendBulk.operations, *(name for each in _ZNS for name in each.operations))
_IDS: Final = ("RefId", "SMSID")
"""The fields by which the state of a message is asked for."""


def _lifetime(subject: Subject) -> Look:
    policy = subject.dialect.policy
    least, most = policy("lifetime_minutes_min"), policy("lifetime_minutes_max")

    def look(asked: Asked) -> str | None:
        text = asked.fields.get("TimeAlive", "")
        minutes = integer(text) if text.strip() else least
        if minutes is None:
            return f"TimeAlive of {asked.operation} is no number: {policy('lifetime_minutes_default')} minutes hold"
        if least <= minutes <= most:
            return None
        held = min(max(minutes, least), most)
        return f"TimeAlive of {asked.operation} is not from {least} to {most}: {held} minutes hold"

    return look


def _code_length(subject: Subject) -> Look:
    policy = subject.dialect.policy
    least, most = policy("code_length_min"), policy("code_length_max")

    def look(asked: Asked) -> str | None:
        text = asked.fields.get("NumCharOfCode", "")
        length = integer(text) if text.strip() else least
        if length is not None and least <= length <= most:
            return None
        return f"NumCharOfCode is no number from {least} to {most}: {policy('code_length_default')} characters hold"

    return look


def _template(subject: Subject) -> Look:
    def look(asked: Asked) -> str | None:
        fields = asked.fields
        if fields.get("SmsType", "").strip() != _CUSTOMER_CARE:
            return None
        brandname = subject.account.brandname(fields.get("Brandname", ""))
        if brandname is None or brandname.takes(fields.get("Content", "")):
            return None
        how = "a try, which" if switched_on(fields.get("Sandbox", "")) else "a send, which"
        return f"{asked.operation}: {how} {'was accepted' if asked.success else 'was refused'}"

    return look


def _send_date(_: Subject) -> Look:
    def look(asked: Asked) -> str | None:
        text = asked.fields.get("SendDate", "")
        if not asked.success or not text.strip() or sending_date(text) is not None:
            return None
        return f"SendDate of {asked.operation} is not yyyy-MM-dd HH:mm:ss: the message was sent at once"

    return look


def _unicode(_: Subject) -> Look:
    def look(asked: Asked) -> str | None:
        if switched_on(asked.fields.get("IsUnicode", "")) or gsm_7_spelling(asked.fields.get("Content", "")) is None:
            return None
        return f"{asked.operation}: the text has diacritics, and IsUnicode is not 1"

    return look


def _trusted(_: Subject) -> Look:
    requests: dict[str, str] = {}
    asked_at: dict[str, datetime] = {}

    def look(entry: Message | Asked | Callback) -> Found | None:
        if isinstance(entry, Message):
            requests[sms_id(entry)] = entry.request_id
        elif isinstance(entry, Callback):
            taken = entry.accepted_at
            told = parse_qs(urlsplit(entry.url).query).get("SMSID", [""])[0]
            seen = asked_at.get(told)
            if taken is not None and (seen is None or seen < taken):
                detail = f"the callback {entry.event} was taken, and nobody asked for the state of the message"
                return Found(detail, (requests[told],) if told in requests else ())
        else:
            for name in _IDS:
                asked_at[entry.fields.get(name, "")] = entry.at
        return None

    return look


LINT: Final = Lint(
    rules=(
        Rule(
            id="esms-lifetime",
            severity="medium",
            title="TimeAlive outside its range",
            what="A code was asked for with a TimeAlive that eSMS moves into its range, or does not understand.",
            why="The code lives shorter or longer than the text and the page of the client say. Nobody is told.",
            mend="Send 2 to 10 minutes, and let the client count with the same number.",
            source="S2, GENCODE; V2, GENCODE",
            begin=_lifetime,
            operations=(_GENCODE, "SendMessageAutoGenCode_V5"),
        ),
        Rule(
            id="esms-code-length",
            severity="info",
            title="NumCharOfCode that makes no sense",
            what="A code was asked for with a NumCharOfCode that is no number, or that no code has.",
            why="The code has six characters then, as if nothing had been asked for.",
            mend="Send a number; 4 to 8 is what phones and people are used to.",
            source="",
            begin=_code_length,
            operations=(_GENCODE,),
        ),
        Rule(
            id="esms-template",
            severity="high",
            title="Text that would be refused live",
            what="A customer-care text fits no template of its sender name, in a send or in a try with Sandbox=1.",
            why="A try does not compare the text: it is answered with 100, and the same text live with 146.",
            mend="Register the text as a template, to the last full stop, or send the text that is registered.",
            source="N24 O2; V2, error table, row 146",
            begin=_template,
            operations=_TEXTS,
        ),
        Rule(
            id="esms-send-date",
            severity="medium",
            title="SendDate that cannot be read",
            what="A message had a SendDate that is no date and time as eSMS writes them.",
            why="The message is sent at once, in the middle of the night perhaps.",
            mend="Write yyyy-MM-dd HH:mm:ss, in Vietnamese time.",
            source="V2, OTP and customer-care page",
            begin=_send_date,
            operations=_SCHEDULED,
        ),
        Rule(
            id="esms-unicode",
            severity="medium",
            title="Diacritics without IsUnicode",
            what="A text has diacritics, and its request does not say so.",
            why="IsUnicode tells whether the text has diacritics. Where it says that there are none, they may be lost.",
            mend="Send IsUnicode=1 with such a text, or write it without diacritics.",
            source="V2, OTP and customer-care page; EN, customer-care page",
            begin=_unicode,
            operations=("SendMultipleMessage_V4_post_json", "SendMultipleMessage_V4_get"),
        ),
        Rule(
            id="esms-callback-trusted",
            severity="medium",
            title="Callback trusted without looking the state up",
            what="A delivery callback was taken, and the client did not ask for the state of that SMSID after it.",
            why="The callback has neither signature nor credentials. Whoever knows the address can say that a message "
            "arrived, or did not.",
            mend="Take the callback as a hint: answer it, then ask GetSendStatus or GetSmsReceiverStatus_get.",
            source="V2, callback page",
            begin=_trusted,
            kinds=("messages", "requests", "callbacks"),
            roles=("read",),
        ),
    ),
    request_ids=("RequestId",),
    bodies={
        "GetBalance": "POST GetBalance_json",
        "SendMultipleMessage_V4_get": "POST SendMultipleMessage_V4_post_json",
    },
    bounds=(
        Bound("RequestId", most="request_id_length_max"),
        Bound("campaignid", most="campaign_length_max"),
        Bound("PageSize", most="page_size_max", read=integer),
    ),
)
