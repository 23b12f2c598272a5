"""The tools and resources that coding agents get: each is a few calls of the control API of one sandbox."""

from __future__ import annotations

import argparse
import functools
import http.client
import json
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any, Final, Literal, ParamSpec, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ToolError
from mcp.server.mcpserver.resources import FunctionResource
from mcp.types import ToolAnnotations
from pydantic import Field

import otp_specs
from otp_sandbox.api.errors import Unreachable
from otp_sandbox.commands.asking import ask, get, opened
from otp_sandbox.lanes import durations
from otp_sandbox.version import VERSION

Json = dict[str, Any]
_V1: Final = "/_sandbox/v1"
_PATIENCE: Final = 70.0
"""Seconds for an answer: the longest wait is a minute."""
_SHOWN: Final = 65_536
"""Bytes of an answer that are shown."""
_LOOK: Final = ToolAnnotations(read_only_hint=True)
_INSTRUCTIONS: Final = """\
A sandbox that plays providers of one-time codes by SMS: eSMS, Amoot SMS, thuesim, viotp. Nothing is ever really sent.
Point the application at the base_url that make_lane gives, with the credentials that it gives; a request finds its lane
by its credentials. Read otp-sandbox://guide first: each provider in fifty lines. When something is refused,
explain_request says why. When the application works, read_lint says what a real provider would punish."""

_P = ParamSpec("_P")
_T = TypeVar("_T")
Lane = Annotated[str, Field(description="which lane is meant")]
Phone = Annotated[str, Field(description="in any spelling that a provider takes")]
Duration = Annotated[str, Field(description='"2m1s", "500ms" or ISO 8601')]


def make_server(where: argparse.Namespace) -> MCPServer:
    """Make the server of the protocol.

    Args:
        where: `url` and `config`, as the control API is asked with.
    """
    server: MCPServer = MCPServer(
        "otp-sandbox", version=VERSION, instructions=_INSTRUCTIONS, log_level="WARNING", subscriptions=False
    )
    tools = _Tools(where)
    for look in (tools.wait_for_code, tools.explain_request, tools.read_lint):
        server.add_tool(_told(look, ToolError), name=look.__name__, annotations=_LOOK)
    for act in (tools.make_lane, tools.send_request, tools.advance_clock, tools.set_fault, tools.clear_faults):
        server.add_tool(_told(act, ToolError), name=act.__name__)
    for uri, kind, title, read in _resources(where):
        server.add_resource(
            FunctionResource(uri=uri, name=uri, title=title, mime_type=kind, fn=_told(read, ResourceError))
        )
    return server


