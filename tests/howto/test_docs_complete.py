"""Whatever a user can set, call or ask for is mentioned in the documents."""

from __future__ import annotations

import argparse
import importlib.util
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from types import ModuleType

import pytest

from otp_conformance.collection import all_cases
from otp_sandbox import Client, Lane
from otp_sandbox.app import credential_keys, find_providers
from otp_sandbox.command_line import make_parser
from otp_sandbox.contract import Provider
from otp_sandbox.settings import PREFIX, READERS, Settings
from otp_sandbox.web.control.endpoint import ControlEndpoint
from otp_sandbox.web.control.endpoints import ENDPOINTS
from otp_sandbox.web.control.lanes import LanePatch, LaneWanted, What

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def _page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def _rows(page: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]


@pytest.mark.parametrize("name", READERS)
def test_a_setting_is_in_the_table(name: str) -> None:
    """With its environment variable, and its default."""
    (row,) = [each for each in _rows(_page("settings.md")) if each[0] == f"`{name}`"]
    default = getattr(Settings(), name)

    assert row[2] == f"`{PREFIX}{name.upper()}`"
    if isinstance(default, bool):
        assert row[3] == f"`{str(default).lower()}`"
    elif isinstance(default, int):
        assert row[3] == f"`{default}`"


def test_credentials_of_the_lane_default_are_in_the_settings() -> None:
    page = _page("settings.md")

    assert [key for key in credential_keys(find_providers()) if f"`{PREFIX}{key}`" not in page] == []


def _commands() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in make_parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


@pytest.mark.parametrize(("name", "parser"), list(_commands()))
def test_a_command_and_its_flags_are_mentioned(name: str, parser: argparse.ArgumentParser) -> None:
    page = _page("settings.md")
    flags = [flag for action in parser._actions for flag in action.option_strings if flag.startswith("--")]

    assert f"otp-sandbox {name}" in page
    assert [flag for flag in flags if flag != "--help" and flag not in page] == []


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda each: f"{each.method} {each.path}")
def test_an_endpoint_is_in_its_table(endpoint: ControlEndpoint) -> None:
    """And its row says whether it is under a lane."""
    (row,) = [each for each in _rows(_page("control-api.md")) if each[0] == f"`{endpoint.method} {endpoint.path}`"]

    assert row[1].startswith("*lane*") == endpoint.lane


def test_endpoints_that_do_not_exist_are_not_in_the_tables() -> None:
    told = {
        found[1]
        for found in re.finditer(r"^\| `((?:GET|POST|PUT|PATCH|DELETE) [^`]+)`", _page("control-api.md"), re.MULTILINE)
    }

    assert told - {f"{each.method} {each.path}" for each in ENDPOINTS} == {"GET /healthz", "GET /readyz"}


@pytest.mark.parametrize("kind", [Client, Lane])
def test_a_method_of_the_client_library_is_in_its_page(kind: type) -> None:
    page = _page("client.md")
    names = [name for name in dir(kind) if not name.startswith("_") and name not in ("of", "address", "url")]

    assert [name for name in names if not re.search(rf"\b{name}\b", page)] == []


@pytest.mark.parametrize("name", LaneWanted.model_fields)
def test_a_field_of_a_lane_is_in_the_table(name: str) -> None:
    assert [each for each in _rows(_page("control-api.md")) if each[0] == f"`{name}`"]


def test_what_can_be_changed_and_reset_is_mentioned() -> None:
    page = _page("control-api.md")

    assert [name for name in (*LanePatch.model_fields, *What.__args__) if f"`{name}`" not in page] == []


@pytest.mark.parametrize("provider", list(find_providers().values()), ids=lambda each: each.name)
def test_a_provider_is_in_the_documents(provider: Provider) -> None:
    """Fields of its account, and its row in the README."""
    names = [each.name for each in fields(provider.accounts.type)]
    told = re.search(rf"^- {provider.name}: (.*?)^(?:- |$)", _page("control-api.md"), re.MULTILINE | re.DOTALL)

    assert told is not None
    assert [name for name in names if not re.search(rf"\b{name}\b", told[1])] == []
    assert all(host in (ROOT / "README.md").read_text("utf-8") for host in provider.hosts)


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def generate() -> ModuleType:
    """The script that makes the tables."""
    return _script("generate")


