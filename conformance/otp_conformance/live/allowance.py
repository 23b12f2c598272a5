"""What may be done at the real providers: to whom may be sent, how much, and what never happens there.

Everything that leaves for a real host passes `Allowance.admit`, whatever the case that asks for it intends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from otp_conformance.case import Case, Feature, Level, Tier
from otp_conformance.live.numbers import find_recipients, international, national, put_recipient, replace_number
from otp_conformance.live.transport import LiveTransport
from otp_conformance.response import option_in_force
from otp_conformance.rooms import ROOMS, Numbers, Rental, spec_of
from otp_conformance.stops import CouldNotRun, NotApplicable
from otp_conformance.terms import Terms
from otp_conformance.transport import BOUNDED_ROLES, Transport
from otp_specs import Operation

REQUESTS = 15
"""What a case sends at most besides its paid requests, each of which may be followed by another."""
POLLS = 40
FEWEST_DIGITS = 3
"""No phone, not even a short number, has fewer."""
MIN_INTERVAL = 6.0
"""Seconds between two paid requests where none are asked for: more than any provider is known to want."""


@dataclass(slots=True)
class Allowance(Terms):
    """What may be done at the real providers, and what was done so far.

    Attributes:
        tier: the highest that was asked for.
        allowed: numbers that may be sent to, in international form.
        max_sends: sends and rentals, all in all.
        told: options that the target is said to play.
        rental: how a number is rented for each case that reads a code, if that was asked for.
        refused: why cases do not fit, by id.
        spent: sends and rentals so far.
        stopped: why nothing paid is called any more.
    """

    judges_every_option = True
    tier: Tier
    allowed: tuple[str, ...]
    max_sends: int
    told: Mapping[str, str] = field(default_factory=dict)
    rental: Rental | None = None
    refused: dict[str, str] = field(default_factory=dict)
    spent: int = 0
    stopped: str = ""
    _probing: bool = False
    _running: Tier = Tier.NOTHING
    _requests_left: int = 0
    _sends_left: int = 0
    _rented: str = ""

    def wrap(self, transport: Transport) -> Transport:
        """Let no request pass unseen."""
        return LiveTransport(transport, self)

    def level_of(self, each: Case) -> Level:
        """Give the level of a case: what is about an option that nobody claims is a note, not a verdict."""
        return Level.NOTE if self._probes(each) else each.level

    def _probes(self, each: Case) -> bool:
        """Whether a case is about options that are not known to be in force."""
        spec = spec_of(each.provider)
        return any(option_in_force(spec, self.told, choice) != option for choice, option in each.choices.items())

    def tier_of(self, each: Case) -> Tier:
        """Give the tier of a case: a refusal that only some options play may turn out to be a send."""
        return Tier.SENDS if self._probes(each) and each.tier == Tier.NOTHING else each.tier

    def sends_of(self, each: Case) -> int:
        """Give the paid requests that a case makes at most, the rental that reads its code included."""
        if self.tier_of(each) < Tier.SENDS:
            return 0
        return max(each.sends, 1) + (1 if self._reads_at_rental(each) else 0)

    def requests_of(self, each: Case) -> int:
        """Give the requests that a case makes at most."""
        if each.requests:
            return each.requests
        return REQUESTS + 2 * self.sends_of(each) + (POLLS if self._reads_at_rental(each) else 0)

    def rents(self, each: Case) -> bool:
        """Whether a number is rented for a case: it reads a code that can be sent there."""
        return self._reads_at_rental(each) and self.tier_of(each) >= Tier.SENDS

    def _reads_at_rental(self, each: Case) -> bool:
        return Feature.READ_CODE in each.needs and self._is_rented(ROOMS[each.provider].live.numbers)

    def _is_rented(self, numbers: Numbers | None) -> bool:
        """Whether numbers of a country can be rented in this run."""
        return self.rental is not None and numbers == self.rental.numbers

    def refuse(self, each: Case) -> str | None:
        """Say why a case is left out, or None if it is not."""
        if each.never_live or each.id in self.refused:
            return each.never_live or self.refused[each.id]
        tier = self.tier_of(each)
        if tier > self.tier:
            return f"tier {tier:d} here is above {self.tier:d}"
        numbers = ROOMS[each.provider].live.numbers
        if tier < Tier.SENDS or numbers is None:
            return None
        if self._reads_at_rental(each):
            return "a rental reads one code, the case sends more" if each.sends > 1 else None
        return None if self._numbers_of(numbers) else f"no --allow-number of {each.provider}'s country"

    def begin(self, each: Case) -> None:
        """Begin a case: count its requests and its sends anew."""
        self._running, self._requests_left, self._rented = self.tier_of(each), self.requests_of(each), ""
        self._sends_left, self._probing = self.sends_of(each), self._probes(each)

    def allow(self, phone: str) -> None:
        """Allow a number that this run has rented, while the running case lasts."""
        if self.rental is not None:
            self._rented = international(phone, self.rental.numbers)

    def _numbers_of(self, numbers: Numbers) -> list[str]:
        """Give the numbers of a country that may be sent to, a rented one first."""
        own = [number for number in self.allowed if number.startswith(f"+{numbers.country}")]
        return [self._rented, *own] if self._rented and self._is_rented(numbers) else own

    def phone_of(self, provider: str) -> str:
        """Give the number that takes the place of the suite's own one."""
        room = ROOMS[provider]
        numbers = room.live.numbers
        allowed = self._numbers_of(numbers) if numbers is not None else []
        if numbers is None or not allowed:
            return room.calls.phone
        return numbers.trunk + national(allowed[0], numbers.country)

    def outward(self, provider: str, text: str) -> str:
        """Put an allowed number where the suite writes its own."""
        return _exchange_numbers(text, provider, ROOMS[provider].calls.phone, self.phone_of(provider))

    def inward(self, provider: str, text: str) -> str:
        """Put the suite's own number back, so that a case reads what it wrote."""
        return _exchange_numbers(text, provider, self.phone_of(provider), ROOMS[provider].calls.phone)

    @property
    def spends(self) -> bool:
        """Whether the running case may spend money."""
        return self._running >= Tier.SENDS

    def admit(self, provider: str, operation: Operation, url: str, body: str) -> None:
        """Let a request pass, or stop the case.

        Raises:
            NotApplicable: it would send elsewhere, or more than is allowed.
            CouldNotRun: something was sent that should not have been; nothing paid follows.
        """
        self._requests_left -= 1
        if self._requests_left < 0:
            raise NotApplicable("would make more requests than the plan says")
        if operation.role not in BOUNDED_ROLES:
            return
        if self.stopped:
            raise CouldNotRun(self.stopped)
        if not self.spends:
            if self._probing:
                raise NotApplicable("whether it is refused depends on a choice: it may send")
            return
        if operation.role == "send":
            self._check_recipients(provider, url, body)
        if self.spent >= self.max_sends:
            raise NotApplicable(f"the {self.max_sends} sends of --max-sends are used up")
        if self._sends_left <= 0:
            raise NotApplicable("would send more than it says")
        self._sends_left -= 1
        self.spent += 1

    def _check_recipients(self, provider: str, url: str, body: str) -> None:
        numbers = ROOMS[provider].live.numbers
        if numbers is None:
            raise NotApplicable(f"nobody says of which country the numbers are that {provider} sends to")
        allowed = {national(number, numbers.country) for number in self._numbers_of(numbers)}
        for number in find_recipients(url, body):
            if sum(map(str.isdecimal, number)) >= FEWEST_DIGITS and national(number, numbers.country) not in allowed:
                raise NotApplicable("would send to a number that is not allowed")

    def note_answer(self, operation: Operation, *, succeeded: bool) -> None:
        """Look at an answer: a success below tier 2 stops everything that costs money."""
        if succeeded and operation.role in BOUNDED_ROLES and not self.spends:
            self.stopped = f"{operation.name} succeeded where nothing was to be sent; nothing paid is called again"

    def examples_only(self, operation: Operation) -> bool:
        """Whether generated requests of an operation are those of the spec's examples: where each of them counts."""
        return operation.role in BOUNDED_ROLES

    def admit_generated(self, provider: str, operation: Operation, query: Any, body: Any) -> None:
        """Put an allowed number into a generated request, and let it pass or stop it."""
        for fields in (query, body):
            put_recipient(fields, self.phone_of(provider))
        text = body if isinstance(body, str) else json.dumps(body, default=str)
        self.admit(provider, operation, "?" + urlencode(query or {}), text)


def _exchange_numbers(text: str, provider: str, old: str, new: str) -> str:
    numbers = ROOMS[provider].live.numbers
    return text if numbers is None else replace_number(text, numbers, old, new)
