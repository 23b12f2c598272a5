"""`otp-sandbox completion`: each shell that is there completes the command line with the script for it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import otp_specs
from equipment.packages import Need, require
from otp_sandbox.command_line import make_parser
from otp_sandbox.domain.faults import PRESETS

SHELLS = ("bash", "zsh", "fish")
COMMANDS = ("serve", "ready", "code", "messages", "lint", "fault", "env", "replay", "record", "mcp", "completion")


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The scripts, in files."""
    folder = tmp_path_factory.mktemp("completion")
    made = {}
    for shell in SHELLS:
        words = [sys.executable, "-m", "otp_sandbox.cli", "completion", shell]
        done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
        assert done.stderr == ""
        made[shell] = folder / f"_otp-sandbox.{shell}"
        made[shell].write_text(done.stdout, "utf-8")
    return made


def completed(shell: str, script: Path, line: str, folder: Path) -> list[str]:
    """Give what a shell proposes at the end of a line."""
    require([Need((shell, "--version"), (shell,))], f"the completion of {shell} is not proved")
    words = shlex.split(line) + ([""] if line.endswith(" ") else [])
    programs = {
        "bash": f"source {shlex.quote(str(script))}\n"
        f"COMP_WORDS=({' '.join(map(shlex.quote, words))}) COMP_CWORD={len(words) - 1}\n"
        "_shtab_otp_sandbox otp-sandbox\nprintf '%s\\n' \"${COMPREPLY[@]}\"",
        "zsh": f'autoload -Uz compinit; compinit -D; eval "$(cat {shlex.quote(str(script))})"; '
        "(( $+functions[_shtab_otp_sandbox] )) && print -rl -- $_comps[otp-sandbox]",
        "fish": f"source {shlex.quote(str(script))}; complete -C {shlex.quote(line)}",
    }
    quiet = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    done = subprocess.run(
        [shell, *quiet, "-c", programs[shell]],
        cwd=folder,
        env={**os.environ, "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return [each.split("\t")[0] for each in done.stdout.splitlines()]


@pytest.mark.parametrize("shell", ["bash", "fish"])
@pytest.mark.parametrize(
    ("line", "proposed"),
    [
        ("otp-sandbox ", COMMANDS),
        ("otp-sandbox co", ("code", "completion")),
        ("otp-sandbox serve --any", ("--any-sender",)),
        ("otp-sandbox lint --format ", ("text", "json", "sarif", "junit")),
        ("otp-sandbox lint --fail-on m", ("medium",)),
        ("otp-sandbox fault ", (*PRESETS, "list", "clear")),
        ("otp-sandbox fault lost-ack --provider ", tuple(otp_specs.available())),
        ("otp-sandbox completion ", SHELLS),
        ("otp-sandbox serve --config ", ("sandbox.toml",)),
        ("otp-sandbox replay s", ("sandbox.toml",)),
        ("otp-sandbox hosts --file s", ("sandbox.toml", "state")),
        ("otp-sandbox ca --state s", ("state",)),
    ],
)
def test_a_line_is_completed(
    scripts: dict[str, Path], tmp_path: Path, shell: str, line: str, proposed: tuple[str, ...]
) -> None:
    """Commands, flags, their values, presets of faults, providers, files, folders."""
    (tmp_path / "sandbox.toml").write_text("")
    (tmp_path / "state").mkdir()

    found = {each.rstrip("/") for each in completed(shell, scripts[shell], line, tmp_path)}
    assert set(proposed) <= found
    assert "--state" not in line or "sandbox.toml" not in found


def test_zsh_takes_the_script(scripts: dict[str, Path], tmp_path: Path) -> None:
    """Its function is there, and the command is completed by it. That it can be a file of the function path, too."""
    assert completed("zsh", scripts["zsh"], "otp-sandbox ", tmp_path) == ["_shtab_otp_sandbox"]
    assert scripts["zsh"].read_text("utf-8").startswith("#compdef otp-sandbox\n")


def test_every_command_is_completed(scripts: dict[str, Path]) -> None:
    for action in make_parser()._actions:
        for name in action.choices or ():
            assert all(name in script.read_text("utf-8") for script in scripts.values())


def test_another_shell_is_told_which_there_are() -> None:
    words = [sys.executable, "-m", "otp_sandbox.cli", "completion", "csh"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert all(shell in done.stderr for shell in SHELLS)
