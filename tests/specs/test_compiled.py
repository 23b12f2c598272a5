"""The compiled JSON is the YAML, whoever makes it: the build, the command, or the first reader of an edited file."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

import otp_specs
import otp_specs.__main__ as command
from otp_specs import FOLDER, compiled
from otp_specs.bundle import make_bundle
from otp_specs.documents import read_files

PROVIDERS = otp_specs.available()
TITLE = "title: eSMS messages and one-time codes"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the specs without compiled JSON."""
    shutil.copytree(FOLDER, tmp_path / "specs", ignore=shutil.ignore_patterns("compiled", "otp_specs"))
    return tmp_path / "specs"


@pytest.fixture
def main(folder: Path, monkeypatch: pytest.MonkeyPatch) -> functools.partial[int]:
    """The command, which works in the copy."""
    monkeypatch.setattr(command, "compile_specs", functools.partial(command.compile_specs, folder))
    return functools.partial(command.main)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_yaml_and_json_give_the_same_document(provider: str, folder: Path) -> None:
    """Down to types, spelling of numbers and order of keys."""
    files = read_files(provider, folder)
    document = make_bundle(provider, files).document

    command.compile_specs(folder)

    spec = compiled.read(provider, folder, files)
    assert spec is not None
    assert repr(spec.document) == repr(document)
    assert spec.document is spec.document


def test_the_same_yaml_always_gives_the_same_json(folder: Path) -> None:
    """Whatever the order in which this process keeps its sets: two builds of one tree are alike."""
    made = []
    for seed in range(4):
        program = "from otp_specs.__main__ import Path, compile_specs; import sys; compile_specs(Path(sys.argv[1]))"
        subprocess.run(
            [sys.executable, "-c", program, folder], env=os.environ | {"PYTHONHASHSEED": str(seed)}, check=True
        )
        made.append({path.name: path.read_bytes() for path in (folder / "compiled").iterdir()})

    assert [{name for name in each if each[name] != made[0][name]} for each in made] == [set()] * 4


@pytest.mark.parametrize("provider", PROVIDERS)
def test_whoever_reads_an_edited_yaml_compiles_it(provider: str, folder: Path) -> None:
    """So only the first start after an edit pays for it, and gets the same spec."""
    fresh = otp_specs.load(provider, folder)

    assert compiled.path_of(provider, folder).exists()
    assert otp_specs.load(provider, folder) == fresh
    assert [path.name for path in compiled.path_of(provider, folder).parent.iterdir()] == [f"{provider}.json"]


def test_an_edited_yaml_is_read_itself(folder: Path) -> None:
    """A stale JSON never hides an edit."""
    command.compile_specs(folder)

    edit(folder / "esms.yaml", TITLE, "title: Edited")

    assert otp_specs.load("esms", folder).title == "Edited"
    assert otp_specs.load("amoot", folder).title == "Amoot SMS"


