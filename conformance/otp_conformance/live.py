"""The real providers: where they are, to whom may be sent, how much, and what never happens there.

Everything that leaves for a real host passes `Live.before`, whatever the case that asks for it intends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from otp_conformance.case import Case, Feature, Level, Tier
from otp_conformance.dialects import DIALECTS
from otp_conformance.targets import CouldNotRun, NotApplicable
from otp_specs import Operation, Spec, load

HOSTS: Mapping[str, str] = {
    "esms": "https://rest.esms.vn",
    "amoot": "https://portal.amootsms.com",
    "thuesim": "https://thuesim.com.vn",
}
"""Where the providers are; nothing else in this project contacts them."""

COUNTRIES: Mapping[str, tuple[str, str]] = {"esms": ("84", "0"), "amoot": ("98", "")}
"""The country whose numbers a provider sends to, and what stands before a number inside it."""

REQUESTS = 15
"""What a case sends at most besides its paid requests, each of which may be followed by another."""

POLLS = 40
FEWEST_DIGITS = 3
"""No phone, not even a short number, has fewer."""

CONTRACT_REQUESTS = 200
CONTRACT_SENDS = 3
RECIPIENTS = ("phone", "phones", "mobile", "mobiles", "number", "numbers")
"""Names of fields that hold recipients, in small letters."""
PAID = ("send", "rent", "change")
"""Roles of what is bounded: it costs money, or changes something that nobody takes back."""
MIN_INTERVAL = 6.0
"""Seconds between two paid requests where none are asked for: thuesim wants more than five."""


def urls(environment: Mapping[str, str]) -> dict[str, str]:
    """Give the address of each provider; OTP_CONFORMANCE_ESMS_URL and the like replace one."""
    return {
        name: (environment.get(f"OTP_CONFORMANCE_{name.upper()}_URL") or host).rstrip("/")
        for name, host in HOSTS.items()
    }


def national(number: str, country: str) -> str:
    """Give a number without country code and zero in front, as plain digits; every spelling of it gives the same."""
    digits = "".join(str(int(char)) for char in number if char.isdecimal())
    digits = digits.removeprefix("00")
    return digits.removeprefix(country).removeprefix("0") if len(digits) > len(country) + 8 else digits.lstrip("0")


@dataclass(slots=True)
class Live:
    """What may be done at the real providers, and what was done so far."""

    tier: Tier
    allowed: tuple[str, ...]
    max_sends: int
    resumed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    rental_service: str = ""
    prices: Mapping[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    spent: int = 0
    stopped: str = ""
    _probing: bool = False
    _running: Tier = Tier.NOTHING
    _requests_left: int = 0
    _sends_left: int = 0
    _rented: str = ""

    def level(self, each: Case) -> Level:
        """Give the level of a case: what is about an option that nobody claims is a note, not a verdict."""
        return Level.OBSERVED if self.probes(each) else each.level

    def probes(self, each: Case) -> bool:
        """Whether a case is about options that are not known to be in force."""
        return any(self.told.get(name, default(name)) != option for name, option in each.choices.items())

    def tier_of(self, each: Case) -> Tier:
        """Give the tier of a case: a refusal that only some options play may turn out to be a send."""
        return Tier.SENDS if self.probes(each) and each.tier == Tier.NOTHING else each.tier

    def sends_of(self, each: Case) -> int:
        """Give the paid requests that a case makes at most, the rental that reads its code included."""
        if self.tier_of(each) < Tier.SENDS:
            return 0
        return max(each.sends, 1) + (1 if self._rents(each) else 0)

    def cannot_contract(self, name: str, provider: str, *, links: bool, paid: bool) -> str | None:
        """Say why an item of the contract layer is left out, or None if it is not."""
        if links:
            return "links are not followed at a real provider"
        if name in self.refused:
            return self.refused[name]
        if paid and provider in COUNTRIES and not self._numbers(provider):
            return f"no --allow-number of {provider}'s country"
        return None

    def _rents(self, each: Case) -> bool:
        return bool(self.rental_service) and each.provider == "esms" and Feature.READ_CODE in each.needs

    def requests_of(self, each: Case) -> int:
        """Give the requests that a case makes at most."""
        return REQUESTS + 2 * self.sends_of(each) + (POLLS if self._rents(each) else 0)

    def cannot(self, each: Case) -> str | None:
        """Say why a case is left out, or None if it is not."""
        if each.id in self.refused:
            return self.refused[each.id]
        if self.tier_of(each) > self.tier:
            return f"tier {self.tier_of(each):d} here is above {self.tier:d}"
        if self.tier_of(each) < Tier.SENDS or each.provider not in COUNTRIES:
            return None
        if self._rents(each):
            return "a rental reads one code, the case sends more" if each.sends > 1 else None
        return None if self._numbers(each.provider) else f"no --allow-number of {each.provider}'s country"

    def _numbers(self, provider: str) -> list[str]:
        country = COUNTRIES[provider][0]
        own = [number for number in self.allowed if number.startswith(f"+{country}")]
        return [*([self._rented] if self._rented and provider == "esms" else []), *own]

    def phone(self, provider: str) -> str:
        """Give the number that takes the place of the suite's own one."""
        numbers = self._numbers(provider) if provider in COUNTRIES else []
        if not numbers:
            return DIALECTS[provider].phone
        country, zero = COUNTRIES[provider]
        return zero + national(numbers[0], country)

    def begin(self, each: Case) -> None:
        """Begin a case: count its requests and its sends anew."""
        self._running, self._requests_left, self._rented = self.tier_of(each), self.requests_of(each), ""
        self._sends_left, self._probing = self.sends_of(each), self.probes(each)

    def begin_contract(self, *, paid: bool) -> None:
        """Begin an item of the contract layer."""
        self._running, self._rented = (Tier.SENDS if paid else Tier.READS), ""
        self._sends_left = CONTRACT_SENDS if paid else 0
        self._probing = False
        self._requests_left = CONTRACT_SENDS if paid else CONTRACT_REQUESTS

    def outward(self, provider: str, text: str) -> str:
        """Put an allowed number where the suite writes its own."""
        return _exchanged(text, provider, DIALECTS[provider].phone, self.phone(provider))

    def inward(self, provider: str, text: str) -> str:
        """Put the suite's own number back, so that a case reads what it wrote."""
        return _exchanged(text, provider, self.phone(provider), DIALECTS[provider].phone)

    def pays(self, operation: Operation) -> bool:
        """Whether a request of the running case costs money if it succeeds."""
        return operation.role in PAID and self._running >= Tier.SENDS

    def before(self, provider: str, operation: Operation, url: str, body: str) -> None:
        """Let a request pass, or stop the case.

        Raises:
            NotApplicable: it would send elsewhere, or more than is allowed.
            CouldNotRun: something was sent that should not have been; nothing paid follows.
        """
        self._requests_left -= 1
        if self._requests_left < 0:
            raise NotApplicable("would make more requests than the plan says")
        if operation.role not in PAID:
            return
        if self.stopped:
            raise CouldNotRun(self.stopped)
        if self._running < Tier.SENDS:
            if self._probing:
                raise NotApplicable("whether it is refused depends on a choice: it may send")
            return
        if operation.role == "send":
            self._to_allowed(provider, url, body)
        if self.spent >= self.max_sends:
            raise NotApplicable(f"the {self.max_sends} sends of --max-sends are used up")
        if self._sends_left <= 0:
            raise NotApplicable("would send more than it says")
        self._sends_left -= 1
        self.spent += 1

    def _to_allowed(self, provider: str, url: str, body: str) -> None:
        country = COUNTRIES[provider][0]
        allowed = {national(number, country) for number in self._numbers(provider)}
        for number in recipients(url, body):
            if sum(map(str.isdecimal, number)) >= FEWEST_DIGITS and national(number, country) not in allowed:
                raise NotApplicable("would send to a number that is not allowed")

    def after(self, spec: Spec, operation: Operation, code: Any) -> None:
        """Look at an answer: a success below tier 2 stops everything that costs money."""
        if operation.role not in PAID or self._running >= Tier.SENDS:
            return
        rows = [spec.outcomes[each.outcome] for each in operation.answers]
        if code is not None and any(row.success and code in (row.code, row.message) for row in rows):
            self.stopped = f"{operation.name} succeeded where nothing was to be sent; nothing paid is called again"

    def rented(self, phone: str) -> None:
        """Allow a number that this run has rented, while the running case lasts."""
        self._rented = f"+84{national(phone, '84')}"


