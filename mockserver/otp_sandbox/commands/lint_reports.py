"""Writes what the lint of the client found: for people, for programs, and for CI systems."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from otp_sandbox.version import VERSION

Json = dict[str, Any]
_LEVELS: Final = {"high": "error", "medium": "warning", "info": "note"}
SEVERITIES: Final = tuple(_LEVELS)
"""The worst first."""
_SARIF: Final = "2.1.0"
_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_IN_XML: Final = {number: " " for number in range(32) if chr(number) not in "\t\n\r"} | {0xFFFE: " ", 0xFFFF: " "}
_INDENT: Final = 8


def fails(findings: Sequence[Json], fail_on: str) -> bool:
    """Whether something was found that is as bad as `fail_on`, or worse."""
    return any(is_as_bad(each["severity"], fail_on) for each in findings)


def is_as_bad(severity: str, fail_on: str) -> bool:
    """Whether a severity is `fail_on`, or worse."""
    return SEVERITIES.index(severity) <= SEVERITIES.index(fail_on)


def _write_text(findings: Sequence[Json], rules: Sequence[Json], fail_on: str) -> str:  # noqa: ARG001  (each writer gets all)
    lines = []
    for each in sorted(findings, key=lambda each: SEVERITIES.index(each["severity"])):
        lines.append(f"{each['severity']:<{_INDENT}}{each['rule']}: {each['title']}")
        about = f"{', '.join(each['requests'])}; " if each["requests"] else ""
        lines.append(f"{'':<{_INDENT}}{each['detail']}")
        lines.append(f"{'':<{_INDENT}}{about}{each['help']}")
    counts = Counter(each["severity"] for each in findings)
    told = ", ".join(f"{counts[severity]} {severity}" for severity in SEVERITIES if counts[severity])
    lines.append(f"found: {told}" if told else "nothing found")
    return "\n".join(_printable(line) for line in lines)


def _write_json(findings: Sequence[Json], rules: Sequence[Json], fail_on: str) -> str:  # noqa: ARG001  (each writer gets all)
    return json.dumps({"findings": list(findings)}, indent=2)


def _write_sarif(findings: Sequence[Json], rules: Sequence[Json], fail_on: str) -> str:  # noqa: ARG001  (each writer gets all)
    """Write SARIF 2.1.0: a result for each finding, whose places are the requests, by their ids."""
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    driver = {"name": "otp-sandbox lint", "version": VERSION, "rules": [_sarif_rule(rule) for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [
            {
                "ruleId": each["rule"],
                "ruleIndex": numbers[each["rule"]],
                "level": _LEVELS[each["severity"]],
                "message": {"text": each["detail"]},
                "occurrenceCount": each["count"],
                "locations": [
                    {"logicalLocations": [{"name": request, "kind": "request"}]} for request in each["requests"]
                ],
                "partialFingerprints": {"rule/v1": each["rule"]},
            }
            for each in findings
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": _SARIF, "runs": [run]}, indent=2)


def _sarif_rule(rule: Json) -> Json:
    return {
        "id": rule["id"],
        "shortDescription": {"text": rule["title"]},
        "fullDescription": {"text": f"{rule['what']} {rule['why']}"},
        "help": {"text": f"{rule['mend']} {_source(rule)} See {rule['help']}"},
        "defaultConfiguration": {"level": _LEVELS[rule["severity"]]},
        "properties": {"severity": rule["severity"], "assumed": rule["assumed"]},
    }


def _source(rule: Json) -> str:
    return f"Source: {rule['source']}." if rule["source"] else "This rule is assumed."


def _write_junit(findings: Sequence[Json], rules: Sequence[Json], fail_on: str) -> str:
    """Write JUnit: a test case for each rule, which fails where something as bad as `fail_on` was found."""
    from xml.etree.ElementTree import Element, SubElement, tostring  # noqa: PLC0415  (for this format alone)

    found = {each["rule"]: each for each in findings}
    failed = sum(1 for each in findings if is_as_bad(each["severity"], fail_on))
    counts = {"tests": str(len(rules)), "failures": str(failed), "errors": "0", "skipped": "0", "time": "0"}
    suites = Element("testsuites")
    suite = SubElement(suites, "testsuite", {"name": "otp-sandbox lint", **counts})
    for rule in rules:
        case = SubElement(suite, "testcase", {"classname": f"lint.{rule['severity']}", "name": rule["id"], "time": "0"})
        each = found.get(rule["id"])
        if each is None:
            continue
        text = f"{each['detail']}\n{', '.join(each['requests'])}\n{each['help']}".translate(_IN_XML)
        if is_as_bad(each["severity"], fail_on):
            failure = SubElement(case, "failure", {"message": rule["title"], "type": rule["severity"]})
            failure.text = text
        else:
            SubElement(case, "system-out").text = f"{rule['title']}\n{text}"
    written: bytes = tostring(suites, "us-ascii", xml_declaration=True)  # which any console can show
    return written.decode()


def _printable(line: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in line)


WRITERS: Final[Mapping[str, Callable[[Sequence[Json], Sequence[Json], str], str]]] = {
    "text": _write_text,
    "json": _write_json,
    "sarif": _write_sarif,
    "junit": _write_junit,
}
