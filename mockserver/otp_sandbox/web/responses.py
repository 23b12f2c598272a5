"""Makes a response of an answer, the same way for providers and control API."""

from __future__ import annotations

from aiohttp import web

from otp_sandbox.contract import Reply


def response(reply: Reply) -> web.Response:
    """Make the response; an answer without a body has no content type of its own."""
    headers = {"Content-Type": reply.content_type} if reply.body else {}
    if reply.headers:
        headers.update(reply.headers)
    return web.Response(body=reply.body, status=reply.status, headers=headers)
