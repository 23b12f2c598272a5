"""Answers requests without a body where aiohttp has parsed them: without a task, and without its response.

That costs a third of aiohttp's own way, and the code that answers is the same. It is begun at once; where it has to
wait, aiohttp gets the request after all and goes on with what was begun. This leans on parts of aiohttp that are not
public. They are looked at first: where they are not as expected, everything goes aiohttp's way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from aiohttp.http import HttpProcessingError, HttpVersion11
from aiohttp.streams import EMPTY_PAYLOAD

from otp_sandbox.contract import Reply
from otp_sandbox.lanes.eager import Begun
from otp_sandbox.web.heads import Framing
from otp_sandbox.web.received import Received
from otp_sandbox.web.responses import encode_reply

Begin = Callable[[Received], Begun[Reply] | None]
HandOver = Callable[[Any, Begun[Reply]], None]
_PARSERS: Final = ("_parser", "_request_parser")
"""What aiohttp 3.14 and 3.12 call the parser of a connection."""
_METHOD: Final = b"GET /"
_VERSION: Final = b" HTTP/1.1"
_PLAIN: Final = bytes(each for each in range(0x21, 0x7F) if each != ord("#"))
"""What a target is made of that needs no second look."""
_LINE_MOST: Final = 4096
"""Bytes of a request line that is read here; aiohttp takes twice as many."""
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


def framing_of(protocol: Any) -> Framing | None:
    """Tell where a connection stands between its requests, if that is followed."""
    return next(
        (each.framing for name in _PARSERS if isinstance(each := getattr(protocol, name, None), _Shortcut)), None
    )


def waits(protocol: Any) -> bool:
    """Whether a request has come that aiohttp has not begun to answer."""
    return bool(getattr(protocol, "_messages", None))


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
        self._headers: Any = None
        self._known = b""
        """What followed the request line with these headers."""
        self.framing = Framing()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parser, name)

    def feed_data(self, data: bytes) -> Any:
        """Parse. What is answered here is not among the messages that come back."""
        begun: Begun[Reply] | None = None
        framing = self.framing
        known = self._known
        if known and framing.between and data.endswith(known):
            target = _plain_target(data[: -len(known)])
            if target and self._is_free():
                begun = self._begin(Received("GET", target.decode(), self._headers, self._protocol))
                if begun is not None and begun.done:
                    self._answer(begun)
                    return _NOTHING
        if not data:
            return self._feed(data)  # aiohttp goes on with what its parser holds
        framing.take(data)
        left: list[Any] = []
        upgraded, tail = False, b""
        while (piece := framing.next()) is not None:
            parsed = self._parse(piece, left)
            if parsed is None:
                break
            messages, upgraded, tail = parsed
            framing.follow(parsed)
            if upgraded:
                tail += framing.rest()
            for message, payload in messages:
                if left or upgraded or not self._answers(message, payload, begun):
                    left.append((message, payload))
                begun = None
        return left, upgraded, tail

    def _parse(self, piece: bytes, before: list[Any]) -> Any:
        """Parse a piece. What fails after requests that are whole fails when they are answered."""
        try:
            return self._feed(piece)
        except HttpProcessingError as error:
            self.framing.lost = True
            if not before:
                raise
            self._feed = _fail_with(error)
            self._protocol._loop.call_soon(self._protocol.data_received, b"")  # noqa: SLF001  (the module's docstring)
            return None

    def _is_free(self) -> bool:
        """Whether nothing waits to be answered: answers keep the order of their requests."""
        protocol = self._protocol
        waiter = protocol._waiter  # noqa: SLF001  (the module's docstring)
        return not (waiter is None or waiter.done() or protocol._messages or protocol._paused)  # noqa: SLF001  (as above)

    def _answers(self, message: Any, payload: Any, begun: Begun[Reply] | None) -> bool:
        """Answer a request, if that can be done at once. `begun` is what was begun for it already."""
        if not _is_plain(message, payload) or not self._is_free():
            return False
        if begun is None:
            begun = self._begin(Received(message.method, message.path, message.headers, self._protocol))
        if begun is None:
            return False
        if not begun.done:
            self._hand_over(self._protocol, begun)
            return False
        self._answer(begun)
        if self._consumed is not None:
            self._consumed()
        if message.method == "GET":
            self._headers, self._known = message.headers, self.framing.head[self.framing.head.index(b"\r\n") :]
        return True

    def _answer(self, begun: Begun[Reply]) -> None:
        protocol = self._protocol
        protocol.transport.write(encode_reply(begun.result))
        protocol._next_keepalive_close_time = protocol._loop.time() + protocol.keepalive_timeout  # noqa: SLF001  (the module's docstring)


def _fail_with(error: Exception) -> Callable[[bytes], Any]:
    def feed(_: bytes) -> Any:
        raise error

    return feed


def _plain_target(line: bytes) -> bytes:
    """Give the target of a request line that says GET and has a path as it should be; empty for any other."""
    if not line.startswith(_METHOD) or not line.endswith(_VERSION) or len(line) > _LINE_MOST:
        return b""
    target = line[4:-9]
    # A third of what a regular expression takes.
    return b"" if target.translate(None, _PLAIN) else target


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
