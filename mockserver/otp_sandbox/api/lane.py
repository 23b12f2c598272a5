"""A lane of a sandbox, as tests see it: everything that the control API has for one."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from otp_sandbox.api import shapes
from otp_sandbox.api.asking import PREFIX, Asking, below, given, length
from otp_sandbox.api.errors import NoCode, UnexpectedCode
from otp_sandbox.api.exchange import PATIENCE
from otp_sandbox.api.names import Keys, variables
from otp_sandbox.api.shapes import Instant, Json, Length
from otp_sandbox.lanes import durations

_AT_ONCE: Final = 30.0
"""Seconds that one question waits at most."""
_LONG: Final = 600.0
"""Seconds that a move of the clock may take: it waits for callbacks."""
_TICK: Final = timedelta(milliseconds=1)
"""The shortest move of a clock."""
_MONEY: Final = ("balance", "credit")
T = TypeVar("T")


@dataclass(slots=True)
class Known:
    """What is known of a lane: its id, what the sandbox told, and which messages were given to a test already."""

    id: str
    told: shapes.LaneTold | None = None
    cursors: dict[str, str] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)

    def new(self, messages: Sequence[shapes.Message]) -> list[shapes.Message]:
        """Leave out what was given already, and what is older than that."""
        last = max((place for place, each in enumerate(messages) if each["id"] in self.given), default=-1)
        return list(messages[last + 1 :])


class LaneFacts:
    """What the sandbox told of a lane when it was made or opened; the credentials by provider, in lower case."""

    def __init__(self, asking: Asking, known: Known) -> None:
        self.id = known.id
        self._asking = asking
        self._known = known

    def __repr__(self) -> str:
        return f"<lane {self.id} at {self._asking.where.url}>"

    def __getattr__(self, name: str) -> Keys:
        known = self.__dict__.get("_known")
        held = known.told["credentials"] if known is not None and known.told is not None else {}
        if name not in held:
            has = f"credentials: {', '.join(held)}" if held else "its credentials are known when it is opened"
            raise AttributeError(f"a lane has no {name}; {has}")
        return Keys(name, held[name])

    @property
    def base_url(self) -> str:
        """Where the providers answer."""
        return self._told["base_url"]

    @property
    def seed(self) -> int:
        """The number that codes, ids and numbers are drawn from."""
        return self._told["seed"]

    @property
    def credentials(self) -> dict[str, dict[str, str]]:
        """By provider, under the names that the provider has for them."""
        return self._told["credentials"]

    @property
    def variables(self) -> dict[str, str]:
        """Environment variables that point an application at this lane: what `otp-sandbox env` prints."""
        return variables(self.base_url, self.credentials)

    @property
    def _told(self) -> shapes.LaneTold:
        if self._known.told is None:
            raise LookupError(f"nothing is known of lane {self.id} yet: open it")
        return self._known.told


class AsyncLane(LaneFacts):
    """A lane: accounts, messages, codes, clock and journal of its own. Each method is a question to the sandbox."""

    def __init__(self, asking: Asking, known: Known) -> None:
        super().__init__(asking, known)
        self._path = f"{PREFIX}/lanes{below(known.id)}"

    # The lane itself

    async def open(self) -> shapes.LaneTold:
        """Get what is known of the lane: credentials, base URL, seed, choices."""
        self._known.told = told = await self._ask(shapes.LaneTold, "GET")
        return told

    async def change(
        self,
        *,
        clock: Json | None = None,
        choices: Mapping[str, str | None] | None = None,
        accounts: Mapping[str, Json] | None = None,
    ) -> shapes.LaneTold:
        """Change clock, choices or accounts at once."""
        return await self._ask(shapes.LaneTold, "PATCH", body=given(clock=clock, choices=choices, accounts=accounts))

    async def delete(self) -> None:
        """Delete the lane."""
        await self._asking.bytes("DELETE", self._path)

    async def reset(self, *what: shapes.What) -> shapes.LaneTold:
        """Bring the lane back to its creation; or the named parts of it."""
        self._known.cursors.clear()
        return await self._ask(shapes.LaneTold, "POST", "/reset", body={"what": list(what)} if what else {})

    # Messages and codes

    async def wait_for_code(
        self,
        phone: str,
        timeout: Length = 5,  # noqa: ASYNC109  (the sandbox waits, and says afterwards why nothing came)
        *,
        provider: str | None = None,
        within: Length | None = None,
    ) -> str:
        """Wait for the next code that is sent to a phone: newer than the one that this method gave last.

        Args:
            phone: in any spelling that a provider takes.
            timeout: how long to wait in real time.
            provider: only its messages.
            within: move the lane's clock on instead of waiting, this far at most.

        Raises:
            NoCode: none came.
        """
        deadline = time.monotonic() + _seconds(timeout)
        while True:
            left = max(0.0, min(deadline - time.monotonic(), _AT_ONCE))
            after = self._known.cursors.get(phone)
            if within is None:
                waited = await self.wait(to=phone, provider=provider, after=after, timeout=left)
            else:
                waited = await self.wait_on_clock(to=phone, provider=provider, after=after, within=within)
            self._known.cursors[phone] = waited["cursor"]
            for message in reversed(self._known.new(waited["messages"])):
                if message["code"]:
                    self._known.given.add(message["id"])
                    return message["code"]
            if not waited["messages"] and (within is not None or time.monotonic() >= deadline):
                told = "; ".join(f"{each['request_id']}: {each['reason']}" for each in waited["near_misses"])
                raise NoCode(f"no code was sent to {phone} in lane {self.id}" + (f" ({told})" if told else ""))

    async def code(self, phone: str) -> str:
        """Give the code of the newest message to a phone that has one, without waiting.

        Raises:
            NoCode: there is none.
        """
        for message in reversed((await self.messages(to=phone, limit=1_000))["messages"]):
            if message["code"] and message["state"] != "queued":
                return message["code"]
        raise NoCode(f"no code was sent to {phone} in lane {self.id}")

    async def no_code(
        self,
        phone: str,
        within: Length = "0s",
        *,
        timeout: Length = 0,  # noqa: ASYNC109  (as above)
    ) -> None:
        """Make sure that no code is sent to a phone after the one that `wait_for_code` gave last.

        Args:
            phone: in any spelling that a provider takes.
            within: how long on the lane's clock, which is moved on for it.
            timeout: how long to wait in real time before that.

        Raises:
            UnexpectedCode: one came.
        """
        after, until = self._known.cursors.get(phone), None
        deadline = time.monotonic() + _seconds(timeout)
        while True:
            left = max(0.0, min(deadline - time.monotonic(), _AT_ONCE))
            if left > 0 or until is None:
                waited = await self.wait(to=phone, after=after, count=0, timeout=left)
                if left <= 0:
                    until = (await self.clock())["now"] + durations.parse(length(within))
            else:
                ahead = until - (await self.clock())["now"]
                if ahead < _TICK:
                    return
                waited = await self.wait_on_clock(to=phone, after=after, count=0, within=ahead)
            for message in self._known.new(waited["messages"]):
                if message["code"]:
                    told = f"{message['id']} of {message['operation']} at {message['created_at'].isoformat()}"
                    raise UnexpectedCode(f"a code was sent to {phone} in lane {self.id}: {told}")
            after = waited["cursor"]

    async def messages(
        self,
        *,
        to: str | None = None,
        provider: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> shapes.Messages:
        """List messages, newest last."""
        query = given(to=to, provider=provider, after=after, limit=limit)
        return await self._ask(shapes.Messages, "GET", "/messages", query)

    async def clear_messages(self) -> None:
        """Forget all messages."""
        await self._asking.bytes("DELETE", self._path + "/messages")

    async def wait(
        self,
        *,
        to: str | None = None,
        provider: str | None = None,
        after: str | None = None,
        count: int = 1,
        timeout: Length = 5,  # noqa: ASYNC109  (as above)
    ) -> shapes.Waited:
        """Wait for messages in real time, 60 s at most; with a `count` of 0, for none in the whole time."""
        query = given(to=to, provider=provider, after=after, count=count, timeout=length(timeout))
        patience = PATIENCE + _AT_ONCE
        return await self._ask(shapes.Waited, "GET", "/messages/wait", query, patience=patience)

    async def wait_on_clock(
        self,
        *,
        to: str | None = None,
        provider: str | None = None,
        after: str | None = None,
        count: int = 1,
        within: Length = 5,
    ) -> shapes.Waited:
        """Wait for messages in the lane's time: its clock is moved up to the one that fulfils it."""
        body = given(to=to, provider=provider, after=after, count=count, within=length(within))
        return await self._ask(shapes.Waited, "POST", "/messages/wait", body=body, patience=_LONG)

    async def message(
        self,
        id: str = "latest",  # noqa: A002  (its name)
        *,
        to: str | None = None,
        provider: str | None = None,
        after: str | None = None,
    ) -> shapes.Message:
        """Get a message; or the latest, of those that the filters leave."""
        query = given(to=to, provider=provider, after=after)
        return await self._ask(shapes.Message, "GET", f"/messages{below(id)}", query)

    async def set_message_state(self, id: str, state: shapes.State) -> shapes.Message:  # noqa: A002  (its name)
        """Force a delivery state; callbacks follow."""
        return await self._ask(shapes.Message, "POST", f"/messages{below(id)}/status", body={"state": state})

    async def inbound(self, *, after: str | None = None, limit: int | None = None) -> shapes.Inbounds:
        """List messages that phones wrote to the lines of the account, newest last."""
        return await self._ask(shapes.Inbounds, "GET", "/inbound", given(after=after, limit=limit))

    async def receive(self, sender: str, line: str, text: str, *, provider: str | None = None) -> shapes.Inbound:
        """Let a phone write to a line of the account."""
        body = {"from": sender, "to": line, "text": text, **given(provider=provider)}
        return await self._ask(shapes.Inbound, "POST", "/inbound", body=body)

    async def codes(
        self,
        *,
        to: str | None = None,
        provider: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> shapes.Codes:
        """List codes with their state, newest last."""
        return await self._ask(shapes.Codes, "GET", "/codes", given(to=to, provider=provider, after=after, limit=limit))

    async def codes_of(self, phone: str, *, after: str | None = None, limit: int | None = None) -> shapes.PhoneCodes:
        """Get the codes and the pin of a phone."""
        return await self._ask(shapes.PhoneCodes, "GET", f"/codes{below(phone)}", given(after=after, limit=limit))

    async def pin(self, phone: str, code: str, times: int = 1) -> shapes.PhoneCodes:
        """Set the next code of a phone, for so many sends."""
        body = {"code": code, "times": times}
        return await self._ask(shapes.PhoneCodes, "PUT", f"/codes{below(phone)}", body=body)

    async def forget_codes(self, phone: str) -> None:
        """Remove the codes and the pin of a phone."""
        await self._asking.bytes("DELETE", f"{self._path}/codes{below(phone)}")

    # Time

    async def clock(self) -> shapes.Clock:
        """Get the lane's time."""
        return await self._ask(shapes.Clock, "GET", "/clock")

    async def set_clock(
        self,
        mode: Literal["real", "offset", "frozen"],
        *,
        offset: Length | None = None,
        now: Instant | None = None,
    ) -> shapes.Clock:
        """Let the clock run, run with an offset, or stand still."""
        body = given(mode=mode, offset=offset if offset is None else length(offset), now=now)
        return await self._ask(shapes.Clock, "PUT", "/clock", body=body)

    async def freeze(self, now: Instant | None = None) -> shapes.Clock:
        """Let the clock stand still, now or at an instant."""
        return await self.set_clock("frozen", now=now)

    async def advance(self, by: Length | None = None, *, to: Instant | None = None) -> shapes.Advance:
        """Move the clock on, and let happen what falls due on the way; callbacks have been tried when this ends."""
        body = given(by=by if by is None else length(by), to=to)
        return await self._ask(shapes.Advance, "POST", "/clock/advance", body=body, patience=_LONG)

    # Accounts and what goes wrong

    async def account(self, provider: str) -> Json:
        """Get the account at a provider."""
        return await self._ask(Json, "GET", f"/accounts{below(provider)}")

    async def change_account(self, provider: str, patch: Mapping[str, Any]) -> Json:
        """Change the account at a provider (JSON merge patch; None is the value null)."""
        return await self._ask(Json, "PATCH", f"/accounts{below(provider)}", body=dict(patch))

    async def balance(self, provider: str) -> int:
        """Give the money of the account at a provider."""
        account = await self.account(provider)
        return next(int(account[name]) for name in _MONEY if name in account)

    async def choices(self) -> dict[str, str]:
        """Get how contested behaviours are played."""
        return await self._ask(dict[str, str], "GET", "/choices")

    async def choose(self, choices: Mapping[str, str | None]) -> dict[str, str]:
        """Choose otherwise; None returns to the default."""
        return await self._ask(dict[str, str], "PATCH", "/choices", body=dict(choices))

    async def limits(self, *, after: str | None = None, limit: int | None = None) -> shapes.Limits:
        """List limits: how much is used, and when it frees up."""
        return await self._ask(shapes.Limits, "GET", "/limits", given(after=after, limit=limit))

    async def faults(self, *, after: str | None = None, limit: int | None = None) -> shapes.Faults:
        """List faults, newest last."""
        return await self._ask(shapes.Faults, "GET", "/faults", given(after=after, limit=limit))

    async def fault(
        self,
        preset: str | None = None,
        /,
        *,
        action: shapes.Action | Json | None = None,
        name: str | None = None,
        when: Literal["before", "after"] | None = None,
        uses: int | None = None,
        ttl: Length | None = None,
        **match: Any,
    ) -> shapes.Fault:
        """Let something go wrong: a preset, or an action. `match` says for which calls, as the control API has it."""
        body = _fault(preset, action, name, when, uses, ttl, match)
        return await self._ask(shapes.Fault, "POST", "/faults", body=body)

    async def find_fault(self, name: str) -> shapes.Fault:
        """Get a fault."""
        return await self._ask(shapes.Fault, "GET", f"/faults{below(name)}")

    async def replace_fault(
        self,
        name: str,
        preset: str | None = None,
        /,
        *,
        action: shapes.Action | Json | None = None,
        when: Literal["before", "after"] | None = None,
        uses: int | None = None,
        ttl: Length | None = None,
        **match: Any,
    ) -> shapes.Fault:
        """Replace a fault; it counts anew."""
        body = _fault(preset, action, None, when, uses, ttl, match)
        return await self._ask(shapes.Fault, "PUT", f"/faults{below(name)}", body=body)

    async def clear_fault(self, name: str) -> None:
        """Take a fault back."""
        await self._asking.bytes("DELETE", f"{self._path}/faults{below(name)}")

    async def clear_faults(self) -> None:
        """Take all faults back."""
        await self._asking.bytes("DELETE", self._path + "/faults")

    # Rented numbers, callbacks

    async def rentals(self, *, after: str | None = None, limit: int | None = None) -> shapes.Rentals:
        """List rented numbers, newest last."""
        return await self._ask(shapes.Rentals, "GET", "/rentals", given(after=after, limit=limit))

    async def rent(self, service: str | None = None, *, provider: str | None = None) -> shapes.Rental:
        """Rent a number, for the first service on offer unless one is named."""
        return await self._ask(shapes.Rental, "POST", "/rentals", body=given(service=service, provider=provider))

    async def deliver_sms(self, rental: str, text: str, *, code: str | None = None) -> shapes.Rental:
        """Let an SMS arrive at a rented number; the code is found in it, unless it is given."""
        return await self._ask(shapes.Rental, "POST", f"/rentals{below(rental)}/sms", body=given(text=text, code=code))

    async def deliver_call(self, rental: str, code: str) -> shapes.Rental:
        """Let a call arrive at a rented number."""
        return await self._ask(shapes.Rental, "POST", f"/rentals{below(rental)}/call", body={"code": code})

    async def callbacks(self, *, after: str | None = None, limit: int | None = None) -> shapes.Callbacks:
        """List callbacks with every attempt, newest last."""
        return await self._ask(shapes.Callbacks, "GET", "/callbacks", given(after=after, limit=limit))

    async def replay_callback(self, id: str) -> shapes.Callback:  # noqa: A002  (its name)
        """Send a callback again."""
        return await self._ask(shapes.Callback, "POST", f"/callbacks{below(id)}/replay", patience=_LONG)

    # What happened

    async def requests(
        self,
        *,
        provider: str | None = None,
        operation: str | None = None,
        outcome: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> shapes.Requests:
        """List the requests that came, newest last."""
        query = given(provider=provider, operation=operation, outcome=outcome, after=after, limit=limit)
        return await self._ask(shapes.Requests, "GET", "/requests", query)

    async def clear_requests(self) -> None:
        """Forget all requests."""
        await self._asking.bytes("DELETE", self._path + "/requests")

    async def request(self, id: str) -> shapes.Explained:  # noqa: A002  (its name)
        """Get a request with its explanation, step by step."""
        return await self._ask(shapes.Explained, "GET", f"/requests{below(id)}")

    async def unmatched(self, *, after: str | None = None, limit: int | None = None) -> shapes.Requests:
        """List the requests that met no operation."""
        return await self._ask(shapes.Requests, "GET", "/requests/unmatched", given(after=after, limit=limit))

    async def lint(self, *, after: str | None = None, limit: int | None = None) -> shapes.Findings:
        """List what is wrong with the client."""
        return await self._ask(shapes.Findings, "GET", "/lint", given(after=after, limit=limit))

    async def har(self) -> Json:
        """Get the journal as HAR 1.2, secrets masked."""
        return await self._ask(Json, "GET", "/requests.har")

    async def snapshot(self) -> Json:
        """Get the whole lane, its credentials too."""
        return await self._ask(Json, "GET", "/snapshot")

    async def restore(self, snapshot: Json) -> shapes.LaneTold:
        """Put a snapshot in the place of all that is in the lane."""
        self._known.cursors.clear()
        return await self._ask(shapes.LaneTold, "PUT", "/snapshot", body=snapshot)

    async def bundle(self) -> Json:
        """Get one file to play this run again, secrets masked."""
        return await self._ask(Json, "GET", "/bundle")

    async def save_bundle(self, path: Path | str) -> Path:
        """Write the bundle to a file, for `otp-sandbox replay`."""
        file = Path(path)
        file.write_text(json.dumps(await self.bundle()), "utf-8")  # noqa: ASYNC240  (at once, and seldom)
        return file

    async def events(self, *, kinds: Sequence[str] = (), after: str | None = None) -> AsyncIterator[shapes.Event]:
        """Give what happens as it happens, from now or from a cursor on, until the lane or the sandbox ends."""
        query = given(kinds=",".join(kinds) or None, after=after)
        async for event in self._asking.events(self._path + "/events", query):
            yield event

    async def _ask(
        self,
        shape: type[T],
        method: str,
        path: str = "",
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        *,
        patience: float = PATIENCE,
    ) -> T:
        return await self._asking.ask(shape, method, self._path + path, query, body, patience=patience)


def _fault(  # noqa: PLR0917  (a fault has so many parts)
    preset: str | None,
    action: Any,
    name: str | None,
    when: str | None,
    uses: int | None,
    ttl: Length | None,
    match: Json,
) -> Json:
    return given(
        preset=preset,
        action=action,
        name=name,
        when=when,
        uses=uses,
        ttl=ttl if ttl is None else length(ttl),
        match=match or None,
    )


def _seconds(value: Length) -> float:
    return durations.parse(length(value)).total_seconds()
