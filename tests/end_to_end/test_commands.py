"""The command `otp-sandbox`, each time in a process of its own."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from otp_sandbox.app import find_providers

GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
PHONE = "0901888484"
Run = Callable[..., "subprocess.CompletedProcess[str]"]
Start = Callable[..., "Running"]
Follow = Callable[..., "subprocess.Popen[str]"]
_OPENER = build_opener(ProxyHandler({}))


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "otp_sandbox.cli", *arguments]


def environment(**more: str) -> dict[str, str]:
    """Give this environment without any setting of ours, and with what is given."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OTP_SANDBOX_")} | more


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        command(*arguments), env=environment(**env), capture_output=True, text=True, timeout=60, check=False
    )


class Running:
    """A sandbox in a process of its own."""

    def __init__(self, *arguments: str, **env: str) -> None:
        self.process = subprocess.Popen(
            command("serve", "--port", "0", *arguments),
            env=environment(**env),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.first_line = self.process.stdout.readline()
        self.url = "http://" + self.first_line.partition("http://")[2].partition(" ")[0].partition('"')[0]

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """Ask for JSON."""
        request = Request(self.url + path, method=method)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        with _OPENER.open(request, timeout=20) as answer:
            return json.load(answer)

    def lane(self) -> Any:
        return self.ask("POST", "/_sandbox/v1/lanes", {})

    def send(self, keys: dict[str, str], **changes: str) -> str:
        """Have a code sent; give the result code."""
        fields = {"Phone": PHONE, "Brandname": "Sandbox", "Type": "2", "message": "{OTP}", **keys, **changes}
        return str(self.ask("GET", f"{GENCODE}?{urlencode(fields)}")["CodeResult"])

    def stop(self) -> tuple[int, str, str]:
        """End it as a supervisor does; give the status, and what it wrote after its first line."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        assert self.process.stdout is not None
        out = self.process.stdout.read()  # what came with the first line is in its buffer
        _, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@pytest.fixture
def start() -> Iterator[Start]:
    """Start sandboxes; they end with the test."""
    running: list[Running] = []

    def begin(*arguments: str, **env: str) -> Running:
        running.append(Running(*arguments, **env))
        return running[-1]

    yield begin
    for each in running:
        each.process.kill()
        each.process.communicate()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    """One sandbox for the commands that only ask; each test takes a lane."""
    made = Running()
    yield made
    status, _, err = made.stop()
    assert (status, "Traceback" in err) == (0, False)


def refused(ended: subprocess.CompletedProcess[str], status: int) -> str:
    """Expect one line on stderr, nothing on stdout and the status; give the line."""
    assert (ended.returncode, ended.stdout) == (status, "")
    assert ended.stderr.startswith("otp-sandbox: ")
    assert ended.stderr.count("\n") == 1
    return ended.stderr.removeprefix("otp-sandbox: ").rstrip("\n")


@pytest.fixture
def dead_url(free_port: int) -> str:
    """An address where nobody listens."""
    return f"http://127.0.0.1:{free_port}"


# serve


@pytest.mark.parametrize(
    ("arguments", "env", "code"),
    [((), {}, "104"), (("--any-sender",), {}, "100"), ((), {"OTP_SANDBOX_ANY_SENDER": "true"}, "100")],
)
def test_a_sandbox_may_know_every_sender(
    start: Start, arguments: tuple[str, ...], env: dict[str, str], code: str
) -> None:
    """By a flag or a variable: an application's own brandname and text go through."""
    made = start(*arguments, **env)

    keys = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}

    assert made.send(keys, Brandname="MyShop") == code


def test_the_banner_says_where_and_under_which_names(start: Start) -> None:
    """URL, control API, the credentials of the default lane, hosts, and how sure each provider's play is."""
    made = start()

    status, rest, _ = made.stop()

    banner = made.first_line + rest
    assert status == 0
    assert f"listens on {made.url}  (control API: {made.url}/_sandbox/v1)" in banner
    for each in (
        "ApiKey=SANDBOX-API-KEY",
        "SecretKey=SANDBOX-SECRET-KEY",
        "Token=SANDBOX-TOKEN",
        "token=SANDBOX-TOKEN",
    ):
        assert each in banner
    for provider in find_providers().values():
        counts = provider.spec.count_evidence()["behaviours"]
        stands = ", ".join(f"{count} {kind}" for kind, count in counts.items())
        assert counts["observed"] > 0
        assert f"plays {provider.hosts[0]}; behaviours: {stands}\n" in f"{banner}\n"


