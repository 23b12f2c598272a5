"""All fields of a request under their documented names, whether they stand in its path, its query or its body."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import msgspec
from aiohttp import web

from otp_sandbox.play.route import Route
from otp_sandbox.web.bodies import Pairs, Unreadable, body_pairs
from otp_sandbox.web.reading import merged, plain_fields, query_pairs, read_percent_u
from otp_sandbox.web.received import Received
from otp_sandbox.web.routes import Match

AT_ONCE: Final = 4 * 1024
"""Bytes of a body that is read where it comes, in a few milliseconds at most. A larger one is read in a thread."""
_reader: Final = ThreadPoolExecutor(1, "otp-sandbox-reading")
"""One for all: several would share the interpreter with the loop, which would wait for each of them."""


class Sent(msgspec.Struct):
    """The fields of a request, and what is odd about them.

    `warnings` are about the body, `repeated` are the names that came more than once; `unreadable` says that there was a
    body which nobody can read.
    """

    match: Match
    query: str
    body: Pairs = []
    fields: dict[str, str] = {}
    warnings: list[str] = []
    repeated: list[str] = []
    unreadable: bool = False
    body_size: int = 0

    def read_anew(self, *, any_case: bool, percent_u: bool) -> Sent:
        """Give the fields as a lane's choices have them read; what was said of the body stays."""
        query = read_percent_u(self.query) if percent_u else self.query
        made = Sent(
            self.match, query, self.body, warnings=self.warnings, unreadable=self.unreadable, body_size=self.body_size
        )
        made.name_fields(any_case=any_case)
        return made

    @property
    def all_warnings(self) -> list[str]:
        """What is odd about the names, and about the body."""
        if not self.repeated:
            return self.warnings
        return [*(f"{name} came more than once" for name in self.repeated), *self.warnings]

    def name_fields(self, *, any_case: bool) -> None:
        """Bring everything under its name; the body wins over the query, and the path over both."""
        resource = self.match.resource
        plain = plain_fields(self.query, resource.names) if any_case else None
        if plain is not None:
            self.fields = plain
        else:
            self._name(query_pairs(self.query), any_case=any_case)
        self.name_body(any_case=any_case)

    def name_body(self, *, any_case: bool) -> None:
        """Bring the fields of the body under their names; what stands in the path wins."""
        if self.body:
            self._name(self.body, any_case=any_case)
        if self.match.fields:
            self.fields.update(self.match.fields)

    def _name(self, pairs: Iterable[tuple[str, str]], *, any_case: bool) -> None:
        resource = self.match.resource
        join = resource.provider.reading.join_repeated
        named, repeated = merged(pairs, resource.names, any_case=any_case, join=join)
        self.fields.update(named)
        self.repeated += [name for name in repeated if name not in resource.lists]


def read_query(http: Received, match: Match) -> Sent:
    """Read the fields of a request's path and query."""
    sent = Sent(match, http.query)
    sent.name_fields(any_case=match.resource.provider.reading.any_case_fields)
    return sent


async def read_body(http: Received, sent: Sent, routes: tuple[Route, ...]) -> None:
    """Read the fields of a request's body too, if its operation takes one.

    A large body is read in a thread. The lane of a request is looked for when it has been read: what becomes of lanes
    meanwhile does not matter.
    """
    accepted = routes[0].operation.bodies
    if not accepted:
        return
    any_case = sent.match.resource.provider.reading.any_case_fields
    try:
        body = await http.body()
        sent.body_size = len(body)
        asked = (body, http.headers.get("Content-Type", ""), accepted, sent.warnings.append)
        if len(body) <= AT_ONCE:
            sent.body = body_pairs(*asked)
        else:
            sent.body = await asyncio.get_running_loop().run_in_executor(_reader, body_pairs, *asked)
    except (Unreadable, web.RequestPayloadError) as failure:
        sent.warnings.append(str(failure) or "the body cannot be read")
        sent.unreadable = True
    else:
        sent.name_body(any_case=any_case)
