"""Tells people what happened in a lane, in a few lines: for whoever looks at a test that failed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from otp_sandbox.api.shapes import Finding, Message, Request
from otp_sandbox.api.without_loop import Lane

MOST: Final = 20
"""Entries of each kind: the newest."""
_WIDTH: Final = 200


def told(lane: Lane) -> Iterator[tuple[str, str]]:
    """Give titles and texts: journal with reasons, messages, findings of the lint.

    Raises:
        SandboxError: the sandbox does not tell.
    """
    requests = lane.requests(limit=MOST)
    if requests["requests"]:
        lines = ["(older ones are left out)"] if requests["more"] else []
        for each in requests["requests"]:
            lines.append(request_line(each))
            lines += (f"  {line}" for line in _reasons(lane, each))
        yield "journal", "\n".join(lines)
    messages = lane.messages(limit=MOST)["messages"]
    if messages:
        yield "messages", "\n".join(map(_message_line, messages))
    findings = lane.lint()["findings"]
    if findings:
        yield "lint", "\n".join(map(_finding_line, findings[-MOST:]))


def request_line(each: Request) -> str:
    """Tell a request in a line."""
    what = each["operation"] or f"{each['method']} {each['path']}"
    came = "" if each["outcome"] is None else f": {each['outcome']}"
    code = "" if each["code"] is None else f" ({each['code']})"
    fault = f", fault {each['fault']}" if each["fault"] else ""
    return _plain(f"{each['at']:%H:%M:%S} {each['id']} {each['provider'] or '-'} {what}{came}{code}{fault}")


def _reasons(lane: Lane, each: Request) -> list[str]:
    """Say why a request was refused: the checks that applied, and what lets it pass."""
    if each["success"]:
        return []
    if each["operation"] is None:
        return list(map(_plain, each["warnings"]))
    explained = lane.request(each["id"])["explanation"]
    return [_plain(line) for line in explained if ": yes" in line or line.startswith("this lets it pass")]


def _message_line(each: Message) -> str:
    return _plain(f"{each['created_at']:%H:%M:%S} {each['to']} {each['code'] or '-'} {each['state']}  {each['text']}")


def _finding_line(each: Finding) -> str:
    return _plain(f"{each['severity']} {each['rule']}: {each['title']}")


def _plain(text: str) -> str:
    line = "".join(char if char.isprintable() else " " for char in text)
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"
