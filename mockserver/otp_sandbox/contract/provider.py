"""All that a provider package offers, grouped by the files of its folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from otp_sandbox.contract.call import Call, Credentials, Fields
from otp_sandbox.contract.dialect import Dialect
from otp_sandbox.contract.events import EventContext, EventHandler
from otp_sandbox.contract.handler import Check, Handler
from otp_sandbox.contract.reasons import Reason
from otp_sandbox.contract.reply import Reply
from otp_sandbox.domain.callbacks import Callback
from otp_sandbox.domain.inbox import Received
from otp_sandbox.domain.limits import Limit
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_specs import Outcome, Spec

if TYPE_CHECKING:
    from otp_sandbox.contract.lint import Lint  # imported when somebody asks


@dataclass(frozen=True, slots=True)
class Reading:
    """How a provider's server reads requests.

    `exact_fields` says whether a lane's choices make the names of fields exact where they are not usually, `percent_u`
    whether they have `%uNNNN` in a query read as a character.
    """

    any_case_paths: bool
    any_case_fields: bool
    join_repeated: str | None  # None: the last one wins
    exact_fields: Callable[[Dialect], bool] | None = None
    percent_u: Callable[[Dialect], bool] | None = None


@dataclass(frozen=True, slots=True)
class Magic:
    """Values of a recipient's or a service's field that name an outcome. An operation has one of the fields at most."""

    fields: tuple[str, ...]
    code_of: Callable[[str], str | None]  # the code, as text, that a field's text asks for
    value_of: Callable[[Any], str | None]  # the field's text that asks for a code


@dataclass(frozen=True, slots=True)
class Identity:
    """How a provider's requests say whose they are.

    `fields` are the names of the credentials, `locators` those that find a lane alone, `secrets` the request fields and
    headers that are masked wherever they are shown. `checks` are those about credentials, by cause: they come before
    all others.

    A request without credentials may carry a mark of its lane, which is made of the lane's seed: `mark_in` reads it
    from the fields, `mark_of` makes it of the seed. Lanes with the same seed have the same.
    """

    fields: tuple[str, ...]
    locators: tuple[str, ...]
    secrets: frozenset[str]
    default: Credentials
    mint: Callable[[int], Credentials]
    candidates: Callable[[Fields, Mapping[str, str]], Iterable[str]]
    adopt: Callable[[Fields, Mapping[str, str]], Credentials | None]
    checks: Mapping[str, Check]
    mark_in: Callable[[Fields], str | None] | None = None
    mark_of: Callable[[int], str] | None = None


_between: Final = re.compile(r"[,;|\n]")


@dataclass(frozen=True, slots=True)
class Phones:
    """How a provider spells recipients: `fold` gives E.164 or None, `fields` are those that name recipients.

    `others` says whether a text may name a recipient that is no phone: an id at an app, a hash.
    """

    fold: Callable[[str], str | None]
    fields: tuple[str, ...]
    magic: Magic
    others: Callable[[str], bool] = lambda _: False

    def recipients(self, fields: Fields) -> tuple[str, ...]:
        """Name whom a request was for: E.164 where the text is a phone, else the text as sent."""
        sent = [fields[name] for name in self.fields if name in fields]
        texts = [text for each in sent for text in (_between.split(each) if _between.search(each) else (each,))]
        return tuple([self.fold(text) or text for text in texts if text])


@dataclass(frozen=True, slots=True)
class Accounts:
    """A lane's account at the provider: its type, the one that a lane starts with, and its limits.

    `open` gives an account that knows every sender: names, templates, lines, patterns. `limits` tells the limits from
    the account, the state and the time; `limit_keys` are the keys that it reads. `tell` makes the requests that tell
    the customer of what somebody changed in the account by hand: of the account before and after, and of the time.
    """

    type: type[Any]
    new: Callable[[], Any]
    limits: Callable[[Any, State, datetime], Iterable[Limit]] = lambda *_: ()
    limit_keys: tuple[Key, ...] = ()
    open: Callable[[Any], Any] = lambda account: account
    tell: Callable[[Any, Any, EventContext, datetime], Iterable[Callback]] | None = None

    def first(self, *, any_sender: bool) -> Any:
        """Give the account that a lane starts with."""
        return self.open(self.new()) if any_sender else self.new()


@dataclass(frozen=True, slots=True)
class Wire:
    """How a provider writes: the answer of a row, and what its server says at unknown paths and to broken requests."""

    render: Callable[[Handler, Call, Outcome, Verdict], Reply]
    unmatched: Callable[[str, str, tuple[str, ...]], Reply]  # method, address, allowed methods
    refused: Callable[[int], Reply]  # an HTTP status from 400 on


@dataclass(frozen=True, slots=True)
class Inbound:
    """What comes in from phones.

    `arrival` makes what happens when a text, or a call, with a code reaches a rented number. `receives` gives a line as
    the account spells it, None if it is none of its lines. `rent` rents a number that somebody asks for by hand, for a
    service or any: it is given the state of `rent_keys`, the time and the origin, and decides on a rental, or on a text
    that says why there is none. `tell` makes the requests that tell the customer of a text that has come in at a line;
    `tell_keys` are the keys that it reads.
    """

    arrival: Callable[[str, str | None, bool], EventHandler] | None = None
    rent: Callable[[State, EventContext, datetime, str, str | None], Change[Rental | str]] | None = None
    rent_keys: tuple[Key, ...] = ()
    receives: Callable[[Any, str], str | None] | None = None
    tell: Callable[[State, EventContext, Received], Iterable[Callback]] | None = None
    tell_keys: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider under its spec.

    `checks` are those that operations share, by cause: one has those that its `x-answers` name, unless its handler has
    its own. `reasons` say by cause why a call was refused. `details` is the type of what is kept beside a message, None
    if nothing is. `unplayed` are paths that the provider's documents have and that are not played, with what they are;
    its server answers there and below. `lint` says what clients do wrong; it is asked for when somebody wants to know.
    """

    name: str
    title: str
    spec: Spec
    hosts: tuple[str, ...]
    prefixes: tuple[str, ...]
    reading: Reading
    identity: Identity
    phones: Phones
    accounts: Accounts
    wire: Wire
    handlers: Mapping[str, Handler]
    checks: Mapping[str, Check] = field(default_factory=dict)
    reasons: Mapping[str, Reason] = field(default_factory=dict)
    events: Mapping[str, EventHandler] = field(default_factory=dict)
    inbound: Inbound = Inbound()
    details: type[Any] | None = None
    unplayed: Mapping[str, str] = field(default_factory=dict)
    lint: Callable[[], Lint] | None = None
