"""Runs a sandbox until it is told to stop."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import orjson

from otp_sandbox.app import Sandbox, Unusable, build, credential_keys, find_providers
from otp_sandbox.contract import Provider
from otp_sandbox.garbage import Collector
from otp_sandbox.interception import AuthorityError
from otp_sandbox.log import RequestLog
from otp_sandbox.queued import QueuedStream
from otp_sandbox.settings import SettingError, gathered, process_environment
from otp_sandbox.streams import complain
from otp_sandbox.version import VERSION
from otp_sandbox.web.listeners import PortTaken


def serve(flags: Mapping[str, Any], *, until_eof: bool = False, **parts: Any) -> int:
    """Serve until SIGTERM or SIGINT, or until standard input ends.

    What stops the start (setting, spec, port, CA) is one line and status 2.

    `parts` replace those that `build` would take.
    """
    try:
        providers = find_providers()
        settings = gathered(flags, process_environment(), credential_keys(providers))
        as_json = settings.log_format == "json"
        # Nothing that is written may stop the loop: not even where nobody reads it.
        told = _dropped_json if as_json else _dropped_text
        err = QueuedStream(sys.stderr, told)
        out = QueuedStream(sys.stdout, told, failed=lambda error: _complain_of_banner(error, err, sandbox))
        log = RequestLog(as_json=as_json, stream=err) if settings.log_requests else None
        sandbox = build(settings, providers=providers, watch=log, **parts)
        _log_to(err, sandbox)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_run(sandbox, out, as_json=as_json, until_eof=until_eof))
        if log is not None:
            log.flush()
        for stream in (out, err):
            stream.close()
    except (SettingError, Unusable, PortTaken, AuthorityError) as error:
        complain(str(error))
        return 2
    return 0


class _Redacted(logging.Formatter):
    """Lines of libraries, tracebacks included, without known secrets."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._redactor = sandbox.redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.known(super().format(record))


def _log_to(stream: QueuedStream, sandbox: Sandbox) -> None:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Redacted(sandbox))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # Requests that are no HTTP are noted like any other; their tracebacks help nobody.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)


def _complain_of_banner(error: OSError, err: QueuedStream, sandbox: Sandbox) -> None:
    if error.errno != errno.EPIPE:  # nobody reads, and wants to
        err.write(
            f"otp-sandbox: standard output cannot be written: {error.strerror}; listening on {sandbox.server.url}\n"
        )


def _dropped_text(lines: int) -> str:
    return f"{lines} lines were dropped: nobody read them"


def _dropped_json(lines: int) -> str:
    return orjson.dumps({"event": "dropped", "lines": lines}).decode()


async def _run(sandbox: Sandbox, out: QueuedStream, *, as_json: bool, until_eof: bool) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stopped.set)
        except NotImplementedError:  # Windows: Ctrl-C arrives as KeyboardInterrupt
            break
    if until_eof:
        threading.Thread(target=_wait_for_eof, args=(loop, stopped), name="otp-sandbox-eof", daemon=True).start()
    try:
        await sandbox.start()
        Collector().start()
        out.write((_banner_json(sandbox) if as_json else _banner(sandbox)) + "\n")
        await stopped.wait()
    finally:
        await sandbox.stop()
    if hasattr(signal, "pthread_sigmask"):  # not on Windows
        # The loop takes its handlers with it: a second signal would kill a process that is ending well.
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT))


def _wait_for_eof(loop: asyncio.AbstractEventLoop, stopped: asyncio.Event) -> None:
    """Wait until whoever holds the other end of standard input has ended, however that came about."""
    with suppress(OSError):
        while os.read(0, 4096):
            pass
    with suppress(RuntimeError):  # it has stopped already
        loop.call_soon_threadsafe(stopped.set)


def _loop_factory() -> Any:
    try:
        import uvloop  # noqa: PLC0415  (not everywhere)
    except ImportError:
        return None
    return uvloop.new_event_loop


def _evidence(provider: Provider) -> dict[str, int]:
    """Count the behaviours of a provider by evidence."""
    return provider.spec.count_evidence()["behaviours"]


def _banner(sandbox: Sandbox) -> str:
    url = sandbox.server.url
    credentials = sandbox.registry.default.origin.credentials
    width = max(map(len, sandbox.providers))
    lines = [f"otp-sandbox {VERSION} listens on {url}  (control API: {url}/_sandbox/v1)"]
    if sandbox.authority is not None and sandbox.server.tls_url is not None:
        authority = sandbox.authority
        lines.append(f"and over TLS on {sandbox.server.tls_url}  (CA: {authority.certificate_path}, {url}/ca.crt)")
    if sandbox.authority is not None and sandbox.server.proxy_url is not None:
        told = f"CA: {sandbox.authority.certificate_path}, {url}/ca.crt; {url}/_sandbox/proxy.pac"
        lines.append(f"and is a proxy on {sandbox.server.proxy_url}  ({told})")
    lines.append("")
    for name, provider in sandbox.providers.items():
        held = "  ".join(f"{key}={value}" for key, value in credentials[name].items())
        stands = ", ".join(f"{count} {kind}" for kind, count in _evidence(provider).items() if count)
        lines.append(f"  {name:<{width}}  {held}")
        lines.append(f"  {'':<{width}}  plays {provider.hosts[0]}; behaviours: {stands}")
    return "\n".join(lines)


def _banner_json(sandbox: Sandbox) -> str:
    return orjson.dumps(
        {
            "event": "listening",
            "version": VERSION,
            "url": sandbox.server.url,
            **({"tls_url": sandbox.server.tls_url} if sandbox.server.tls_url is not None else {}),
            **({"proxy_url": sandbox.server.proxy_url} if sandbox.server.proxy_url is not None else {}),
            "credentials": sandbox.registry.default.origin.credentials,
            "behaviours": {name: _evidence(provider) for name, provider in sandbox.providers.items()},
        }
    ).decode()
