"""`otp-sandbox run -- COMMAND`: a command with a sandbox of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from equipment.ending import ends

RUN = (sys.executable, "-m", "otp_sandbox.cli", "run")
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("OTP_SANDBOX_")} | {"NO_PROXY": "*"}
SEND = """
import os, sys
from urllib.parse import urlencode
from urllib.request import urlopen
fields = {"ApiKey": os.environ["ESMS_API_KEY"], "SecretKey": os.environ["ESMS_SECRET_KEY"], "Phone": "0901888484",
          "Brandname": sys.argv[1], "Type": "2", "message": "{OTP} is your code"}
url = os.environ["ESMS_BASE_URL"] + "/MainService.svc/json/SendMessageAutoGenCode_V4_get?" + urlencode(fields)
print(urlopen(url).read().decode())
sys.exit(int(sys.argv[2]))
"""
TOLD = """
import os
from otp_sandbox import Client
print(Client().url)
print(os.getpid(), flush=True)
import threading
threading.Event().wait()
"""


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RUN, *words], env=CLEAN | environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_command_gets_all_that_it_needs_and_nothing_is_said_when_it_passes() -> None:
    done = run("--", sys.executable, "-c", SEND, "Sandbox", "0")

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["CodeResult"] == "100"


def test_the_variables_are_those_that_env_prints() -> None:
    program = "import os; print(*sorted(f'{k}={v}' for k, v in os.environ.items()), sep='\\n')"
    env = f"{sys.executable} -m otp_sandbox.cli env --format dotenv"
    done = run("--", "sh", "-c", f'{env}; echo ---; {sys.executable} -c "$0"', program)

    printed, _, given = done.stdout.partition("---\n")
    assert printed
    assert set(printed.replace('"', "").split()) <= set(given.split())


HARD_CODED = """
import os
from urllib.request import urlopen
keys = os.environ["ESMS_API_KEY"] + "/" + os.environ["ESMS_SECRET_KEY"]
print(urlopen("https://rest.esms.vn/MainService.svc/json/GetBalance/" + keys).read().decode())
try:
    urlopen("http://example.com/")
except OSError as error:
    print(error)
