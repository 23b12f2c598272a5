"""Runs a sandbox until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

import orjson

from otp_sandbox.app import Sandbox, Unusable, build, credential_keys, find_providers, tune_gc
from otp_sandbox.log import RequestLog
from otp_sandbox.settings import SettingError, gathered, process_environment
from otp_sandbox.streams import Unwritable, complain, say
from otp_sandbox.version import VERSION
from otp_sandbox.web.listeners import PortTaken


def serve(flags: Mapping[str, Any], **parts: Any) -> int:
    """Serve until SIGTERM or SIGINT. A wrong setting, a broken spec or a taken port is one line and status 2.

    `parts` replace those that `build` would take.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    # Requests that are no HTTP are answered with a bare 400; their tracebacks help nobody.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    try:
        providers = find_providers()
        settings = gathered(flags, process_environment(), credential_keys(providers))
        as_json = settings.log_format == "json"
        log = RequestLog(as_json=as_json) if settings.log_requests else None
        sandbox = build(settings, providers=providers, watch=log, **parts)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_run(sandbox, as_json=as_json))
        if log is not None:
            log.flush()
    except (SettingError, Unusable, PortTaken) as error:
        complain(str(error))
        return 2
    return 0


async def _run(sandbox: Sandbox, *, as_json: bool) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stopped.set)
        except NotImplementedError:  # Windows: Ctrl-C arrives as KeyboardInterrupt
            break
    try:
        await sandbox.start()
        tune_gc()
        _greet(sandbox, as_json=as_json)
        await stopped.wait()
    finally:
        await sandbox.stop()
    if hasattr(signal, "pthread_sigmask"):  # not on Windows
        # The loop takes its handlers with it: a second signal would kill a process that is ending well.
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT))


def _greet(sandbox: Sandbox, *, as_json: bool) -> None:
    """Say where the sandbox is. If nobody can read that, it serves all the same."""
    try:
        say(_banner_json(sandbox) if as_json else _banner(sandbox))
    except BrokenPipeError:
        pass  # whoever started it does not want to know
    except Unwritable as error:
        complain(f"{error}; listening on {sandbox.server.url}")


def _loop_factory() -> Any:
    try:
        import uvloop  # noqa: PLC0415  (not everywhere)
    except ImportError:
        return None
    return uvloop.new_event_loop


def _evidence(sandbox: Sandbox) -> dict[str, Counter[str]]:
    return {
        name: Counter(behaviour.evidence for behaviour in provider.spec.behaviours)
        for name, provider in sandbox.providers.items()
    }


def _banner(sandbox: Sandbox) -> str:
    url = sandbox.server.url
    credentials = sandbox.registry.default.origin.credentials
    width = max(map(len, sandbox.providers))
    lines = [f"otp-sandbox {VERSION} listens on {url}  (control API: {url}/_sandbox/v1)", ""]
    for name, provider in sandbox.providers.items():
        counts = _evidence(sandbox)[name]
        held = "  ".join(f"{key}={value}" for key, value in credentials[name].items())
        stands = ", ".join(f"{counts[kind]} {kind}" for kind in ("documented", "assumed", "contradicted"))
        lines.append(f"  {name:<{width}}  {held}")
        lines.append(f"  {'':<{width}}  plays {provider.hosts[0]}; behaviours: {stands}")
    return "\n".join(lines)


def _banner_json(sandbox: Sandbox) -> str:
    return orjson.dumps(
        {
            "event": "listening",
            "version": VERSION,
            "url": sandbox.server.url,
            "credentials": sandbox.registry.default.origin.credentials,
            "behaviours": {name: dict(counts) for name, counts in _evidence(sandbox).items()},
        }
    ).decode()
