"""The client without an event loop: the same methods, which wait for their answer. Nothing is written twice here."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from otp_sandbox.api import shapes
from otp_sandbox.api.asking import Asking
from otp_sandbox.api.client import AsyncClient
from otp_sandbox.api.exchange import Address
from otp_sandbox.api.lane import AsyncLane
from otp_sandbox.api.lane_facts import Known, LaneFacts
from otp_sandbox.api.process import Process
from otp_sandbox.api.senders import blocking, done, in_thread

P = ParamSpec("P")
__tracebackhide__ = True  # pytest ends a traceback in the test that asked
T = TypeVar("T")


def _of_lane(
    method: Callable[Concatenate[AsyncLane, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[Lane, P], T]:
    def wait(lane: Lane, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return done(method(lane._core, *args, **kwargs))  # noqa: SLF001  (one lane, two faces)

    update_wrapper(wait, method)
    return wait


def _of_client(
    method: Callable[Concatenate[AsyncClient, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[Client, P], T]:
    def wait(client: Client, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return done(method(client._core, *args, **kwargs))  # noqa: SLF001  (as above)

    update_wrapper(wait, method)
    return wait


def _with_lane(
    method: Callable[Concatenate[AsyncClient, P], Coroutine[Any, Any, AsyncLane]],
) -> Callable[Concatenate[Client, P], Lane]:
    def wait(client: Client, /, *args: P.args, **kwargs: P.kwargs) -> Lane:
        return Lane.of(done(method(client._core, *args, **kwargs)))  # noqa: SLF001  (as above)

    update_wrapper(wait, method)
    return wait


class Lane(LaneFacts):
    """A lane: accounts, messages, codes, clock and journal of its own. Each method is a question to the sandbox."""

    def __init__(self, asking: Asking, known: Known) -> None:
        super().__init__(asking, known)
        self._core = AsyncLane(asking, known)

    @classmethod
    def of(cls, core: AsyncLane) -> Lane:
        """Give the same lane to somebody who waits."""
        return cls(core._asking, core._known)  # noqa: SLF001  (one lane, two faces)

    @property
    def aio(self) -> AsyncLane:
        """The same lane for coroutines."""
        return AsyncLane(Asking(self._asking.where, in_thread), self._known)

    open = _of_lane(AsyncLane.open)
    change = _of_lane(AsyncLane.change)
    delete = _of_lane(AsyncLane.delete)
    reset = _of_lane(AsyncLane.reset)
    wait_for_code = _of_lane(AsyncLane.wait_for_code)
    code = _of_lane(AsyncLane.code)
    no_code = _of_lane(AsyncLane.no_code)
    messages = _of_lane(AsyncLane.messages)
    clear_messages = _of_lane(AsyncLane.clear_messages)
    wait = _of_lane(AsyncLane.wait)
    wait_on_clock = _of_lane(AsyncLane.wait_on_clock)
    message = _of_lane(AsyncLane.message)
    set_message_state = _of_lane(AsyncLane.set_message_state)
    inbound = _of_lane(AsyncLane.inbound)
    receive = _of_lane(AsyncLane.receive)
    codes = _of_lane(AsyncLane.codes)
    codes_of = _of_lane(AsyncLane.codes_of)
    pin = _of_lane(AsyncLane.pin)
    forget_codes = _of_lane(AsyncLane.forget_codes)
    clock = _of_lane(AsyncLane.clock)
    set_clock = _of_lane(AsyncLane.set_clock)
    freeze = _of_lane(AsyncLane.freeze)
    advance = _of_lane(AsyncLane.advance)
    account = _of_lane(AsyncLane.account)
    change_account = _of_lane(AsyncLane.change_account)
    balance = _of_lane(AsyncLane.balance)
    choices = _of_lane(AsyncLane.choices)
    choose = _of_lane(AsyncLane.choose)
    limits = _of_lane(AsyncLane.limits)
    faults = _of_lane(AsyncLane.faults)
    fault = _of_lane(AsyncLane.fault)
    find_fault = _of_lane(AsyncLane.find_fault)
    replace_fault = _of_lane(AsyncLane.replace_fault)
    clear_fault = _of_lane(AsyncLane.clear_fault)
    clear_faults = _of_lane(AsyncLane.clear_faults)
    rentals = _of_lane(AsyncLane.rentals)
    rent = _of_lane(AsyncLane.rent)
    deliver_sms = _of_lane(AsyncLane.deliver_sms)
    deliver_call = _of_lane(AsyncLane.deliver_call)
    callbacks = _of_lane(AsyncLane.callbacks)
    replay_callback = _of_lane(AsyncLane.replay_callback)
    requests = _of_lane(AsyncLane.requests)
    clear_requests = _of_lane(AsyncLane.clear_requests)
    request = _of_lane(AsyncLane.request)
    unmatched = _of_lane(AsyncLane.unmatched)
    lint = _of_lane(AsyncLane.lint)
    har = _of_lane(AsyncLane.har)
    snapshot = _of_lane(AsyncLane.snapshot)
    restore = _of_lane(AsyncLane.restore)
    bundle = _of_lane(AsyncLane.bundle)
    save_bundle = _of_lane(AsyncLane.save_bundle)

    def events(self, *, kinds: Sequence[str] = (), after: str | None = None) -> Iterator[shapes.Event]:
        """Give what happens as it happens, from now or from a cursor on, until the lane or the sandbox ends."""
        return _each(self._core.events(kinds=kinds, after=after))


class Client:
    """Asks a sandbox that runs, or one that it has launched. Every call has a connection of its own.

    Args:
        url: where it is; default: `OTP_SANDBOX_URL`, else port 6877 of this machine.
        token: its control token; default: `OTP_SANDBOX_CONTROL_TOKEN`.
        context: for `https`, whom to trust.
    """

    def __init__(
        self, url: str | None = None, *, token: str | None = None, context: ssl.SSLContext | None = None
    ) -> None:
        self._core = AsyncClient(url, token=token, context=context, sender=blocking)
        self._process: Process | None = None

    @classmethod
    def launch(cls, *flags: str) -> Client:
        """Start a sandbox on a free port of this machine, with flags of `otp-sandbox serve`; `close` stops it.

        It also stops when this process ends, however that comes about.

        Raises:
            NotStarted: it does not start.
        """
        process = Process(*flags)
        client = cls(process.url, token=process.token)
        client._process = process
        return client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<client of the sandbox at {self.url}>"

    def close(self) -> None:
        """Stop the sandbox if this client has launched it."""
        if self._process is not None:
            self._process.stop()

    @property
    def aio(self) -> AsyncClient:
        """The same for coroutines."""
        where = self.address
        return AsyncClient(where.url, token=where.token, context=where.context)

    @property
    def address(self) -> Address:
        """Where the sandbox is, and what opens it."""
        return self._core.address

    @property
    def url(self) -> str:
        """Where the sandbox is, and where its providers answer."""
        return self._core.url

    create_lane = _with_lane(AsyncClient.create_lane)
    open_lane = _with_lane(AsyncClient.open_lane)
    lanes = _of_client(AsyncClient.lanes)
    providers = _of_client(AsyncClient.providers)
    operations = _of_client(AsyncClient.operations)
    outcomes = _of_client(AsyncClient.outcomes)
    behaviours = _of_client(AsyncClient.behaviours)
    magic = _of_client(AsyncClient.magic)
    rules = _of_client(AsyncClient.rules)
    rule_page = _of_client(AsyncClient.rule_page)
    spec = _of_client(AsyncClient.spec)
    info = _of_client(AsyncClient.info)
    openapi = _of_client(AsyncClient.openapi)
    metrics = _of_client(AsyncClient.metrics)
    is_alive = _of_client(AsyncClient.is_alive)
    is_ready = _of_client(AsyncClient.is_ready)


def _each(events: AsyncIterator[T]) -> Iterator[T]:
    """Give what an asynchronous iterator that never waits gives."""
    try:
        while True:
            yield done(_next(events))
    except StopAsyncIteration:
        return
    finally:
        done(events.aclose())  # type: ignore[attr-defined]  # it is a generator


async def _next(events: AsyncIterator[T]) -> T:
    return await anext(events)
