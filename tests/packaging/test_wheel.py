"""The wheel holds what the server and the suite need, and runs from where it was installed."""

from __future__ import annotations

import email
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import otp_specs

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "specs", "mockserver", "conformance")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this tree, as a fresh clone has it: nothing is compiled."""
    folder = tmp_path_factory.mktemp("source")
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "compiled", "plain")
            )
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    built = _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(source))
    assert built.returncode == 0, built.stderr
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the wheel is installed; what it depends on is that of the tests."""
    folder = tmp_path_factory.mktemp("site")
    installed = _pip("install", "--no-deps", "--target", str(folder), str(wheel))
    assert installed.returncode == 0, installed.stderr
    return folder


def _pip(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def _environment(*path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTP_SANDBOX_")}
    return kept | {"PYTHONPATH": os.pathsep.join(map(str, path)), "PYTHONDONTWRITEBYTECODE": "1"}


def _run(words: list[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120)


@contextmanager
def _served(site: Path, folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """Serve a sandbox from a folder; it must stop with status 0 on SIGTERM."""
    command = [site / "bin" / "otp-sandbox", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"listens on (http://\S+)", server.stdout.readline())
            assert found is not None
            yield found[1]
        finally:
            server.send_signal(signal.SIGTERM)
    assert server.returncode == 0


def test_it_has_three_import_names(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    top = {name.partition("/")[0] for name in names}
    assert {name for name in top if not name.endswith((".dist-info", ".data"))} == {
        "otp_conformance",
        "otp_sandbox",
        "otp_specs",
    }


def test_it_holds_specs_and_the_marker_of_types(wheel: Path) -> None:
    """The specs as JSON, and their plain documents; no other YAML, no mutants and nothing of the tests."""
    names = set(zipfile.ZipFile(wheel).namelist())

    for provider in otp_specs.available():
        assert f"otp_specs/installed/compiled/{provider}.json" in names
        assert {f"otp_specs/installed/plain/{provider}.{ending}" for ending in ("json", "yaml")} <= names
    assert "otp_sandbox/py.typed" in names
    ours = [name for name in names if not name.startswith("otp_specs/installed/plain/")]
    assert [name for name in ours if re.search(r"\.ya?ml$|mutant|(^|/)tests/", name)] == []


def test_it_holds_every_module_of_the_three_packages(wheel: Path) -> None:
    """What is found by its name, such as providers and cases, is not left out because nothing imports it."""
    names = {name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".py")}

    roots = [ROOT / name for name in ("conformance", "mockserver", "specs")]
    assert names == {path.relative_to(root).as_posix() for root in roots for path in root.rglob("*.py")}


def test_it_holds_the_page_with_the_licence_of_its_sheet(wheel: Path) -> None:
    """Every script, sheet and document of the page, and nothing else beside the modules."""
    folder = "otp_sandbox/web/page/"
    names = {name.removeprefix(folder) for name in zipfile.ZipFile(wheel).namelist() if name.startswith(folder)}

    there = {path.name for path in (ROOT / "mockserver" / folder).iterdir() if path.is_file()}
    assert names == there
    assert {"inbox.html", "docs.html", "pico.css", "pico.licence.txt"} <= names


def test_it_holds_the_man_page_and_nothing_else_outside_the_packages(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    outside = [name.partition("/")[2] for name in names if ".data/" in name]
    assert outside == ["data/share/man/man1/otp-sandbox.1"]


def test_extras_name_what_they_need(wheel: Path) -> None:
    """Nobody has to know which packages make a part work; none of them comes without its extra."""
    (name,) = [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".dist-info/METADATA")]
    metadata = email.message_from_bytes(zipfile.ZipFile(wheel).read(name))
    needed = metadata.get_all("Requires-Dist") or []

    assert {"conformance", "mcp", "pytest", "redis"} <= set(metadata.get_all("Provides-Extra") or [])
    assert [each for each in needed if re.match(r"(mcp|redis)\b", each) and "extra ==" not in each] == []
    assert [each for each in needed if re.match(r"mcp\b.*extra == .mcp.", each)]
    assert [each for each in needed if re.match(r"redis\b.*extra == .redis.", each)]
    assert [each for each in needed if re.match(r"pytest\b", each) and "extra ==" not in each] == []


def test_the_source_distribution_makes_the_same_wheel(source: Path, wheel: Path, tmp_path: Path) -> None:
    """Specs in YAML, the man page and the page's files are in it: nothing is looked for outside."""
    program = f"from setuptools import build_meta; print(build_meta.build_sdist({str(tmp_path)!r}))"
    built = _run([sys.executable, "-c", program], source, _environment())
    assert built.returncode == 0, built.stderr
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    (folder,) = [each for each in tmp_path.iterdir() if each.is_dir()]

    again = _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(folder))

    assert again.returncode == 0, again.stderr
    (made,) = tmp_path.glob("*.whl")
    first, second = (
        {each.filename: each.CRC for each in zipfile.ZipFile(path).infolist() if not each.filename.endswith("/RECORD")}
        for path in (wheel, made)
    )
    assert second == first


def test_both_commands_exist(site: Path) -> None:
    for name in ("otp-sandbox", "otp-conformance"):
        helped = _run([str(site / "bin" / name), "--help"], site, _environment(site))
        assert helped.returncode == 0, helped.stderr
        assert f"usage: {name}" in helped.stdout


def test_its_specs_are_those_of_the_checkout(site: Path, tmp_path: Path) -> None:
    """Without YAML, and without taking a stranger's YAML beside the package for a spec."""
    stranger = site / "stranger.yaml"
    stranger.write_text("openapi: 3.1.0")
    program = """
import json, sys, otp_specs
told = {name: repr(otp_specs.load(name).document) for name in otp_specs.available()}
print(json.dumps([otp_specs.__file__, told, "yaml" in sys.modules]))
"""

    answered = _run([sys.executable, "-c", program], tmp_path, _environment(site))
    stranger.unlink()

    file, told, with_yaml = json.loads(answered.stdout)
    assert file.startswith(str(site))
    assert told == {name: repr(otp_specs.read_document(name)) for name in otp_specs.available()}
    assert not with_yaml


def test_it_runs_where_nothing_can_be_written(site: Path, tmp_path: Path) -> None:
    """Start, answer, stop with status 0 on SIGTERM, in an empty read-only folder."""
    empty = tmp_path / "empty"
    empty.mkdir(mode=0o555)
    environment = _environment(site)

    with _served(site, empty, environment) as url:
        ready = _run([str(site / "bin" / "otp-sandbox"), "ready", "--url", url], empty, environment)

    assert ready.returncode == 0
    assert list(empty.iterdir()) == []


def test_it_works_beside_packages_that_are_called_like_our_folders(site: Path, tmp_path: Path) -> None:
    """A project's own `specs`, `conformance` and `mockserver`, which come first on the path, are never touched."""
    for name in ("specs", "conformance", "mockserver"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('this belongs to the project')")
    environment = _environment(tmp_path, site)

    with _served(site, tmp_path, environment) as url:
        words = ["run", "thuesim", "--target", url, "-k", "networks and not contract", "-p", "no:cacheprovider"]
        judged = _run([str(site / "bin" / "otp-conformance"), *words], tmp_path, environment)

    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert re.search(r"\d+ passed", judged.stdout)
    assert (tmp_path / "specs").is_dir()


def test_an_editable_installation_compiles_beside_the_yaml(source: Path, tmp_path: Path) -> None:
    """So that the first start of a fresh clone parses no YAML."""
    program = f"from setuptools import build_meta; build_meta.build_editable({str(tmp_path)!r})"

    built = _run([sys.executable, "-c", program], source, _environment())

    assert built.returncode == 0, built.stderr
    assert sorted(path.stem for path in (source / "specs" / "compiled").iterdir()) == otp_specs.available()
    assert sorted(path.stem for path in (source / "specs" / "plain").glob("*.yaml")) == otp_specs.available()
    assert not (source / "specs" / "otp_specs" / "installed").exists()


def test_the_plugin_works_beside_packages_of_any_name(site: Path, tmp_path: Path) -> None:
    """As those of this repository, or as a provider; nothing is warned of."""
    names = ("specs", "conformance", "mockserver", "esms", "amoot", "thuesim", "viotp")
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"NAME = {name!r}", "utf-8")
    (tmp_path / "test_names.py").write_text(
        f"import {', '.join(names)}\ndef test_names(otp_lane):\n    assert esms.NAME == 'esms' and otp_lane.rent()\n",
        "utf-8",
    )
    words = ("-q", "-W", "error", "-p", "no:schemathesis", "-p", "no:cov", "-p", "no:cacheprovider")

    done = _run([sys.executable, "-m", "pytest", *words], tmp_path, _environment(site))

    assert done.returncode == 0, done.stdout + done.stderr
