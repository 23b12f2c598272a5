"""What a lane is asked about messages and codes."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Final

from otp_sandbox.api import shapes
from otp_sandbox.api.asking import below, given, length
from otp_sandbox.api.errors import NoCode, UnexpectedCode
from otp_sandbox.api.exchange import PATIENCE
from otp_sandbox.api.lane_facts import LONG
from otp_sandbox.api.lane_steering import Steering
from otp_sandbox.api.shapes import Length
from otp_sandbox.lanes import durations

__tracebackhide__ = True  # pytest ends a traceback in the test that asked
_AT_ONCE: Final = 30.0
"""Seconds that one question waits at most."""
_TICK: Final = timedelta(milliseconds=1)
"""The shortest move of a clock."""


class Messages(Steering):
    """Messages, what phones write, and codes."""

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
        until = None if within is None else await self._later(within)
        while True:
            after = self._known.cursors.get(phone)
            if until is None:
                left = max(0.0, min(deadline - time.monotonic(), _AT_ONCE))
                waited = await self.wait(to=phone, provider=provider, after=after, timeout=left)
            else:
                ahead = max(timedelta(0), await self._ahead(until))
                waited = await self.wait_on_clock(to=phone, provider=provider, after=after, within=ahead)
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
                    until = await self._later(within)
            else:
                ahead = await self._ahead(until)
                if ahead < _TICK:
                    return
                waited = await self.wait_on_clock(to=phone, after=after, count=0, within=ahead)
            for message in self._known.new(waited["messages"]):
                if message["code"]:
                    told = f"{message['id']} of {message['operation']} at {message['created_at'].isoformat()}"
                    raise UnexpectedCode(f"a code was sent to {phone} in lane {self.id}: {told}")
            after = waited["cursor"]

    async def _later(self, by: Length) -> datetime:
        return (await self.clock())["now"] + durations.parse(length(by))

    async def _ahead(self, until: datetime) -> timedelta:
        return until - (await self.clock())["now"]

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
        return await self._ask(shapes.Waited, "POST", "/messages/wait", body=body, patience=LONG)

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


def _seconds(value: Length) -> float:
    return durations.parse(length(value)).total_seconds()