def test_banner_and_log_can_be_read_by_programs(start: Start) -> None:
    """--log-format json: one object a line, the banner on stdout, requests on stderr, no secret in the latter."""
    made = start("--log-format", "json")
    made.send({"ApiKey": "SANDBOX-API-KEY", "SecretKey": "wrong-secret"})
    made.send({"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}, TimeAlive="45")

    _, rest, err = made.stop()

    banner = json.loads(made.first_line)
    assert (banner["event"], banner["url"], rest) == ("listening", made.url, "")
    assert banner["credentials"]["thuesim"] == {"token": "SANDBOX-TOKEN"}
    assert banner["behaviours"] == {
        name: provider.spec.count_evidence()["behaviours"] for name, provider in find_providers().items()
    }
    lines = [json.loads(line) for line in err.splitlines()]
    assert [(line["outcome"], line["code"], line["status"]) for line in lines] == [
        ("authorize_failed", "101", 200),
        ("accepted", "100", 200),
    ]
    assert lines[1]["warnings"] == ["TimeAlive is outside the range: 10 minutes hold"]
    assert "wrong-secret" not in err
    assert "SANDBOX-SECRET-KEY" not in err


def test_nobody_has_to_read_what_it_writes(start: Start) -> None:
    """A pipe that is full neither stops the requests nor the end."""
    made = start("--log-format", "json")
    connection = HTTPConnection("127.0.0.1", urlsplit(made.url).port or 0, timeout=20)

    for number in range(1_000):
        connection.request("GET", f"{GENCODE}?ApiKey=x&Phone=09{number:08}")
        assert connection.getresponse().read()
    connection.close()

    made.process.send_signal(signal.SIGTERM)
    assert made.process.wait(20) == 0
    assert made.process.stderr is not None
    assert json.loads(made.process.stderr.readline())["id"] == "req-1"


def test_the_log_for_people_has_one_line_a_request(start: Start) -> None:
    """With the verdict, and with what is strange."""
    made = start()
    made.send({"ApiKey": "SANDBOX-API-KEY", "SecretKey": "x"}, Extra="\n\x1b[31m")

    _, _, err = made.stop()

    [line] = err.splitlines()
    assert "esms SendMessageAutoGenCode_V4_get -> 101 authorize_failed" in line
    assert "Extra is no parameter" in line
    assert line.isprintable()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_well_while_somebody_waits(start: Start, number: signal.Signals) -> None:
    """Status 0, no traceback; who waited is let go."""
    made = start()
    parts = urlsplit(made.url)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=30) as waiting:
        waiting.sendall(b"GET /_sandbox/v1/messages/wait?timeout=60s HTTP/1.1\r\nHost: localhost\r\n\r\n")
        made.ask("GET", "/readyz")  # answered after the wait was begun

        made.process.send_signal(number)
        while waiting.recv(4096):
            pass

    assert (made.process.wait(30), made.stop()[2]) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_more_signals_change_nothing(start: Start, number: signal.Signals) -> None:
    """A supervisor that tells the group and then the process still sees status 0."""
    made = start()
    while made.process.poll() is None:
        made.process.send_signal(number)

    status, _, err = made.stop()
    assert (status, err) == (0, "")


def test_two_sandboxes_do_not_share_a_port(sandbox: Running) -> None:
    """The second one says so and gives up."""
    port = str(urlsplit(sandbox.url).port)

    line = refused(run("serve", "--port", port), 2)

    assert line == f"port {port} is taken on 127.0.0.1; choose another with --port"


def test_settings_come_from_flags_before_environment_before_file(start: Start, tmp_path: Path) -> None:
    """And a lane of the file is there with what it says."""
    config = tmp_path / "otp.toml"
    config.write_text(
        'seed = 1\nlog_format = "json"\n[lanes.ci]\nseed = 99\ncredentials.esms.ApiKey = "CI-KEY"\n'
        "[lanes.ci.accounts.esms]\nbalance = 7\n"
    )

    made = start("--config", str(config), "--seed", "3", OTP_SANDBOX_SEED="2", OTP_SANDBOX_ESMS_API_KEY="MINE")

    assert json.loads(made.first_line)["credentials"]["esms"]["ApiKey"] == "MINE"
    assert made.ask("GET", "/_sandbox/v1/lanes/default")["seed"] != made.ask("GET", "/_sandbox/v1/lanes/ci")["seed"]
    assert made.ask("GET", "/_sandbox/v1/info")["seed"] == 3
    assert made.ask("GET", "/_sandbox/v1/lanes/ci")["credentials"]["esms"]["ApiKey"] == "CI-KEY"
    assert made.ask("GET", "/_sandbox/v1/lanes/ci/accounts/esms")["balance"] == 7


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["serve", "--port", "abc"], ["--port", "'abc'", "65535"]),
        (["serve", "--port", "65536"], ["--port", "65535"]),
        (["serve", "--port", "-1"], ["--port"]),
        (["serve", "--seed", "x"], ["--seed", "whole number"]),
        (["serve", "--log-format", "xml"], ["--log-format", "text or json"]),
        (["serve", "--config", "/nowhere/otp.toml"], ["/nowhere/otp.toml", "cannot be read"]),
        (["serve", "--host", "0.0.0.0"], ["0.0.0.0", "OTP_SANDBOX_CONTROL_TOKEN", "--control-open"]),
        (["serve", "--host", "::"], ["::", "--control-open"]),
        (["serve", "--host", "no-such-host.invalid", "--control-open"], ["cannot listen on"]),
        (["serve", "--host", "192.0.2.1", "--control-open", "--port", "0"], ["cannot listen on 192.0.2.1"]),
        (["serve", "--bogus"], ["--bogus", "--help"]),
        (["serve", "extra"], ["extra"]),
        (["bogus"], ["bogus"]),
        ([], ["COMMAND"]),
        (["code"], ["PHONE", "otp-sandbox code --help"]),
        (["env", "--format", "xml"], ["xml", "dotenv"]),
        (["ready", "--wait", "soon"], ["'soon' is not a duration"]),
        (["code", "0901888484", "--wait", "soon"], ["'soon' is not a duration"]),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_one_line(arguments: list[str], words: list[str]) -> None:
    """Status 2; it names what is wrong and what would be right."""
    line = refused(run(*arguments), 2)

    for word in words:
        assert word in line


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"OTP_SANDBOX_PORT": "abc"}, ["OTP_SANDBOX_PORT", "65535"]),
        ({"OTP_SANDBOX_CONTROL_OPEN": "maybe"}, ["OTP_SANDBOX_CONTROL_OPEN", "true or false"]),
        ({"OTP_SANDBOX_LANE_IDLE": "long"}, ["OTP_SANDBOX_LANE_IDLE"]),
        ({"OTP_SANDBOX_PROT": "1"}, ["OTP_SANDBOX_PROT", "unknown setting", "did you mean port"]),
        ({"OTP_SANDBOX_ESMS_APIKEY": "x"}, ["OTP_SANDBOX_ESMS_APIKEY", "unknown setting"]),
    ],
    ids=str,
)
def test_a_wrong_environment_is_one_line(env: dict[str, str], words: list[str]) -> None:
    """Status 2, the variable by name."""
    line = refused(run("serve", **env), 2)

    for word in words:
        assert word in line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("port = ", ["is not TOML"]),
        ("\xff", ["is not TOML"]),
        ('port = "x"', ["port", "65535"]),
        ("prot = 1", ["prot", "did you mean port"]),
        ("lanes = 1", ["lanes"]),
        ("[lanes.a]\nbogus = 1", ["lanes.a", "bogus"]),
        ('[lanes.a]\nseed = "x"', ["lanes.a", "seed"]),
        ('[lanes.a.accounts.esms]\nbalance = "x"', ["lanes.a", "balance"]),
        ("[lanes.a.accounts.nobody]\nx = 1", ["lanes.a", "nobody"]),
        ('[lanes.a.choices]\n"esms.second-code" = "x"', ["lanes.a", "second-code"]),
        ('[lanes.a.credentials.esms]\nApiKey = "SANDBOX-API-KEY"', ["lanes"]),
    ],
)
def test_a_wrong_file_is_one_line(tmp_path: Path, text: str, words: list[str]) -> None:
    """Status 2, the key by name."""
    config = tmp_path / "otp.toml"
    config.write_bytes(text.encode("latin-1"))

    line = refused(run("serve", "--port", "0", "--config", str(config)), 2)

    for word in words:
        assert word in line


