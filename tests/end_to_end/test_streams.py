"""The command's standard streams: closed, on a full disk, on a console of another encoding; and odd surroundings."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import pytest

FULL = Path("/dev/full")
PHONE = "0901888484"
GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
_OPENER = build_opener(ProxyHandler({}))

needs_full = pytest.mark.skipif(not FULL.exists(), reason="only Linux has a disk that is always full")


def environment(**more: str) -> dict[str, str]:
    """Give this environment without any setting of ours, and with what is given."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OTP_SANDBOX_")} | more


def ask(url: str, body: Any = None) -> Any:
    """Ask for JSON."""
    data = None if body is None else json.dumps(body).encode()
    with _OPENER.open(Request(url, data, {"Content-Type": "application/json"}), timeout=30) as answer:
        return json.load(answer)


def command(*arguments: str, closed: tuple[int, ...] = ()) -> list[str]:
    """Give the command; a shell closes streams for it."""
    plain = [sys.executable, "-m", "otp_sandbox.cli", *arguments]
    closes = " ".join("<&-" if number == 0 else f"{number}>&-" for number in closed)
    return ["sh", "-c", f'exec "$@" {closes}', "sh", *plain] if closed else plain


def run(*arguments: str, closed: tuple[int, ...] = (), env: dict[str, str] | None = None, **more: Any) -> Any:
    """Run a command to its end; what is not given is captured."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more
    return subprocess.run(
        command(*arguments, closed=closed),
        env=environment(**(env or {})),
        timeout=60,
        check=False,
        **streams,
    )


@pytest.fixture
def serve(free_port: int) -> Iterator[Callable[..., tuple[subprocess.Popen[bytes], str]]]:
    """Start a sandbox with streams of the test's own, and wait until it answers."""
    with ExitStack() as running:

        def begin(
            closed: tuple[int, ...] = (), env: dict[str, str] | None = None, **streams: Any
        ) -> tuple[subprocess.Popen[bytes], str]:
            process = subprocess.Popen(
                command("serve", "--port", str(free_port), closed=closed),
                env=environment(**(env or {})),
                **streams,
            )
            running.enter_context(process)
            running.callback(process.kill)
            url = f"http://127.0.0.1:{free_port}"
            assert run("ready", "--wait", "30s", "--url", url).returncode == 0
            return process, url

        yield begin


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A sandbox whose lane `default` has sent a code in Vietnamese and Persian."""
    with subprocess.Popen(
        command("serve", "--port", "0"),
        env=environment(OTP_SANDBOX_LOG_FORMAT="json", OTP_SANDBOX_AMOOT_TOKEN="ключ"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        found = str(json.loads(process.stdout.readline())["url"])
        fields = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY", "Brandname": "Sandbox", "Type": "2"}
        ask(f"{found}{GENCODE}?{urlencode({**fields, 'Phone': PHONE, 'message': 'mã سلام {OTP}'})}")
        yield found
        process.kill()


# serve


@needs_full
@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_banner_that_does_not_fit_on_the_disk_stops_nothing(serve: Any, log_format: str) -> None:
    """It says so where it can, with the address; nothing else."""
    with FULL.open("wb") as full:
        process, url = serve(stdout=full, stderr=subprocess.PIPE, env={"OTP_SANDBOX_LOG_FORMAT": log_format})
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)

    assert process.returncode == 0
    assert err.decode().splitlines() == [
        f"otp-sandbox: standard output cannot be written: No space left on device; listening on {url}"
    ]


@needs_full
def test_a_full_disk_under_both_streams_stops_nothing(serve: Any) -> None:
    with FULL.open("wb") as full:
        process, _ = serve(stdout=full, stderr=full)
        process.send_signal(signal.SIGTERM)

        assert process.wait(30) == 0


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (1, 2), (0, 1, 2)], ids=str)
def test_closed_streams_stop_nothing(serve: Any, closed: tuple[int, ...]) -> None:
    """No socket gets their numbers: it ends well, where a library aborts over such a one."""
    streams = {1: {"stdout": subprocess.DEVNULL}, 2: {"stderr": subprocess.PIPE}}
    process, url = serve(closed, **{name: kind for number in (1, 2) for name, kind in streams[number].items()})

    assert ask(f"{url}/_sandbox/v1/info")["name"] == "otp-sandbox"
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)

    assert process.returncode == 0
    assert b"Traceback" not in err


def test_a_banner_in_letters_that_the_console_has_not_stops_nothing(serve: Any) -> None:
    """It is always UTF-8, as the log is."""
    env = {"PYTHONIOENCODING": "ascii", "OTP_SANDBOX_AMOOT_TOKEN": "ключ"}
    process, _ = serve(stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)

    assert (process.returncode, err) == (0, b"")
    assert "Token=ключ" in out.decode()


def test_a_host_that_cannot_be_is_one_line() -> None:
    ended = run("serve", "--control-open", "--host", "a" * 64)

    assert (ended.returncode, ended.stderr.decode().count("\n")) == (2, 1)
    assert b"cannot listen on" in ended.stderr


def test_a_blank_control_token_is_none(serve: Any) -> None:
    """Nobody could send it: everybody would be locked out."""
    _, url = serve(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"OTP_SANDBOX_CONTROL_TOKEN": " \n"})

    assert ask(f"{url}/_sandbox/v1/info")["settings"]["control_token"] is False


def test_a_blank_control_token_opens_nothing_to_others() -> None:
    ended = run("serve", "--host", "0.0.0.0", "--port", "0", env={"OTP_SANDBOX_CONTROL_TOKEN": " "})

    assert ended.returncode == 2
    assert b"OTP_SANDBOX_CONTROL_TOKEN" in ended.stderr


def test_blanks_around_a_control_token_are_none_of_it(serve: Any) -> None:
    """As a file that it was read from ends in a line break. Server and commands read it alike."""
    env = {"OTP_SANDBOX_CONTROL_TOKEN": "s3cret\n"}
    _, url = serve(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)

    told = run("env", "--url", url, env=env)
    plain = run("env", "--url", url, env={"OTP_SANDBOX_CONTROL_TOKEN": "s3cret"})
    broken = run("env", "--url", url, env={"OTP_SANDBOX_CONTROL_TOKEN": "s3cret\nmore"})

    assert (told.returncode, plain.returncode, broken.returncode) == (0, 0, 1)
    assert b"s3cret" not in broken.stderr
    assert b"OTP_SANDBOX_CONTROL_TOKEN: its value is not right" in broken.stderr


def test_the_port_of_a_kubernetes_service_is_not_the_commands_port() -> None:
    """They look where they look without it."""
    ended = run("ready", env={"OTP_SANDBOX_PORT": "tcp://10.0.0.1:6877"})

    assert ended.returncode in (0, 1)
    assert b"tcp" not in ended.stderr


# The commands that print


@needs_full
@pytest.mark.parametrize(
    "arguments", [["messages"], ["code", PHONE], ["env"], ["--version"], ["--help"], ["code", "--help"]], ids=" ".join
)
def test_what_does_not_fit_on_the_disk_is_one_line(url: str, arguments: list[str]) -> None:
    """Status 1: a script must not go on with an empty file."""
    with FULL.open("wb") as full:
        ended = run(*arguments, stdout=full, env={"OTP_SANDBOX_URL": url})

    assert ended.returncode == 1
    assert ended.stderr == b"otp-sandbox: standard output cannot be written: No space left on device\n"


@needs_full
@pytest.mark.parametrize(("arguments", "status"), [(["bogus"], 2), (["code", "abc"], 1), (["messages"], 1)])
def test_the_status_stands_when_nothing_can_be_written(url: str, arguments: list[str], status: int) -> None:
    with FULL.open("wb") as full:
        ended = run(*arguments, stdout=full, stderr=full, env={"OTP_SANDBOX_URL": url})

    assert ended.returncode == status


@pytest.mark.parametrize("arguments", [["messages"], ["code", PHONE], ["env"]], ids=" ".join)
def test_a_closed_output_is_one_line(url: str, arguments: list[str]) -> None:
    """Nothing of it goes to standard error, or into a socket."""
    ended = run(*arguments, closed=(1,), env={"OTP_SANDBOX_URL": url})

    assert ended.returncode == 1
    assert ended.stderr.decode().startswith("otp-sandbox: standard output cannot be written: ")


def test_a_closed_error_stream_sends_no_error_to_the_output(url: str) -> None:
    ended = run("code", "0999999999", closed=(2,), env={"OTP_SANDBOX_URL": url})

    assert (ended.returncode, ended.stdout) == (1, b"")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("ascii", "m? ????"), ("cp1252", "mã ????"), ("cp1258", "m? ????"), ("cp1256", "m? سلام"), ("utf-8", "mã سلام")],
)
def test_messages_are_written_in_the_letters_that_the_console_has(url: str, encoding: str, text: str) -> None:
    """Others are question marks."""
    ended = run("messages", env={"OTP_SANDBOX_URL": url, "PYTHONIOENCODING": encoding})

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert text in ended.stdout.decode(encoding)


def test_a_credential_is_written_whole_or_not_at_all(url: str) -> None:
    """A shell would take question marks for the credential. What is written in ASCII anyway is."""
    env = {"OTP_SANDBOX_URL": url, "PYTHONIOENCODING": "ascii"}

    shell = run("env", "--format", "shell", env=env)
    dotenv = run("env", env=env)

    assert shell.returncode == 1
    assert shell.stderr == b"otp-sandbox: standard output takes ascii, which has not all that is to be written\n"
    assert dotenv.returncode == 0
