"""Each rule finds what it is for, and nothing in a client that does the same well."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

import otp_specs
from equipment.lint_runs import calls, fields, messages, providers
from equipment.lint_runs.kit import Caller
from otp_sandbox.app import find_providers
from otp_sandbox.contract import Provider
from otp_sandbox.contract.lint import SEVERITIES, Rule, lint_of
from otp_sandbox.play.lint.look import COMMON, all_rules
from otp_specs.sources import labels_in

ROOT = Path(__file__).resolve().parents[2]
RULES = all_rules(find_providers().values())
RUNS = {**calls.GENERAL, **fields.GENERAL, **messages.GENERAL, **providers.OWN}
STANDARDS = ("RFC ", "CWE-", "NIST ", "3GPP ", "the specs: ")


def test_each_rule_has_a_run() -> None:
    assert RUNS.keys() == RULES.keys()
    assert len(RULES) >= 20


@pytest.mark.parametrize("name", RULES)
async def test_a_rule_finds_what_it_is_for(caller: Caller, name: str) -> None:
    """In a real run of calls, with the requests that it is about."""
    run = RUNS[name]

    await run.bad(caller)

    found = (await caller.findings())[name]
    assert (found["detail"], tuple(found["requests"])) == (run.detail, run.requests)
    assert (found["severity"], found["title"]) == (RULES[name].severity, RULES[name].title)
    assert found["help"] == f"docs/lint/{name}.md"


@pytest.mark.parametrize("name", RULES)
async def test_a_rule_finds_nothing_in_a_good_client(caller: Caller, name: str) -> None:
    await RUNS[name].good(caller)

    assert name not in await caller.findings()


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_without_a_source_is_info(rule: Rule) -> None:
    """And one that has a source has one that is known."""
    assert rule.severity in SEVERITIES
    if not rule.source:
        assert rule.severity == "info"
    elif not rule.source.startswith(STANDARDS):
        legend = otp_specs.load(rule.id.partition("-")[0]).sources
        assert {label for label, _ in labels_in(rule.source)} <= legend.keys()


@pytest.mark.parametrize("provider", find_providers().values(), ids=lambda each: each.name)
def test_a_rule_of_a_provider_is_named_for_it(provider: Provider) -> None:
    own = lint_of(provider).rules

    assert all(rule.id.startswith(f"{provider.name}-") for rule in own)
    assert not {rule.id for rule in own} & {rule.id for rule in COMMON}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_says_all_that_its_page_needs(rule: Rule) -> None:
    """In whole sentences, and short."""
    for text in (rule.what, rule.why, rule.mend):
        assert text.endswith(".")
        assert len(text) < 400
    assert not rule.title.endswith(".")
    assert (ROOT / "docs" / "lint" / f"{rule.id}.md").exists()


def test_a_provider_need_not_say_anything() -> None:
    """Then the rules for all hold."""
    silent = [dataclasses.replace(each, lint=None) for each in find_providers().values()]

    assert all_rules(silent) == all_rules([])
    assert len(all_rules([])) == len(COMMON)


def test_two_rules_with_one_id_stop_it() -> None:
    with pytest.raises(ValueError, match="two rules have one id"):
        all_rules([*find_providers().values(), *find_providers().values()])
