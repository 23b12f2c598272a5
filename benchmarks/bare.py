"""The measure: an aiohttp Application on uvloop that answers constant bytes."""

from __future__ import annotations

import sys

import uvloop
from aiohttp import web

BODY = b'{"CodeResult":"100","CountRegenerate":0,"SMSID":"d533459ee42b2b9525ba9eabf6a8156d"}'


async def answer(_: web.Request) -> web.Response:
    """Answer the same bytes to everybody."""
    return web.Response(body=BODY, content_type="application/json", charset="utf-8")


def main() -> None:
    """Serve on the port that the command line names."""
    app = web.Application()
    app.router.add_get("/MainService.svc/json/SendMessageAutoGenCode_V4_get", answer)
    app.router.add_get("/MainService.svc/json/CheckCodeGen_V4_get", answer)
    loop = uvloop.new_event_loop()
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), loop=loop, print=None, access_log=None)


if __name__ == "__main__":
    main()