def test_beyond_loopback_the_control_api_wants_the_token(start: Start) -> None:
    """The commands read it from the environment; without it they say what is missing."""
    made = start("--host", "0.0.0.0", OTP_SANDBOX_CONTROL_TOKEN="s3cret")
    url = f"http://127.0.0.1:{urlsplit(made.url).port}"

    line = refused(run("env", "--url", url), 1)
    wrong = refused(run("env", "--url", url, OTP_SANDBOX_CONTROL_TOKEN="other"), 1)
    right = run("env", "--url", url, OTP_SANDBOX_CONTROL_TOKEN="s3cret")
    ready = run("ready", "--url", url)

    assert "Authorization: Bearer" in line
    assert "s3cret" not in line + wrong
    assert (right.returncode, ready.returncode) == (0, 0)
    assert "SANDBOX-TOKEN" in right.stdout


# ready


def test_ready_is_silent_and_good(sandbox: Running) -> None:
    """With and without a wait, by flag and by environment."""
    for ended in (
        run("ready", "--url", sandbox.url),
        run("ready", "--wait", "30s", "--url", sandbox.url + "/"),
        run("ready", OTP_SANDBOX_URL=sandbox.url),
    ):
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_ready_waits_for_a_sandbox_that_is_yet_to_start(free_port: int, start: Start) -> None:
    """A pipeline may start both at once."""
    url = f"http://127.0.0.1:{free_port}"
    with subprocess.Popen(command("ready", "--wait", "30s", "--url", url), env=environment()) as waiting:
        start("--port", str(free_port))

        assert waiting.wait(60) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["ready"],
        ["ready", "--wait", "200ms"],
        ["code", PHONE],
        ["messages"],
        ["messages", "--follow"],
        ["env"],
        ["fault", "slow"],
    ],
)
def test_without_a_sandbox_every_command_says_so(dead_url: str, arguments: list[str]) -> None:
    """Status 1, one line."""
    assert f"no sandbox answers at {dead_url} (" in refused(run(*arguments, OTP_SANDBOX_URL=dead_url), 1)


