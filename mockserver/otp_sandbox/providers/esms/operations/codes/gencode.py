"""GENCODE: makes a code, puts it into the message, charges and sends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from otp_sandbox.contract import MISSING, Call, Check, Handler, Reason, shown
from otp_sandbox.domain import challenges, messages
from otp_sandbox.domain.challenges import Challenge
from otp_sandbox.domain.seeds import DIGITS, LETTERS_AND_DIGITS, spell, spell_mixed
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms import answers, prices, reasons, sending
from otp_sandbox.providers.esms.account import PROVIDER
from otp_sandbox.providers.esms.numbers import integer
from otp_sandbox.providers.esms.phones import fold

PLACEHOLDER: Final = "{OTP}"
_ACCEPTED: Final = Verdict("accepted")
_MINUTE: Final = timedelta(minutes=1)


class GenCode(Handler):
    """`SendMessageAutoGenCode_V4_get`."""

    operations = ("SendMessageAutoGenCode_V4_get",)
    body = staticmethod(answers.write_send)
    readers = MappingProxyType(
        {
            "Phone": fold,
            "Type": lambda text: text if text.strip() == "2" else None,
            "TimeAlive": integer,
            "NumCharOfCode": integer,
        }
    )

    def checks(self) -> Mapping[str, Check]:
        """The rules of a send, besides missing and malformed fields."""
        return {
            "length_out_of_range": _length_out_of_range,
            "lifetime_out_of_range": _lifetime_out_of_range,
            "brandname_unknown": lambda call, _: call.account.brandname(call.text("Brandname")) is None,
            "not_enough_balance": _not_enough_balance,
            "placeholder_missing": lambda call, _: PLACEHOLDER not in call.text("message"),
            "template_mismatch": _template_mismatch,
            "keyword_blocked": lambda call, _: sending.has_blocked_word(call, call.text("message")),
            "carrier_not_registered": lambda call, _: sending.is_out_of_reach(call, call.text("Brandname")),
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say why a send is refused."""
        return {
            **reasons.of_text(lambda call: call.text("Brandname"), lambda call: call.text("message")),
            "not_enough_balance": reasons.not_enough_balance(_cost),
        }

    def keys(self, call: Call) -> Sequence[Key]:
        """For a readable phone, what is known of it."""
        phone = call.value("Phone")
        if phone is None:
            return ()
        return (*challenges.keys_of_issuing(PROVIDER, phone), *messages.keys_of_sending(phone))

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:
        """A refusal that comes late has an SMSID."""
        return sending.refuse(call, state, verdict)

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Charge, issue, send."""
        change = Change(_ACCEPTED)
        sms_id, for_code = sending.draw_send(change, state, call)
        code = issue(change, call, state, sms_id, _draw_code(change, call, for_code))
        text = call.text("message").replace(PLACEHOLDER, code)
        price, told = prices.cost_of(call, text)
        prices.charge(change, call, price)
        message = sending.new_message(call, sms_id, text, sender=call.text("Brandname"), price=price, code=code)
        sending.launch(change, call, state, message)
        change.verdict = Verdict("accepted", {"sms_id": sms_id}, told)
        return change


def issue(change: Change[Verdict], call: Call, state: State, sms_id: str, drawn: str) -> str:
    """Issue the code that is pinned for the phone, else the one that was drawn. Returns it."""
    phone = call.values["Phone"]
    code = challenges.use_pin(change, state, phone) or drawn
    challenges.issue(
        change,
        state,
        Challenge(f"code-{sms_id}", PROVIDER, phone, code, call.now, call.now + lifetime(change, call)),
        keep_all=call.dialect.option("second-code") == "keep-all",
    )
    return code


def _draw_code(change: Change[Verdict], call: Call, number: int) -> str:
    """Make a code of a drawn number, as the request wants it."""
    length, asked = _length(call), call.values["NumCharOfCode"]
    if asked is not MISSING and asked != length:
        told = shown(call.text("NumCharOfCode"))
        change.warnings.append(f"NumCharOfCode={told} is no length that a code may have: {length} holds")
    digits = call.text("IsNumber").strip()
    if digits == "1":
        return spell(number, length, DIGITS)
    if digits not in ("", "0"):
        change.warnings.append(f"IsNumber={shown(digits)} is neither 0 nor 1: the code has letters and digits")
    return spell_letters(call, number, length)


def spell_letters(call: Call, number: int, length: int) -> str:
    """Make a code of letters and digits: one of each at least, or by choice any (`esms.code-mix`)."""
    if call.dialect.option("code-mix") == "any":
        return spell(number, length, LETTERS_AND_DIGITS)
    return spell_mixed(number, length)


def stand_in(call: Call, state: State, length: int, character: str) -> str:
    """Give the code that is pinned for the phone, else a text as long as the code will be."""
    pin = state.get(challenges.PINS, call.values["Phone"])
    return pin.code if pin is not None else character * length


def _template_mismatch(call: Call, state: State) -> bool:
    # Places count characters and take any of them, so a stand-in of the same length matches like the code itself; it
    # is made of a character that no template spells out.
    code = stand_in(call, state, _length(call), "\0")
    brandname = call.account.brandname(call.text("Brandname"))
    return not brandname.takes(call.text("message").replace(PLACEHOLDER, code))


def _cost(call: Call, state: State) -> prices.Cost:
    """Tell what the message will cost: capitals and digits take the same room."""
    return prices.cost_of(call, call.text("message").replace(PLACEHOLDER, stand_in(call, state, _length(call), "0")))


def _not_enough_balance(call: Call, state: State) -> bool:
    account = call.account
    # A code makes a text four times as long at most, and no character takes more than two units of a segment's 67.
    if account.balance >= account.price * (len(call.text("message")) + 1):
        return False
    return bool(account.balance < _cost(call, state).price)


def _length_out_of_range(call: Call, _: State) -> bool:
    if call.dialect.option("code-length") != "strict":
        return False
    asked = call.values["NumCharOfCode"]
    return asked is not MISSING and asked != _length(call)


def _length(call: Call) -> int:
    asked, policy = call.values["NumCharOfCode"], call.dialect.policy
    if isinstance(asked, int) and policy("code_length_min") <= asked <= policy("code_length_max"):
        return asked
    return policy("code_length_default")


def _lifetime_out_of_range(call: Call, _: State) -> bool:
    if call.dialect.option("lifetime-range") != "strict":
        return False
    asked = call.values["TimeAlive"]
    return isinstance(asked, int) and asked != _clamp(call, asked)


def _clamp(call: Call, minutes: int) -> int:
    policy = call.dialect.policy
    return min(max(minutes, policy("lifetime_minutes_min")), policy("lifetime_minutes_max"))


def lifetime(change: Change[Verdict], call: Call) -> timedelta:
    """Give the lifetime that `TimeAlive` asks for in minutes, moved into the range; the default if it is no number."""
    asked = call.values["TimeAlive"]
    if not isinstance(asked, int):
        if asked is None:
            change.warnings.append("TimeAlive is not a number: the default holds")
        return call.dialect.policy("lifetime_minutes_default") * _MINUTE
    minutes = _clamp(call, asked)
    if minutes != asked:
        change.warnings.append(f"TimeAlive is outside the range: {minutes} minutes hold")
    return minutes * _MINUTE
