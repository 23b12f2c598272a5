"""The verbs with which cases drive a target. Sending is here, judging is in `expect`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import orjson

from otp_conformance.case import Feature
from otp_conformance.codes import CodeChannel
from otp_conformance.exchange import Exchange, mask_secrets
from otp_conformance.good_calls import good_fields
from otp_conformance.response import Response
from otp_conformance.rooms import ROOMS, Room, spec_of
from otp_conformance.stops import CouldNotRun, NotApplicable
from otp_conformance.target import Target, World
from otp_conformance.transport import COSTLY_ROLES, Request
from otp_conformance.wires import Wire
from otp_specs import Operation, Spec

JSON = "application/json"
XML = "application/xml"
FORM = "application/x-www-form-urlencoded"
TURN, TURNS = 0.02, 500
"""Seconds between two tries to get a turn, and how often it is tried."""


@dataclass(slots=True)
class Driver:
    """Drives one provider of a target in one world.

    Good calls may be changed field by field: a text replaces, None leaves the field out. `exchanges` is what was sent
    and answered, `operations` what was called, both in order.
    """

    provider: str
    target: Target
    world: World
    codes: CodeChannel
    choices: Mapping[str, str]
    exchanges: list[Exchange] = field(default_factory=list)
    operations: list[str] = field(default_factory=list)
    mark: str = field(default_factory=lambda: uuid4().hex[:8])
    codes_read: int = 0
    clock_moves: int = 0

    @property
    def spec(self) -> Spec:
        """The provider's spec."""
        return spec_of(self.provider)

    @property
    def room(self) -> Room:
        """What the suite knows about the provider."""
        return ROOMS[self.provider]

    @property
    def wire(self) -> Wire:
        """How the provider writes."""
        return self.room.wire

    def other(self, provider: str) -> Driver:
        """Give a driver of another provider in the same world."""
        return self._beside(provider, self.world)

    @asynccontextmanager
    async def stranger(self, choices: Mapping[str, str] | None = None) -> AsyncIterator[Driver]:
        """Lend a driver of the same provider in another world."""
        world = await self.target.make_world(choices or {})
        try:
            yield self._beside(self.provider, world)
        finally:
            await self.target.release(world)

    def _beside(self, provider: str, world: World) -> Driver:
        """Make a driver whose exchanges count as this one's."""
        return Driver(provider, self.target, world, self.codes, self.choices, self.exchanges, self.operations)

    def operation(self, name: str, method: str | None = None) -> Operation:
        """Find an operation of the spec."""
        own = [each for each in self.spec.operations if each.name == name]
        return next((each for each in own if each.method == method), own[0])

    def base(self, name: str) -> str:
        """Give the address at which an operation is; a real provider may have it at an address of its own."""
        base, live = self.target.base(self.provider), self.room.live
        return live.elsewhere.get(name, base) if base == live.host else base

    def host(self, operation: Operation) -> Mapping[str, str]:
        """Give the header that tells an operation from another one at the same path, empty where there is none."""
        path = operation.path.rstrip("/")
        twins = [
            each for each in self.spec.operations if each.path.rstrip("/") == path and each.method == operation.method
        ]
        return {"Host": min(operation.hosts)} if operation.hosts and len(twins) > 1 else {}

    def fields(self, name: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Make the fields of a good call with changes."""
        operation = self.operation(name)
        own = self.world.credentials.get(self.provider, {})
        credentials = {key: own[key] for key in self.room.credentials.sent if key in own and key in operation.fields}
        wanted = {**operation.constants, **credentials, **good_fields(self.spec, name), **changes}
        held = {key: value for key, value in wanted.items() if value is not None}
        if Feature.LANES in self.target.features:
            return held
        once = [key for key in held if key not in changes and f"{name}.{key}" in self.room.calls.remembered]
        return {**self._mark(held), **{key: f"{held[key]}-{self.mark}" for key in once}}

    def _mark(self, value: Any, name: str = "") -> Any:
        """Make what an account remembers the case's own, however deep it stands."""
        if isinstance(value, dict):
            return {key: self._mark(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self._mark(each) for each in value]
        return f"{value}-{self.mark}" if value and name in self.room.calls.remembered else value

    async def call(self, name: str, **changes: Any) -> Response:
        """Make a good call with changed fields, as the operation documents it: in the query, or in a body."""
        bodies = self.operation(name).bodies
        return await self.request(
            name,
            self.fields(name, changes),
            body_as=next((each for each in (JSON, FORM, XML) if each in bodies), None),
        )

    async def request(
        self,
        name: str,
        fields: Mapping[str, Any],
        *,
        method: str | None = None,
        body_as: str | None = None,
        headers: Mapping[str, str] | None = None,
        path: str | None = None,
        query: str | None = None,
        raw_body: str | None = None,
    ) -> Response:
        """Make any call: fields in the query, or in a body of a type; or query and body as they are given.

        Fields that the path names go there. In a JSON body a value may be a list or an object.
        """
        operation = self.operation(name, method)
        method = method or ("POST" if body_as is not None or raw_body is not None else operation.method)
        sent_headers = {**self.host(operation), **(headers or {})}
        body = raw_body or ""
        if body_as == JSON:
            body = orjson.dumps(dict(fields)).decode()
        elif body_as == XML and self.wire.xml is not None:
            body = self.wire.xml(fields)
            sent_headers.setdefault("Content-Type", "text/plain")  # as the provider's own sample says
        elif body_as is not None:
            body = urlencode(fields)
        if body_as is not None:
            sent_headers.setdefault("Content-Type", body_as)
        path = path or operation.path
        inside = {key: str(value) for key, value in fields.items() if f"{{{key}}}" in path}
        for key, value in inside.items():
            path = path.replace(f"{{{key}}}", quote(value, safe=""))
        beside = {key: value for key, value in fields.items() if key not in inside}
        text = query if query is not None else "" if body_as is not None else urlencode(beside, quote_via=quote)
        url = f"{self.base(name)}{path}" + (f"?{text}" if text else "")
        return await self._send(operation, method, url, sent_headers, body)

    async def _send(
        self, operation: Operation, method: str, url: str, headers: Mapping[str, str], body: str
    ) -> Response:
        costs = operation.role in COSTLY_ROLES
        reply = await self.target.transport.send(
            Request(self.provider, operation, method, url, headers, body, costs=costs)
        )
        exchange = Exchange(
            operation=operation.name,
            method=method,
            url=reply.request.url,
            headers=headers,
            body=reply.request.body,
            status=reply.status,
            answer_headers=reply.headers,
            answer=reply.text,
            secrets=self.world.secrets,
        )
        self.exchanges.append(exchange)
        self.operations.append(operation.name)
        return Response(exchange, self.spec, operation, self.choices)

    async def at_once(self, name: str, count: int, **changes: Any) -> list[Response]:
        """Make the same call many times at the same time."""
        return list(await asyncio.gather(*(self.call(name, **changes) for _ in range(count))))

    async def code_sent_to(self, phone: str) -> str:
        """Read the newest code that was sent to a phone, by the run's channel.

        Raises:
            CouldNotRun: the channel gives none.
        """
        code = await self.codes.read(self, self.target.terms.outward(self.provider, phone))
        self.codes_read += 1
        return code

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        """Use the control API of a sandbox in the case's lane."""
        return await self.target.control(method, path, body, world=self.world)

    async def stop_clock(self, now: str) -> None:
        """Stop the lane's clock at an instant."""
        await self.control("PUT", "/clock", {"mode": "frozen", "now": now})

    async def advance(self, by: str) -> Any:
        """Move the lane's clock."""
        self.clock_moves += 1
        return await self.control("POST", "/clock/advance", {"by": by})

    async def account(self, **patch: Any) -> Any:
        """Change the lane's account at this provider."""
        return await self.control("PATCH", f"/accounts/{self.provider}", patch)

    async def account_now(self) -> Any:
        """Read the lane's account at this provider."""
        return await self.control("GET", f"/accounts/{self.provider}")

    async def choose(self, **choices: str) -> None:
        """Choose contested behaviour; names without the provider, `_` for `-`."""
        chosen = {f"{self.provider}.{name.replace('_', '-')}": option for name, option in choices.items()}
        await self.control("PATCH", "/choices", chosen)
        self.choices = {**self.choices, **chosen}

    async def messages(self, **filters: str) -> list[dict[str, Any]]:
        """List the messages of the lane."""
        query = f"?{urlencode(filters)}" if filters else ""
        found: list[dict[str, Any]] = (await self.control("GET", f"/messages{query}"))["messages"]
        return found

    async def bring_into(self, state: str, message: object) -> None:
        """Bring a message into a state of delivery, by its id."""
        await self.control("POST", f"/messages/{message}/status", {"state": state})

    def mask(self, text: str) -> str:
        """Take the world's secrets out of a text."""
        return mask_secrets(text, self.world.secrets)

    async def choices_of_strangers(self) -> dict[str, str]:
        """Give the choices under which whoever has no credentials is answered: those of the lane `default`."""
        if not {Feature.LANES, Feature.CHOICES} <= self.target.features:
            return dict(self.choices)
        return {**self.choices, **await self.target.control("GET", "/choices")}

    @asynccontextmanager
    async def strangers_meet(self, choices: Mapping[str, str] | None = None) -> AsyncIterator[None]:
        """Call as a stranger while this lasts: answers are judged as strangers are answered, under given choices.

        The lane `default` answers them, which all share. It is changed only in a run that may do so, where cases, over
        all its processes, take turns.

        Raises:
            NotApplicable: they are answered otherwise, and nobody allowed to change that.
        """
        own = self.choices
        async with self._turn_with_strangers():
            held = await self.choices_of_strangers()
            changed = {
                choice: option for choice, option in (choices or {}).items() if held.get(choice, option) != option
            }
            for choice, option in changed.items():
                if not self.target.changes_default:
                    raise NotApplicable(
                        f"strangers meet {choice}={held[choice]}, not {option} (--change-default would change it)"
                    )
            try:
                if changed:
                    await self.target.control("PATCH", "/choices", changed)
                self.choices = {**held, **changed}
                yield
            finally:
                self.choices = own
                if changed:
                    await self.target.control("PATCH", "/choices", {choice: held[choice] for choice in changed})

    @asynccontextmanager
    async def _turn_with_strangers(self) -> AsyncIterator[None]:
        """Be the only case that may change how strangers are answered."""
        if not self.target.changes_default or Feature.LANES not in self.target.features:
            yield
            return
        lane = {"id": "suite.strangers", "ttl": "1m"}
        for _ in range(TURNS):
            try:
                await self.target.control("POST", "/lanes", lane)
                break
            except CouldNotRun:
                await asyncio.sleep(TURN)
        try:
            yield
        finally:
            await self.target.control("DELETE", "/lanes/suite.strangers")
