"""Mistakes that somebody could make in eSMS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from mockserver.contract import Call
from mockserver.domain.challenges import CODES, RECIPIENTS, Challenge, Recipient, recipient_key
from mockserver.domain.messages import MESSAGES, Message
from mockserver.domain.refusals import Verdict
from mockserver.domain.store import Change, State
from mockserver.mutants.kit import (
    Mistake,
    Mutant,
    body,
    credential,
    handler,
    never,
    order,
    policy,
    row,
    with_check,
    without_check,
    written,
)
from mockserver.providers.esms.account import KEY

GENCODE: Final = "SendMessageAutoGenCode_V4_get"
CHECKCODE: Final = "CheckCodeGen_V4_get"


def _coded(spell: Callable[[Call, str], str]) -> Mistake:
    """Issue another code: in the challenge, in the message and in its text."""

    def spoil(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
        for key in written(change, MESSAGES):
            message: Message = change.writes[key]
            old, new = message.code or "", spell(call, message.code or "")
            change.writes[key] = replace(message, code=new, text=message.text.replace(old, new))
        _challenges(change, lambda held: replace(held, code=spell(call, held.code)))
        return change

    return handler(GENCODE, change=spoil)


def _lived(length: Callable[[timedelta], timedelta]) -> Mistake:
    """Let codes live otherwise."""

    def spoil(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
        def otherwise(held: Challenge) -> Challenge:
            if held.expires_at is None or held.superseded:
                return held
            return replace(held, expires_at=held.issued_at + length(held.expires_at - held.issued_at))

        _challenges(change, otherwise)
        change.due = [event for event in change.due if event.kind != "expiry"]
        return change

    return handler(GENCODE, change=spoil)


def _challenges(change: Change[Any], otherwise: Callable[[Challenge], Challenge]) -> None:
    for key in written(change, CODES):
        change.writes[key] = otherwise(change.writes[key])
    for key in written(change, RECIPIENTS):
        recipient: Recipient = change.writes[key]
        change.writes[key] = replace(recipient, live=tuple(map(otherwise, recipient.live)))


def _sent(text: Callable[[Call, Message], str]) -> Mistake:
    """Send another text."""

    def spoil(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
        for key in written(change, MESSAGES):
            change.writes[key] = replace(change.writes[key], text=text(call, change.writes[key]))
        return change

    return handler(GENCODE, change=spoil)


def _charged(times: int) -> Mistake:
    def spoil(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
        change.writes[KEY] = call.account.charged(times * (call.account.price or 0))
        return change

    return handler(GENCODE, change=spoil)


def _checked(verdict: Callable[[Call, State, Change[Verdict]], str | None]) -> Mistake:
    """Judge a check otherwise: another cause, or None to leave it."""

    def spoil(call: Call, state: State, change: Change[Verdict]) -> Change[Verdict]:
        cause = verdict(call, state, change)
        return change if cause is None else replace(change, verdict=Verdict(cause))

    return handler(CHECKCODE, change=spoil)


def _never_consumed(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
    return Change(change.verdict)


def _burnt(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
    if change.verdict.cause != "code_valid":
        change.writes[RECIPIENTS, recipient_key("esms", call.values["Phone"])] = None
    return change


def _refusal_charged(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
    if "sms_id" in change.verdict.facts:
        change.writes[KEY] = call.account.charged(call.account.price or 0)
    return change


def _without_id(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
    return Change(Verdict(change.verdict.cause))


def _renamed(call: Call) -> None:
    call.fields = {**call.fields, "message": quote(call.text("message"))}


def _phone_as_sent(call: Call) -> None:
    if isinstance(call.values.get("Phone"), str):
        call.values = {**call.values, "Phone": "+" + call.text("Phone").lstrip("+").replace(" ", "")}


class _Shared:
    """Remembers codes of all accounts, as if there was only one."""

    def __init__(self) -> None:
        self.codes: set[tuple[str, str]] = set()

    def sent(self, call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
        for key in written(change, MESSAGES):
            self.codes.add((call.values["Phone"], change.writes[key].code))
        return change

    def checked(self, call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
        pair = (call.values["Phone"], call.text("Code"))
        if pair in self.codes:
            self.codes.discard(pair)
            return replace(change, verdict=Verdict("code_valid"))
        return change


def _both(first: Mistake, second: Mistake) -> Mistake:
    return lambda provider: second(first(provider))


_SHARED: Final = _Shared()


def _any_phone(call: Call, _: State, change: Change[Verdict]) -> Change[Verdict]:
    if change.verdict.cause == "never_issued" and call.text("Code") in _SEEN:
        return replace(change, verdict=Verdict("code_valid"))
    return change


_SEEN: Final[set[str]] = set()


def _seen(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
    _SEEN.update(change.writes[key].code for key in written(change, MESSAGES))
    return change


def _reordered(document: Any) -> Any:
    return dict(reversed(document.items()))


def _numeric(document: Any) -> Any:
    return {**document, "CodeResult": int(document["CodeResult"])} if "CodeResult" in document else document


def _dropped(key: str) -> Callable[[Any], Any]:
    return lambda document: {name: value for name, value in document.items() if name != key}


def _id(value: Callable[[str], str]) -> Callable[[Any], Any]:
    return lambda document: {**document, "SMSID": value(document["SMSID"])} if "SMSID" in document else document


def _told(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
    codes = [change.writes[key].code for key in written(change, MESSAGES)]
    sms_id = str(change.verdict.facts["sms_id"])
    return replace(change, verdict=Verdict(change.verdict.cause, {"sms_id": (codes[0] + sms_id)[: len(sms_id)]}))


def _length_plus_one(call: Call) -> None:
    asked = call.values["NumCharOfCode"]
    call.values = {**call.values, "NumCharOfCode": asked % 20 + 1 if isinstance(asked, int) else asked}


def _template_matches(reading: Callable[[str], str], place: int) -> Mistake:
    """Compare templates otherwise: the text read in a way, places taking some more."""

    def mismatch(call: Call, _: State) -> bool:
        length = call.values["NumCharOfCode"] if isinstance(call.values["NumCharOfCode"], int) else 6
        text = reading(call.text("message")).replace("{OTP}", "0" * max(1, length - place))
        brandname = call.account.brandname(call.text("Brandname"))
        return brandname is None or not brandname.takes(text)

    return with_check(GENCODE, "template_mismatch", mismatch)


def _untrimmed(call: Call, _: State) -> bool:
    text = call.text("message")
    brandname = call.account.brandname(call.text("Brandname"))
    return text != text.strip() or not brandname.takes(text.replace("{OTP}", "000000"))


def _first_brandname(call: Call) -> None:
    if call.text("Brandname") not in ("Baotrixemay", "Sandbox"):
        call.fields = {**call.fields, "Brandname": "Baotrixemay"}
        call.invalid -= {"brandname_missing"}


def _folded_brandname(call: Call) -> None:
    if call.text("Brandname").lower() == "baotrixemay":
        call.fields = {**call.fields, "Brandname": "Baotrixemay"}


def _any_type(call: Call) -> None:
    call.invalid -= {"type_missing", "type_not_supported"}


def _any_spelling(call: Call) -> None:
    if call.invalid & {"phone_missing", "phone_invalid"}:
        call.values = {**call.values, "Phone": "+84" + call.text("Phone")}
        call.invalid -= {"phone_missing", "phone_invalid"}


def _late(call: Call) -> None:
    if call.invalid:
        call.credentials = {name: call.fields.get(name, "") for name in call.credentials}


def _echoed(call: Call) -> None:
    phone = call.values.get("Phone")
    if isinstance(phone, str):
        call.fields = {**call.fields, "Phone": "0" + phone.removeprefix("+84")}


def _missing_code_differs(_: Call, __: State, change: Change[Verdict]) -> Change[Verdict]:
    return replace(change, verdict=Verdict("authorize_failed")) if change.verdict.cause == "code_missing" else change


def _as_digits(_: Call, code: str) -> str:
    return "".join(str(ord(each) % 10) for each in code)


def _m(name: str, group: str, text: str, mistake: Mistake | None = None, **forced: str) -> Mutant:
    choices = {f"esms.{key.replace('_', '-')}": option for key, option in forced.items()}
    return Mutant(f"esms.{name}", group, text, mistake or (lambda provider: provider), choices)


MUTANTS: Final = (
    _m("always-accept", "errors", "every check is accepted", _checked(lambda *_: "code_valid")),
    _m("always-reject", "errors", "every check is refused", _checked(lambda *_: "code_wrong")),
    _m("always-digits", "code", "codes are digits, whatever IsNumber says", _coded(_as_digits)),
    _m("never-digits", "code", "IsNumber=1 is ignored", _coded(lambda _, code: "A" + code[1:])),
    _m("lower-case", "code", "letters are small", _coded(lambda _, code: code.lower())),
    _m("constant-code", "code", "the code is always the same", _coded(lambda _, code: ("A1B2C3" * 4)[: len(code)])),
    _m("length-plus-one", "code", "a code is one longer than asked", handler(GENCODE, call=_length_plus_one)),
    _m("default-length", "code", "the default length is eight", policy("code_length_default", 8)),
    _m(
        "length-unbounded",
        "code",
        "any length up to forty is taken",
        _both(policy("code_length_max", 40), policy("code_length_min", 0)),
    ),
    _m(
        "first-placeholder-only",
        "wire",
        "only the first {OTP} is replaced",
        _sent(lambda call, message: call.text("message").replace("{OTP}", message.code or "", 1)),
    ),
    _m("placeholder-kept", "wire", "{OTP} is not replaced", _sent(lambda call, _: call.text("message"))),
    _m("undecoded", "wire", "the message is not decoded", handler(GENCODE, call=_renamed)),
    _m(
        "template-ignored",
        "errors",
        "templates are not compared",
        without_check(GENCODE, "template_mismatch", "placeholder_missing"),
    ),
    _m("template-text", "errors", "another text for 146", row("template_mismatch", message="Wrong template")),
    _m("template-place", "errors", "a place takes one more character", _template_matches(str, 1)),
    _m(
        "template-untrimmed",
        "errors",
        "white space around a message counts",
        with_check(GENCODE, "template_mismatch", _untrimmed),
    ),
    _m("late-refusal-without-id", "wire", "146 carries no SMSID", handler(GENCODE, refusal=_without_id)),
    _m(
        "brandname-ignored",
        "errors",
        "unregistered brandnames are taken for the first one",
        handler(GENCODE, call=_first_brandname),
    ),
    _m("brandname-any-case", "errors", "brandnames match in any case", handler(GENCODE, call=_folded_brandname)),
    _m("type-ignored", "errors", "any Type is taken", handler(GENCODE, call=_any_type)),
    _m(
        "type-codes-swapped",
        "errors",
        "118 and 300 are swapped",
        _both(row("type_missing", code="118"), row("type_not_supported", code="300")),
    ),
    _m("phone-as-sent", "binding", "phones are kept as they are spelled", handler(GENCODE, call=_phone_as_sent)),
    _m("phone-unchecked", "errors", "malformed phones are taken", handler(GENCODE, call=_any_spelling)),
    _m("code-as-number", "wire", "CodeResult is a number", body(_numeric)),
    _m("key-order", "wire", "members come in another order", body(_reordered)),
    _m("no-count", "wire", "CountRegenerate is left out", body(_dropped("CountRegenerate"))),
    _m("short-id", "wire", "SMSID is short", body(_id(lambda held: held[:8]))),
    _m("constant-id", "wire", "SMSID is always the same", body(_id(lambda _: "0" * 32))),
    _m("code-in-answer", "code", "the SMSID begins with the code", handler(GENCODE, change=_told)),
    _m("free", "money", "sends cost nothing", _charged(0)),
    _m("double-charge", "money", "sends cost twice", _charged(2)),
    _m("refusal-charged", "money", "a wrong template costs the price", handler(GENCODE, refusal=_refusal_charged)),
    _m(
        "balance-off-by-one",
        "money",
        "a balance of exactly the price is not enough",
        with_check(GENCODE, "not_enough_balance", lambda call, _: call.account.balance <= call.account.price),
    ),
    _m("balance-ignored", "money", "a balance may fall below zero", without_check(GENCODE, "not_enough_balance")),
    _m(
        "no-price-is-free",
        "money",
        "without a price list sends are free",
        handler(GENCODE, checks=lambda held: {**held, "no_price_list": never, "not_enough_balance": never}),
    ),
    _m("lock-ignored", "authentication", "locked accounts may send", without_check(GENCODE, "account_locked")),
    _m(
        "ip-ignored",
        "authentication",
        "the list of addresses is not looked at",
        without_check(GENCODE, "ip_not_allowed"),
    ),
    _m(
        "secret-ignored",
        "authentication",
        "the SecretKey is not looked at",
        credential("authorize_failed", lambda call, _: call.fields.get("ApiKey") != call.credentials["ApiKey"]),
    ),
    _m(
        "key-ignored",
        "authentication",
        "the ApiKey is not looked at",
        credential("authorize_failed", lambda call, _: call.fields.get("SecretKey") != call.credentials["SecretKey"]),
    ),
    _m(
        "authorize-text",
        "authentication",
        "the text ends with a full stop",
        row("authorize_failed", message="Authorize Failed."),
    ),
    _m(
        "authorized-late",
        "authentication",
        "keys are checked after the fields",
        _both(handler(GENCODE, call=_late), handler(CHECKCODE, call=_late)),
    ),
    _m("never-consumed", "life", "a code is accepted again and again", handler(CHECKCODE, change=_never_consumed)),
    _m("burnt-by-wrong-try", "life", "a wrong try kills the code", handler(CHECKCODE, change=_burnt)),
    _m("lives-forever", "life", "codes do not expire", _lived(lambda _: timedelta(days=365))),
    _m("lifetime-in-seconds", "life", "TimeAlive counts seconds", _lived(lambda length: length / 60)),
    _m(
        "lifetime-inclusive",
        "life",
        "a code is still good at its last instant",
        _lived(lambda length: length + timedelta(milliseconds=1)),
    ),
    _m("lifetime-short", "life", "codes live a second less", _lived(lambda length: length - timedelta(seconds=1))),
    _m("default-lifetime", "life", "the default is ten minutes", policy("lifetime_minutes_default", 10)),
    _m("lifetime-max", "life", "fifteen minutes are the most", policy("lifetime_minutes_max", 15)),
    _m("lifetime-max-old", "life", "the older reading allows twenty minutes", policy("lifetime_minutes_max_old", 20)),
    _m("lifetime-min", "life", "one minute is allowed", policy("lifetime_minutes_min", 1)),
    _m("strict-status", "errors", "an unusable request is answered with HTTP 200", row("invalid_request", status=200)),
    _m("no-supersede", "life", "old codes stay good", second_code="keep-all"),
    _m("always-supersede", "life", "old codes die, whatever is chosen", second_code="replace"),
    _m("lock-out-always", "life", "wrong tries lock out, whatever is chosen", wrong_tries="lock-out"),
    _m("lock-out-never", "life", "nothing locks out, whatever is chosen", wrong_tries="unlimited"),
    _m("lock-out-late", "life", "the sixth wrong try locks out", policy("wrong_tries_max", 6)),
    _m("any-case-code", "binding", "the case of a code does not count", code_case="ignore"),
    _m("case-choice-ignored", "binding", "the case of a code counts, whatever is chosen", code_case="exact"),
    _m(
        "any-phone",
        "binding",
        "a code is good for any phone",
        _both(handler(GENCODE, change=_seen), handler(CHECKCODE, change=_any_phone)),
    ),
    _m(
        "shared-codes",
        "binding",
        "a code is good for any account",
        _both(handler(GENCODE, change=_SHARED.sent), handler(CHECKCODE, change=_SHARED.checked)),
    ),
    _m("phone-echo", "wire", "the phone is repeated in another spelling", handler(CHECKCODE, call=_echoed)),
    _m(
        "refusal-text",
        "errors",
        "another text for 117",
        row("code_invalid", message="{phone}, Content: {code} Invalid"),
    ),
    _m(
        "missing-code-differs",
        "errors",
        "a missing code is told apart",
        handler(CHECKCODE, refusal=_missing_code_differs),
    ),
    _m("other-refusal-code", "errors", "171 is answered instead of 117", refused_code="171"),
    _m("choice-of-code-ignored", "errors", "117 is answered, whatever is chosen", refused_code="117"),
    _m(
        "order-type-phone",
        "errors",
        "the phone is checked before the type",
        order(GENCODE, "type_missing", "phone_invalid"),
    ),
    _m(
        "order-phone-brandname",
        "errors",
        "the brandname is checked before the phone",
        order(GENCODE, "phone_invalid", "brandname_unknown"),
    ),
    _m(
        "order-brandname-template",
        "errors",
        "the template is checked before the brandname",
        order(GENCODE, "brandname_unknown", "template_mismatch"),
    ),
    _m(
        "order-money-template",
        "errors",
        "the template is checked before the money",
        order(GENCODE, "not_enough_balance", "template_mismatch"),
    ),
    _m("exact-names", "wire", "parameter names are exact, whatever is chosen", parameter_names="exact"),
    _m(
        "never-exact-names", "wire", "parameter names match in any case, whatever is chosen", parameter_names="any-case"
    ),
)
