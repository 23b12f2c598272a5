"""The endpoints of inbound messages, which phones send to a provider's lines: list them, let one come in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from otp_sandbox.contract import Provider
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.callbacks import call_back
from otp_sandbox.domain.inbox import INBOX, Received, keys_of_receiving, receive
from otp_sandbox.domain.store import Change, State
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest, find_provider
from otp_sandbox.web.control.paging import page
from otp_sandbox.web.control.reading import Model, Page, Text
from otp_sandbox.web.control.schemas import InboundShape, InboundsShape
from otp_sandbox.web.control.views import inbound_view
from otp_sandbox.web.problems import wrong


class InboundBody(Model):
    """Who writes what to which line; `provider` may be left out where the line belongs to one of them alone."""

    provider: Text | None = None
    sender: Annotated[Text, Field(alias="from")]
    line: Annotated[Text, Field(alias="to")]
    text: Annotated[str, Field(min_length=1, max_length=10_000)]


async def _list(request: ControlRequest) -> InboundsShape:
    found, cursor, more = await page(request, INBOX)
    return {"inbound": [inbound_view(request.lane, each) for each in found], "cursor": cursor, "more": more}


async def _receive(request: ControlRequest) -> InboundShape:
    body: InboundBody = request.body
    store, lane = request.control.store, request.lane
    provider, line = await _line(request, body)
    sender = provider.phones.fold(body.sender)
    if sender is None:
        raise wrong("from", f"{body.sender!r} is not a phone number that {provider.title} takes")
    await request.control.schedule.settle(lane)
    message = Received("", provider.name, sender, line, body.text, lane.now())
    tell, context = provider.inbound.tell, lane.context(provider.name)

    def take_in(state: State) -> Change[Received]:
        change = receive(state, message)
        for callback in tell(state, context, change.verdict) if tell is not None else ():
            call_back(change, callback, message.received_at)
        return change

    change = await store.decide(lane.key, take_in, lambda: (*keys_of_receiving(), *provider.inbound.tell_keys))
    await request.control.schedule.settle_and_arm(lane)
    return inbound_view(lane, change.verdict)


async def _line(request: ControlRequest, body: InboundBody) -> tuple[Provider, str]:
    """Find whose line it is. Where no provider is named, it must be a line of one alone."""
    able = {name: each for name, each in request.lane.providers.items() if each.inbound.receives is not None}
    asked = able if body.provider is None else {body.provider: find_provider(able, "provider", body.provider)}
    found = []
    for name, provider in asked.items():
        account = await request.control.store.get(request.lane.key, ACCOUNTS, name)
        line = provider.inbound.receives(account, body.line) if provider.inbound.receives is not None else None
        if line is not None:
            found.append((provider, line))
    if len(found) > 1:
        raise wrong("provider", f"is needed: {', '.join(each.name for each, _ in found)} have this line")
    if not found:
        titles = " or ".join(each.title for each in asked.values())
        raise wrong("to", f"{body.line!r} is no line of the account at {titles}")
    return found[0]


ENDPOINTS = [
    ControlEndpoint("GET", "/inbound", "List inbound messages, newest last", _list, InboundsShape, query=Page),
    ControlEndpoint(
        "POST", "/inbound", "Let a message come in at a line", _receive, InboundShape, body=InboundBody, status=201
    ),
]
