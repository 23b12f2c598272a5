"""What CI systems get: SARIF and JUnit that their readers take, whatever a client has sent."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from otp_sandbox.app import find_providers
from otp_sandbox.commands.lint_reports import SEVERITIES, WRITERS, fails, is_as_bad
from otp_sandbox.play.lint.look import all_rules
from otp_sandbox.web.control.lint_answers import rule_view

RULES: list[Any] = [rule_view(rule) for rule in all_rules(find_providers().values()).values()]
ODD = "\x00\x1b[31m<script>&\"'\u202e\ufffe\U0001f600"
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "additionalProperties": False,
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "additionalProperties": False,
                        "properties": {"driver": {"$ref": "#/$defs/driver"}},
                    },
                    "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
                },
            },
        },
    },
    "$defs": {
        "driver": {
            "type": "object",
            "required": ["name"],
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string"},
                "version": {"type": "string"},
                "rules": {"type": "array", "uniqueItems": True, "items": {"$ref": "#/$defs/rule"}},
            },
        },
        "rule": {
            "type": "object",
            "required": ["id"],
            "additionalProperties": False,
            "properties": {
                "id": {"type": "string"},
                "shortDescription": TEXT,
                "fullDescription": TEXT,
                "help": TEXT,
                "defaultConfiguration": {"type": "object", "properties": {"level": LEVEL}},
                "properties": {"type": "object"},
            },
        },
        "result": {
            "type": "object",
            "required": ["message"],
            "additionalProperties": False,
            "properties": {
                "ruleId": {"type": "string"},
                "ruleIndex": {"type": "integer", "minimum": -1},
                "level": LEVEL,
                "message": TEXT,
                "occurrenceCount": {"type": "integer", "minimum": 1},
                "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
                "locations": {"type": "array", "items": {"$ref": "#/$defs/location"}},
            },
        },
        "location": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "logicalLocations": {
                    "type": "array",
                    "uniqueItems": True,
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {"name": {"type": "string"}, "kind": {"type": "string"}},
                    },
                }
            },
        },
    },
}
"""What the standard says of the members that are written: names, types, and which must be there."""


def finding(rule: str, severity: str, detail: str = "it did", *requests: str) -> dict[str, Any]:
    title = next(each["title"] for each in RULES if each["id"] == rule)
    return {
        "rule": rule,
        "severity": severity,
        "title": title,
        "detail": detail,
        "requests": list(requests),
        "count": 2,
        "help": f"docs/lint/{rule}.md",
    }


FINDINGS = [
    finding("parameter-unknown", "medium", ODD, "req-1", "req-2"),
    finding("plain-http", "high", "openly", "req-3"),
    finding("callback-slow", "info"),
]


@pytest.mark.parametrize("findings", [[], FINDINGS], ids=["none", "some"])
def test_sarif_is_as_the_standard_has_it(findings: list[Any]) -> None:
    """Results refer to rules that are there, and their levels follow from the severity."""
    document = json.loads(WRITERS["sarif"](findings, RULES, "high"))

    jsonschema.Draft202012Validator(SARIF).validate(document)
    (run,) = document["runs"]
    told = [
        (result["ruleId"], run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"], result["level"])
        for result in run["results"]
    ]
    assert told == [
        (each["rule"], each["rule"], {"high": "error", "medium": "warning", "info": "note"}[each["severity"]])
        for each in findings
    ]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule["id"] for rule in RULES]


def test_sarif_names_the_requests() -> None:
    document = json.loads(WRITERS["sarif"](FINDINGS, RULES, "high"))

    first = document["runs"][0]["results"][0]
    assert [each["logicalLocations"][0]["name"] for each in first["locations"]] == ["req-1", "req-2"]
    assert first["message"]["text"] == ODD


@pytest.mark.parametrize(("fail_on", "failed"), [("high", 1), ("medium", 2), ("info", 3)])
def test_junit_has_a_case_for_each_rule(fail_on: str, failed: int) -> None:
    """Those fail that are as bad as asked; what is less bad is told, and passes."""
    suites = ET.fromstring(WRITERS["junit"](FINDINGS, RULES, fail_on))

    (suite,) = suites
    assert (suites.tag, suite.tag) == ("testsuites", "testsuite")
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == (str(len(RULES)), str(failed), "0")
    assert [case.get("name") for case in suite.iter("testcase")] == [rule["id"] for rule in RULES]
    assert all(case.get("classname") and case.get("time") for case in suite.iter("testcase"))
    assert len(list(suite.iter("failure"))) == failed
    assert len(list(suite.iter("system-out"))) == len(FINDINGS) - failed
    assert all(each.get("message") and each.get("type") and each.text for each in suite.iter("failure"))


def test_junit_takes_whatever_was_sent() -> None:
    """Characters that XML has not are blanks."""
    suites = ET.fromstring(WRITERS["junit"](FINDINGS, RULES, "info"))

    text = next(each.text for each in suites.iter("failure") if "script" in (each.text or ""))
    assert text is not None
    assert "<script>&\"'" in text
    assert not {"\x00", "\x1b", "\ufffe"} & set(text)


def test_text_has_the_worst_first_and_nothing_that_steers_a_terminal() -> None:
    text = WRITERS["text"](FINDINGS, RULES, "high")

    lines = text.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == ["high", "medium", "info", "found:"]
    assert lines[0] == "high    plain-http: Plain HTTP to a host of the provider"
    assert lines[2] == "        req-3; docs/lint/plain-http.md"
    assert lines[-1] == "found: 1 high, 1 medium, 1 info"
    assert all(line.isprintable() for line in lines)
    assert WRITERS["text"]([], RULES, "high") == "nothing found"


def test_json_has_the_findings_as_they_came() -> None:
    assert json.loads(WRITERS["json"](FINDINGS, RULES, "high")) == {"findings": FINDINGS}


@pytest.mark.parametrize("worst", [*SEVERITIES, None])
@pytest.mark.parametrize("fail_on", SEVERITIES)
def test_what_is_as_bad_fails(worst: str | None, fail_on: str) -> None:
    """And what is worse; nothing never does."""
    findings = [{"severity": worst}] if worst else []

    expected = worst is not None and SEVERITIES.index(worst) <= SEVERITIES.index(fail_on)
    assert fails(findings, fail_on) is expected
    assert worst is None or is_as_bad(worst, fail_on) is expected