def _exchanged(text: str, provider: str, old: str, new: str) -> str:
    """Put one number in the place of another, in the spellings in which cases write it."""
    if provider not in COUNTRIES or old == new:
        return text
    before, after = (national(number, COUNTRIES[provider][0]) for number in (old, new))
    for space in ("", ".", "-", " ", "%20"):
        text = text.replace(_parted(before, space), _parted(after, space))
    return text


def _parted(number: str, space: str) -> str:
    return space.join((number[:3], number[3:6], number[6:]))


@cache
def default(choice: str) -> str:
    """Give the option that a choice has when nobody says otherwise."""
    return load(choice.partition(".")[0]).choices[choice].default or ""


def recipients(url: str, body: str) -> list[str]:
    """Find every recipient that a request names: query, form, JSON at any depth, XML, multipart; names in any case."""
    pairs: list[tuple[str, Any]] = list(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    try:
        held = json.loads(body) if body else None  # numbers may be longer than other readers take
    except (ValueError, RecursionError):
        held = None
    pairs += _named(held)
    pairs += parse_qsl(body, keep_blank_values=True)
    pairs += re.findall(r"<(?:\w+:)?(\w+)[^<>]*>([^<>]*)</", body)
    pairs += re.findall(r'name="?(\w+)"?[^\r\n]*(?:\r?\n[^\r\n]+)*\r?\n\r?\n([^\r\n]*)', body)
    found = [str(value) for name, value in pairs if name.lower().removesuffix("[]") in RECIPIENTS]
    return [number for text in found for number in re.split(r"[,;|\n]", text)]


def _named(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value of a JSON document with the name of the member that it stands in."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _named(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from _named(each, name)
    else:
        yield name, value
