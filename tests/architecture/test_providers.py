"""Spec and provider package are held against each other before anything is served."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

import otp_specs
from otp_sandbox.app import Unusable, find_providers
from otp_sandbox.checks import Contradiction, check_provider, checklist
from otp_sandbox.contract import Check, Handler, Provider
from otp_sandbox.domain.record import replace
from otp_specs import Answer, Operation


class Checking(Handler):
    """A handler with checks for some causes."""

    def __init__(self, *causes: str) -> None:
        self.causes = causes

    def checks(self) -> dict[str, Check]:
        return {cause: lambda *_: False for cause in self.causes}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the specs that may be spoilt."""
    copied = shutil.copytree(otp_specs.FOLDER, tmp_path / "specs", ignore=shutil.ignore_patterns("otp_specs"))
    return Path(copied)


def with_handlers(provider: Provider, **handlers: Handler) -> Provider:
    return replace(provider, handlers={**provider.handlers, **handlers})


def with_operation(provider: Provider, old: Operation, new: Operation) -> Provider:
    operations = tuple(new if each is old else each for each in provider.spec.operations)
    return replace(provider, spec=replace(provider.spec, operations=operations))


def operation_of(provider: Provider, name: str) -> Operation:
    return next(each for each in provider.spec.operations if each.name == name)


@pytest.mark.parametrize("name", otp_specs.available())
def test_every_provider_fits_its_spec(providers: dict[str, Provider], name: str) -> None:
    """Nothing is left over on either side."""
    provider = providers[name]

    check_provider(provider)

    assert {each.name for each in provider.spec.operations} == set(provider.handlers)


def test_a_handler_without_operation_is_a_contradiction(providers: dict[str, Provider]) -> None:
    """The text names it."""
    provider = with_handlers(providers["thuesim"], teleport=Handler())

    with pytest.raises(Contradiction, match=r"^thuesim: handler teleport has no operation in the spec$"):
        check_provider(provider)


def test_an_operation_without_handler_is_a_contradiction(providers: dict[str, Provider]) -> None:
    """The text names it."""
    whole = providers["thuesim"]
    provider = replace(whole, handlers={name: each for name, each in whole.handlers.items() if name != "balance"})

    with pytest.raises(Contradiction, match=r"^thuesim: operation balance of the spec has no handler$"):
        check_provider(provider)


def test_a_check_whose_cause_is_not_answered_is_a_contradiction(providers: dict[str, Provider]) -> None:
    """The text names operation and cause."""
    provider = with_handlers(providers["thuesim"], balance=Checking("too_late"))

    with pytest.raises(Contradiction, match=r"^thuesim: balance checks too_late, which its x-answers do not name$"):
        check_provider(provider)


def test_a_shared_check_that_no_operation_names_is_a_contradiction(providers: dict[str, Provider]) -> None:
    """It would never be asked."""
    provider = replace(providers["thuesim"], checks={"too_late": lambda *_: True})

    with pytest.raises(Contradiction, match=r"^thuesim: no operation names too_late"):
        check_provider(provider)


def test_an_operation_has_the_shared_checks_that_its_spec_names(providers: dict[str, Provider]) -> None:
    """In the place where it names them; a check of its own takes the place of a shared one."""
    shared, own = (lambda *_: True), Checking("out_of_stock")
    whole = replace(providers["thuesim"], checks={"out_of_stock": shared, "error": shared})
    provider = with_handlers(whole, register_service=Handler(), rephone=own)

    rents = [checklist(provider, operation_of(provider, name)) for name in ("register_service", "rephone")]

    first, second = (dict(each.rest) for each in rents)
    assert first["out_of_stock"] is first["error"] is second["error"] is shared
    assert not second["out_of_stock"](None, None)  # type: ignore[arg-type]  # this check looks at nothing
    assert list(first).index("error") < list(first).index("out_of_stock")
    assert "out_of_stock" not in dict(checklist(provider, operation_of(provider, "balance")).rest)