@pytest.mark.parametrize("url", ["nowhere", "ftp://127.0.0.1", "http://[bad", "http://127.0.0.1:port", "http://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    """Status 1, one line."""
    refused(run("env", "--url", url), 1)


def test_an_open_port_that_says_nothing_is_not_ready() -> None:
    """A listener alone is no sandbox."""
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()

        assert "no sandbox answers" in refused(run("ready", "--url", f"http://127.0.0.1:{mute.getsockname()[1]}"), 1)


@pytest.mark.parametrize("arguments", [["ready"], ["code", PHONE], ["messages"], ["env"], ["fault", "list"]])
def test_another_server_is_no_sandbox(tmp_path: Path, arguments: list[str]) -> None:
    """Even if it answers 200 and JSON."""
    for name in ("readyz", "_sandbox"):
        (tmp_path / name).write_text("[1]")
    script = (
        "import http.server, sys; sys.argv[1:] = ['0']; http.server.test(http.server.SimpleHTTPRequestHandler, port=0)"
    )
    with subprocess.Popen(
        [sys.executable, "-u", "-c", script], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as other:
        assert other.stdout is not None
        port = other.stdout.readline().rpartition(":")[2].strip(" /)\n")

        line = refused(run(*arguments, "--url", f"http://127.0.0.1:{port}"), 1)
        other.kill()

    assert "sandbox" in line


@pytest.mark.parametrize("way", ["environment", "file", "named file", "flag"])
def test_ready_finds_the_port_as_serve_does(free_port: int, start: Start, tmp_path: Path, way: str) -> None:
    """A health check has the settings of the server that it asks."""
    config = tmp_path / "otp.toml"
    config.write_text(f"port = {free_port}\nlog_requests = false\n")
    start("--port", str(free_port))

    asked = {
        "environment": lambda: run("ready", OTP_SANDBOX_PORT=str(free_port), OTP_SANDBOX_HOST="0.0.0.0"),
        "file": lambda: run("ready", OTP_SANDBOX_CONFIG=str(config)),
        "named file": lambda: run("ready", "--config", str(config), OTP_SANDBOX_CONFIG="/nowhere"),
        "flag": lambda: run("ready", "--url", f"http://127.0.0.1:{free_port}", OTP_SANDBOX_PORT="1"),
    }[way]()

    assert (asked.returncode, asked.stdout, asked.stderr) == (0, "", "")


@pytest.mark.parametrize("way", ["environment", "file"])
def test_ready_is_as_good_where_there_are_tls_and_a_proxy(
    free_port: int, start: Start, tmp_path: Path, way: str
) -> None:
    """The health check of a container, with the settings that its server has."""
    ports = {"port": free_port, "tls_port": 0, "proxy_port": 0, "state": str(tmp_path / "state")}
    config = tmp_path / "otp.toml"
    config.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in ports.items()))
    settings = {
        "environment": {f"OTP_SANDBOX_{name.upper()}": str(value) for name, value in ports.items()},
        "file": {"OTP_SANDBOX_CONFIG": str(config)},
    }[way]
    start("--port", str(free_port), **settings)

    asked = run("ready", "--wait", "2s", **settings)

    assert (tmp_path / "state" / "ca.crt").is_file()
    assert (asked.returncode, asked.stdout, asked.stderr) == (0, "", "")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8")
def test_the_commands_find_a_sandbox_at_the_host_that_it_is_told(start: Start) -> None:
    made = start("--host", "127.0.0.2")
    port = str(urlsplit(made.url).port)

    ended = run("ready", OTP_SANDBOX_HOST="127.0.0.2", OTP_SANDBOX_PORT=port)
    other = run("ready", OTP_SANDBOX_PORT=port)

    assert (ended.returncode, other.returncode) == (0, 1)


def test_the_token_may_stand_in_the_file(start: Start, tmp_path: Path) -> None:
    config = tmp_path / "otp.toml"
    config.write_text('control_token = "s3cret"\n')
    made = start("--config", str(config))

    ended = run("env", "--url", made.url, "--config", str(config))
    without = refused(run("env", "--url", made.url), 1)

    assert ended.returncode == 0
    assert "Bearer" in without


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"OTP_SANDBOX_PORT": "abc"}, ["OTP_SANDBOX_PORT", "65535"]),
        ({"OTP_SANDBOX_CONFIG": "/nowhere/otp.toml"}, ["/nowhere/otp.toml", "cannot be read"]),
    ],
    ids=str,
)
def test_what_says_wrongly_where_the_sandbox_is_is_one_line(env: dict[str, str], words: list[str]) -> None:
    for wait in ("0s", "10h"):  # it does not get better by waiting
        line = refused(run("ready", "--wait", wait, **env), 1)

        for word in words:
            assert word in line


# code


def test_code_prints_the_newest_code_alone(sandbox: Running) -> None:
    """In any spelling, of the lane that is named."""
    lane = sandbox.lane()
    keys = lane["credentials"]["esms"]
    sandbox.send(keys, IsNumber="1")
    sandbox.send(keys, IsNumber="1", NumCharOfCode="8")
    newest = sandbox.ask("GET", f"/_sandbox/v1/lanes/{lane['id']}/messages/latest")["code"]

    for phone in (PHONE, "+84901888484", "84901888484"):
        ended = run("code", phone, "--lane", lane["id"], "--url", sandbox.url)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, newest + "\n", "")


def test_code_waits_for_one(sandbox: Running) -> None:
    """It may be asked for before it is sent."""
    lane = sandbox.lane()
    arguments = command("code", PHONE, "--wait", "30s", "--lane", lane["id"], "--url", sandbox.url)
    with subprocess.Popen(arguments, env=environment(), stdout=subprocess.PIPE, text=True) as waiting:
        sandbox.send(lane["credentials"]["esms"], NumCharOfCode="8")
        out, _ = waiting.communicate(timeout=60)

    assert waiting.returncode == 0
    assert len(out) == 9


def frozen(sandbox: Running) -> tuple[Any, Callable[[str], None]]:
    """Make a lane whose clock stands, and give what moves it."""
    lane = sandbox.ask("POST", "/_sandbox/v1/lanes", {"clock": {"mode": "frozen", "now": "2026-03-01T12:00:00Z"}})
    path = f"/_sandbox/v1/lanes/{lane['id']}/clock/advance"
    return lane, lambda by: sandbox.ask("POST", path, {"by": by})


@pytest.mark.parametrize("flags", [["--wait", "300ms"], ["--new"], ["--new", "--wait", "300ms"]])
def test_a_code_of_before_is_not_taken_for_the_one_that_is_waited_for(sandbox: Running, flags: list[str]) -> None:
    """It is named, and how it can be had all the same."""
    lane, advance = frozen(sandbox)
    sandbox.send(lane["credentials"]["esms"])
    advance("2001ms")
    asked = ("code", PHONE, *flags, "--lane", lane["id"], "--url", sandbox.url)

    line = refused(run(*asked), 1)
    sandbox.send(lane["credentials"]["esms"], Brandname="Unknown")
    refusal = refused(run(*asked), 1)

    told = "the last one is from 2026-03-01T12:00:00+00:00; --after 0 takes it"
    assert line == f"no new code was sent to {PHONE} ({told})"
    assert refusal.startswith(f"no new code was sent to {PHONE} (req-2: ")
    assert refusal.endswith(f"; {told})")


@pytest.mark.parametrize("flags", [["--wait", "30s"], ["--new"]])
@pytest.mark.parametrize("age", ["0s", "2s"])
def test_a_code_of_the_last_two_seconds_is_new(sandbox: Running, flags: list[str], age: str) -> None:
    """On the lane's clock; so a send and a wait may follow each other."""
    lane, advance = frozen(sandbox)
    sandbox.send(lane["credentials"]["esms"], NumCharOfCode="8")
    advance(age)

    ended = run("code", PHONE, *flags, "--lane", lane["id"], "--url", sandbox.url)

    assert (ended.returncode, len(ended.stdout)) == (0, 9)


def test_a_code_that_comes_during_the_wait_is_the_new_one(sandbox: Running) -> None:
    """An older one lies there."""
    lane, advance = frozen(sandbox)
    sandbox.send(lane["credentials"]["esms"], NumCharOfCode="6")
    advance("1m")
    arguments = command("code", PHONE, "--wait", "30s", "--lane", lane["id"], "--url", sandbox.url)
    with subprocess.Popen(arguments, env=environment(), stdout=subprocess.PIPE, text=True) as waiting:
        sandbox.send(lane["credentials"]["esms"], NumCharOfCode="8")
        out, _ = waiting.communicate(timeout=60)

    assert (waiting.returncode, len(out)) == (0, 9)


def test_a_code_after_a_cursor_is_asked_for(sandbox: Running) -> None:
    """However old it is: 0 is the beginning."""
    lane, advance = frozen(sandbox)
    sandbox.send(lane["credentials"]["esms"], NumCharOfCode="6")
    cursor = sandbox.ask("GET", f"/_sandbox/v1/lanes/{lane['id']}/messages")["cursor"]
    advance("1m")
    asked = ("code", PHONE, "--lane", lane["id"], "--url", sandbox.url, "--wait", "100ms", "--after")

    first = run(*asked, "0")
    none = refused(run(*asked, cursor), 1)
    sandbox.send(lane["credentials"]["esms"], NumCharOfCode="8")
    advance("1m")
    second = run(*asked, cursor)

    assert [len(each.stdout) for each in (first, second)] == [7, 9]
    assert none == f"no code was sent to {PHONE}"


def test_new_and_after_do_not_go_together() -> None:
    """Status 2, one line."""
    assert "--new" in refused(run("code", PHONE, "--new", "--after", "0"), 2)


def test_a_queued_code_is_told(sandbox: Running) -> None:
    """By `code`, and by `messages`."""
    lane, _ = frozen(sandbox)
    fields = {"Mobile": "9121234567", "SMSMessageText": "x", "LineNumber": "Public", "CodeLength": "4"}
    token = {"Token": lane["credentials"]["amoot"]["Token"], "SendDateTime": "2026-03-01 16:30:00"}
    sandbox.ask("GET", f"/rest/SendOTP?{urlencode(fields | token)}")

    code = refused(run("code", "9121234567", "--lane", lane["id"], "--url", sandbox.url), 1)
    messages = run("messages", "--lane", lane["id"], "--url", sandbox.url)

    assert code == "no code was sent to 9121234567 (req-1: 1 queued until 2026-03-01T13:00:00+00:00)"
    assert " queued until 2026-03-01T13:00:00+00:00  " in messages.stdout


def test_code_says_when_there_is_none_and_why(sandbox: Running) -> None:
    """Status 1; a send that was refused is named."""
    lane = sandbox.lane()
    asked = ("code", PHONE, "--wait", "100ms", "--lane", lane["id"], "--url", sandbox.url)
    none = refused(run(*asked), 1)
    sandbox.send(lane["credentials"]["esms"], Brandname="Unknown")
    missed = refused(run(*asked), 1)

    assert none == f"no code was sent to {PHONE}"
    assert missed.startswith(f"no code was sent to {PHONE} (req-")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["code", "abc"], "abc"),
        (["code", PHONE, "--lane", "nobody"], "nobody"),
        (["messages", "--lane", "nobody"], "nobody"),
        (["env", "--lane", "a/../b ?#"], "a/../b ?#"),
        (["fault", "nonsense"], "lost-ack"),
        (["fault", "slow", "--provider", "nobody"], "match.provider"),
        (["fault", "slow", "--calls", "2..1"], "match.calls"),
        (["fault", "slow", "--uses", "0"], "uses"),
        (["fault", "clear", "--name", "nobody"], "nobody"),
        (["fault", "clear", "--name", ""], "/faults/"),
    ],
)
def test_what_the_sandbox_refuses_is_told(sandbox: Running, arguments: list[str], words: str) -> None:
    """Status 1, one line, in the sandbox's own words."""
    assert words in refused(run(*arguments, "--url", sandbox.url), 1)


