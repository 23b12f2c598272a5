"""The account of a lane at Amoot, and what it starts with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Annotated, ClassVar, Final, Literal

from otp_sandbox.domain.accounts import ACCOUNTS, Checked, Money, Price, Within
from otp_sandbox.domain.code_in_text import names_code
from otp_sandbox.domain.messages import TEXT_MOST
from otp_sandbox.domain.store import Key
from otp_sandbox.providers.amoot.banks import BANKS_MOST, Bank
from otp_sandbox.providers.amoot.checked import Aware, few
from otp_sandbox.providers.amoot.course_groups import GROUPS_MOST, CourseGroup
from otp_sandbox.providers.amoot.numbers import numeric
from otp_sandbox.providers.amoot.phones import fold_all
from otp_sandbox.providers.amoot.relays import RELAYS_MOST, Relay

_VARIABLE = re.compile(r"%(\w+)%")

PROVIDER: Final = "amoot"
KEY: Key = (ACCOUNTS, PROVIDER)
PATTERN_MOST: Final = 10**9
"""The highest number of a pattern."""
PATTERNS_MOST: Final = 10_000
"""Patterns that an account holds; a new one beyond them takes the place of the oldest."""
CODE: Final = "code"
"""The variable of a pattern that a one-time code takes the place of."""


@dataclass(frozen=True, slots=True)
class Token:
    """Settings of the token in the provider's panel. The last good moment is just before `expires_at`."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    active: bool = True
    expires_at: Annotated[datetime, Aware] | None = None
    allowed_ips: tuple[str, ...] | None = None
    allowed_methods: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class User:
    """What may be wrong with the user behind a token or a user name; by default nothing is."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    disabled: bool = False
    expired: bool = False
    mobile_not_verified: bool = False
    web_service_banned: bool = False
    not_allow_web_service: bool = False
    not_allow_http: bool = False
    demo: bool = False
    organisation_undeclared: bool = False
    allowed_ips: tuple[str, ...] | None = None
    allowed_methods: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text with variables, `%name%`. `status`: 0 waits for the operator, 1 approved, 3 rejected.

    `number_patterns` are the variables that take numbers only.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    identity: ClassVar[tuple[str, ...]] = ("id",)

    id: Annotated[int, Within(0, PATTERN_MOST)]
    text: str
    status: Literal[0, 1, 3] = 1
    is_otp: bool = False
    number_patterns: tuple[str, ...] = ()

    @property
    def approved(self) -> bool:
        """Whether it may be sent."""
        return self.status == 1

    @property
    def places(self) -> tuple[str, ...]:
        """The names of its variables as they stand in the text; one that stands twice is there twice."""
        return tuple(_VARIABLE.findall(self.text))

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of its variables in the order of the text; each once."""
        return tuple(dict.fromkeys(self.places))

    def takes(self, values: Sequence[str]) -> bool:
        """Whether there is one value for each variable, a number where the pattern wants one, and not too much text."""
        names = self.variables
        if len(values) != len(names) or self.too_long(values):
            return False
        return all(numeric(value) for name, value in zip(names, values, strict=True) if name in self.number_patterns)

    def too_long(self, values: Sequence[str]) -> bool:
        """Whether the text with as many values as variables is too much: a long value may stand often in it."""
        by_name = dict(zip(self.variables, values, strict=True))
        return len(self.text) + sum(len(by_name[name]) - len(f"%{name}%") for name in self.places) > TEXT_MOST

    def filled(self, values: Sequence[str]) -> str:
        """Put values, in the order of the variables, into the places of these; the number of both must be the same."""
        by_name = dict(zip(self.variables, values, strict=True))
        return _VARIABLE.sub(lambda place: by_name[place[1]], self.text)

    def code(self, values: Sequence[str]) -> str | None:
        """Give the value of the variable that is called like a code, or of the only one of a pattern for codes."""
        names = self.variables
        if self.is_otp and len(names) == 1:
            return values[0]
        return next((value for name, value in zip(names, values, strict=True) if names_code(name)), None)


