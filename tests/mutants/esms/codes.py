"""Mistakes that somebody could make in GENCODE and CHECKCODE of eSMS."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from mutants.esms import made
from mutants.kit import (
    Decided,
    Mistake,
    body,
    both,
    credential,
    forgiven,
    handler,
    order,
    with_check,
    with_fields,
    with_values,
    written,
)
from otp_sandbox.contract import Call
from otp_sandbox.domain.challenges import CODES, RECIPIENTS, Challenge, Recipient, recipient_key
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms.account import KEY

GENCODE: Final = "SendMessageAutoGenCode_V4_get"
CHECKCODE: Final = "CheckCodeGen_V4_get"


def coded(spell: Callable[[Call, str], str]) -> Mistake:
    """Issue another code: in the challenge, in the message and in its text."""

    def spoil(call: Call, _: State, change: Decided) -> Decided:
        for key in written(change, MESSAGES):
            message: Message = change.writes[key]
            old, new = message.code or "", spell(call, message.code or "")
            change.writes[key] = replace(message, code=new, text=message.text.replace(old, new))
        challenges(change, lambda held: replace(held, code=spell(call, held.code)))
        return change

    return handler(GENCODE, change=spoil)


def lived(length: Callable[[timedelta], timedelta]) -> Mistake:
    """Let codes live otherwise."""

    def spoil(_: Call, __: State, change: Decided) -> Decided:
        def otherwise(held: Challenge) -> Challenge:
            if held.expires_at is None or held.superseded:
                return held
            return replace(held, expires_at=held.issued_at + length(held.expires_at - held.issued_at))

        challenges(change, otherwise)
        change.due = [event for event in change.due if event.kind != "expiry"]
        return change

    return handler(GENCODE, change=spoil)


def challenges(change: Change[Any], otherwise: Callable[[Challenge], Challenge]) -> None:
    for key in written(change, CODES):
        change.writes[key] = otherwise(change.writes[key])
    for key in written(change, RECIPIENTS):
        recipient: Recipient | Challenge = change.writes[key]
        if isinstance(recipient, Challenge):  # the only live one stands for itself
            change.writes[key] = otherwise(recipient)
        else:
            change.writes[key] = replace(recipient, live=tuple(map(otherwise, recipient.live)))


def sent(text: Callable[[Call, Message], str]) -> Mistake:
    """Send another text."""

    def spoil(call: Call, _: State, change: Decided) -> Decided:
        for key in written(change, MESSAGES):
            change.writes[key] = replace(change.writes[key], text=text(call, change.writes[key]))
        return change

    return handler(GENCODE, change=spoil)


def charged(times: int) -> Mistake:
    def spoil(call: Call, _: State, change: Decided) -> Decided:
        change.writes[KEY] = call.account.charged(times * (call.account.price or 0))
        return change

    return handler(GENCODE, change=spoil)


def checked(verdict: Callable[[Call, State, Decided], str | None]) -> Mistake:
    """Judge a check otherwise: another cause, or None to leave it."""

    def spoil(call: Call, state: State, change: Decided) -> Decided:
        cause = verdict(call, state, change)
        return change if cause is None else replace(change, verdict=Verdict(cause))

    return handler(CHECKCODE, change=spoil)


def never_consumed(_: Call, __: State, change: Decided) -> Decided:
    return Change(change.verdict)


def burnt(call: Call, _: State, change: Decided) -> Decided:
    if change.verdict.cause != "code_valid":
        change.writes[RECIPIENTS, recipient_key("esms", call.values["Phone"])] = None
    return change


def refusal_charged(call: Call, _: State, change: Decided) -> Decided:
    if "sms_id" in change.verdict.facts:
        change.writes[KEY] = call.account.charged(call.account.price or 0)
    return change


def without_id(_: Call, __: State, change: Decided) -> Decided:
    return Change(Verdict(change.verdict.cause))


def renamed(call: Call) -> Call:
    return with_fields(call, message=quote(call.text("message")))


def phone_as_sent(call: Call) -> Call:
    if not isinstance(call.values.get("Phone"), str):
        return call
    return with_values(call, Phone="+" + call.text("Phone").lstrip("+").replace(" ", ""))


class Shared:
    """Remembers codes of all accounts, as if there was only one."""

    def __init__(self) -> None:
        self.codes: set[tuple[str, str]] = set()

    def sent(self, call: Call, _: State, change: Decided) -> Decided:
        for key in written(change, MESSAGES):
            self.codes.add((call.values["Phone"], change.writes[key].code))
        return change

    def checked(self, call: Call, _: State, change: Decided) -> Decided:
        pair = (call.values["Phone"], call.text("Code"))
        if pair in self.codes:
            self.codes.discard(pair)
            return replace(change, verdict=Verdict("code_valid"))
        return change


SHARED: Final = Shared()


def any_phone(call: Call, _: State, change: Decided) -> Decided:
    if change.verdict.cause == "never_issued" and call.text("Code") in SEEN:
        return replace(change, verdict=Verdict("code_valid"))
    return change


SEEN: Final[set[str]] = set()


def seen(_: Call, __: State, change: Decided) -> Decided:
    SEEN.update(change.writes[key].code for key in written(change, MESSAGES))
    return change


def other_id(value: Callable[[str], str]) -> Callable[[Any], Any]:
    return lambda document: {**document, "SMSID": value(document["SMSID"])} if "SMSID" in document else document


def told(_: Call, __: State, change: Decided) -> Decided:
    codes = [change.writes[key].code for key in written(change, MESSAGES)]
    sms_id = str(change.verdict.facts["sms_id"])
    return replace(change, verdict=Verdict(change.verdict.cause, {"sms_id": (codes[0] + sms_id)[: len(sms_id)]}))


def length_plus_one(call: Call) -> Call:
    asked = call.values["NumCharOfCode"]
    return with_values(call, NumCharOfCode=asked % 20 + 1) if isinstance(asked, int) else call


def template_matches(reading: Callable[[str], str], place: int) -> Mistake:
    """Compare templates otherwise: the text read in a way, places taking some more."""

    def mismatch(call: Call, _: State) -> bool:
        length = call.values["NumCharOfCode"] if isinstance(call.values["NumCharOfCode"], int) else 6
        text = reading(call.text("message")).replace("{OTP}", "0" * max(1, length - place))
        brandname = call.account.brandname(call.text("Brandname"))
        return brandname is None or not brandname.takes(text)

    return with_check(GENCODE, "template_mismatch", mismatch)


def untrimmed(call: Call, _: State) -> bool:
    text = call.text("message")
    brandname = call.account.brandname(call.text("Brandname"))
    return text != text.strip() or not brandname.takes(text.replace("{OTP}", "000000"))


def first_brandname(call: Call) -> Call:
    if call.text("Brandname") in ("Baotrixemay", "Sandbox"):
        return call
    return forgiven(with_fields(call, Brandname="Baotrixemay"), "brandname_missing")


def folded_brandname(call: Call) -> Call:
    return with_fields(call, Brandname="Baotrixemay") if call.text("Brandname").lower() == "baotrixemay" else call


def late(call: Call) -> Call:
    if not call.invalid:
        return call
    return replace(call, credentials={name: call.fields.get(name, "") for name in call.credentials})


def echoed(call: Call) -> Call:
    phone = call.values.get("Phone")
    return with_fields(call, Phone="0" + phone.removeprefix("+84")) if isinstance(phone, str) else call


def as_digits(_: Call, code: str) -> str:
    return "".join(str(ord(each) % 10) for each in code)


WRITTEN: Final = (
    made("always-accept", "every check is accepted", checked(lambda *_: "code_valid")),
    made("always-reject", "every check is refused", checked(lambda *_: "code_wrong")),
    made("always-digits", "codes are digits, whatever IsNumber says", coded(as_digits)),
    made("never-digits", "IsNumber=1 is ignored", coded(lambda _, code: "A" + code[1:])),
    made("lower-case", "letters are small", coded(lambda _, code: code.lower())),
    made("constant-code", "the code is always the same", coded(lambda _, code: ("A1B2C3" * 4)[: len(code)])),
    made("length-plus-one", "a code is one longer than asked", handler(GENCODE, call=length_plus_one)),
    made(
        "first-placeholder-only",
        "only the first {OTP} is replaced",
        sent(lambda call, message: call.text("message").replace("{OTP}", message.code or "", 1)),
    ),
    made("placeholder-kept", "{OTP} is not replaced", sent(lambda call, _: call.text("message"))),
    made("undecoded", "the message is not decoded", handler(GENCODE, call=renamed)),
    made("template-place", "a place takes one more character", template_matches(str, 1)),
    made(
        "template-untrimmed", "white space around a message counts", with_check(GENCODE, "template_mismatch", untrimmed)
    ),
    made("late-refusal-without-id", "146 carries no SMSID", handler(GENCODE, refusal=without_id)),
    made(
        "brandname-ignored",
        "unregistered brandnames are taken for the first one",
        handler(GENCODE, call=first_brandname),
    ),
    made("brandname-any-case", "brandnames match in any case", handler(GENCODE, call=folded_brandname)),
    made("phone-as-sent", "phones are kept as they are spelled", handler(GENCODE, call=phone_as_sent)),
    made("short-id", "SMSID is short", body(other_id(lambda held: held[:8]))),
    made("constant-id", "SMSID is always the same", body(other_id(lambda _: "0" * 32))),
    made("code-in-answer", "the SMSID begins with the code", handler(GENCODE, change=told)),
    made("free", "sends cost nothing", charged(0)),
    made("double-charge", "sends cost twice", charged(2)),
    made("refusal-charged", "a wrong template costs the price", handler(GENCODE, refusal=refusal_charged)),
    made(
        "balance-off-by-one",
        "a balance of exactly the price is not enough",
        with_check(GENCODE, "not_enough_balance", lambda call, _: call.account.balance <= call.account.price),
    ),
    made(
        "secret-ignored",
        "the SecretKey is not looked at",
        credential("authorize_failed", lambda call, _: call.fields.get("ApiKey") != call.credentials["ApiKey"]),
    ),
    made(
        "key-ignored",
        "the ApiKey is not looked at",
        credential("authorize_failed", lambda call, _: call.fields.get("SecretKey") != call.credentials["SecretKey"]),
    ),
    made(
        "authorized-late",
        "keys are checked after the fields",
        both(handler(GENCODE, call=late), handler(CHECKCODE, call=late)),
    ),
    made("never-consumed", "a code is accepted again and again", handler(CHECKCODE, change=never_consumed)),
    made("burnt-by-wrong-try", "a wrong try kills the code", handler(CHECKCODE, change=burnt)),
    made("lives-forever", "codes do not expire", lived(lambda _: timedelta(days=365))),
    made("lifetime-in-seconds", "TimeAlive counts seconds", lived(lambda length: length / 60)),
    made(
        "lifetime-inclusive",
        "a code is still good at its last instant",
        lived(lambda length: length + timedelta(milliseconds=1)),
    ),
    made("lifetime-short", "codes live a second less", lived(lambda length: length - timedelta(seconds=1))),
    made(
        "any-phone",
        "a code is good for any phone",
        both(handler(GENCODE, change=seen), handler(CHECKCODE, change=any_phone)),
    ),
    made(
        "shared-codes",
        "a code is good for any account",
        both(handler(GENCODE, change=SHARED.sent), handler(CHECKCODE, change=SHARED.checked)),
    ),
    made("phone-echo", "the phone is repeated in another spelling", handler(CHECKCODE, call=echoed)),
    made("order-type-phone", "the phone is checked before the type", order(GENCODE, "type_missing", "phone_invalid")),
    made(
        "order-phone-brandname",
        "the brandname is checked before the phone",
        order(GENCODE, "phone_invalid", "brandname_unknown"),
    ),
    made(
        "order-brandname-template",
        "the template is checked before the brandname",
        order(GENCODE, "brandname_unknown", "template_mismatch"),
    ),
)