# fault


def test_faults_are_made_listed_and_cleared(sandbox: Running) -> None:
    """One line each; with a name one alone is cleared."""

    def fault(*arguments: str) -> list[str]:
        done = run("fault", *arguments, "--url", sandbox.url)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.splitlines()

    made = [
        *fault("lost-ack", "--provider", "esms", "--operation", GENCODE.rpartition("/")[2], "--uses", "2"),
        *fault("slow", "--name", "s", "--phone", PHONE, "--calls", "1..2", "--ttl", "5m"),
        *fault("down"),
    ]
    listed = fault("list")
    one = fault("clear", "--name", "s")
    left = fault("list")
    rest = fault("clear")

    assert made == listed
    assert made == [
        'lost-ack-1: after provider esms, operation SendMessageAutoGenCode_V4_get: {"reset": true}, fired 0, 2 left',
        's: before phone +84901888484, calls 1..2: {"delay": "2s"}, fired 0',
        'down-3: before every call: {"reset": true}, fired 0',
    ]
    assert (one, left, rest, fault("list")) == ([], [listed[0], listed[2]], [], [])


# messages


def test_messages_are_listed_one_a_line_newest_last(sandbox: Running) -> None:
    """Time, provider, number, state, text; whatever the text does to terminals."""
    lane = sandbox.lane()
    keys = lane["credentials"]["esms"]
    sandbox.send(keys, message="{OTP}\n\x1b[31mred\x07 mã")
    sandbox.send(keys, Phone="0901888485", message="second {OTP}")

    ended = run("messages", "--lane", lane["id"], "--url", sandbox.url, PYTHONIOENCODING="utf-8")

    first, second = ended.stdout.splitlines()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert " esms +84901888484 " in first
    assert first.endswith(" ?[31mred? mã")
    assert " esms +84901888485 " in second
    assert "second " in second


