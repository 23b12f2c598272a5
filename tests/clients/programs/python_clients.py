"""Sends requests with `python_clients.py requests|httpx|aiohttp|urllib`. What comes in: README.md."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import urlencode

Wanted = dict[str, Any]
Answer = tuple[int, str]
TIMEOUT = 20
H2C = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAARAAAAAAAIAAAAA"}


def headers_of(wanted: Wanted) -> dict[str, str]:
    """Give the headers that are asked for, by hand where a client has no other way."""
    headers = dict(wanted["headers"])
    if wanted["way"] == "h2c":
        headers |= H2C
    return headers


def body_of(wanted: Wanted) -> bytes | None:
    """Give a body that the caller writes."""
    if "text" in wanted:
        return str(wanted["text"]).encode(wanted["encoding"])
    if "json" in wanted:
        return json.dumps(wanted["json"]).encode()
    return urlencode(wanted["form"]).encode() if "form" in wanted else None


def kind_of(wanted: Wanted) -> dict[str, str]:
    """Give the Content-Type of a body that the caller writes, unless it is told."""
    if "Content-Type" in wanted["headers"] or not wanted.keys() & {"json", "form"}:
        return {}
    return {"Content-Type": "application/json" if "json" in wanted else "application/x-www-form-urlencoded"}


def address_of(wanted: Wanted) -> str:
    """Give the address with a query that is written already."""
    return f"{wanted['url']}?{wanted['raw_query']}" if "raw_query" in wanted else str(wanted["url"])


def pieces(body: bytes) -> Iterator[bytes]:
    """Give a body whose length nobody knows."""
    yield body[:5]
    yield body[5:]


def with_requests() -> Callable[[Wanted], Answer]:
    """A session of requests."""
    import requests  # noqa: PLC0415  (one client a run)

    session = requests.Session()
    session.trust_env = False

    def send(wanted: Wanted) -> Answer:
        more: Wanted = {"headers": headers_of(wanted), "params": wanted.get("query")}
        body = body_of(wanted)
        if wanted["way"] == "chunked" and body is not None:
            more |= {"data": pieces(body), "headers": more["headers"] | kind_of(wanted)}
        elif "text" in wanted:
            more["data"] = body
        else:
            more |= {"data": wanted.get("form"), "json": wanted.get("json")}
        if wanted["way"] == "expect":
            more["headers"]["Expect"] = "100-continue"
        if "proxy" in wanted:
            more["proxies"] = {"http": wanted["proxy"]}
        answer = session.request(wanted["method"], address_of(wanted), timeout=TIMEOUT, **more)
        return answer.status_code, answer.text

    return send


def with_httpx() -> Callable[[Wanted], Answer]:
    """A client of httpx."""
    import httpx  # noqa: PLC0415  (one client a run)

    usual = httpx.Client(trust_env=False, timeout=TIMEOUT)

    def send(wanted: Wanted) -> Answer:
        more: Wanted = {"headers": headers_of(wanted), "params": wanted.get("query")}
        body = body_of(wanted)
        if wanted["way"] == "chunked" and body is not None:
            more |= {"content": pieces(body), "headers": more["headers"] | kind_of(wanted)}
        elif "text" in wanted:
            more["content"] = body
        else:
            more |= {"data": wanted.get("form"), "json": wanted.get("json")}
        if wanted["way"] == "expect":
            more["headers"]["Expect"] = "100-continue"
        client = httpx.Client(proxy=wanted["proxy"], trust_env=False) if "proxy" in wanted else usual
        answer = client.request(wanted["method"], address_of(wanted), **more)
        return answer.status_code, answer.text

    return send


def with_urllib() -> Callable[[Wanted], Answer]:
    """What Python brings along."""
    from urllib.error import HTTPError  # noqa: PLC0415  (one client a run)
    from urllib.request import ProxyHandler, Request, build_opener  # noqa: PLC0415  (as above)

    def send(wanted: Wanted) -> Answer:
        address = address_of(wanted)
        if "query" in wanted:
            address += f"?{urlencode(wanted['query'])}"
        body: Any = body_of(wanted)
        if wanted["way"] == "chunked":
            body = pieces(body)
        request = Request(address, body, headers_of(wanted) | kind_of(wanted), method=wanted["method"])
        if wanted["way"] == "expect":
            request.add_header("Expect", "100-continue")
        opener = build_opener(ProxyHandler({"http": wanted["proxy"]} if "proxy" in wanted else {}))
        try:
            with opener.open(request, timeout=TIMEOUT) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    return send


def with_aiohttp() -> Callable[[Wanted], Answer]:
    """The client of aiohttp."""
    import aiohttp  # noqa: PLC0415  (one client a run)
    from yarl import URL  # noqa: PLC0415  (as above)

    async def later(body: bytes) -> AsyncIterator[bytes]:
        for piece in pieces(body):
            yield piece

    async def send(wanted: Wanted) -> Answer:
        more: Wanted = {"headers": headers_of(wanted), "params": wanted.get("query"), "proxy": wanted.get("proxy")}
        how: Wanted = {}
        body = body_of(wanted)
        if wanted["way"] == "chunked" and body is not None:
            more |= {"data": later(body), "headers": more["headers"] | kind_of(wanted)}
        elif "text" in wanted:
            more["data"] = body
        elif "json" in wanted:
            more["json"] = wanted["json"]
        else:
            more["data"] = wanted.get("form")
        if wanted["way"] == "expect":
            more["expect100"] = True
        if wanted["way"] == "http/1.0":
            how = {"version": aiohttp.HttpVersion10}
        address = URL(address_of(wanted), encoded="raw_query" in wanted)
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(TIMEOUT), **how) as session,
            session.request(wanted["method"], address, **more) as answer,
        ):
            return answer.status, await answer.text()

    return lambda wanted: asyncio.run(send(wanted))


CLIENTS = {"requests": with_requests, "httpx": with_httpx, "urllib": with_urllib, "aiohttp": with_aiohttp}


def main() -> None:
    """Send what is asked for on the standard input, one after the other."""
    send = CLIENTS[sys.argv[1]]()
    for wanted in json.load(sys.stdin):
        told: Wanted = {"id": wanted["id"]}
        try:
            told["status"], told["body"] = send(wanted)
        except Exception as error:  # noqa: BLE001  (whatever a client raises is what the test wants to see)
            told["error"] = f"{type(error).__name__}: {error}"
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
