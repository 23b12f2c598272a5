"""What a run at the real providers will do and cost, told before it begins."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import pytest

from otp_conformance.case import Case, Tier
from otp_conformance.live import CONTRACT_REQUESTS, CONTRACT_SENDS, HOSTS, PAID
from otp_conformance.options import Options, UsageError
from otp_conformance.samples import as_case, documented
from otp_conformance.suite import Suite
from otp_conformance.targets import Target
from otp_specs import load

SECONDS_A_REQUEST = 0.5


@dataclass(slots=True)
class Plan:
    """Cases, requests and sends of a run, by provider."""

    urls: Mapping[str, str]
    tier: Tier
    max_sends: int
    min_interval: float
    prices: Mapping[str, str]
    numbers: tuple[str, ...] = ()
    cases: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    sends: Counter[str] = field(default_factory=Counter)
    over: int = 0
    resumed: int = 0

    def fits(self, sends: int) -> bool:
        """Whether so many more sends are within the bound; what does not fit is counted."""
        if sum(self.sends.values()) + sends <= self.max_sends:
            return True
        self.over += 1
        return False

    def take(self, provider: str, each: Mapping[str, int]) -> None:
        """Add the sends of something; a rental that reads a code is thuesim's."""
        self.cases[provider] += 1
        for name, count in each.items():
            self.sends[name] += count

    def text(self) -> str:
        """Tell it."""
        lines = [f"plan: tier {self.tier:d}, {sum(self.cases.values())} cases"]
        for name in HOSTS:
            if not self.cases[name] and not self.sends[name]:
                continue
            lines.append(
                f"  {name} at {self.urls[name]}: {self.cases[name]} cases, at most {self.requests[name]} requests, "
                f"at most {self.sends[name]} sends or rentals"
            )
        lines.append(f"  sends:  at most {sum(self.sends.values())}, bound {self.max_sends} (--max-sends)")
        if self.over:
            lines.append(f"          {self.over} cases that send do not fit and are left out")
        if self.resumed:
            lines.append(f"          {self.resumed} results are taken over and not repeated (--resume)")
        if self.numbers:
            lines.append(f"  to:     {', '.join(self.numbers)}")
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
        cases = sum(self.cases.values())
        seconds = cases * 2 * SECONDS_A_REQUEST + sum(self.sends.values()) * self.min_interval
        return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"  # noqa: PLR2004  (seconds are clear so far)


def add_case(plan: Plan, each: Case, sends: int, requests: int) -> None:
    """Add a case of layer 2 or 3 to a plan."""
    rental = max(0, sends - max(each.sends, 1)) if sends else 0
    plan.take(each.provider, {each.provider: sends - rental, "thuesim": rental} if rental else {each.provider: sends})
    plan.requests[each.provider] += requests


def add_contract(plan: Plan, provider: str, *, paid: bool) -> None:
    """Add an item of layer 1 to a plan."""
    plan.take(provider, {provider: CONTRACT_SENDS if paid else 0})
    plan.requests[provider] += CONTRACT_SENDS if paid else CONTRACT_REQUESTS


def prices(pairs: Iterable[str]) -> dict[str, str]:
    """Read prices like `esms=850`.

    Raises:
        ValueError: a provider or a number is none.
    """
    found = {}
    for pair in pairs:
        name, _, amount = pair.partition("=")
        try:
            right = name in HOSTS and Decimal(amount) >= 0
        except InvalidOperation:
            right = False
        if not right:
            raise ValueError(f"--price {pair}: write PROVIDER=AMOUNT, for example esms=850")
        found[name] = amount
    return found


def planned(items: Sequence[pytest.Item], options: Options, config: pytest.Config) -> Target:
    """Make the target of a live run, tell the plan, and ask where money is spent.

    Raises:
        UsageError: nobody agreed.
    """
    target = options.made_target()
    live = target.live
    if live is None:
        raise UsageError("there is a plan for --target live only")
    suite = Suite(target, options.tier)
    plan = Plan(
        target.urls, options.tier, options.max_sends, options.min_interval or 0.0, options.prices, options.allowed
    )
    for item in items:
        params = getattr(getattr(item, "callspec", None), "params", {})
        if "operation" in params:
            _plan_contract(plan, suite, params["provider"], params["operation"])
        elif "each" in params:
            _plan_case(plan, suite, params["each"])
        elif "name" in params:
            provider, name = params["provider"], params["name"]
            _plan_case(plan, suite, as_case(provider, name, documented(load(provider))[name]))
    suite.close()
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.write("\n" + plan.text())
    if sum(plan.sends.values()) and not options.yes:
        _ask(config)
    return target


def _plan_case(plan: Plan, suite: Suite, each: Case) -> None:
    live = suite.target.live
    if live is None:
        return
    if each.id in live.resumed:
        plan.resumed += 1
    elif suite.not_applicable(each) is None:
        sends = live.sends_of(each)
        if plan.fits(sends):
            add_case(plan, each, sends, live.requests_of(each))
        else:
            live.refused[each.id] = f"does not fit in the {plan.max_sends} sends of --max-sends"


def _plan_contract(plan: Plan, suite: Suite, provider: str, operation: str | None) -> None:
    live, name = suite.target.live, f"{provider}.contract.{operation or 'links'}"
    paid = any(each.id == operation and each.role in PAID for each in suite.spec(provider).operations)
    tier = Tier.SENDS if paid else Tier.READS
    if live is None or suite.cannot(provider, tier) is not None:
        return
    if name in live.resumed:
        plan.resumed += 1
    elif live.cannot_contract(name, provider, links=operation is None, paid=paid) is None:
        if plan.fits(CONTRACT_SENDS if paid else 0):
            add_contract(plan, provider, paid=paid)
        else:
            live.refused[name] = f"does not fit in the {plan.max_sends} sends of --max-sends"


def _ask(config: pytest.Config) -> None:
    capture: Any = config.pluginmanager.get_plugin("capturemanager")
    capture.suspend_global_capture(in_=True)  # otherwise pytest stands between us and the terminal
    try:
        if not sys.stdin.isatty():
            raise UsageError("this costs money: agree with --yes, or start it at a terminal")
        agreed = input("Go on? Type yes: ").strip().lower() == "yes"
    finally:
        capture.resume_global_capture()
    if not agreed:
        raise UsageError("not agreed; nothing was sent")