@dataclass(frozen=True, slots=True)
class Account:
    """Credit and price of a segment in rials; `lines` are the names and numbers that may send, None takes all.

    `patterns` None knows every number: a pattern has the places that a call has values for. What a call registers then
    stands in `own_patterns`. `black_list` are mobile numbers, in any spelling, that want no messages. Each of
    `course_groups` has a number; None knows every number above zero. The relays are addresses that are told of
    deliveries, or of incoming messages.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    credit: Money
    price: Price
    lines: tuple[str, ...] | None
    token: Token = Token()
    user: User = User()
    system_disabled: bool = False
    patterns: tuple[Pattern, ...] | None = ()
    name: str = "Sandbox"
    black_list: tuple[str, ...] = ()
    own_patterns: tuple[Pattern, ...] = ()
    course_groups: Annotated[tuple[CourseGroup, ...], Checked(few(GROUPS_MOST))] | None = ()
    banks: Annotated[tuple[Bank, ...], Checked(few(BANKS_MOST))] = ()
    delivery_relays: Annotated[tuple[Relay, ...], Checked(few(RELAYS_MOST))] = ()
    receive_relays: Annotated[tuple[Relay, ...], Checked(few(RELAYS_MOST))] = ()

    @property
    def known_patterns(self) -> tuple[Pattern, ...]:
        """The patterns that have a text of their own."""
        return self.own_patterns if self.patterns is None else self.patterns

    def charged(self, amount: int) -> Account:
        """Give the account after an amount was taken off."""
        return replace(self, credit=self.credit - amount)

    def has_line(self, name: str) -> bool:
        """Whether the account may send from a line; case does not count (`amoot.line-case`)."""
        return bool(name) if self.lines is None else _is_among(name, self.lines)

    def line(self, name: str) -> str | None:
        """Give a line as the account spells it, None if it has none of this name."""
        if self.lines is None:
            return name or None
        return next((each for each in self.lines if each.casefold() == name.casefold()), None)

    def pattern(self, pattern_id: int, values: int = 1) -> Pattern | None:
        """Find a pattern; where every number is known, one that takes as many values."""
        found = next((each for each in self.known_patterns if each.id == pattern_id), None)
        if found is None and self.patterns is None:
            return any_pattern(pattern_id, values)
        return found

    def with_pattern(self, pattern: Pattern) -> Account:
        """Give the account with one more pattern, and no more than there may be."""
        patterns = (*self.known_patterns, pattern)[-PATTERNS_MOST:]
        return replace(self, own_patterns=patterns) if self.patterns is None else replace(self, patterns=patterns)

    def bank(self, bank_id: int) -> Bank | None:
        """Find a bank."""
        return next((each for each in self.banks if each.id == bank_id), None)

    def otp_pattern(self) -> Pattern | None:
        """Find the first approved pattern for one-time codes (`amoot.quick-pattern`)."""
        usual = new_account().patterns if self.patterns is None else ()
        known = (*self.known_patterns, *(usual or ()))
        return next((each for each in known if each.approved and each.is_otp and each.variables == (CODE,)), None)

    def course_group(self, number: int) -> CourseGroup | None:
        """Find a group of periodic sends; where every number is known, one that is called by its number."""
        if self.course_groups is None:
            return CourseGroup(number, str(number)) if number > 0 else None
        return next((each for each in self.course_groups if each.id == number), None)

    def black_listed(self) -> frozenset[str]:
        """Give the recipients that want no messages, as `fold` gives numbers; what is no mobile number counts not."""
        return fold_all(self.black_list) if self.black_list else frozenset()


def any_pattern(pattern_id: int, values: int) -> Pattern:
    """Make a pattern that takes some values; a single one is a code."""
    names = ["code"] if values == 1 else [f"value{number}" for number in range(1, values + 1)]
    return Pattern(pattern_id, " ".join(f"%{name}%" for name in names))


def open_account(account: Account) -> Account:
    """Give an account that knows every line, every pattern and every group of periodic sends."""
    return replace(account, lines=None, patterns=None, course_groups=None)


@cache
def new_account() -> Account:
    """Give the account that a lane starts with."""
    return Account(
        credit=1_000_000,
        price=1_000,
        lines=("Public", "Service", "98", "30001234"),
        patterns=(Pattern(1001, "کد تایید شما: %code%", is_otp=True, number_patterns=("code",)),),
        course_groups=(CourseGroup(1, "Sandbox"),),
        banks=(
            Bank(31, "استان تهران", 350_000),
            Bank(311, "تهران", 280_000, parent=31),
            Bank(3111, "منطقه 1", 15_000, parent=311),
            Bank(3112, "منطقه 2", 18_000, parent=311),
            Bank(312, "ری", 20_000, parent=31),
            Bank(32, "استان اصفهان", 210_000),
        ),
    )


def method_allowed(allowed: tuple[str, ...] | None, method: str) -> bool:
    """Whether an API method may be called, in any case. None allows all; an empty list allows none."""
    return allowed is None or _is_among(method, allowed)


def _is_among(name: str, names: tuple[str, ...]) -> bool:
    folded = name.casefold()
    return any(each.casefold() == folded for each in names)