@pytest.fixture
def follow(sandbox: Running) -> Iterator[Follow]:
    """Begin to follow the messages of a lane."""
    begun: list[subprocess.Popen[str]] = []

    def begin(lane: Any, *more: str, url: str = "") -> subprocess.Popen[str]:
        arguments = command("messages", "--follow", "--lane", lane["id"], "--url", url or sandbox.url, *more)
        pipe = subprocess.PIPE
        begun.append(subprocess.Popen(arguments, env=environment(), stdout=pipe, stderr=pipe, text=True))
        return begun[-1]

    yield begin
    for each in begun:
        each.kill()
        each.communicate()


def test_messages_can_be_followed(sandbox: Running, follow: Follow) -> None:
    """What is there, and then what comes; a line each, though a delivery is told too. Ctrl-C ends it."""
    lane = sandbox.lane()
    keys = lane["credentials"]["esms"]
    sandbox.send(keys, message="one {OTP}")
    tail = follow(lane)
    assert tail.stdout is not None
    assert "one " in tail.stdout.readline()
    sandbox.send(keys, message="two {OTP}")
    assert "two " in tail.stdout.readline()
    sandbox.ask("POST", f"/_sandbox/v1/lanes/{lane['id']}/clock/advance", {"by": "5s"})
    sandbox.send(keys, message="three {OTP}")
    assert "three " in tail.stdout.readline()

    tail.send_signal(signal.SIGINT)
    out, err = tail.communicate(timeout=30)

    assert (tail.returncode, out, err) == (130, "", "")


