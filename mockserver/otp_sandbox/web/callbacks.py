"""Sends callbacks: to allowed targets only, with a time-out, without following redirects."""

from __future__ import annotations

import ipaddress
import logging
import socket
from collections.abc import Callable, Iterable
from datetime import datetime
from time import perf_counter

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from otp_sandbox.domain.callbacks import Attempt, Callback
from otp_sandbox.domain.store import Event
from otp_sandbox.lanes.attempts import Attempts
from otp_sandbox.lanes.lane import Lane
from otp_sandbox.web.names import Names, NotAsked

RESPONSE_MOST = 16 * 1024
_LOG = logging.getLogger("otp_sandbox.callbacks")
_PRIVATE = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
"""Networks at home. What Python calls private is more: loopback, documentation, reserved addresses."""
_OF_CLOUDS = tuple(map(ipaddress.ip_network, ("fd00:ec2::/32", "fd20:ce::/32")))
"""Where clouds keep the credentials of their machines, inside of `fc00::/7`: at home nobody has these."""


class Forbidden(OSError):
    """A callback's target is not among the allowed ones."""


class Sender:
    """Makes callback requests.

    Args:
        attempts: notes that they go out, and records how they went.
        targets: what may be called: `loopback`, `private`, `any`, networks, host names.
        names: finds the addresses of names; those among the targets may be looked up.
    """

    def __init__(self, attempts: Attempts, targets: Iterable[str], names: Names | None = None) -> None:
        self._attempts = attempts
        self._targets = tuple(targets)
        self._names = names or Names(self._targets)
        self._session: aiohttp.ClientSession | None = None

    async def attempt(self, lane: Lane, event: Event) -> bool:
        """Make the attempt that has begun with an event. Says whether the callback still needed it.

        Raises:
            LaneGone: the lane was deleted or reset meanwhile; nothing is recorded.
        """
        sent = await self._attempts.make(lane, event.id, self._exchange)
        if sent is not None and sent.state == "failed":
            _LOG.warning(
                "%s of %s in lane %s failed at %s: %s; GET /_sandbox/v1/lanes/%s/callbacks shows it",
                sent.id,
                sent.provider,
                lane.id,
                _origin(sent.url),
                _outcome(sent.attempts[-1]),
                lane.id,
            )
        return sent is not None

    async def send(self, lane: Lane, callback_id: str) -> Callback | None:
        """Send a callback, whatever became of it before. Gives it after that; None if there is no such callback.

        Raises:
            LaneGone: the lane was deleted or reset meanwhile; nothing is recorded.
        """
        if not await self._attempts.ask(lane, callback_id):
            return None
        return await self._attempts.make(lane, callback_id, self._exchange, asked=True)

    async def _exchange(self, callback: Callback, now: Callable[[], datetime]) -> Attempt:
        started = perf_counter()
        status, error, response = None, None, None
        try:
            url = _as_written(callback.url)
            self._check_literal(url)
            async with self._client().request(
                callback.method,
                url,
                data=callback.body.encode() or None,
                headers=dict(callback.headers),
                timeout=aiohttp.ClientTimeout(total=callback.timeout.total_seconds()),
                allow_redirects=False,
            ) as answer:
                status = answer.status
                response = (await _beginning(answer.content)).decode("utf-8", "replace")
        except TimeoutError:
            error = f"no answer within {callback.timeout.total_seconds():g} s"
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            # The client wraps what the resolver raises into a text that does not say it.
            told = failure.__cause__ if isinstance(failure.__cause__, Forbidden | NotAsked) else failure
            error = str(told) or type(told).__name__
        return Attempt(now(), status, error, round((perf_counter() - started) * 1000, 3), response)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(resolver=_Allowed(self, self._names), use_dns_cache=False)
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("Accept-Encoding",),
                headers={"User-Agent": "otp-sandbox"},
            )
        return self._session

    def _check_literal(self, url: URL) -> None:
        """Addresses in a URL are not resolved, so they are checked here; names are checked when they are."""
        host = url.host or ""
        try:
            ipaddress.ip_address(host)
        except ValueError:
            # aiohttp resolves no host of digits and dots, but the system reads addresses in `134744072` and `8.2056`.
            if ":" in host or host.replace(".", "").isdigit():
                raise Forbidden(f"{host} is no address as they are written") from None
            return
        self.check(host, host)

    def check(self, host: str, address: str) -> None:
        """Let an address pass.

        Raises:
            Forbidden: it is not among the targets.
        """
        ip = ipaddress.ip_address(address)
        if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        for target in self._targets:
            if target == "any" or target.lower() == host.rstrip(".").lower():
                return
            if target == "loopback" and ip.is_loopback:
                return
            if target == "private" and _is_private(ip):
                return
            if "/" in target and ip in ipaddress.ip_network(target):
                return
        raise Forbidden(f"{host} ({address}) is no allowed callback target; see the setting callback_targets")

    async def close(self) -> None:
        """Cut the connections."""
        if self._session is not None:
            await self._session.close()


def _is_private(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(ip in each for each in _PRIVATE) and not any(ip in each for each in _OF_CLOUDS)


def _origin(url: str) -> str:
    """Tell where a callback goes, without what may be secret: user, path and query."""
    try:
        parts = URL(url)
    except ValueError:
        return "an address that cannot be read"
    return f"{parts.scheme}://{parts.host}:{parts.port}"


def _outcome(attempt: Attempt) -> str:
    """Tell how an attempt ended, in one line; an error that repeats the address is not told."""
    if attempt.status is not None:
        return f"HTTP {attempt.status}"
    error = attempt.error or ""
    return error if error.isprintable() and "//" not in error and "?" not in error else "it cannot be sent"


def _as_written(text: str) -> URL:
    """Read an address so that it goes out as it is written; only what no request line takes is encoded."""
    return URL(text, encoded=text.isascii() and text.isprintable() and " " not in text)


async def _beginning(stream: aiohttp.StreamReader) -> bytes:
    """Read what is kept of an answer, in however many pieces it comes."""
    kept = bytearray()
    while len(kept) < RESPONSE_MOST and (piece := await stream.read(RESPONSE_MOST - len(kept))):
        kept += piece
    return bytes(kept)


class _Allowed(AbstractResolver):
    """Resolves names, and lets only allowed addresses through (so that a name cannot lead elsewhere later)."""

    def __init__(self, sender: Sender, names: Names) -> None:
        self._sender = sender
        self._names = names

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        results: list[ResolveResult] = []
        for kind, address in await self._names.addresses(host, family):
            self._sender.check(host, address)
            results.append(
                {
                    "hostname": host,
                    "host": address,
                    "port": port,
                    "family": kind,
                    "proto": 0,
                    "flags": socket.AI_NUMERICHOST,
                }
            )
        return results

    async def close(self) -> None:
        """Nothing is held."""
