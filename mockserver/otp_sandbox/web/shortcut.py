"""Answers requests without a body where aiohttp has parsed them: without a task, and without its response.

That costs a third of aiohttp's own way, and the code that answers is the same. It is begun at once; where it has to
wait, aiohttp gets the request after all and goes on with what was begun. This leans on parts of aiohttp that are not
public. They are looked at first: where they are not as expected, everything goes aiohttp's way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from aiohttp.http import HttpVersion11
from aiohttp.streams import EMPTY_PAYLOAD

from otp_sandbox.contract import Reply
from otp_sandbox.lanes.eager import Begun
from otp_sandbox.web.received import Received
from otp_sandbox.web.responses import encode_reply

Begin = Callable[[Received], Begun[Reply] | None]
HandOver = Callable[[Any, Begun[Reply]], None]
_PARSERS: Final = ("_parser", "_request_parser")
"""What aiohttp 3.14 and 3.12 call the parser of a connection."""
_NEEDED: Final = ("_waiter", "_messages", "_paused", "_next_keepalive_close_time", "_loop", "keepalive_timeout")


def take_shortcut(protocol: Any, begin: Begin, hand_over: HandOver) -> bool:
    """Let a connection answer at once what can be answered at once.

    Args:
        protocol: aiohttp's, of a new connection.
        begin: begins to answer a request; None leaves it to aiohttp.
        hand_over: takes what was begun and has to wait; aiohttp's handler is called for that request next.

    Returns: whether aiohttp is made as expected.
    """
    name = next((each for each in _PARSERS if hasattr(getattr(protocol, each, None), "feed_data")), None)
    if name is None or not all(hasattr(protocol, each) for each in _NEEDED):
        return False
    setattr(protocol, name, _Shortcut(getattr(protocol, name), protocol, begin, hand_over))
    return True


class _Shortcut:
    """A parser that answers requests itself, and gives on the rest."""

    def __init__(self, parser: Any, protocol: Any, begin: Begin, hand_over: HandOver) -> None:
        self._parser = parser
        self._feed = parser.feed_data
        self._protocol = protocol
        self._begin = begin
        self._hand_over = hand_over
        self._consumed = getattr(parser, "message_consumed", None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parser, name)

    def feed_data(self, data: bytes) -> Any:
        """Parse. What is answered here is not among the messages that come back."""
        parsed = self._feed(data)
        messages, upgraded = parsed[0], parsed[1]
        protocol = self._protocol
        # Answers keep the order of their requests: nothing may be waiting before them.
        waiter = protocol._waiter  # noqa: SLF001  (the module's docstring)
        if not messages or upgraded or waiter is None or waiter.done() or protocol._messages or protocol._paused:  # noqa: SLF001  (as above)
            return parsed
        answered = 0
        for message, payload in messages:
            if payload is not EMPTY_PAYLOAD or message.should_close or message.version != HttpVersion11:
                break
            target = message.path
            if target[:1] != "/" or "#" in target or message.method == "HEAD" or message.upgrade:
                break
            begun = self._begin(Received(message.method, target, message.headers, protocol))
            if begun is None:
                break
            if not begun.done:
                self._hand_over(protocol, begun)
                break
            protocol.transport.write(encode_reply(begun.result))
            if self._consumed is not None:
                self._consumed()
            answered += 1
        if not answered:
            return parsed
        protocol._next_keepalive_close_time = protocol._loop.time() + protocol.keepalive_timeout  # noqa: SLF001  (as above)
        return (messages[answered:], *parsed[1:])
