"""The rules as the sandbox lists and shows them."""

from __future__ import annotations

from typing import Any

import pytest

from otp_sandbox.app import find_providers
from otp_sandbox.play.lint.look import all_rules

RULES = all_rules(find_providers().values())


async def test_the_rules_are_listed(client: Any) -> None:
    """With all that a report needs."""
    listed = (await client.control("GET", "/lint/rules")).json

    assert [each["id"] for each in listed["rules"]] == list(RULES)
    assert all(each["assumed"] == (each["source"] == "") for each in listed["rules"])
    assert listed["more"] is False


@pytest.mark.parametrize("name", ["plain-http", "callback-slow"])
async def test_a_page_is_shown_offline(client: Any, name: str) -> None:
    """Below the prefix of the sandbox, where the help of a finding leads; with its source, or as assumed."""
    rule = RULES[name]

    answer = await client.send("GET", f"/_sandbox/docs/lint/{name}.md")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    for text in (rule.title, rule.severity, rule.what, rule.why, rule.mend):
        assert text in answer.text
    assert (rule.source or "None: this rule is assumed.") in answer.text


@pytest.mark.parametrize("name", ["nothing", "..", "plain-http%2F..", "%ff"])
async def test_a_page_that_is_not_there_is_a_problem(client: Any, name: str) -> None:
    answer = await client.send("GET", f"/_sandbox/docs/lint/{name}.md")

    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
