"""The endpoints of the client's lint: what is wrong with a client, the rules, and their pages."""

from __future__ import annotations

from otp_sandbox.contract import Reply
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest
from otp_sandbox.web.control.lint_shapes import FindingsShape, RulesShape
from otp_sandbox.web.control.reading import Page


async def _list(request: ControlRequest) -> FindingsShape:
    from otp_sandbox.web.control.lint_answers import list_findings  # noqa: PLC0415  (its docstring says why)

    return await list_findings(request)


async def _rules(request: ControlRequest) -> RulesShape:
    from otp_sandbox.web.control.lint_answers import list_rules  # noqa: PLC0415  (as above)

    return await list_rules(request)


async def _page(request: ControlRequest) -> Reply:
    from otp_sandbox.web.control.lint_answers import show_page  # noqa: PLC0415  (as above)

    return await show_page(request)


ENDPOINTS = [
    ControlEndpoint("GET", "/lint", "What is wrong with the client", _list, FindingsShape, query=Page),
    ControlEndpoint("GET", "/lint/rules", "The rules for clients", _rules, RulesShape, lane=False),
    ControlEndpoint(
        "GET",
        "/_sandbox/docs/lint/{rule}.md",
        "The page of a rule, as Markdown",
        _page,
        str,
        lane=False,
        content_type="text/markdown",
        problems=(404,),
        root="",
    ),
]
