"""Test pages of other origins, which the setting `allowed_origins` names: they may ask, and read the answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from otp_sandbox.settings import Settings

INFO = "/_sandbox/v1/info"
RESET = "/_sandbox/v1/reset"
PAGE = "http://localhost:3000"
OTHER = "https://app.test"
ASKED = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}

Start = Callable[..., Awaitable[Any]]


@pytest.fixture
async def shared(start: Start, client: Any) -> Any:
    """A client of a sandbox with a token that two origins may use."""
    client.url = (await start(Settings(allowed_origins=(PAGE, OTHER), control_token="s3cret"))).server.url
    return client


def cors(answer: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items() if name.lower().startswith("access-control")}


@pytest.mark.parametrize("origin", [PAGE, OTHER])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_page_that_is_allowed_asks_and_reads(shared: Any, origin: str, site: str) -> None:
    """With the token, as everybody; the answer names its origin and no other."""
    sent = {"Origin": origin, "Sec-Fetch-Site": site, "Authorization": "Bearer s3cret"}

    read = await shared.send("GET", INFO, headers=sent)
    written = await shared.send("POST", RESET, headers=sent, json={})

    for answer in (read, written):
        assert answer.status == 200
        assert cors(answer) == {"access-control-allow-origin": origin}
        assert answer.headers["Vary"] == "Origin"


async def test_a_page_that_is_allowed_reads_problems_too(shared: Any) -> None:
    """So that it can say what is wrong."""
    without_token = await shared.send("GET", INFO, headers={"Origin": PAGE})
    unknown = await shared.send(
        "GET", "/_sandbox/v1/lanes/nobody", headers={"Origin": PAGE, "Authorization": "Bearer s3cret"}
    )

    assert (without_token.status, unknown.status) == (401, 404)
    assert cors(without_token) == cors(unknown) == {"access-control-allow-origin": PAGE}


async def test_a_browser_may_ask_first(shared: Any) -> None:
    """The preflight carries no token, and gets none of the data."""
    answer = await shared.send("OPTIONS", RESET, headers={"Origin": PAGE, **ASKED})

    assert (answer.status, answer.text) == (204, "")
    assert cors(answer) == {
        "access-control-allow-origin": PAGE,
        "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
        "access-control-allow-headers": "Authorization, Content-Type, Last-Event-ID",
        "access-control-max-age": "600",
    }


async def test_a_browser_that_asks_for_a_private_network_is_answered(shared: Any) -> None:
    headers = {"Origin": PAGE, **ASKED, "Access-Control-Request-Private-Network": "true"}

    answer = await shared.send("OPTIONS", RESET, headers=headers)

    assert cors(answer)["access-control-allow-private-network"] == "true"


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:3001",
        "http://localhost",
        "https://localhost:3000",
        "http://localhost:3000/",
        "http://localhost:3000.evil.com",
        "http://evil.com",
        "HTTP://LOCALHOST:3000",
        "null",
        "",
    ],
)
async def test_any_other_page_is_refused_as_ever(shared: Any, origin: str) -> None:
    """Origins are compared whole."""
    headers = {"Origin": origin, "Authorization": "Bearer s3cret"}

    asked = await shared.send("GET", INFO, headers=headers)
    first = await shared.send("OPTIONS", RESET, headers={**headers, **ASKED})

    assert asked.status == 403
    assert "allowed_origins" in asked.json["detail"]
    assert first.status == 403
    assert cors(asked) == cors(first) == {}


async def test_a_page_that_tells_no_origin_is_refused_across_sites(shared: Any) -> None:
    """As where it embeds an answer as a picture."""
    answer = await shared.send("GET", INFO, headers={"Sec-Fetch-Site": "cross-site", "Authorization": "Bearer s3cret"})

    assert answer.status == 403


async def test_an_allowed_page_does_not_make_a_host_known(shared: Any) -> None:
    headers = {"Origin": PAGE, "Host": "evil.com"}

    asked = await shared.send("GET", INFO, headers={**headers, "Authorization": "Bearer s3cret"})
    first = await shared.send("OPTIONS", RESET, headers={**headers, **ASKED})

    assert (asked.status, first.status) == (421, 421)


@pytest.mark.parametrize("path", ["/rest/SendOTP", "/api/?show=balance", "/nowhere"])
async def test_a_provider_knows_nothing_of_it(shared: Any, path: str) -> None:
    """The real ones do not let pages ask."""
    answer = await shared.send("GET", path, headers={"Origin": PAGE})

    assert cors(answer) == {}
    assert "Vary" not in answer.headers


async def test_without_the_setting_nothing_is_shared(client: Any) -> None:
    asked = await client.send("GET", INFO, headers={"Origin": PAGE})
    first = await client.send("OPTIONS", RESET, headers={"Origin": PAGE, **ASKED})

    assert (asked.status, first.status) == (403, 403)
    assert cors(asked) == cors(first) == {}
    assert "Vary" not in asked.headers