def test_a_line_has_time_provider_number_code_and_text(sandbox: Running) -> None:
    lane = sandbox.lane()
    path = f"/_sandbox/v1/lanes/{lane['id']}"
    sandbox.ask("PUT", f"{path}/clock", {"mode": "frozen", "now": "2026-03-01T12:00:00+00:00"})
    sandbox.ask("PUT", f"{path}/codes/{PHONE}", {"code": "135790"})
    sandbox.send(lane["credentials"]["esms"], message="{OTP} is it")

    ended = run("messages", "--lane", lane["id"], "--url", sandbox.url)

    assert ended.stdout == "12:00:00 esms +84901888484 135790  135790 is it\n"


def test_a_queued_message_is_told_twice(sandbox: Running, follow: Follow) -> None:
    """When it is queued, until when; and when it is sent."""
    lane = sandbox.lane()
    path = f"/_sandbox/v1/lanes/{lane['id']}"
    sandbox.ask("PUT", f"{path}/clock", {"mode": "frozen", "now": "2026-03-01T12:00:00+00:00"})
    fields = {"SMSMessageText": "salam", "LineNumber": "public", "Mobile": "9120000000", "CodeLength": "4"}
    token = {"Token": lane["credentials"]["amoot"]["Token"], "SendDateTime": "2026-03-01T13:00:00Z"}
    tail = follow(lane)
    sandbox.ask("GET", f"/rest/SendOTP?{urlencode(token | fields)}")
    assert tail.stdout is not None
    queued = tail.stdout.readline()
    sandbox.ask("POST", f"{path}/clock/advance", {"by": "2h"})
    sent = tail.stdout.readline()

    assert " queued until 2026-03-01T1" in queued
    assert "queued" not in sent
    assert queued.split()[2] == sent.split()[2] == "+989120000000"


def test_messages_as_json_are_a_line_each(sandbox: Running, follow: Follow) -> None:
    """As the control API shows them; in ASCII, so that any console takes them."""
    lane = sandbox.lane()
    keys = lane["credentials"]["esms"]
    sandbox.send(keys, message="mã {OTP}")
    listed = run("messages", "--json", "--lane", lane["id"], "--url", sandbox.url, PYTHONIOENCODING="ascii")
    tail = follow(lane, "--json")
    assert tail.stdout is not None
    first = json.loads(tail.stdout.readline())
    sandbox.send(keys, message="hai {OTP}")
    second = json.loads(tail.stdout.readline())

    shown = sandbox.ask("GET", f"/_sandbox/v1/lanes/{lane['id']}/messages")["messages"]
    assert [json.loads(line)["id"] for line in listed.stdout.splitlines()] == [shown[0]["id"]]
    assert [each["text"] for each in (first, second)] == [each["text"] for each in shown]
    assert first.keys() == shown[0].keys()


def test_following_ends_with_the_sandbox(start: Start, follow: Follow) -> None:
    """Status 1, one line that says so."""
    sandbox = start()
    lane = sandbox.lane()
    sandbox.send(lane["credentials"]["esms"])
    tail = follow(lane, url=sandbox.url)
    assert tail.stdout is not None
    tail.stdout.readline()
    sandbox.stop()

    out, err = tail.communicate(timeout=60)

    assert (tail.returncode, out) == (1, "")
    assert err.startswith(f"otp-sandbox: no sandbox answers at {sandbox.url} (")
    assert err.count("\n") == 1


def test_following_ends_with_the_lane(sandbox: Running, follow: Follow) -> None:
    lane = sandbox.lane()
    sandbox.send(lane["credentials"]["esms"])
    tail = follow(lane)
    assert tail.stdout is not None
    tail.stdout.readline()
    request = Request(f"{sandbox.url}/_sandbox/v1/lanes/{lane['id']}", method="DELETE")
    with _OPENER.open(request, timeout=20):
        pass

    _, err = tail.communicate(timeout=60)

    assert (tail.returncode, err) == (1, f"otp-sandbox: lane {lane['id']} does not exist\n")


def test_following_ends_with_who_reads(sandbox: Running, follow: Follow) -> None:
    """`otp-sandbox messages --follow | head -1` does not go on for ever."""
    lane = sandbox.lane()
    sandbox.send(lane["credentials"]["esms"])
    tail = follow(lane)
    assert tail.stdout is not None
    assert tail.stderr is not None
    tail.stdout.readline()
    tail.stdout.close()
    sandbox.send(lane["credentials"]["esms"])

    assert tail.wait(60) == 1
    assert tail.stderr.read() == ""
    tail.stdout = open(os.devnull)  # noqa: PTH123, SIM115  (for the fixture, which reads what is left)


