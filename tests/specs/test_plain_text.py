"""A plain document reads the same as JSON and as YAML, whichever version of YAML a tool speaks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

import otp_specs
from otp_specs.__main__ import compile_specs
from otp_specs.plain import make_plain
from otp_specs.plain_text import WRITERS, write_json, write_yaml

PROVIDERS = otp_specs.available()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the compile step writes."""
    folder = tmp_path_factory.mktemp("compiled")
    compile_specs(target=folder)
    return folder / "plain"


def test_the_compile_step_writes_both_for_each_provider(written: Path) -> None:
    names = sorted(path.name for path in written.iterdir())

    assert names == sorted(f"{provider}.{ending}" for provider in PROVIDERS for ending in ("json", "yaml"))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_both_say_the_same(written: Path, provider: str) -> None:
    """Down to types and the order of keys, which is the order of members on the wire."""
    by_json = json.loads((written / f"{provider}.json").read_bytes())
    by_yaml = yaml.safe_load((written / f"{provider}.yaml").read_bytes())

    assert json.dumps(by_yaml) == json.dumps(by_json)
    assert by_json["servers"] == otp_specs.read_document(provider)["servers"]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("ending", WRITERS)
def test_a_number_keeps_its_spelling(written: Path, provider: str, ending: str) -> None:
    """`850.0000` is not `850.0` to whoever compares texts."""
    text = (written / f"{provider}.{ending}").read_text("utf-8")
    plain = make_plain(otp_specs.read_document(provider))

    assert [number for number in list_decimals(plain) if number not in text] == []


def list_decimals(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [each for value in node.values() for each in list_decimals(value)]
    if isinstance(node, list):
        return [each for value in node for each in list_decimals(value)]
    return [str(node)] if type(node).__name__ == "Decimal" else []


@pytest.mark.parametrize(
    "text",
    [
        "0901888484",
        "88237016.01",
        "+84",
        "1e3",
        "0o17",
        "0x1F",
        ".5",
        "-",
        "~",
        "=",
        "y",
        "No",
        "2021-10-16",
        "200",
        "",
    ],
)
def test_text_that_a_reader_might_take_for_something_else_is_quoted(text: str) -> None:
    """0901888484 is text in YAML 1.1 and a number in 1.2; `y` is the other way round."""
    assert write_yaml({text: text}).decode() == f'"{text}": "{text}"\n'


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "True",
        "a: b",
        "# no",
        "#/components/x",
        "/api/",
        "a\nb\n",
        "a\n\n b",
        " a",
        "a ",
        "Lỗi xác thực",
        "پیامک",
        "'",
        '"',
    ],
)
def test_any_other_text_comes_back_as_it_was(text: str) -> None:
    assert yaml.safe_load(write_yaml({"a": [text], text: 1})) == {"a": [text], text: 1}


def test_it_is_written_without_the_writer_in_c_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some builds of PyYAML come without it."""
    plain = make_plain(otp_specs.read_document("thuesim"))
    by_c = yaml.safe_load(write_yaml(plain))

    monkeypatch.delattr(yaml, "CSafeDumper")

    assert yaml.safe_load(write_yaml(plain)) == by_c


def test_what_stands_twice_is_written_twice() -> None:
    """Aliases are YAML, and not all tools know them."""
    once: dict[str, Any] = {"b": []}

    assert write_yaml({"a": once, "c": once}) == b"a:\n  b: []\nc:\n  b: []\n"
    assert json.loads(write_json({"a": once, "c": once})) == {"a": once, "c": once}
