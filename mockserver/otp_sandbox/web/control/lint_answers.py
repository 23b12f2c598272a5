"""What the lint of the client answers. This is imported when somebody asks, for the rules take their time."""

from __future__ import annotations

import asyncio
from typing import Final
from weakref import WeakKeyDictionary

from otp_sandbox.contract import Reply
from otp_sandbox.contract.lint import Rule
from otp_sandbox.lanes.registry import Registry
from otp_sandbox.play.lint.look import Finding, all_rules, find
from otp_sandbox.play.lint.page import help_of, write_page
from otp_sandbox.web.control.endpoint import ControlRequest
from otp_sandbox.web.control.lint_shapes import FindingShape, FindingsShape, RuleShape, RulesShape
from otp_sandbox.web.control.paging import cut, limit_of
from otp_sandbox.web.problems import Problem

_turns: Final[WeakKeyDictionary[Registry, asyncio.Lock]] = WeakKeyDictionary()
"""One look at a time in a sandbox: each remembers much of what it has seen."""
_STEP = 1_000
"""Findings of one place are told apart by their rules, of which there are fewer."""


async def list_findings(request: ControlRequest) -> FindingsShape:
    """List findings by where they were found last; one that is found again moves to the end."""
    control, query = request.control, request.query
    newest = await control.store.place(request.lane.key)
    numbers = {rule: number for number, rule in enumerate(all_rules(control.providers.values()), start=1)}
    async with _turns.setdefault(control.registry, asyncio.Lock()):
        found = await find(control.store, request.lane, control.providers)
    placed = [(each.place * _STEP + numbers[each.rule.id], each) for each in found]
    start = query.after if query.after is not None else newest * _STEP
    shown, more = cut([each for each in placed if query.after is None or each[0] > start], limit_of(query), query.after)
    return {
        "findings": [_view(each) for _, each in shown],
        "cursor": str(shown[-1][0] if shown else start),
        "more": more,
    }


def _view(finding: Finding) -> FindingShape:
    rule = finding.rule
    return {
        "rule": rule.id,
        "severity": rule.severity,
        "title": rule.title,
        "detail": finding.detail,
        "requests": list(finding.requests),
        "count": finding.count,
        "help": help_of(rule),
    }


async def list_rules(request: ControlRequest) -> RulesShape:
    """List all rules."""
    rules = all_rules(request.control.providers.values())
    return {"rules": [rule_view(rule) for rule in rules.values()], "cursor": str(len(rules)), "more": False}


def rule_view(rule: Rule) -> RuleShape:
    """Show a rule."""
    return {
        "id": rule.id,
        "severity": rule.severity,
        "title": rule.title,
        "what": rule.what,
        "why": rule.why,
        "mend": rule.mend,
        "source": rule.source,
        "assumed": not rule.source,
        "help": help_of(rule),
    }


async def show_page(request: ControlRequest) -> Reply:
    """Show the page of a rule."""
    rule = all_rules(request.control.providers.values()).get(request.path["rule"])
    if rule is None:
        raise Problem(404, f"there is no rule {request.path['rule']}")
    return Reply(write_page(rule).encode(), "text/markdown; charset=utf-8")
