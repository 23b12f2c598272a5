"""The transport to the real providers: only allowed requests pass, and to allowed numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from otp_conformance.target import succeeds
from otp_conformance.transport import Reply, Request, Transport
from otp_specs import Operation


class Gate(Protocol):
    """What decides about requests."""

    @property
    def spends(self) -> bool:
        """Whether money may be spent now."""
        ...

    def outward(self, provider: str, text: str) -> str:
        """Put an allowed number where the suite writes its own."""
        ...

    def inward(self, provider: str, text: str) -> str:
        """Put the suite's own number back."""
        ...

    def admit(self, provider: str, operation: Operation, url: str, body: str) -> None:
        """Let a request pass, or raise why it does not."""
        ...

    def note_answer(self, operation: Operation, *, succeeded: bool) -> None:
        """Learn how an operation was answered."""
        ...


class LiveTransport:
    """Sends what a gate admits, with the numbers that it allows."""

    def __init__(self, inner: Transport, gate: Gate) -> None:
        self._inner = inner
        self._gate = gate

    async def send(self, request: Request) -> Reply:
        """Rewrite the numbers, ask the gate, send, and give the answer with the suite's own numbers."""
        gate, provider = self._gate, request.provider
        request = replace(
            request,
            url=gate.outward(provider, request.url),
            body=gate.outward(provider, request.body),
            costs=request.costs and gate.spends,
        )
        gate.admit(provider, request.operation, request.url, request.body)
        reply = await self._inner.send(request)
        reply = replace(reply, text=gate.inward(provider, reply.text))
        gate.note_answer(request.operation, succeeded=succeeds(provider, request.operation, reply.json))
        return reply
