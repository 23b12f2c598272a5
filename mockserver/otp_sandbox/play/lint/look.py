"""Looks at a lane by all rules, in steps that let others have their turn."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from time import perf_counter
from typing import Any, Final, cast

from otp_sandbox.contract import Provider
from otp_sandbox.contract.lint import KINDS, Asked, Found, Kind, Look, Rule, Subject, lint_of
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.callbacks import CALLBACKS
from otp_sandbox.domain.challenges import CODES
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.record import Record
from otp_sandbox.domain.rentals import RENTALS
from otp_sandbox.domain.store import Placed, Store, Table
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.play.journal import REQUESTS
from otp_sandbox.play.lint import calls, fields, messages, names, transport

COMMON: Final = (*calls.RULES, *names.RULES, *fields.RULES, *transport.RULES, *messages.RULES)
"""Rules that hold for all providers."""
REQUESTS_MOST: Final = 100
"""Ids of requests that a finding names; of the rest it has the number."""
DETAILS_MOST: Final = 5
"""What a finding says at most; of the rest it has the number."""
_DETAILS_KEPT: Final = 1_000
_READ_AT_ONCE: Final = 1_000
_LOOKED_AT_ONCE: Final = 50
_TURN: Final = 0.002
"""Seconds after which others have their turn earlier: an entry may name a thousand phones."""
_TABLES: Final[Mapping[Kind, Table[Any]]] = {
    "rentals": RENTALS,
    "codes": CODES,
    "messages": MESSAGES,
    "requests": REQUESTS,
    "callbacks": CALLBACKS,
}


class Finding(Record):
    """What a rule found in a lane, all of it together.

    `requests` are the first that it is about, `count` how often it was found, `place` where it was found last: the
    place of that entry in its log.
    """

    rule: Rule
    detail: str
    requests: tuple[str, ...]
    count: int
    place: int


def all_rules(providers: Iterable[Provider]) -> dict[str, Rule]:
    """Give all rules by id, in the order of their ids.

    Raises:
        ValueError: two rules have one id.
    """
    rules = [*COMMON, *(rule for provider in providers for rule in lint_of(provider).rules)]
    found = {rule.id: rule for rule in sorted(rules, key=lambda rule: rule.id)}
    if len(found) < len(rules):
        raise ValueError(f"two rules have one id, among {', '.join(sorted(rule.id for rule in rules))}")
    return found


async def find(store: Store, lane: Lane, providers: Mapping[str, Provider]) -> list[Finding]:
    """Give what the rules find in a lane as it is now, what was found last at the end.

    Raises:
        LaneGone: the lane was deleted or reset meanwhile.
    """
    key = lane.key
    newest = await store.place(key)
    over = 0.0
    notes: dict[str, _Notes] = {}
    looking = []
    for name, provider in providers.items():
        account = await store.get(key, ACCOUNTS, name)
        looking.append(_Looking(Subject(provider, lane.dialect(name), account, lint_of(provider)), notes))
    by_provider = {each.name: each for each in looking}
    by_path = _owners(looking)
    for kind in KINDS:
        after: int | None = 0
        while after is not None:
            placed = await store.entries(key, _TABLES[kind], after=after, limit=_READ_AT_ONCE)
            after = placed[-1].place if len(placed) == _READ_AT_ONCE else None
            for number, each in enumerate(placed):
                if number % _LOOKED_AT_ONCE == 0 or perf_counter() > over:
                    await asyncio.sleep(0)
                    over = perf_counter() + _TURN
                if each.place > newest:  # what comes while this goes on has its turn next time
                    after = None
                    break
                owner = by_provider.get(each.entry.provider)
                if owner is None and kind == "requests":  # nobody has that path
                    owner = by_path.get(each.entry.path.rstrip("/").lower(), looking[0] if looking else None)
                if owner is not None:
                    owner.look(kind, each)
    return sorted((each.finding() for each in notes.values()), key=lambda each: (each.place, each.rule.id))


def _owners(looking: Iterable[_Looking]) -> dict[str, _Looking]:
    """Tell by path, in small letters, whose server has one like it."""
    return {path: each for each in looking for path in each.paths}


class _Looking:
    """The rules that look at one provider's entries."""

    def __init__(self, subject: Subject, notes: dict[str, _Notes]) -> None:
        self.name = subject.provider.name
        self.paths = {each.path.rstrip("/").lower() for each in subject.provider.spec.operations}
        self._notes = notes
        begun = [(rule, rule.begin(subject)) for rule in (*COMMON, *subject.lint.rules)]
        self._by_kind = {kind: [each for each in begun if kind in each[0].kinds] for kind in KINDS}
        self._by_operation: dict[tuple[str | None, str | None], list[tuple[Rule, Look]]] = {}

    def look(self, kind: Kind, placed: Placed[Any]) -> None:
        entry = placed.entry
        for rule, look in self._wanted(entry) if kind == "requests" else self._by_kind[kind]:
            found = look(entry)
            if found is None:
                continue
            if isinstance(found, str):
                found = Found(found, _requests_of(kind, entry))
            notes = self._notes.get(rule.id)
            if notes is None:
                notes = self._notes[rule.id] = _Notes(rule)
            notes.add(found, placed.place)

    def _wanted(self, asked: Asked) -> list[tuple[Rule, Look]]:
        key = (asked.operation, asked.role)
        wanted = self._by_operation.get(key)
        if wanted is None:
            wanted = [each for each in self._by_kind["requests"] if each[0].wants(*key)]
            self._by_operation[key] = wanted
        return wanted


def _requests_of(kind: Kind, entry: Any) -> tuple[str, ...]:
    if kind == "requests":
        return (cast("Asked", entry).id,)
    return (cast("Message", entry).request_id,) if kind == "messages" else ()


class _Notes:
    """What one rule has found so far. It stays small, whatever there is to be found."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._details: dict[str, int] = {}
        self._more = 0
        self._requests: dict[str, None] = {}
        self._count = 0
        self._place = 0

    def add(self, found: Found, place: int) -> None:
        self._count += 1
        self._place = max(self._place, place)
        if found.detail in self._details or len(self._details) < _DETAILS_KEPT:
            self._details[found.detail] = self._details.get(found.detail, 0) + 1
        else:
            self._more += 1
        for each in found.requests:
            if len(self._requests) < REQUESTS_MOST:
                self._requests[each] = None

    def finding(self) -> Finding:
        told = [f"{text} ({times} times)" if times > 1 else text for text, times in self._details.items()]
        more = len(told) - DETAILS_MOST + self._more
        detail = "; ".join(told[:DETAILS_MOST]) + (f"; and {more} more like these" if more > 0 else "")
        return Finding(self._rule, detail, tuple(self._requests), self._count, self._place)
