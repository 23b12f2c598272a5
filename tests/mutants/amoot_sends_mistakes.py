"""How the mistakes in the sends of Amoot are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from mutants.kit import Mistake, body, forgiven, handler, with_check, with_values, without_fields, written
from otp_sandbox.contract import MISSING, Call, Check
from otp_sandbox.domain.messages import MESSAGES
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot.account import KEY, Pattern
from otp_sandbox.providers.amoot.lists import entries
from otp_sandbox.providers.amoot.operations.send_peer_to_peer import Pair, SendPeerToPeer
from otp_sandbox.providers.amoot.operations.send_quick_otp import SendQuickOtp
from otp_sandbox.providers.amoot.operations.send_simple import SendSimple, recipients
from otp_sandbox.providers.amoot.phones import fold

QUICK: Final = "SendQuickOTP"
SIMPLE: Final = "SendSimple"
PATTERN: Final = "SendWithPattern"
OWN: Final = "SendWithPatternOWN"
PEERS: Final = "SendPeerToPeer"
ALL: Final = ("SendOTP", QUICK, SIMPLE, PATTERN, OWN, PEERS)

Spoil = Callable[[Call, State, Change[Verdict]], Change[Verdict]]


def everywhere(make: Callable[[str], Mistake], *operations: str) -> Mistake:
    """Make the same mistake in several operations."""

    def mistake(provider: Any) -> Any:
        for operation in operations:
            provider = make(operation)(provider)
        return provider

    return mistake


def of_messages(spoil: Callable[[Call, Any], Any]) -> Spoil:
    """Spoil every message that is sent."""

    def change(call: Call, _: State, made: Change[Verdict]) -> Change[Verdict]:
        for key in written(made, MESSAGES):
            made.writes[key] = spoil(call, made.writes[key])
        return made

    return change


def of_facts(spoil: Callable[[dict[str, Any]], dict[str, Any]]) -> Spoil:
    """Tell something else than was done."""

    def change(_: Call, __: State, made: Change[Verdict]) -> Change[Verdict]:
        return replace(made, verdict=Verdict("success", spoil(dict(made.verdict.facts))))

    return change


def charging(amount: Callable[[Call, dict[str, Any]], int]) -> Spoil:
    """Charge something else, and tell so where a price is told."""

    def change(call: Call, _: State, made: Change[Verdict]) -> Change[Verdict]:
        facts = dict(made.verdict.facts)
        charged = amount(call, facts)
        made.writes[KEY] = call.account.charged(charged)
        return replace(made, verdict=Verdict("success", {**facts, "price": charged} if "price" in facts else facts))

    return change


def delivered_all(_: Call, __: State, made: Change[Verdict]) -> Change[Verdict]:
    """Let every message arrive."""
    made.due = [replace(event, detail=event.detail.partition(" ")[0]) for event in made.due]
    return made


def instead_of(operation: str, cause: str, other: str) -> Mistake:
    """Answer one cause of an operation with another."""

    def spoil(_: Call, __: State, made: Change[Verdict]) -> Change[Verdict]:
        return replace(made, verdict=Verdict(other)) if made.verdict.cause == cause else made

    return handler(operation, refusal=spoil)


def looking_away_from(*names: str) -> Callable[[Call], Call]:
    """Look away from fields."""
    return lambda call: with_values(without_fields(call, *names), **dict.fromkeys(names, MISSING))


def forgiving(operation: str, *causes: str, **values: Any) -> Mistake:
    """Take what is missing or malformed, for a value of its own."""
    return handler(operation, call=lambda call: forgiven(call, *causes, **values))


def read_with(operation: str, field: str, reader: Callable[[str], Any]) -> Mistake:
    """Read a field otherwise. It has been read by the time that a mistake is made, so it is read again."""
    return handler(
        operation,
        call=lambda call: with_values(call, **{field: reader(call.text(field))}) if call.text(field) else call,
    )


def data(change: Callable[[Any], Any], *operations: str) -> Mistake:
    """Change the data of successful answers."""
    return body(lambda held: {**held, "Data": change(held["Data"])} if held["Data"] else held, *operations)


def rows(change: Callable[[dict[str, Any]], dict[str, Any]], *operations: str) -> Mistake:
    """Change each row of an answer."""
    return data(lambda held: [change(row) for row in held], *operations)


def refused(change: Callable[[dict[str, Any]], Any], *operations: str) -> Mistake:
    """Change the answer to a refused call."""
    return body(lambda held: held if held["Data"] else change(held), *operations)


class AnyPattern(SendQuickOtp):
    """Takes the first pattern, whatever it is."""

    def pattern(self, call: Call) -> Pattern | None:
        """Find it, or make one up."""
        found = next(iter(call.account.patterns), Pattern(1, "%code%"))
        return replace(found, text=found.text.replace("%otp%", "%code%").replace("%name%", ""))


class AllOrNone(SendSimple):
    """Refuses the whole call for one bad recipient."""

    def checks(self) -> dict[str, Check]:
        """With one check more."""
        return {**super().checks(), "no_mobile_left": lambda call, _: not all(call.values["Mobiles"])}


class PairsOrNone(SendPeerToPeer):
    """Refuses the whole call for one bad pair."""

    def checks(self) -> dict[str, Check]:
        """With one check more."""
        return {
            **super().checks(),
            "no_mobile_left": lambda call, _: not all(pair.phone and pair.text for pair in call.values["Input"]),
        }


def line_checked(operation: str) -> Mistake:
    """Refuse a line that the account does not have, where none is to be named."""
    return with_check(
        operation,
        "pattern_unknown",
        lambda call, _: bool(call.text("LineNumber")) and not call.account.has_line(call.text("LineNumber")),
    )


def once_each(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(recipients(text)))


def readable_only(text: str) -> tuple[str, ...]:
    return tuple(filter(None, recipients(text))) or ("",)


def ordered(text: str) -> tuple[str, ...]:
    return tuple(sorted(recipients(text)))


def first_only(text: str) -> tuple[str, ...]:
    return recipients(text)[:1]


def comma_only(text: str) -> tuple[str, ...]:
    return tuple(fold(each) or "" for each in text.split(",") if each) if text[:1] != "[" else recipients(text)


def pattern_of(call: Call) -> Pattern | None:
    found: Pattern | None = call.account.pattern(call.values["PatternCodeID"])
    return found


def fitted(call: Call, values: Sequence[str]) -> list[str]:
    """Cut values, or fill them up, until there are as many as variables."""
    pattern = pattern_of(call)
    count = len(pattern.variables) if pattern is not None else 0
    return [*values, *[""] * count][:count]


def by_any_separator(text: str) -> list[str]:
    return text.split(",") if "," in text and text[:1] == "[" else entries(text)


def mixed(pairs: tuple[Pair, ...] | None) -> tuple[Pair, ...] | None:
    """Give each recipient the text of the next one."""
    if not pairs:
        return pairs
    return tuple(Pair(each.phone, other.text) for each, other in zip(pairs, (*pairs[1:], pairs[0]), strict=True))
