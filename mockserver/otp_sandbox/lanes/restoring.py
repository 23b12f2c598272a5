"""Reads a lane that was written as JSON.

A snapshot fits the version that wrote it. All that it holds is checked against the types of its records, and named
where it is wrong, before anything changes.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from otp_sandbox.contract import Provider
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.clock import Clock
from otp_sandbox.domain.content import Content
from otp_sandbox.domain.store import Event, Placed, Table, declared
from otp_sandbox.lanes.accounts import Invalid, patch_account
from otp_sandbox.lanes.common_events import COMMON
from otp_sandbox.lanes.lane import LaneRecord
from otp_sandbox.lanes.snapshots import AT_ONCE, FORMAT, KIND, LEFT_OUT, Coding, Snapshot, plain_record
from otp_sandbox.lanes.sound import unknown_members, wrong_values
from otp_sandbox.lanes.tables import ORIGINS
from otp_sandbox.version import VERSION

_WRONG_MOST: Final = 20
_place_of_error: Final = re.compile(r" - at `(?:key in )?\$(.*)`$")


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    place: int
    key: str
    entry: msgspec.Raw


class Head(msgspec.Struct):
    """What a document says of itself, if it is one of ours."""

    kind: Any = None
    format: Any = None
    sandbox: Any = None


class _Document(Head, forbid_unknown_fields=True, kw_only=True):
    providers: list[str]
    lane: msgspec.Raw
    place: int
    counts: dict[str, int]
    due: msgspec.Raw
    tables: dict[str, msgspec.Raw]
    logs: dict[str, msgspec.Raw]


async def read(data: bytes, coding: Coding, providers: Mapping[str, Provider], real_now: datetime) -> Snapshot:
    """Read a snapshot.

    Raises:
        msgspec.DecodeError: it is no JSON.
        Invalid: it is none, not of this version, or something in it is wrong; the places are named.
    """
    document = _document(data)
    if sorted(document.providers) != sorted(providers):
        raise Invalid([("providers", f"are not those that are played here: {', '.join(providers)}")])
    reader = _Reader(coding, providers)
    record = reader.lane(document.lane, real_now)
    content = Content(place=document.place, counts=document.counts)
    reader.errors += [*wrong_values("place", document.place, ()), *wrong_values("counts", document.counts, ())]
    content.due = await reader.events(document.due)
    for name, raw in document.tables.items():
        table = reader.table("tables", name, log=False)
        if table is not None:
            content.records[table] = await reader.records(table, raw)
    for name, raw in document.logs.items():
        table = reader.table("logs", name, log=True)
        if table is not None:
            content.logs[table] = await reader.entries(table, raw, document.place)
    for table in (ACCOUNTS, ORIGINS):
        missing = providers.keys() - content.records.get(table, {}).keys()
        reader.errors += [(f"tables.{table.name}.{each}", "is missing") for each in sorted(missing)]
    reader.stop()
    return Snapshot(record, content)


def _document(data: bytes) -> _Document:
    try:
        try:
            document = msgspec.json.decode(data, type=_Document)
        except msgspec.ValidationError:  # perhaps it is something else, or of another version: that counts more
            check_head(msgspec.json.decode(data, type=Head), KIND, FORMAT)
            raise
    except msgspec.ValidationError as error:
        raise Invalid([_wrong("", error)]) from error
    except RecursionError as error:
        raise Invalid([("", "is nested too deeply")]) from error
    check_head(document, KIND, FORMAT)
    return document


def check_head(head: Head, kind: str, form: int) -> None:
    """Hold what a document says of itself against what is wanted.

    Raises:
        Invalid: it is another kind of document, or of another version.
    """
    if head.kind != kind:
        raise Invalid([("kind", f"is not {kind!r}: this is something else")])
    if head.format != form:
        raise Invalid([("format", f"is not {form}: it was written by another version")])
    if head.sandbox != VERSION:
        raise Invalid([("sandbox", f"is not {VERSION}: it was written by another version")])


class _Reader:
    """Reads the parts of a snapshot and collects what is wrong with them."""

    def __init__(self, coding: Coding, providers: Mapping[str, Provider]) -> None:
        self._coding = coding
        self._providers = providers
        self.errors: list[tuple[str, str]] = []

    def stop(self) -> None:
        """End it if anything is wrong.

        Raises:
            Invalid: something is.
        """
        if self.errors:
            raise Invalid(self.errors)

    def _note(self, place: str, detail: str) -> None:
        self.errors.append((place, detail))
        if len(self.errors) >= _WRONG_MOST:  # as wrong as that, the rest tells nothing new
            self.stop()

    def _note_all(self, found: Iterable[tuple[str, str]]) -> None:
        for place, detail in found:
            self._note(place, detail)

    def part(self, place: str, raw: msgspec.Raw, kind: Any) -> Any:
        """Read a part whose members are read later."""
        try:
            return msgspec.json.decode(raw, type=kind)
        except msgspec.ValidationError as error:
            self._note(*_wrong(place, error))
        return ()

    def table(self, place: str, name: str, *, log: bool) -> Table[Any] | None:
        """Find a table by its name."""
        table = declared().get(name) if name not in LEFT_OUT else None
        if table is None or table.log is not log:
            self._note(f"{place}.{name}", "is not known here")
            return None
        return table

    async def records(self, table: Table[Any], raw: msgspec.Raw) -> dict[str, Any]:
        """Read the records of a table."""
        found = {}
        place = f"tables.{table.name}"
        members = self.part(place, raw, dict[str, msgspec.Raw]) or {}
        for number, (key, each) in enumerate(members.items(), 1):
            record = self._record(f"{place}.{key}", table, key, each)
            if record is not None:
                found[key] = record
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        return found

    async def entries(self, table: Table[Any], raw: msgspec.Raw, newest: int) -> dict[str, Placed[Any]]:
        """Read the entries of a log, which stand by their places."""
        found: dict[str, Placed[Any]] = {}
        place, last = f"logs.{table.name}", 0
        for number, each in enumerate(self.part(place, raw, list[_Entry])):
            where = f"{place}.{number}"
            if not last < each.place <= newest:
                self._note(f"{where}.place", "is not between the one before and the place of the lane")
            if each.key in found:
                self._note(f"{where}.key", "came before")
            entry = self._record(f"{where}.entry", table, each.key, each.entry)
            if entry is not None:
                found[each.key] = Placed(each.place, entry)
            last = each.place
            if number % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)
        return found

    def lane(self, raw: msgspec.Raw, real_now: datetime) -> LaneRecord:
        """Read what is known of the lane.

        Raises:
            Invalid: without that nothing else can be read.
        """
        try:
            plain = msgspec.json.decode(raw, type=dict[str, Any])
            record = msgspec.convert({**plain, "generation": 0}, LaneRecord)
        except msgspec.ValidationError as error:
            raise Invalid([_wrong("lane", error)]) from error
        self._note_all(unknown_members("lane", plain, plain_record(record)))
        self._note_all(wrong_values("lane", record, self._providers))
        for place, clock, choices in (
            ("lane", record.clock, record.choices),
            ("lane.origin", record.origin.clock, record.origin.choices),
        ):
            if not _is_clock(clock, real_now):
                self._note(f"{place}.clock", "shows no time")
            self._check_choices(f"{place}.choices", choices)
        self.stop()
        return record

    def _check_choices(self, place: str, choices: Mapping[str, str]) -> None:
        known = {choice.id: choice for each in self._providers.values() for choice in each.spec.choices.values()}
        for name, option in choices.items():
            if name not in known:
                self._note(f"{place}.{name}", "is no choice")
            elif option not in (known[name].options or {}):
                self._note(f"{place}.{name}", f"{option[:64]!r} is none of {', '.join(known[name].options or {})}")

    async def events(self, raw: msgspec.Raw) -> list[Event]:
        """Read what falls due."""
        found = []
        for number, each in enumerate(self.part("due", raw, list[msgspec.Raw])):
            event = self._event(f"due.{number}", each)
            if event is not None:
                found.append(event)
            if number % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)
        return found

    def _event(self, place: str, raw: msgspec.Raw) -> Event | None:
        event: Event | None = self._decoded(place, raw, lambda: msgspec.json.decode(raw, type=Event))
        if event is None:
            return None
        provider = self._providers.get(event.provider)
        if provider is not None and event.kind not in {**provider.events, **COMMON}:
            self._note(f"{place}.kind", "is no kind of event")
        return event

    def _record(self, place: str, table: Table[Any], key: str, raw: msgspec.Raw) -> Any:
        if table.kind is None and key not in self._providers:
            self._note(place, "is no provider here")
            return None
        record = self._decoded(place, raw, lambda: self._coding.decoded(table, key, bytes(raw)))
        if record is not None and table.kind is None:
            try:
                patch_account(record, {})
            except Invalid as invalid:
                for field, detail in invalid.errors:
                    self._note(f"{place}.{field}", detail)
        return record

    def _decoded(self, place: str, raw: msgspec.Raw, decoded: Callable[[], Any]) -> Any:
        before = len(self.errors)
        try:
            record = decoded()
        except msgspec.ValidationError as error:
            self._note(*_wrong(place, error))
            return None
        except (RecursionError, NotImplementedError):
            self._note(place, "is nested too deeply")
            return None
        self._note_all(unknown_members(place, msgspec.json.decode(raw), msgspec.to_builtins(record)))
        self._note_all(wrong_values(place, record, self._providers))
        return record if len(self.errors) == before else None


def _is_clock(clock: Clock, real_now: datetime) -> bool:
    if (clock.mode == "frozen") is (clock.frozen_at is None):
        return False
    try:
        return 1900 <= clock.now(real_now).year < 9900  # noqa: PLR2004  (as where a clock is set)
    except OverflowError:
        return False


def _wrong(place: str, error: msgspec.ValidationError) -> tuple[str, str]:
    """Give the place and the words of what is wrong."""
    text = str(error)
    found = _place_of_error.search(text)
    if found is None:
        return place, text
    inner = found[1].replace("[...]", ".…").replace("[", ".").replace("]", "")
    return (place + inner).lstrip("."), text[: found.start()]
