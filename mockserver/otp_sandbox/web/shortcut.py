"""Answers requests without a body where aiohttp has parsed them: without a task, and without its response.

That costs a third of aiohttp's own way, and the code that answers is the same. It is begun at once; where it has to
wait, aiohttp gets the request after all and goes on with what was begun. This leans on parts of aiohttp that are not
public. They are looked at first: where they are not as expected, everything goes aiohttp's way.
"""

from __future__ import annotations

import re
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
_plain_line: Final = re.compile(rb"GET (/(?!/)[!-\"$-~]*) HTTP/1\.1").fullmatch
_LINE_MOST: Final = 4096
"""Bytes of a request line that is read here; aiohttp takes twice as many."""
_END: Final = b"\r\n\r\n"
_NOTHING: Final = ((), False, b"")
"""What a parser gives when no message came."""
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
    """A parser that answers requests itself, and gives on the rest.

    A client sends the same headers again and again. So the headers of a plain GET are remembered with their bytes: when
    a whole request comes that differs in its target only, there is nothing left to parse.
    """

    def __init__(self, parser: Any, protocol: Any, begin: Begin, hand_over: HandOver) -> None:
        self._parser = parser
        self._feed = parser.feed_data
        self._protocol = protocol
        self._begin = begin
        self._hand_over = hand_over
        self._consumed = getattr(parser, "message_consumed", None)
        self._between = True
        """Whether the parser is between two requests for sure."""
        self._head = b"\0"
        self._headers: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parser, name)

    def feed_data(self, data: bytes) -> Any:
        """Parse. What is answered here is not among the messages that come back."""
        protocol = self._protocol
        # Answers keep the order of their requests: nothing may be waiting before them.
        waiter = protocol._waiter  # noqa: SLF001  (the module's docstring)
        free = not (waiter is None or waiter.done() or protocol._messages or protocol._paused)  # noqa: SLF001  (as above)
        begun: Begun[Reply] | None = None
        line, _, head = data.partition(b"\r\n")
        plain = _plain_line(line) if self._between and len(line) <= _LINE_MOST else None
        if plain and free and head == self._head:
            begun = self._begin(Received("GET", plain[1].decode(), self._headers, protocol))
            if begun is not None and begun.done:
                self._answer(begun)
                return _NOTHING
        self._between = False
        parsed = self._feed(data)
        messages, upgraded = parsed[0], parsed[1]
        if plain is not None:
            self._remember(messages, head)
        if not messages or upgraded or not free:
            return parsed
        answered = 0
        for message, payload in messages:
            if not _is_plain(message, payload):
                break
            if begun is None:
                begun = self._begin(Received(message.method, message.path, message.headers, protocol))
            if begun is None:
                break
            if not begun.done:
                self._hand_over(protocol, begun)
                break
            self._answer(begun)
            begun = None
            if self._consumed is not None:
                self._consumed()
            answered += 1
        return (messages[answered:], *parsed[1:]) if answered else parsed

    def _answer(self, begun: Begun[Reply]) -> None:
        protocol = self._protocol
        protocol.transport.write(encode_reply(begun.result))
        protocol._next_keepalive_close_time = protocol._loop.time() + protocol.keepalive_timeout  # noqa: SLF001  (the module's docstring)

    def _remember(self, messages: Any, head: bytes) -> None:
        """Remember the headers of one whole plain request. After anything else nobody knows where the parser stands."""
        if len(messages) == 1 and head.find(_END) == len(head) - len(_END) and _is_plain(*messages[0]):
            self._between = True
            self._head, self._headers = head, messages[0][0].headers


def _is_plain(message: Any, payload: Any) -> bool:
    """Whether a request is over when its headers are, and its connection stays open."""
    target = message.path
    return (
        payload is EMPTY_PAYLOAD
        and not message.should_close
        and message.version == HttpVersion11
        and target[:1] == "/"
        and "#" not in target
        and message.method != "HEAD"
        and not message.upgrade
    )