"""


def test_code_with_a_host_in_it_is_answered_here_and_no_other_host_is_called(tmp_path: Path) -> None:
    done = run("--", sys.executable, "-c", HARD_CODED, OTP_SANDBOX_STATE=str(tmp_path))

    assert (done.returncode, done.stderr) == (0, "")
    answer, refused = done.stdout.splitlines()
    assert json.loads(answer)["Balance"] == 1_000_000
    assert refused == "HTTP Error 403: Forbidden"


def test_a_command_may_get_addresses_only(tmp_path: Path) -> None:
    program = "import os; print(os.environ['HTTPS_PROXY'], os.environ['SSL_CERT_FILE'])"
    own = {"OTP_SANDBOX_STATE": str(tmp_path / "none"), "HTTPS_PROXY": "mine", "SSL_CERT_FILE": "mine"}
    done = run("--direct", "--", sys.executable, "-c", program, **own)

    assert (done.returncode, done.stdout) == (0, "mine mine\n")
    assert not (tmp_path / "none").exists()


def test_when_a_command_fails_its_status_is_given_and_the_journal_told() -> None:
    done = run("--", sys.executable, "-c", SEND, "MyShop", "7")

    assert done.returncode == 7
    assert "otp-sandbox: lane default, journal:" in done.stderr
    assert 'brandname_unknown: yes (Brandname "MyShop"' in done.stderr
    assert "SANDBOX-SECRET-KEY" not in done.stderr


def test_lanes_that_tests_have_left_are_told_too() -> None:
    """The ten newest."""
    program = (
        "from otp_sandbox import Client; from urllib.request import urlopen\n"
        "for number in range(11):\n"
        "    lane = Client().create_lane(f'left-{number}')\n"
        "    urlopen(lane.base_url + '/api/?show=balance&token=' + lane.thuesim.token)\n"
        "raise SystemExit(1)"
    )

    done = run("--", sys.executable, "-c", program)

    told = re.findall(r"^otp-sandbox: lane ([\w-]+), journal:$", done.stderr, re.MULTILINE)
    assert told == [f"left-{number}" for number in range(1, 11)]


def test_flags_reach_the_sandbox_and_the_rest_is_the_command(tmp_path: Path) -> None:
    """A token that stands in the file is handed on."""
    (tmp_path / "sandbox.toml").write_text('control_token = "secret"\n', "utf-8")
    program = "from otp_sandbox import Client; i = Client().info(); print(i['seed'], i['settings']['any_sender'])"

    done = run("--seed", "5", "--any-sender", "--config", str(tmp_path / "sandbox.toml"), sys.executable, "-c", program)

    assert (done.returncode, done.stdout) == (0, "5 True\n"), done.stderr


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ((), 2, "which command?"),
        (("--",), 2, "which command?"),
        (("--", "no-such-command"), 127, "there is no command no-such-command"),
        (("--", "/"), 126, "/ cannot be run: Permission denied\n"),
        (("--seed", "many", "--", "true"), 2, "seed"),
        (("--config", "/nowhere.toml", "--", "true"), 2, "/nowhere.toml"),
        (("--nonsense", "--", "true"), 2, "--nonsense"),
    ],
)
def test_what_cannot_be_run_is_one_line(words: tuple[str, ...], status: int, told: str) -> None:
    done = run(*words)

    assert done.returncode == status
    assert told in done.stderr
    assert done.stderr.startswith("otp-sandbox: ")
    assert len(done.stderr.splitlines()) == 1


def begin(environment: Mapping[str, str] | None = None) -> tuple[subprocess.Popen[str], str, int]:
    runner = subprocess.Popen(
        [*RUN, "--", sys.executable, "-c", TOLD],
        env={**CLEAN, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # else, in a terminal, who sends the signal would be taken for the terminal
    )
    assert runner.stdout is not None
    return runner, runner.stdout.readline().strip(), int(runner.stdout.readline())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1])
def test_signals_reach_the_command_and_its_end_by_one_is_told(number: signal.Signals) -> None:
    runner, _, pid = begin()

    with runner:
        runner.send_signal(number)

    assert ends(pid)
    assert runner.returncode == 128 + number


IN_A_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
COUNTS = """
import os, signal
os.setpgid(0, 0)  # the terminal sends it nothing
seen = []
def tell(*_):
    print("seen:", *seen, flush=True)
    os._exit(0)
signal.signal(signal.SIGINT, lambda *_: seen.append("^C"))
signal.signal(signal.SIGUSR1, tell)
print("ready", flush=True)
while True:
    signal.pause()
"""


def test_what_a_terminal_sends_is_not_sent_again() -> None:
    """Many programs leave out their clean-up at the second Ctrl-C. Standard input may be no terminal."""
    ours, theirs = os.openpty()
    words = [sys.executable, "-c", IN_A_TERMINAL, *RUN, "--", sys.executable, "-c", COUNTS]
    with subprocess.Popen(words, env=CLEAN, stdin=theirs, stdout=subprocess.PIPE, text=True) as runner:
        assert runner.stdout is not None
        assert runner.stdout.readline() == "ready\n"
        os.write(ours, b"\x03")
        assert os.read(ours, 2) == b"^C"  # what it shows once it has sent it
        runner.send_signal(signal.SIGUSR1)

        assert runner.stdout.read() == "seen:\n"
    os.close(ours)
    os.close(theirs)


def test_no_sandbox_stays_when_the_runner_is_killed() -> None:
    runner, url, pid = begin()
    sandbox = sandbox_of(runner.pid, pid)

    with runner:
        runner.kill()
        try:
            assert url
            assert ends(sandbox)
        finally:
            os.kill(pid, signal.SIGKILL)


def sandbox_of(runner: int, command: int) -> int:
    """Give the other child of a runner."""
    children = Path(f"/proc/{runner}/task/{runner}/children")
    if not children.exists():
        pytest.skip("THE SYSTEM DOES NOT TELL CHILDREN: nobody sees whether a sandbox is left behind")
    (other,) = set(map(int, children.read_text("utf-8").split())) - {command}
    return other