def test_a_field_whose_cause_is_not_answered_is_a_contradiction(providers: dict[str, Provider]) -> None:
    """Missing and malformed fields are causes as well."""
    whole = providers["thuesim"]
    old = operation_of(whole, "balance")
    fields = {name: replace(each, missing="nothing_there") for name, each in old.fields.items()}

    with pytest.raises(Contradiction, match="balance checks nothing_there"):
        check_provider(with_operation(whole, old, replace(old, fields=fields)))


def test_credentials_that_are_checked_late_are_a_contradiction(providers: dict[str, Provider]) -> None:
    """Who calls is known before anything else is judged."""
    whole = providers["thuesim"]
    old = operation_of(whole, "balance")
    handled = with_handlers(whole, balance=Checking("early"))
    late = replace(old, answers=(Answer("error", ("early",)), *old.answers))

    with pytest.raises(Contradiction, match=r"^thuesim: balance checks auth_failed after what is not "):
        check_provider(with_operation(handled, old, late))


def test_causes_without_check_may_stand_before_the_credentials(providers: dict[str, Provider]) -> None:
    """Only what is really checked counts."""
    whole = providers["thuesim"]
    old = operation_of(whole, "balance")
    late = replace(old, answers=(Answer("error", ("never_checked",)), *old.answers))

    check_provider(with_operation(whole, old, late))


def test_the_same_providers_are_found_in_a_copy_of_the_specs(providers: dict[str, Provider], folder: Path) -> None:
    """The folder decides, compiled or not."""
    found = find_providers(folder)

    assert list(found) == sorted(providers)
    assert {name: each.spec.outcomes for name, each in found.items()} == {
        name: each.spec.outcomes for name, each in providers.items()
    }


def _stray(folder: Path) -> None:
    (folder / "nobody").mkdir()
    for path in (folder / "thuesim.yaml", *(folder / "thuesim").glob("*.yaml")):
        text = path.read_text("utf-8").replace("thuesim.", "nobody.").replace("thuesim/", "nobody/")
        (folder / str(path.relative_to(folder)).replace("thuesim", "nobody")).write_text(text, "utf-8")


def _missing(folder: Path) -> None:
    (folder / "amoot.yaml").unlink()


def _not_yaml(folder: Path) -> None:
    (folder / "amoot.yaml").write_text("openapi: [3.1.0\n", "utf-8")


def _empty(folder: Path) -> None:
    (folder / "amoot.yaml").write_text("", "utf-8")


def _unknown_key(folder: Path) -> None:
    text = (folder / "amoot.yaml").read_text("utf-8")
    (folder / "amoot.yaml").write_text(text + "\nx-colour: red\n", "utf-8")


def _renamed_operation(folder: Path) -> None:
    path = folder / "thuesim" / "account.yaml"
    path.write_text(path.read_text("utf-8").replace("operationId: balance", "operationId: wealth"), "utf-8")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(
            _stray, ["nobody.yaml", "mockserver/otp_sandbox/providers", "no folder nobody"], id="spec without folder"
        ),
        pytest.param(_missing, ["amoot.yaml", "cannot be read"], id="folder without spec"),
        pytest.param(_not_yaml, ["amoot.yaml"], id="not YAML"),
        pytest.param(_empty, ["amoot.yaml"], id="empty"),
        pytest.param(_unknown_key, ["amoot.yaml", "x-colour"], id="unknown key"),
        pytest.param(_renamed_operation, ["thuesim", "balance"], id="operation renamed"),
    ],
)
def test_specs_that_do_not_fit_stop_the_start(folder: Path, spoil: Callable[[Path], Any], words: list[str]) -> None:
    """One line says where and why."""
    spoil(folder)

    with pytest.raises(Unusable) as stopped:
        find_providers(folder)

    line = str(stopped.value)
    assert [word for word in words if word not in line] == []
    assert "\n" not in line.strip()


@pytest.mark.parametrize("name", otp_specs.available())
def test_the_hosts_of_a_provider_are_those_of_its_spec(name: str) -> None:
    """Certificates are made for them, and hosts files name them."""
    servers = yaml.safe_load((otp_specs.FOLDER / f"{name}.yaml").read_text("utf-8"))["servers"]

    hosts = dict.fromkeys(urlsplit(each["url"]).hostname for each in servers)

    assert find_providers()[name].hosts == tuple(hosts)
