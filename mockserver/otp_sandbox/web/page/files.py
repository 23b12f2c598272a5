"""Serves the files of the page, each read when it is first asked for."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from otp_sandbox.contract import Reply
from otp_sandbox.domain.record import replace
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest
from otp_sandbox.web.problems import Problem

_KINDS: Final = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}
_RULES: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",  # pico draws its marks so
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)
POLICY: Final = "; ".join(_RULES)
"""What the page may do: nothing that is written in a document or a message is run or styled."""
_WRITTEN: Final = b"http://127.0.0.1:6877"
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


@cache
def read_file(name: str) -> Reply | None:
    """Give a file of the page with its headers; None if it has none of that name."""
    kind = _KINDS.get(name.rpartition(".")[2])
    if kind is None or name not in _names():
        return None
    return Reply((files(__package__) / name).read_bytes(), kind, headers=_HEADERS)


@cache
def _names() -> frozenset[str]:
    return frozenset(each.name for each in files(__package__).iterdir())


async def _inbox(_: ControlRequest) -> Reply:
    return _found("inbox.html")


async def _docs(_: ControlRequest) -> Reply:
    return _found("docs.html")


async def _guide(request: ControlRequest) -> Reply:
    """Give the guide with the address at which the caller reached this sandbox in its examples."""
    page = _found("llms.txt")
    return replace(page, body=page.body.replace(_WRITTEN, request.base_url.encode()))


async def _file(request: ControlRequest) -> Reply:
    return _found(request.path["file"])


def _found(name: str) -> Reply:
    reply = read_file(name) if name in _names() else None
    if reply is None:
        raise Problem(404, f"the page has no file {name}")
    return reply


ENDPOINTS = [
    ControlEndpoint(
        "GET", "/_sandbox/", "The inbox page", _inbox, str, lane=False, content_type="text/html", root="", public=True
    ),
    ControlEndpoint(
        "GET",
        "/_sandbox/docs",
        "The API reference of the providers and of this API, with try-it",
        _docs,
        str,
        lane=False,
        content_type="text/html",
        root="",
        public=True,
    ),
    ControlEndpoint(
        "GET",
        "/_sandbox/llms.txt",
        "How to integrate each provider, in fifty lines each",
        _guide,
        str,
        lane=False,
        content_type="text/plain",
        root="",
        public=True,
    ),
    ControlEndpoint(
        "GET",
        "/_sandbox/page/{file}",
        "A script or a sheet of the two pages",
        _file,
        str,
        lane=False,
        content_type="*/*",
        problems=(404,),
        root="",
        public=True,
    ),
]
