"""All fields of a request under their documented names, whether they stand in its path, its query or its body."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from otp_sandbox.web.reading import Unreadable, body_pairs, merged
from otp_sandbox.web.routes import Match, Route


@dataclass(slots=True)
class Read:
    """The fields of a request, what is odd about them, and whether there was a body that nobody can read."""

    fields: dict[str, str]
    warnings: list[str]
    unreadable: bool = False


async def read(request: web.BaseRequest, at: Match, routes: tuple[Route, ...], *, any_case: bool) -> Read:
    """Read all fields of a request; the body wins over the query, and the path over both."""
    place = at.place
    join = place.provider.reading.join_repeated
    fields, repeated = merged(request.rel_url.query.items(), place.names, any_case=any_case, join=join)
    found = Read(fields, [f"{name} came more than once" for name in repeated] if repeated else [])
    accepted = routes[0].operation.bodies
    if accepted and request.can_read_body:
        try:
            pairs = body_pairs(await request.read(), request.headers.get("Content-Type", ""), accepted)
        except (Unreadable, web.RequestPayloadError) as error:
            found.warnings.append(str(error) or "the body cannot be read")
            found.unreadable = True
        else:
            sent, repeated = merged(pairs, place.names, any_case=any_case, join=join)
            found.warnings += [f"{name} came more than once" for name in repeated]
            fields.update(sent)
    if at.fields:
        fields.update(at.fields)
    return found
