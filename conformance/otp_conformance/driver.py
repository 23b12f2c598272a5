"""The verbs with which cases drive a target. Sending is here, judging is in `expect`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import aiohttp
from yarl import URL

from otp_conformance.case import Feature
from otp_conformance.dialects import DIALECTS, Dialect
from otp_conformance.exchange import Exchange, masked
from otp_conformance.good import good
from otp_conformance.targets import CouldNotRun, Lane, Target
from otp_specs import Operation, Spec

JSON = "application/json"
XML = "application/xml"
FORM = "application/x-www-form-urlencoded"
TURN, TURNS = 0.02, 500
"""Seconds between two tries to get a turn, and how often it is tried."""


@dataclass(slots=True)
class Answer:
    """What a provider answered, with the table that it is judged by."""

    exchange: Exchange
    spec: Spec
    operation: Operation
    choices: Mapping[str, str]

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.exchange.status

    @property
    def text(self) -> str:
        """The body as it came."""
        return self.exchange.answer

    @property
    def json(self) -> Any:
        """The body as values, None if it is not JSON."""
        return self.exchange.json

    def choice(self, name: str) -> str | None:
        """Give the option in force for a choice, named without the provider."""
        known = self.spec.choices.get(f"{self.spec.provider}.{name}")
        return self.choices.get(known.id, known.default) if known is not None else None

    def replaced(self, outcome: str) -> str:
        """Give the row that stands for an outcome under the choices in force."""
        for choice in self.spec.choices.values():
            options = choice.options or {}
            default, chosen = options[choice.default or ""], options[self.choices.get(choice.id, choice.default or "")]
            if default.outcome == outcome and chosen.outcome is not None and default.cause is None:
                return chosen.outcome
        return outcome

    def described(self) -> str:
        """Say what came in a line."""
        body = self.exchange.masked(self.text)
        return f"HTTP {self.status} {body[:500]}"


@dataclass(slots=True)
class Driver:
    """Drives one provider of a target in one lane.

    `good` calls may be changed field by field: a text replaces, None leaves the field out.
    """

    provider: str
    spec: Spec
    target: Target
    lane: Lane
    session: aiohttp.ClientSession
    choices: Mapping[str, str]
    exchanges: list[Exchange] = field(default_factory=list)
    mark: str = field(default_factory=lambda: uuid4().hex[:8])
    codes_read: int = 0
    clock_moves: int = 0

    @property
    def dialect(self) -> Dialect:
        """How this provider writes."""
        return DIALECTS[self.provider]

    def other(self, provider: str, spec: Spec | None = None) -> Driver:
        """Give a driver of another provider in the same lane."""
        from otp_specs import load  # noqa: PLC0415  (rarely needed)

        made = Driver(provider, spec or load(provider), self.target, self.lane, self.session, self.choices)
        made.exchanges = self.exchanges
        return made

    def operation(self, name: str, method: str | None = None) -> Operation:
        """Find an operation of the spec."""
        own = [each for each in self.spec.operations if each.name == name]
        return next((each for each in own if each.method == method), own[0])

    def fields(self, name: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Make the fields of a good call with changes."""
        operation = self.operation(name)
        own = self.lane.credentials.get(self.provider, {})
        credentials = {key: own[key] for key in self.dialect.credentials if key in own and key in operation.fields}
        wanted: dict[str, Any] = {**operation.constants, **credentials, **good(self.spec, name), **changes}
        held = {key: value for key, value in wanted.items() if value is not None}
        return held if Feature.LANES in self.target.features else self._own(held)

    def _own(self, value: Any, name: str = "") -> Any:
        """Make what an account remembers the case's own, however deep it stands."""
        if isinstance(value, dict):
            return {key: self._own(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self._own(each) for each in value]
        return f"{value}-{self.mark}" if value and name in self.dialect.remembered else value

    async def call(self, name: str, **changes: Any) -> Answer:
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
    ) -> Answer:
        """Make any call: fields in the query, or in a body of a type; or query and body as they are given.

        Fields that the path names go there. In a JSON body a value may be a list or an object.
        """
        operation = self.operation(name, method)
        method = method or ("POST" if body_as is not None or raw_body is not None else operation.method)
        sent_headers = dict(headers or {})
        body = raw_body or ""
        if body_as == JSON:
            import orjson  # noqa: PLC0415  (small)

            body = orjson.dumps(dict(fields)).decode()
        elif body_as == XML and self.dialect.xml is not None:
            body = self.dialect.xml(fields)
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
        url = f"{self.target.base(self.provider)}{path}" + (f"?{text}" if text else "")
        exchange = await self._send(operation, method, url, sent_headers, body)
        return Answer(exchange, self.spec, operation, self.choices)

    async def at_once(self, name: str, count: int, **changes: Any) -> list[Answer]:
        """Make the same call many times at the same time."""
        return list(await asyncio.gather(*(self.call(name, **changes) for _ in range(count))))

    async def _send(
        self, operation: Operation, method: str, url: str, headers: Mapping[str, str], body: str
    ) -> Exchange:
        live = self.target.live
        if live is not None:
            url, body = live.outward(self.provider, url), live.outward(self.provider, body)
            live.before(self.provider, operation, url, body)
        await self.target.pause(operation)
        try:
            async with self.session.request(
                method,
                URL(url, encoded=True),
                headers=dict(headers),
                data=body.encode() if body else None,
                allow_redirects=False,
                skip_auto_headers=() if body else ("Content-Type",),
            ) as answer:
                text = (await answer.read()).decode("utf-8", "replace")
                if live is not None:
                    text = live.inward(self.provider, text)
                exchange = Exchange(
                    operation=operation.name,
                    method=method,
                    url=url,
                    headers=headers,
                    body=body,
                    status=answer.status,
                    answer_headers=answer.headers,
                    answer=text,
                    secrets=self.lane.secrets,
                )
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise CouldNotRun(
                f"{self.target.base(self.provider)} does not answer: {str(error) or type(error).__name__}"
            ) from error
        self.exchanges.append(exchange)
        if live is not None:
            code = self.dialect.code(Answer(exchange, self.spec, operation, self.choices))
            live.after(self.spec, operation, code)
        return exchange

    async def code_sent_to(self, phone: str) -> str:
        """Read the newest code that was sent to a phone, by the target's channel.

        Raises:
            CouldNotRun: the channel gives none.
        """
        if self.target.live is not None:
            phone = self.target.live.outward(self.provider, phone)
        code = await self.target.codes.read(self, phone)
        self.codes_read += 1
        return code

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
        answer = await self.control("GET", f"/messages{query}")
        found: list[dict[str, Any]] = answer["messages"]
        return found

    def lane_masked(self, text: str) -> str:
        """Take the lane's secrets out of a text."""
        return masked(text, self.lane.secrets)

    @asynccontextmanager
    async def alone_with_strangers(self) -> AsyncIterator[None]:
        """Be the only one, over all processes of a run, who looks at or changes how strangers are answered.

        Strangers are answered in a lane that all cases share, so cases about it take turns.
        """
        if Feature.LANES not in self.target.features:
            yield
            return
        lane = {"id": "suite.strangers", "ttl": "1m"}
        for _ in range(TURNS):
            try:
                await self.target.control(self.session, None, "POST", "/lanes", lane)
                break
            except CouldNotRun:
                await asyncio.sleep(TURN)
        try:
            yield
        finally:
            await self.target.control(self.session, None, "DELETE", "/lanes/suite.strangers")

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        """Use the control API of a sandbox in the case's lane."""
        return await self.target.control(self.session, self.lane, method, path, body)
