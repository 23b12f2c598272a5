"""Tells browsers, and what reads their settings, which hosts to ask through the proxy."""

from __future__ import annotations

import json

from otp_sandbox.contract import Reply
from otp_sandbox.interception.hosts import played
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest
from otp_sandbox.web.guard import host_name
from otp_sandbox.web.problems import Problem

KIND = "application/x-ns-proxy-autoconfig"


async def _pac(request: ControlRequest) -> Reply:
    url = request.control.proxy_url()
    if url is None:
        raise Problem(404, "there is no proxy here; start the sandbox with --proxy-port")
    name = host_name(request.http.headers.get("Host", ""))
    port = url.rpartition(":")[2]
    at = f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
    hosts = json.dumps(dict.fromkeys(sorted(played(request.control.providers.values())), 1), indent=2)
    script = (
        f"var played = {hosts};\n\n"
        "function FindProxyForURL(url, host) {\n"
        f'  return played[host.toLowerCase()] === 1 ? "PROXY {at}" : "DIRECT";\n'
        "}\n"
    )
    return Reply(script.encode(), KIND, headers={"Cache-Control": "no-cache"})


ENDPOINTS = [
    ControlEndpoint(
        "GET",
        "/_sandbox/proxy.pac",
        "Which hosts go through the proxy, as a script for browsers",
        _pac,
        str,
        lane=False,
        content_type=KIND,
        root="",
        public=True,
        problems=(404,),
    )
]