def _told(run: Callable[_P, _T], kind: type[Exception]) -> Callable[_P, _T]:
    """Tell what the sandbox refuses as an error that the protocol's package passes on."""

    @functools.wraps(run)
    def tell(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return run(*args, **kwargs)
        except Unreachable as error:
            raise kind(str(error)) from error

    return tell


class _Tools:
    """Each method is a tool: its document is what an agent reads."""

    def __init__(self, where: argparse.Namespace) -> None:
        self._where = where

    def _path(self, lane: str, path: str) -> str:
        return f"{_V1}/lanes/{quote(lane, safe='', errors='replace')}{path}"

    def make_lane(
        self,
        *,
        name: Annotated[str | None, Field(description="its id; without it lane-1, lane-2, …")] = None,
        any_sender: Annotated[
            bool, Field(description="know every sender name, template, line and pattern, whatever is sent")
        ] = True,
        frozen_at: Annotated[
            str | None,
            Field(description="stop its clock at this time, ISO 8601 with offset; advance_clock moves it"),
        ] = None,
        choices: Annotated[dict[str, str] | None, Field(description="how contested behaviours are played")] = None,
    ) -> Json:
        """Make a lane: a world with its own accounts, credentials, messages and clock. One for each test."""
        clock = {"mode": "frozen", "now": frozen_at} if frozen_at is not None else None
        body = {"any_sender": any_sender, **_given({"id": name, "clock": clock, "choices": choices})}
        made: Json = ask(self._where, f"{_V1}/lanes", body, "id", "credentials")
        return made

    def send_request(
        self,
        path: Annotated[str, Field(description="path and query as the provider has them, percent-encoded")],
        method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] = "GET",
        headers: Annotated[
            dict[str, str] | None, Field(description="Content-Type of a body; Host to name one of several hosts")
        ] = None,
        body: Annotated[str, Field(description="exactly as it is to be sent")] = "",
    ) -> Json:
        """Send one raw request to a provider's path of the sandbox, and get the answer as a client of it gets it."""
        if not path.startswith("/") or path.startswith("/_sandbox"):
            raise ToolError("path is a provider's path with its query, such as /rest/SendOTP?Mobile=9121234567")
        if not (path.isascii() and path.isprintable()) or " " in path:
            raise ToolError("path must be percent-encoded: it holds a character that no request line can carry")
        url = urlsplit(get(self._where, self._path("default", ""), "base_url")["base_url"])
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(url.hostname or "", url.port, timeout=_PATIENCE)
        try:
            connection.request(method, path, body.encode("utf-8", "surrogatepass") or None, headers or {})
            answer = connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ToolError(f"no whole answer came: {str(error) or type(error).__name__}") from error
        finally:
            connection.close()
        return {
            "status": answer.status,
            "headers": dict(answer.getheaders()),
            "body": data[:_SHOWN].decode("utf-8", "replace"),
            "bytes": len(data),
        }

    def wait_for_code(
        self,
        phone: Phone,
        lane: Lane = "default",
        timeout: Annotated[Duration, Field(description="how long, in real time; at most 60s")] = "5s",
        after: Annotated[
            str | None, Field(description="the cursor of an earlier answer: only what was sent after it counts")
        ] = None,
    ) -> Json:
        """Wait until a message with a code comes to a phone. `near_misses` say why none came."""
        began, left, newest = time.monotonic(), timeout, None
        while True:
            query = {"to": phone, "timeout": left} | ({"after": after} if after is not None else {})
            path = self._path(lane, f"/messages/wait?{urlencode(query, errors='replace')}")
            told = get(self._where, path, "messages", "cursor", patience=_PATIENCE)
            if not told["messages"]:
                break
            newest = next((each for each in reversed(told["messages"]) if each["code"]), told["messages"][-1])
            if newest["code"]:
                break
            after = told["cursor"]
            until = durations.parse(timeout) - timedelta(seconds=time.monotonic() - began)
            left = durations.spell(max(until, timedelta(0)))
        return {
            "code": newest and newest["code"],
            "text": newest and newest["text"],
            "message": newest,
            "cursor": told["cursor"],
            "near_misses": told["near_misses"],
        }

    def advance_clock(self, by: Duration, lane: Lane = "default") -> Json:
        """Move a lane's clock on. All that falls due happens: codes expire, messages and callbacks go out."""
        moved: Json = ask(self._where, self._path(lane, "/clock/advance"), {"by": by}, "now", patience=_PATIENCE)
        return moved

    def explain_request(
        self,
        request: Annotated[
            str | None, Field(description="its id in the journal, such as req-7; without it the last one")
        ] = None,
        lane: Lane = "default",
    ) -> Json:
        """Say step by step why a request got its answer, and what would let it pass. Secrets are masked."""
        if request is None:
            listed = get(self._where, self._path(lane, "/requests?limit=1"), "requests")["requests"]
            if not listed:
                raise ToolError(f"no request came to lane {lane} yet; one with unknown credentials is in lane default")
            request = str(listed[0]["id"])
        path = self._path(lane, f"/requests/{quote(request, safe='', errors='replace')}")
        found: Json = get(self._where, path, "explanation")
        return found

    def set_fault(
        self,
        preset: Annotated[str, Field(description="lost-ack, slow, flaky, down, balance-runs-out and others")],
        *,
        lane: Lane = "default",
        provider: Annotated[str | None, Field(description="only calls of this provider")] = None,
        operation: Annotated[str | None, Field(description="only calls of this operation")] = None,
        phone: Annotated[str | None, Field(description="only calls for this phone")] = None,
        calls: Annotated[str | None, Field(description='only some of these calls, counted from 1: "1..2"')] = None,
        uses: Annotated[int | None, Field(description="how often at most")] = None,
        ttl: Annotated[str | None, Field(description="how long, on the lane's clock")] = None,
    ) -> Json:
        """Let something go wrong, until it is cleared."""
        match = {"provider": provider, "operation": operation, "phone": phone, "calls": calls}
        body = {"preset": preset, "match": _given(match), **_given({"uses": uses, "ttl": ttl})}
        made: Json = ask(self._where, self._path(lane, "/faults"), body, "name", "action")
        return made

    def clear_faults(self, lane: Lane = "default") -> Json:
        """Take all faults of a lane back."""
        ask(self._where, self._path(lane, "/faults"), method="DELETE")
        return {"cleared": True}

    def read_lint(self, lane: Lane = "default") -> Json:
        """Say what is wrong with the client that used a lane: each finding with its rule and what to do."""
        found: Json = get(self._where, self._path(lane, "/lint"), "findings")
        return found


def _given(fields: Mapping[str, Any]) -> Json:
    return {name: value for name, value in fields.items() if value is not None}


def _resources(where: argparse.Namespace) -> list[tuple[str, str, str, Callable[[], str]]]:
    """List the resources: address, media type, title, and what reads it from the sandbox."""
    found: list[tuple[str, str, str, Callable[[], str]]] = [
        (
            "otp-sandbox://guide",
            "text/markdown",
            "Each provider in fifty lines",
            lambda: _text(where, "/_sandbox/llms.txt"),
        )
    ]
    for name in otp_specs.available():
        page = functools.partial(_page, where, name)
        spec = functools.partial(_text, where, f"/_sandbox/specs/{name}.json")
        found.append(
            (f"otp-sandbox://providers/{name}", "text/markdown", f"{name}: operations, answers, behaviours", page)
        )
        found.append((f"otp-sandbox://specs/{name}", "application/json", f"{name} as OpenAPI 3.1", spec))
    return found


def _text(where: argparse.Namespace, path: str) -> str:
    with opened(where, path, _PATIENCE) as answer:
        text: str = answer.read().decode()
    return text


def _page(where: argparse.Namespace, provider: str) -> str:
    """Write what a sandbox plays of a provider as Markdown."""

    def listed(what: str) -> list[Json]:
        found: list[Json] = get(where, f"{_V1}/providers/{provider}/{what}", what)[what]
        return found

    lines = [f"# {provider}", "", "## Operations", ""]
    for each in listed("operations"):
        names = ", ".join(field["name"] for field in each["fields"])
        lines.append(f"- {each['name']}: `{each['method']} {each['path']}` ({names}). {each['summary']}")
    lines += ["", "## Answers", ""]
    for each in listed("outcomes"):
        text = f" {json.dumps(each['message'], ensure_ascii=False)}" if each["message"] else ""
        lines.append(f"- {each['code']}{text} ({each['name']}, {each['evidence']}): {each['condition']}")
    lines += ["", "## Behaviours", ""]
    for each in listed("behaviours"):
        options = "".join(f"\n  - {name}: {text}" for name, text in each.get("options", {}).items())
        default = f" Played: {each['default']}." if "default" in each else ""
        lines.append(f"- {each['id']} ({each['evidence']}): {each['text']}{default}{options}")
    return "\n".join(lines) + "\n"
