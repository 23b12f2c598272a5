"""Passes requests of an application on to a target that its user names, and records what comes back, secrets masked.

This is the one place from which anything goes to a provider's host. It runs by the command `record` alone.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, Final

import aiohttp
import orjson
from aiohttp import web
from yarl import URL

from otp_sandbox.contract import Provider
from otp_sandbox.lanes.secrets import MASK, Secrets
from otp_sandbox.play.journal import shown_path
from otp_sandbox.play.redaction import Redactor
from otp_sandbox.play.route import Route
from otp_sandbox.version import VERSION
from otp_sandbox.web.fields import Sent, read_body, read_query
from otp_sandbox.web.listeners import Listener
from otp_sandbox.web.problems import Problem
from otp_sandbox.web.received import ReceivedWhole, is_packed
from otp_sandbox.web.responses import response
from otp_sandbox.web.routes import Routes, select

KIND: Final = "otp-sandbox recording"
FORMAT: Final = 1
ANSWER_MOST: Final = 8 * 1024 * 1024
"""Bytes of an answer that is passed back."""
FILE_MOST: Final = 256 * 1024 * 1024
"""Bytes of a recording. When it is full, nothing is passed on any more."""
AT_ONCE: Final = 20
"""Requests that are on their way at a time; others wait for their turn."""
TIMEOUT: Final = aiohttp.ClientTimeout(total=60, connect=10)
_SECRETS_MOST: Final = 10_000
_VIA: Final = "otp-sandbox-record"
_NOT_PASSED_ON: Final = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "upgrade"),
        *("transfer-encoding", "content-length", "content-encoding", "accept-encoding", "host", "expect", "via"),
    }
)
"""Headers that belong to one connection, or to a body as it was packed on it."""
_header_token: Final = re.compile(r"[^\s,;=]{8,}").findall
_LOG = logging.getLogger("otp_sandbox.record")


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where requests of a provider go; `provider` is empty for those that none is named for."""

    provider: str
    url: URL


def read_upstream(text: str, providers: Collection[str]) -> Upstream:
    """Read `URL` or `PROVIDER=URL`.

    Raises:
        ValueError: it is no address of a server, or names a provider that is not known.
    """
    name, equals, address = text.partition("=")
    if not equals or "/" in name:
        name, address = "", text
    elif name not in providers:
        raise ValueError(f"{name} is no provider here; there are {', '.join(providers)}")
    try:
        url = URL(address)
        usable = url.scheme in ("http", "https") and bool(url.host) and url.path in ("", "/") and not url.query_string
        usable = usable and url.user is None and url.password is None and not url.fragment and url.port is not None
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("takes an address like https://HOST, or PROVIDER=https://HOST, and nothing behind the host")
    return Upstream(name, url.origin())


class Full(Exception):
    """A recording has as much as it may have."""


class Recording:
    """A file of one JSON document a line: what it is, and then the exchanges.

    Args:
        write: writes bytes to the file, at once.
        upstreams: where requests go.
    """

    def __init__(self, write: Callable[[bytes], Any], upstreams: Iterable[Upstream]) -> None:
        self._write = write
        self.size = 0
        named = {each.provider or "*": str(each.url) for each in upstreams}
        self.add({"kind": KIND, "format": FORMAT, "sandbox": VERSION, "upstreams": named})

    @property
    def is_full(self) -> bool:
        """Whether nothing more is taken."""
        return self.size >= FILE_MOST

    def add(self, document: Mapping[str, Any]) -> None:
        """Write a line."""
        line = orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)
        self._write(line)
        self.size += len(line)