def test_tables_made_from_the_specs_are_fresh(generate: ModuleType) -> None:
    """After an edit of a spec: `python docs/generate.py`."""
    assert [path.stem for path in generate.PAGES] == ["agents", "lint", "provenance", *sorted(find_providers())]
    assert [
        path.stem for path in generate.PAGES if generate.filled(path.read_text("utf-8")) != path.read_text("utf-8")
    ] == []


def test_the_page_of_clients_is_fresh() -> None:
    """After an edit of the table: `python docs/generate_clients.py`."""
    module = _script("generate_clients")

    assert module.PAGE.read_text("utf-8") == module.page()


def test_the_pages_of_the_rules_are_fresh(generate: ModuleType) -> None:
    """One for each rule for clients, and no other: after a change `python docs/generate.py`."""
    pages = generate.rule_pages()

    assert {path.name for path in pages} == {path.name for path in (DOCS / "lint").glob("*.md")}
    assert [path.name for path, text in pages.items() if path.read_text("utf-8") != text] == []


def test_the_guide_that_a_sandbox_serves_is_the_page(generate: ModuleType) -> None:
    """After an edit of `docs/agents.md`: `python docs/generate.py`."""
    assert generate.LLMS.read_text("utf-8") == generate.llms()


@pytest.mark.parametrize("provider", list(find_providers().values()), ids=lambda each: each.name)
def test_the_guide_tells_a_provider_in_fifty_lines(provider: Provider) -> None:
    """With its host, and with what its operations may answer."""
    told = _page("agents.md").partition(f"\n## {provider.title}\n")[2].partition("\n## ")[0]

    assert 20 < told.count("\n") <= 50
    assert f"https://{provider.hosts[0]}" in told
    assert f"<!-- generated: answers {provider.name} " in told


def test_every_provider_has_its_tables() -> None:
    for name in find_providers():
        page = _page(f"providers/{name}.md")
        for table in ("choices", "operations", "evidence", "contradicted", "outcomes"):
            assert f"<!-- generated: {table} {name} -->" in page


def test_the_list_of_cases_can_be_made() -> None:
    """It cannot where something has no case and no reason."""
    page = _script("generate_cases").page()

    assert [case.id for case in all_cases() if f"`{case.id.partition('[')[0]}`" not in page] == []


def test_a_behaviour_without_case_and_reason_stops_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    module = _script("generate_cases")
    monkeypatch.delitem(module.REASONS, "amoot:server_error")

    with pytest.raises(ValueError, match="amoot:server_error has neither a case nor a reason"):
        module.page()


def test_a_case_that_covers_what_does_not_exist_stops_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    module = _script("generate_cases")
    (first, *others) = all_cases()
    monkeypatch.setattr(module, "all_cases", lambda: [replace(first, covers=("esms.gone", *first.covers)), *others])

    with pytest.raises(ValueError, match=f"esms.gone does not exist, but {re.escape(first.id)} covers it"):
        module.page()


def test_flags_and_commands_of_the_suite_are_mentioned() -> None:
    page = _page("conformance.md")
    plugin = (ROOT / "conformance" / "otp_conformance" / "plugin.py").read_text("utf-8")
    flags = re.findall(r'addoption\(\s*"(--[\w-]+)"', plugin)

    assert len(flags) > 15
    assert [flag for flag in flags if f"`{flag}" not in page] == []
    assert all(f"otp-conformance {command}" in page for command in ("run", "compare"))


def test_every_page_is_on_the_map() -> None:
    """The README leads to each page; those of the rules for clients are in a table of their own."""
    readme = (ROOT / "README.md").read_text("utf-8")
    pages = [str(path.relative_to(ROOT)) for path in DOCS.rglob("*.md") if path.parent != DOCS / "lint"]

    assert [name for name in pages if f"({name})" not in readme] == []


@pytest.mark.parametrize("name", [name for name in LaneWanted.model_fields if name != "id"])
def test_a_field_of_a_configured_lane_is_mentioned(name: str) -> None:
    """Where the TOML tables are described."""
    assert f"`{name}`" in _page("settings.md").partition("## Lanes")[2]
