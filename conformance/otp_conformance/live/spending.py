"""What a run at the real providers will do and cost, told before it begins."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TextIO

from otp_conformance.case import Case, Feature, Level
from otp_conformance.live.allowance import Allowance
from otp_conformance.rooms import ROOMS, find_rental
from otp_conformance.stops import UsageError
from otp_conformance.suite import Suite

SECONDS_A_REQUEST = 0.5
_LEVELS: Final = (Level.MUST, Level.SHOULD, Level.NOTE)


@dataclass(slots=True)
class Spending:
    """Cases, requests and sends of a run, by provider; `telling` are the sends that prove something about codes."""

    urls: Mapping[str, str]
    allowance: Allowance
    min_interval: float
    prices: Mapping[str, str]
    cases: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    sends: Counter[str] = field(default_factory=Counter)
    over: int = 0
    resumed: int = 0
    telling: int = 0

    def plan(self, suite: Suite, cases: Sequence[Case]) -> None:
        """Add the cases that apply. Where not all fit that send, those that prove most are taken first."""
        left = [each for each in cases if suite.former_result(each) is None]
        self.resumed = len(cases) - len(left)
        applying = [each for each in left if suite.not_applicable(each) is None]
        paid = [each for each in applying if self.allowance.sends_of(each)]
        for each in self._by_value(paid):
            self._add(each)
        for each in applying:
            if each not in paid:
                self._add(each)

    def _by_value(self, cases: Sequence[Case]) -> Iterator[Case]:
        """Give cases by what they prove for their sends.

        First whatever proves something that none before it did, and of that what is about codes; then musts before
        what is assumed, and notes last; then those that prove most for a send, and the provider with the fewest sends.
        """
        left, proven, sends = list(cases), set[str](), Counter[str]()

        def value(each: Case) -> tuple[Any, ...]:
            new, cost = len(set(each.covers) - proven), self.allowance.sends_of(each)
            level = _LEVELS.index(self.allowance.level_of(each))
            return (not new, not is_about_codes(each), level, -new / cost, sends[each.provider])

        while left:
            best = min(left, key=value)
            left.remove(best)
            yield best
            if best.id not in self.allowance.refused:
                proven.update(best.covers)
                sends[best.provider] += self.allowance.sends_of(best)

    def _add(self, each: Case) -> None:
        sends = self.allowance.sends_of(each)
        bound = self.allowance.max_sends
        if self.total + sends > bound:
            self.over += 1
            self.allowance.refused[each.id] = f"does not fit in the {bound} sends of --max-sends"
            return
        self.cases[each.provider] += 1
        self.requests[each.provider] += self.allowance.requests_of(each)
        self.sends[each.provider] += sends
        self.telling += sends if is_about_codes(each) else 0
        renter = find_rental()
        if renter is not None and self.allowance.rents(each):
            self.sends[each.provider] -= 1
            self.sends[renter[0]] += 1

    @property
    def total(self) -> int:
        """All sends and rentals."""
        return sum(self.sends.values())

    def describe(self) -> str:
        """Tell it."""
        allowance = self.allowance
        lines = [f"plan: tier {allowance.tier:d}, {sum(self.cases.values())} cases"]
        for name in ROOMS:
            if not self.cases[name] and not self.sends[name]:
                continue
            lines.append(
                f"  {name} at {self.urls[name]}: {self.cases[name]} cases, at most {self.requests[name]} requests, "
                f"at most {self.sends[name]} sends or rentals"
            )
        lines.append(f"  sends:  at most {self.total}, bound {allowance.max_sends} (--max-sends)")
        if self.total:
            lines.append(f"          {self.telling} of them prove something about codes")
        if self.over:
            lines.append(f"          {self.over} cases that send do not fit and are left out")
        if self.resumed:
            lines.append(f"          {self.resumed} results are taken over and not repeated (--resume)")
        if allowance.allowed:
            lines.append(f"  to:     {', '.join(allowance.allowed)}")
        lines += [f"  price:  {self._price()}", f"  time:   about {self._time()}"]
        return "\n".join(lines) + "\n"

    def _price(self) -> str:
        parts = []
        for name, count in sorted(self.sends.items()):
            if not count:
                continue
            parts.append(
                f"{name} {count} × {self.prices[name]} = {count * Decimal(self.prices[name])}"
                if name in self.prices
                else f"{name} unknown (--price {name}=AMOUNT tells it)"
            )
        return "; ".join(parts) or "nothing"

    def _time(self) -> str:
        seconds = sum(self.cases.values()) * 2 * SECONDS_A_REQUEST + self.total * self.min_interval
        return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"  # noqa: PLR2004  (seconds are clear so far)


def is_about_codes(each: Case) -> bool:
    """Whether a case proves something about one-time codes."""
    return Feature.READ_CODE in each.needs or each.family in ROOMS[each.provider].live.about_codes


def read_prices(pairs: Iterable[str]) -> dict[str, str]:
    """Read prices like `NAME=850`.

    Raises:
        UsageError: a provider or a number is none.
    """
    prices = {}
    for pair in pairs:
        name, _, amount = pair.partition("=")
        try:
            right = name in ROOMS and Decimal(amount) >= 0
        except InvalidOperation:
            right = False
        if not right:
            raise UsageError(f"--price {pair}: write PROVIDER=AMOUNT, for example {next(iter(ROOMS))}=850")
        prices[name] = amount
    return prices


def ask_for_agreement(terminal: TextIO = sys.stdin) -> None:
    """Ask whoever sits at the terminal whether the money may be spent.

    Raises:
        UsageError: nobody agreed.
    """
    if not terminal.isatty():
        raise UsageError("this costs money: agree with --yes, or start it at a terminal")
    if input("Go on? Type yes: ").strip().lower() != "yes":
        raise UsageError("not agreed; nothing was sent")