class Recorder:
    """Answers an application with what its target answers.

    Args:
        providers: whose paths are passed on; nothing else is.
        upstreams: where they go.
        recording: takes the exchanges.
        now: the real time.
    """

    def __init__(
        self,
        providers: Mapping[str, Provider],
        upstreams: Iterable[Upstream],
        recording: Recording,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._routes = Routes(providers.values())
        self._upstreams = {each.provider: each.url for each in upstreams}
        self._recording = recording
        self._now = now
        self._secrets = Secrets()
        self._known: dict[str, None] = {}
        self._redactor = Redactor(
            frozenset[str]().union(*(each.identity.secrets for each in providers.values())), self._secrets
        )
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.ServerRunner | None = None

    async def start(self, listener: Listener) -> None:
        """Answer on a listener."""
        self._session = aiohttp.ClientSession(
            timeout=TIMEOUT,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent", "Accept", "Content-Type"),
        )
        self._runner = web.ServerRunner(web.Server(self._answer), shutdown_timeout=1)
        await self._runner.setup()
        await web.SockSite(self._runner, listener.socket).start()

    async def stop(self) -> None:
        """Stop."""
        if self._runner is not None:
            await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            return await self._passed_on(request)
        except Problem as problem:
            return response(problem.reply())
        except (web.HTTPException, asyncio.CancelledError, ConnectionError):
            raise
        except Exception:  # noqa: BLE001  (no request may end in a traceback)
            _LOG.exception("a request could not be recorded")
            return response(Problem(500, "the recorder failed; its log says more").reply())

    async def _passed_on(self, request: web.BaseRequest) -> web.StreamResponse:
        if _VIA in request.headers.get("Via", ""):
            raise Problem(508, "the request comes from this recorder: --upstream leads back to it")
        http = _Whole(request)
        match = self._routes.find(http.path, http)
        routes = match.resource.methods.get(http.method) if match is not None else None
        if match is None or routes is None:
            raise Problem(404, f"no provider here has {http.method} {http.path[:200]}: it is not passed on")
        provider = match.resource.provider
        upstream = self._upstreams.get(provider.name) or self._upstreams.get("")
        if upstream is None:
            raise Problem(404, f"no --upstream is named for {provider.name}: it is not passed on")
        if self._recording.is_full:
            raise Problem(507, f"the recording has {FILE_MOST // 1024 // 1024} MB: nothing is passed on any more")
        sent = read_query(http, match)
        if http.has_body:
            await read_body(http, sent, routes)
        route = select(routes, sent.fields, http)
        if route is None:
            raise Problem(404, "no operation has these fields: it is not passed on")
        at, started = self._now(), perf_counter()
        async with self._turns:
            answer = await self._asked(request, upstream)
        self._note(request, route, sent, answer, at=at, took=perf_counter() - started)
        return answer

    async def _asked(self, request: web.BaseRequest, upstream: URL) -> web.Response:
        assert self._session is not None  # noqa: S101  (it listens)
        headers = [(name, each) for name, each in request.headers.items() if name.lower() not in _NOT_PASSED_ON]
        body = await request.read()
        try:
            async with self._session.request(
                request.method,
                URL(f"{upstream}{request.raw_path}", encoded=True),
                headers=[*headers, ("Accept-Encoding", "identity"), ("Via", f"1.1 {_VIA}")],
                data=body or None,
                allow_redirects=False,
            ) as answer:
                content = await _whole(answer.content)
                kept = [(name, each) for name, each in answer.headers.items() if name.lower() not in _NOT_PASSED_ON]
                made = web.Response(body=content, status=answer.status, reason=answer.reason)
                made.headers.extend(kept)
                return made
        except Full as error:
            raise Problem(502, f"the answer has more than {ANSWER_MOST // 1024 // 1024} MB") from error
        except TimeoutError as error:
            raise Problem(504, f"{upstream} does not answer in time") from error
        except (aiohttp.ClientError, OSError) as error:
            raise Problem(502, f"{upstream} does not answer: {str(error) or type(error).__name__}") from error

    def _note(
        self,
        request: web.BaseRequest,
        route: Route,
        sent: Sent,
        answer: web.Response,
        *,
        at: datetime,
        took: float,
    ) -> None:
        fields, header = sent.fields, request.headers.get("Authorization", "")
        self._learn([*(fields.get(name, "") for name in route.secrets), header, *_header_token(header)])
        shown, _ = self._redactor.fields(fields, route.secrets, route.names)
        body = answer.body if isinstance(answer.body, bytes) else b""
        self._recording.add(
            {
                "at": at,
                "provider": route.provider.name,
                "operation": route.operation.id,
                "method": request.method,
                "path": self._redactor.known(shown_path(route, request.raw_path.partition("?")[0], fields)),
                "fields": shown,
                "body_type": request.content_type if sent.body_size else "",
                "authorization": MASK if header else "",
                "status": answer.status,
                "content_type": answer.headers.get("Content-Type", ""),
                "answer": self._redactor.known(self._redactor.value(body.decode("utf-8", "replace"))),
                "duration_ms": round(took * 1000, 3),
            }
        )

    def _learn(self, secrets: Iterable[str]) -> None:
        """Know the credentials that go through, so that an answer which repeats them is masked."""
        for each in secrets:
            if each and each not in self._known and len(self._known) < _SECRETS_MOST:
                self._known[each] = None
                self._secrets.add(each)


class _Whole(ReceivedWhole):
    """A request whose connection is a plain one of aiohttp."""

    __slots__ = ()

    async def body(self) -> bytes:
        """Read the body.

        Raises:
            RequestPayloadError: it is packed.
        """
        if is_packed(self.headers):
            raise web.RequestPayloadError("a body with a Content-Encoding is not read here")
        return await super().body()


async def _whole(content: aiohttp.StreamReader) -> bytes:
    """Read an answer.

    Raises:
        Full: it is too large.
    """
    pieces, size = [], 0
    async for piece in content.iter_chunked(64 * 1024):
        size += len(piece)
        if size > ANSWER_MOST:
            raise Full
        pieces.append(piece)
    return b"".join(pieces)
