"""The setting `store` with the URL of a Redis: what stops the start, and that no password is shown anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from otp_sandbox.app import Sandbox
from otp_sandbox.redis_address import read
from otp_sandbox.settings import Settings
from otp_sandbox.stores.memory import MemoryStore


def plain() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("OTP_SANDBOX_")}


def serve(*flags: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "otp_sandbox.cli", "serve", "--port", "0", *flags]
    return subprocess.run(command, env=plain() | more, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("by", ["flag", "environment", "file"])
def test_a_wrong_url_is_one_line_and_status_2(tmp_path: Path, by: str) -> None:
    """It says where it stands and what would be right, and repeats nothing of it."""
    url = "redis://:s3cret@cache:port"
    path = tmp_path / "sandbox.toml"
    path.write_text(f'store = "{url}"\n')
    ended, where = {
        "flag": lambda: (serve("--store", url), "--store"),
        "environment": lambda: (serve(OTP_SANDBOX_STORE=url), "OTP_SANDBOX_STORE"),
        "file": lambda: (serve("--config", str(path)), f"{path}: store"),
    }[by]()

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f'otp-sandbox: {where}: its value is not right; it takes "host" or "host:port"')
    assert ended.stderr.count("\n") == 1
    assert "s3cret" not in ended.stderr


def test_a_wrong_password_or_prefix_is_one_line_and_status_2() -> None:
    password = serve(OTP_SANDBOX_STORE_PASSWORD="s3\ncret")
    prefix = serve(OTP_SANDBOX_STORE_PREFIX="a{b}")

    assert (password.returncode, prefix.returncode) == (2, 2)
    assert password.stderr == (
        "otp-sandbox: OTP_SANDBOX_STORE_PASSWORD: its value is not right; it takes a text of printable characters\n"
    )
    assert prefix.stderr.startswith("otp-sandbox: OTP_SANDBOX_STORE_PREFIX: 'a{b}' is not right; it takes 1 to 100 ")


def test_without_its_package_it_is_said_what_to_install() -> None:
    program = (
        "import sys; sys.modules['redis'] = None; from otp_sandbox.cli import main; "
        "sys.exit(main(['serve', '--port', '0', '--store', 'redis://:s3cret@127.0.0.1:1']))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False, env=plain()
    )

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        "otp-sandbox: store: a Redis needs the extra redis: install '.[redis]' where you installed '.'\n"
    )


@pytest.mark.parametrize("password", ["", "s3cret-of-its-own"])
async def test_what_is_kept_and_given_out_has_no_password(
    start: Callable[..., Awaitable[Sandbox]], client: Any, password: str
) -> None:
    """Wherever a client writes it, and whatever is asked for."""
    url = read("redis+sentinel://user:s3cret-in-url@a/main?sentinel_password=s3cret-of-sentinels")
    sandbox = await start(Settings(store=url, store_password=password), store=MemoryStore())
    client = type(client)(sandbox.server.url, client.session)
    secrets = [password or "s3cret-in-url", "s3cret-of-sentinels"]
    for each in secrets:
        await client.send("GET", f"/nowhere/{each}?q={each}")
        await client.send("GET", "/MainService.svc/json/GetBalance/SANDBOX-API-KEY/" + each)

    texts = [repr(sandbox), repr(sandbox.settings), sandbox.redactor.known(f"wrong {' '.join(secrets)}!")]
    for path in ("/info", "/requests", "/requests/unmatched", "/bundle", "/requests.har", "/snapshot", "/lint"):
        answer = await client.control("GET", path)
        assert answer.status == 200, answer.text
        texts.append(answer.text)
    texts.append((await client.send("GET", "/metrics")).text)
    assert [each for each in texts if "s3cret" in each] == []
