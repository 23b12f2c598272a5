"""Asks eSMS for the balance, with a client of Python."""

import asyncio
import sys

URL = "https://rest.esms.vn/MainService.svc/json/GetBalance/SANDBOX-API-KEY/SANDBOX-SECRET-KEY"


def by_urllib() -> str:
    import urllib.request  # noqa: PLC0415  (one client a run)

    with urllib.request.urlopen(URL, timeout=20) as answer:
        return str(answer.read().decode())


def by_requests() -> str:
    import requests  # noqa: PLC0415  (as above)

    return requests.get(URL, timeout=20).text


def by_httpx() -> str:
    import httpx  # noqa: PLC0415  (as above)

    return httpx.get(URL, timeout=20).text


def by_aiohttp() -> str:
    import aiohttp  # noqa: PLC0415  (as above)

    async def ask() -> str:
        async with aiohttp.ClientSession(trust_env=True) as session, session.get(URL) as answer:
            return await answer.text()

    return asyncio.run(ask())


print({"urllib": by_urllib, "requests": by_requests, "httpx": by_httpx, "aiohttp": by_aiohttp}[sys.argv[1]]())
