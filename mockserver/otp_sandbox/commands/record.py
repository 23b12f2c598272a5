"""The command `otp-sandbox record`: a small proxy on this machine that records what a target of the user's answers."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from collections.abc import Sequence

from otp_sandbox.app import Unusable, find_providers
from otp_sandbox.streams import failed, say
from otp_sandbox.web.listeners import PortTaken, listen
from otp_sandbox.web.recording import Recorder, Recording, Upstream, read_upstream


def record(parsed: argparse.Namespace) -> int:
    """Record until SIGTERM or SIGINT. What cannot be used is one line and status 2."""
    try:
        providers = find_providers()
        upstreams = [read_upstream(each, tuple(providers)) for each in parsed.upstream]
        with open(parsed.to, "xb", buffering=0, opener=_private) as file:
            recorder = Recorder(providers, upstreams, Recording(file.write, upstreams))
            asyncio.run(_run(recorder, int(parsed.port), upstreams, parsed.to))
    except ValueError as error:
        return failed(f"--upstream {error}", 2)
    except FileExistsError:
        return failed(f"{parsed.to} exists already; a recording is never written over", 2)
    except OSError as error:
        return failed(f"{parsed.to} cannot be written: {error.strerror}", 2)
    except (Unusable, PortTaken) as error:
        return failed(str(error), 2)
    return 0


def _private(path: str, flags: int) -> int:
    """Open the file for its owner alone: it holds phone numbers and codes."""
    return os.open(path, flags, 0o600)


async def _run(recorder: Recorder, port: int, upstreams: Sequence[Upstream], name: str) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stopped.set)
        except NotImplementedError:  # Windows: Ctrl-C arrives as KeyboardInterrupt
            break
    listener = listen("127.0.0.1", port)
    await recorder.start(listener)
    try:
        targets = ", ".join(f"{each.provider}={each.url}" if each.provider else str(each.url) for each in upstreams)
        say(f"otp-sandbox records {listener.url} to {name}; every request is passed on to {targets}")
        say("what costs money there costs money: nothing is played here")
        await stopped.wait()
    finally:
        await recorder.stop()