def test_following_goes_on_after_a_reset(sandbox: Running, follow: Follow) -> None:
    """The same messages come again, and are printed again."""
    lane = sandbox.lane()
    keys = lane["credentials"]["esms"]
    sandbox.send(keys, message="same {OTP}")
    tail = follow(lane)
    assert tail.stdout is not None
    before = tail.stdout.readline()
    sandbox.ask("POST", f"/_sandbox/v1/lanes/{lane['id']}/reset", {})
    sandbox.send(keys, message="same {OTP}")
    after = tail.stdout.readline()

    assert before.split()[1:] == after.split()[1:]


# env


def variables(lane: Any) -> dict[str, str]:
    credentials = lane["credentials"]
    return {
        "OTP_SANDBOX_URL": lane["base_url"],
        "ESMS_BASE_URL": lane["base_url"],
        "ESMS_API_KEY": credentials["esms"]["ApiKey"],
        "ESMS_SECRET_KEY": credentials["esms"]["SecretKey"],
        "AMOOT_BASE_URL": lane["base_url"],
        "AMOOT_TOKEN": credentials["amoot"]["Token"],
        "AMOOT_USER_NAME": credentials["amoot"]["UserName"],
        "AMOOT_PASSWORD": credentials["amoot"]["Password"],
        "THUESIM_BASE_URL": lane["base_url"],
        "THUESIM_TOKEN": credentials["thuesim"]["token"],
        "VIOTP_BASE_URL": lane["base_url"],
        "VIOTP_TOKEN": credentials["viotp"]["token"],
    }


def test_env_as_a_dotenv_file(sandbox: Running) -> None:
    """The default: NAME="value"."""
    lane = sandbox.lane()

    ended = run("env", "--lane", lane["id"], "--url", sandbox.url)

    pairs = (line.split("=", 1) for line in ended.stdout.splitlines())
    assert (ended.returncode, ended.stderr) == (0, "")
    assert {name: json.loads(value) for name, value in pairs} == variables(lane)


def test_env_for_a_shell(sandbox: Running) -> None:
    """Quoted as a shell reads it, whatever is in a credential."""
    odd = {"thuesim": {"token": 'it\'s $HOME `x` "y" ; z'}}
    lane = sandbox.ask("POST", "/_sandbox/v1/lanes", {"credentials": odd})

    ended = run("env", "--format", "shell", "--lane", lane["id"], "--url", sandbox.url)

    words = [shlex.split(line) for line in ended.stdout.splitlines()]
    assert {word for word, _ in words} == {"export"}
    assert dict(pair.split("=", 1) for _, pair in words) == variables(lane)


def test_env_for_compose(sandbox: Running) -> None:
    """A mapping that can be pasted under a service."""
    import yaml  # noqa: PLC0415  (only here)

    lane = sandbox.lane()

    ended = run("env", "--format", "compose", "--lane", lane["id"], "--url", sandbox.url)

    assert yaml.safe_load(ended.stdout) == {"environment": variables(lane)}


def test_a_reader_that_goes_away_is_no_error(sandbox: Running) -> None:
    """`otp-sandbox env | true` leaves no traceback."""
    read, write = os.pipe()
    os.close(read)
    try:
        ended = subprocess.run(
            command("env", "--url", sandbox.url),
            env=environment(),
            stdout=write,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(write)

    assert b"Traceback" not in ended.stderr


def test_the_version_is_told() -> None:
    """One line, status 0."""
    from otp_sandbox.version import VERSION  # noqa: PLC0415  (only here)

    ended = run("--version")

    assert (ended.returncode, ended.stdout) == (0, f"otp-sandbox {VERSION}\n")


def test_lint_says_what_the_client_did_wrong(start: Start) -> None:
    """By the exit status too: 1 when something as bad as asked was found."""
    running = start()
    lane = running.lane()
    good = run("lint", "--url", running.url, "--lane", lane["id"], "--fail-on", "info")
    running.send(lane["credentials"]["esms"], TimeAlive="45")

    asked = ["lint", "--url", running.url, "--lane", lane["id"]]
    found = {level: run(*asked, "--fail-on", level) for level in ("high", "medium", "info")}

    assert (good.returncode, good.stdout) == (0, "nothing found\n")
    assert {level: done.returncode for level, done in found.items()} == {"high": 0, "medium": 1, "info": 1}
    assert run(*asked).returncode == 0
    assert found["high"].stdout.splitlines()[0] == "medium  esms-lifetime: TimeAlive outside its range"
    assert found["high"].stdout.splitlines()[-1] == "found: 1 medium"


@pytest.mark.parametrize(("name", "beginning"), [("json", "{"), ("sarif", "{"), ("junit", "<?xml")])
def test_lint_writes_for_ci(start: Start, name: str, beginning: str) -> None:
    running = start()

    done = run("lint", "--url", running.url, "--format", name)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(beginning)


def test_lint_that_finds_no_sandbox_is_no_finding(free_port: int) -> None:
    """CI can tell the two apart."""
    done = run("lint", "--url", f"http://127.0.0.1:{free_port}")
    wrong = run("lint", "--fail-on", "low")

    assert (done.returncode, wrong.returncode) == (3, 2)
    assert "no sandbox answers" in done.stderr