def test_json_of_another_reader_is_not_believed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a stricter reader would refuse may have passed the one that compiled it."""
    files = read_files("esms", folder)
    command.compile_specs(folder)
    assert compiled.read("esms", folder, files) is not None

    monkeypatch.setattr(compiled, "_reader", lambda: b"another")

    assert compiled.read("esms", folder, files) is None


@pytest.mark.parametrize(
    "text", ["<<<<<<< HEAD", "[]", "{}", '{"document": 1}', "", b"\xff", '{"digest": "x", "spec": {}, "document": {}}']
)
def test_spoilt_json_is_no_reason_to_stop(folder: Path, text: str | bytes) -> None:
    """It is written anew."""
    path = compiled.path_of("thuesim", folder)
    path.parent.mkdir()
    path.write_bytes(text.encode() if isinstance(text, str) else text)

    otp_specs.load("thuesim", folder)

    assert json.loads(path.read_bytes())["digest"]


@pytest.mark.parametrize("lock", ["folder", "compiled"])
def test_a_folder_that_cannot_be_written_is_read_all_the_same(folder: Path, lock: str) -> None:
    """As on a read-only disk: JSON that is stale there stays stale."""
    locked = folder
    if lock == "compiled":
        locked = folder / "compiled"
        locked.write_text("a file where the folder would be")
    locked.chmod(0o555)

    spec = otp_specs.load("esms", folder)

    assert spec == otp_specs.load("esms")


def test_two_processes_at_once_leave_one_good_file(folder: Path) -> None:
    """Each writes a draft of its own and puts it in place in one step."""
    with ProcessPoolExecutor(4, mp_context=get_context("forkserver")) as pool:
        titles = list(pool.map(read_title, [folder] * 16))

    assert set(titles) == {"eSMS messages and one-time codes"}
    assert [path.name for path in (folder / "compiled").iterdir()] == ["esms.json"]
    assert compiled.read("esms", folder, read_files("esms", folder)) is not None


def read_title(folder: Path) -> str:
    return otp_specs.load("esms", folder).title


def test_a_folder_of_json_alone_is_enough(folder: Path, tmp_path: Path) -> None:
    """A wheel holds nothing else."""
    wheel = tmp_path / "wheel"
    command.compile_specs(folder, wheel)

    assert otp_specs.available(wheel) == PROVIDERS
    for provider in PROVIDERS:
        assert otp_specs.load(provider, wheel) == otp_specs.load(provider)
        assert otp_specs.read_document(provider, wheel) == otp_specs.read_document(provider)


def test_json_without_its_yaml_is_no_spec(folder: Path) -> None:
    """A provider that was taken out does not live on as JSON."""
    command.compile_specs(folder)
    (folder / "thuesim.yaml").unlink()

    assert otp_specs.available(folder) == [each for each in PROVIDERS if each != "thuesim"]
    with pytest.raises(otp_specs.SpecError, match=r"^thuesim\.yaml: file: cannot be read"):
        otp_specs.load("thuesim", folder)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("x-role: verify", "x-role: check", "paths/CheckCodeGen_V4_get/get/x-role: 'check' is none of "),
        ("x-role: verify", "x-role: {verify", "esms/codes.yaml: line "),
        ('CodeResult: "104"', 'CodeResult: "105"', "examples/brandname_unknown: does not hold the code"),
    ],
    ids=["not understood", "not YAML", "lint"],
)
def test_a_broken_spec_is_not_compiled(folder: Path, old: str, new: str, line: str) -> None:
    """The error says in one line what is broken."""
    edit(folder / "esms" / "codes.yaml", old, new)

    with pytest.raises((otp_specs.SpecError, ExceptionGroup)) as caught:
        command.compile_specs(folder)

    (error,) = getattr(caught.value, "exceptions", [caught.value])
    assert str(error).startswith("esms/codes.yaml: ")
    assert line in str(error)
    assert "\n" not in str(error)
    assert not compiled.path_of("esms", folder).exists()


def test_the_command_prints_what_is_broken(
    folder: Path, main: functools.partial[int], capsys: pytest.CaptureFixture[str]
) -> None:
    """All samples that contradict the table, a line each; and the exit code says so."""
    edit(folder / "esms" / "codes.yaml", 'CodeResult: "104"', 'CodeResult: "105"')
    edit(folder / "esms" / "codes.yaml", 'CodeResult: "146"', 'CodeResult: "147"')

    code = main()

    out, err = capsys.readouterr()
    assert (code, out) == (1, "")
    assert [line.partition(" ")[0] for line in err.splitlines()] == ["esms/codes.yaml:"] * 2


def test_the_command_says_that_there_is_no_yaml(
    folder: Path, main: functools.partial[int], capsys: pytest.CaptureFixture[str]
) -> None:
    """As in an installed package, which has nothing to compile."""
    command.compile_specs(folder)
    for path in folder.glob("*.yaml"):
        path.unlink()

    assert main() == 1
    assert "holds no YAML" in capsys.readouterr().err


def test_the_command_works_from_a_shell(tmp_path: Path) -> None:
    """On a copy of the package, the way a person runs it."""
    folder = tmp_path / "specs"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__", "compiled"))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    run = [sys.executable, "-m", "otp_specs"]

    good = subprocess.run(run, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    (folder / "esms.yaml").write_text("[]")
    bad = subprocess.run(run, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    assert (good.returncode, good.stdout, good.stderr) == (0, "", "")
    assert [path.stem for path in sorted((folder / "compiled").iterdir())] == PROVIDERS
    assert (bad.returncode, bad.stdout, bad.stderr) == (1, "", "esms.yaml: file: is not a mapping\n")
