"""The compiled JSON is the YAML, and `python -m otp_specs` makes it."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

import otp_specs
import otp_specs.__main__ as command
from otp_specs.reader import FOLDER
from otp_specs.yaml_text import parse


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the specs that `main` works in, without compiled JSON."""
    for provider in otp_specs.available():
        shutil.copy(FOLDER / f"{provider}.yaml", tmp_path)
    monkeypatch.setattr(command, "FOLDER", tmp_path)
    monkeypatch.setattr(command, "available", functools.partial(otp_specs.available, tmp_path))
    monkeypatch.setattr(command, "compiled_path", functools.partial(otp_specs.documents.compiled_path, folder=tmp_path))
    (tmp_path / "otp_specs").mkdir()
    monkeypatch.setattr(command, "load", functools.partial(otp_specs.load, folder=tmp_path))
    return tmp_path


@pytest.mark.parametrize("provider", otp_specs.available())
def test_the_committed_json_belongs_to_the_yaml(provider: str) -> None:
    """When this fails, run `python -m otp_specs`."""
    assert (FOLDER / "otp_specs" / "compiled" / f"{provider}.json").read_bytes() == command.compiled(provider)


def test_every_compiled_json_has_a_yaml() -> None:
    assert sorted(path.stem for path in (FOLDER / "otp_specs" / "compiled").glob("*")) == otp_specs.available()


@pytest.mark.parametrize("provider", otp_specs.available())
def test_yaml_and_json_give_the_same_document(provider: str) -> None:
    """Down to types, spelling of numbers and order of keys."""
    document = parse(f"{provider}.yaml", (FOLDER / f"{provider}.yaml").read_bytes())

    held = json.loads(command.compiled(provider), parse_float=Decimal)["document"]

    assert repr(held) == repr(document)


def test_main_writes_the_same_json(folder: Path) -> None:
    assert command.main() == 0
    for provider in otp_specs.available():
        assert (folder / "otp_specs" / "compiled" / f"{provider}.json").read_bytes() == command.compiled(provider)
        assert command.compiled(provider) == (FOLDER / "otp_specs" / "compiled" / f"{provider}.json").read_bytes()


def test_main_replaces_an_unreadable_json(folder: Path) -> None:
    """A merge may leave conflict markers; the command that mends them must not trip over them."""
    (folder / "otp_specs" / "compiled").mkdir()
    (folder / "otp_specs" / "compiled" / "esms.json").write_text("<<<<<<< HEAD")

    assert command.main() == 0
    assert (folder / "otp_specs" / "compiled" / "esms.json").read_bytes() == command.compiled("esms")


def test_an_edited_yaml_is_read_itself(folder: Path) -> None:
    """A stale JSON never hides an edit."""
    command.main()
    path = folder / "esms.yaml"
    path.write_text(path.read_text().replace("title: eSMS messages and one-time codes", "title: Edited"))

    assert otp_specs.load("esms", folder).title == "Edited"
    assert otp_specs.load("amoot", folder).title == "Amoot SMS"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("x-role: verify", "x-role: check", "/CheckCodeGen_V4_get/get/x-role: 'check' is none of "),
        ("x-role: verify", "x-role: {verify", "esms.yaml: line "),
        ('CodeResult: "104"', 'CodeResult: "105"', "examples/brandname_unknown: does not hold the code"),
    ],
    ids=["not understood", "not YAML", "lint"],
)
def test_main_says_in_one_line_what_is_broken(
    folder: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, line: str
) -> None:
    """A broken spec is not compiled, and the exit code says so."""
    path = folder / "esms.yaml"
    path.write_text(path.read_text().replace(old, new, 1))

    code = command.main()

    out, err = capsys.readouterr()
    assert (code, out) == (1, "")
    assert err.startswith("esms.yaml: ")
    assert line in err
    assert err.count("\n") == 1
    assert not (folder / "otp_specs" / "compiled" / "esms.json").exists()


def test_only_numbers_with_a_point_need_a_spelling() -> None:
    with pytest.raises(TypeError):
        command._spelled(object())


def test_the_command_works_from_a_shell(tmp_path: Path) -> None:
    """On a copy of the package, the way a person runs it."""
    shutil.copytree(FOLDER, tmp_path / "specs", ignore=shutil.ignore_patterns("__pycache__", "compiled"))
    run = [sys.executable, "-m", "otp_specs"]
    folder = tmp_path / "specs"

    good = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)
    (tmp_path / "specs" / "esms.yaml").write_text("[]")
    bad = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)

    assert (good.returncode, good.stdout, good.stderr) == (0, "", "")
    assert (tmp_path / "specs" / "otp_specs" / "compiled" / "amoot.json").read_bytes() == command.compiled("amoot")
    assert (bad.returncode, bad.stdout, bad.stderr) == (1, "", "esms.yaml: file: is not a mapping\n")
