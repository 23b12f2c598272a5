"""One room a provider: all that the suite knows about one of them alone. A folder under `providers` is found by itself.

Nothing of a room is imported before it is asked for, so that rooms may import the suite.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import Any, Final

from otp_conformance.case import CASES, Case, Feature
from otp_conformance.codes import CodeChannel
from otp_conformance.wires import Wire
from otp_specs import Spec, load

_PACKAGE: Final = "otp_conformance.providers"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who may call, under the names that the control API and requests have for it.

    Attributes:
        sent: those that a good call carries.
        defaults: those of a sandbox's lane `default`; their names are the ones that a run may be told.
        needed: without these, those that a run is told are incomplete.
    """

    sent: tuple[str, ...]
    defaults: Mapping[str, str]
    needed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What is done before a call.

    Attributes:
        act: does it, by a driver, and gives the fields that the call has then.
        needs: the powers without which it cannot be done.
        sends: how many requests that cost money it makes.
    """

    act: Callable[[Any], Awaitable[Mapping[str, Any]]]
    needs: frozenset[Feature] = frozenset()
    sends: int = 1


@dataclass(frozen=True, slots=True)
class Fault:
    """How something is wrong with a call.

    Attributes:
        changes: fields of a good call that are others; None leaves one out. `Data.1.Content` is a member further in.
            A value that can be called is given the driver, and gives what is sent.
        account: what is changed in the account before.
        by_stranger: the caller is nobody, so that it is no account that answers.
        before: steps that come before everything else, in their order.
        body: what is sent in place of all fields: its media type and its text.
        choices: those under which it is wrong.
    """

    changes: Mapping[str, Any] = field(default_factory=dict)
    account: Mapping[str, Any] = field(default_factory=dict)
    by_stranger: bool = False
    before: tuple[Step, ...] = ()
    body: tuple[str, str] | None = None
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Calls:
    """What a call needs besides credentials.

    Attributes:
        phone: a number that may be sent to.
        good: fields of good calls that are to be others than the examples of the spec, by the operation's name.
        remembered: fields whose values an account takes once only, so that they must differ from case to case where
            cases share a world; `OPERATION.FIELD`, where only the value of a good call of it must.
        faults: by the cause in the spec, how it comes about. A missing field needs none. Where it comes about
            otherwise at one operation, the operation's name stands before the cause: `SendQuickOTP length_invalid`.
        malformed: by the cause in the spec, a value that is no good for the field which names it.
        ready: what a good call needs before it so that it succeeds, by the operation's name.
        changing: what makes a query answer otherwise than before, by the operation's name: the last step, after those
            that come before the first of the two calls.
        seconds_between_rents: what an account wants at least.
    """

    phone: str
    good: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    remembered: frozenset[str] = frozenset()
    faults: Mapping[str, Fault] = field(default_factory=dict)
    malformed: Mapping[str, Any] = field(default_factory=dict)
    ready: Mapping[str, Step] = field(default_factory=dict)
    changing: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    seconds_between_rents: float = 0.0


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers of a country: its code, and what stands before a number inside it."""

    country: str
    trunk: str = ""


@dataclass(frozen=True, slots=True)
class Rental:
    """How a number is rented to read the codes that other providers send there.

    Attributes:
        numbers: the country that they are of.
        service: what is rented for when nothing else is asked for.
        channel: makes the channel for a service.
    """

    numbers: Numbers
    service: str
    channel: Callable[[str], CodeChannel]


@dataclass(frozen=True, slots=True)
class Live:
    """The real provider.

    Attributes:
        host: its address.
        elsewhere: addresses of operations that are at another one.
        numbers: those that it sends to; None where it sends nothing.
        about_codes: the families of cases that prove something about one-time codes. They are paid for first.
        rental: how a number is rented there, if one can be.
    """

    host: str
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    numbers: Numbers | None = None
    about_codes: tuple[str, ...] = ()
    rental: Rental | None = None


@dataclass(frozen=True, slots=True)
class Samples:
    """What holds for all published bodies.

    Attributes:
        choices: those under which they were published.
        own: members of a success that every world has values of its own for.
    """

    choices: Mapping[str, str] = field(default_factory=dict)
    own: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the list of cases cannot see.

    Attributes:
        implied: behaviours that a case shows without naming them: the case, without its row.
        reasons: what has no case, and why.
        causes: those, with the operation's name before, that are checked and that no table makes, and why.
        unchanging: queries that always answer alike, and why.
        without_sample: operations without a published body, and why.
    """

    implied: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    causes: Mapping[str, str] = field(default_factory=dict)
    unchanging: Mapping[str, str] = field(default_factory=dict)
    without_sample: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Room:
    """A provider, as the suite's core sees it. Cases and recipes of samples are found beside it."""

    wire: Wire
    credentials: Credentials
    calls: Calls
    live: Live
    samples: Samples = field(default_factory=Samples)
    coverage: Coverage = field(default_factory=Coverage)


class Rooms(Mapping[str, Room]):
    """The rooms by the names of their providers, each read when it is first asked for.

    Raises:
        KeyError: by a look-up, where no room has that name.
        ImportError, AttributeError: by a look-up, where the folder cannot be read or has no `ROOM`.
    """

    def __init__(self) -> None:
        self._read: dict[str, Room] = {}

    def __getitem__(self, provider: str) -> Room:
        if provider not in self._read:
            if provider not in set(iter(self)):
                raise KeyError(provider)
            room: Room = importlib.import_module(f"{_PACKAGE}.{provider}").ROOM
            self._read[provider] = room
        return self._read[provider]

    def __iter__(self) -> Iterator[str]:
        path = importlib.import_module(_PACKAGE).__path__
        return iter(sorted(module.name for module in pkgutil.iter_modules(path) if module.ispkg))

    def __len__(self) -> int:
        return sum(1 for _ in self)  # a list would ask for the length


ROOMS: Final = Rooms()


@cache
def spec_of(provider: str) -> Spec:
    """Read a provider's spec, once."""
    return load(provider)


def load_modules(provider: str) -> list[ModuleType]:
    """Import all modules of a provider's room, and give them in the order of their names."""
    room = importlib.import_module(f"{_PACKAGE}.{provider}")
    names = sorted(module.name for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."))
    return [importlib.import_module(name) for name in names]


def written_cases() -> list[Case]:
    """Load every room and list the cases that stand there."""
    for provider in ROOMS:
        load_modules(provider)
    return list(CASES.values())


def find_rental() -> tuple[str, Rental] | None:
    """Find the provider at which numbers can be rented."""
    return next(((name, room.live.rental) for name, room in ROOMS.items() if room.live.rental is not None), None)
