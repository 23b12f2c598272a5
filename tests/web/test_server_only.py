"""aiohttp's client is not imported before the first callback; and where that cannot be, nothing else changes."""

from __future__ import annotations

import subprocess
import sys

import pytest

INTACT = """
import aiohttp, sys
import aiohttp.web
assert aiohttp.web.Response is sys.modules["aiohttp.web"].Response
assert aiohttp.ClientSession.__module__ == "aiohttp.client"
assert aiohttp.hdrs.ACCEPT == "Accept"
assert "ClientSession" in aiohttp.__all__
"""


def _run(program: str) -> None:
    """Run a program in a Python that has not imported aiohttp yet."""
    beginning = "import sys\nfrom otp_sandbox.web import server_only\n"
    done = subprocess.run([sys.executable, "-c", beginning + program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_server_is_loaded_without_the_client() -> None:
    """All of it, with everything that the command `serve` needs to answer providers' requests."""
    _run("""
assert server_only.import_server_only()
import otp_sandbox.serve
assert "aiohttp.client" not in sys.modules
""")


def test_the_client_comes_when_a_callback_needs_it() -> None:
    _run("""
import asyncio
server_only.import_server_only()
from otp_sandbox.lanes.attempts import Attempts
from otp_sandbox.stores.memory import MemoryStore
from otp_sandbox.web.callbacks import Sender

async def main():
    sender = Sender(Attempts(MemoryStore()), ["loopback"])
    assert "aiohttp.client" not in sys.modules
    assert sender._client().headers["User-Agent"] == "otp-sandbox"
    await sender.close()

asyncio.run(main())
""")


@pytest.mark.parametrize(
    "first",
    [
        "aiohttp.ClientSession",
        "aiohttp.__all__",
        "aiohttp.web",
        "__import__('aiohttp.client')",
        "exec('from aiohttp import ClientSession, web')",
        "exec('from aiohttp import *')",
    ],
)
def test_whatever_is_used_first_the_package_is_whole(first: str) -> None:
    _run(f"assert server_only.import_server_only()\nimport aiohttp\n{first}\n{INTACT}")


def test_an_aiohttp_that_is_there_already_stays_as_it_is() -> None:
    _run(f"import aiohttp\nassert not server_only.import_server_only()\n{INTACT}")


@pytest.mark.parametrize(
    "broken",
    [
        "server_only._VERSION = __import__('re').compile('no such line')",
        "server_only.importlib.util.find_spec = lambda _: None",
        "sys.modules['aiohttp.web_app'] = None",
    ],
)
def test_an_aiohttp_that_is_made_otherwise_is_imported_as_ever(broken: str) -> None:
    """Without a trace of the attempt."""
    _run(f"{broken}\nassert not server_only.import_server_only()\nassert 'aiohttp' not in sys.modules\n{INTACT}")
