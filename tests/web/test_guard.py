"""Who may use the control API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from otp_sandbox.app import build
from otp_sandbox.settings import SettingError, Settings
from otp_sandbox.web.guard import host_name

INFO = "/_sandbox/v1/info"
RESET = "/_sandbox/v1/reset"
HEALTH = ("/healthz", "/readyz")

Start = Callable[..., Awaitable[Any]]


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:6877",
        "localhost.",
        "localhost:1",
        "app.localhost",
        "a.b.localhost:80",
        "127.0.0.1",
        "127.0.0.1:6877",
        "10.1.2.3",
        "[::1]",
        "[::1]:6877",
        "[fe80::1%eth0]:6877",
        "otp-sandbox",
        "otp_sandbox:6877",
        "host.docker.internal",
        "Host.Docker.Internal:6877",
    ],
)
@pytest.mark.parametrize("path", [INFO, "/_sandbox/", *HEALTH])
async def test_a_host_that_is_known_is_served(client: Any, host: str, path: str) -> None:
    answer = await client.send("GET", path, headers={"Host": host})

    assert answer.status in (200, 404)


@pytest.mark.parametrize(
    "host",
    [
        "evil.com",
        "evil.com:6877",
        "localhost.evil.com",
        "127.0.0.1.evil.com",
        "evillocalhost.com",
        "host.docker.internal.evil.com",
        "127.1",
        "[evil.com]",
        "[::1]evil.com",
        "::1",
        "localhost@evil.com",
        "localhost:80@evil.com",
        "localhost/evil.com",
        "evil com",
        ":80",
        ".",
    ],
)
@pytest.mark.parametrize("path", [INFO, "/_sandbox/"])
async def test_a_host_that_is_not_known_is_misdirected(client: Any, host: str, path: str) -> None:
    """So that no name which an attacker points here gets an answer."""
    answer = await client.send("GET", path, headers={"Host": host})

    assert answer.status == 421
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "allowed_hosts" in answer.json["detail"]


async def test_a_host_can_be_allowed(start: Start, client: Any) -> None:
    client.url = (await start(Settings(allowed_hosts=("Sandbox.Example.com",)))).server.url

    allowed = await client.send("GET", INFO, headers={"Host": "sandbox.example.com:443"})
    other = await client.send("GET", INFO, headers={"Host": "example.com"})

    assert allowed.status == 200
    assert other.status == 421


@pytest.mark.parametrize("path", ["/rest/SendOTP", "/api/?show=balance", "/nowhere", *HEALTH])
async def test_a_provider_path_takes_any_host(client: Any, path: str) -> None:
    answer = await client.send("GET", path, headers={"Host": "portal.amootsms.com", "Origin": "http://evil.com"})

    assert answer.status in (200, 404)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("A.b:1", "a.b"),
        ("a.", "a"),
        ("a:", "a"),
        ("[::1]:5", "::1"),
        ("[::A]", "::a"),
        ("", ""),
        ("[", ""),
        ("[]", ""),
        ("a:b", ""),
        ("a b", ""),
        ("a@b", ""),
        ("\udcff", "\udcff"),
    ],
)
def test_a_host_header_is_read(host: str, name: str) -> None:
    assert host_name(host) == name


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_page_of_the_sandbox_itself_may_ask(client: Any, method: str) -> None:
    path = INFO if method == "GET" else RESET
    sent = {} if method == "GET" else {"json": {}}

    answer = await client.send(method, path, headers={"Origin": client.url, "Sec-Fetch-Site": "same-origin"}, **sent)

    assert answer.status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.com"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://{host}"},
        {"Origin": "http://{host}.evil.com"},
        {"Origin": "http://{host}/"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "Cross-Site", "Origin": "http://{host}"},
    ],
)
@pytest.mark.parametrize("path", [INFO, "/_sandbox/", "/_sandbox/v1/nonsense"])
async def test_a_page_from_elsewhere_may_not_ask(client: Any, headers: dict[str, str], path: str) -> None:
    """Scheme, host and port are compared."""
    host = client.url.partition("//")[2]

    answer = await client.send("GET", path, headers={name: text.format(host=host) for name, text in headers.items()})

    assert answer.status == 403
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("site", ["same-origin", "same-site", "none"])
async def test_what_is_not_across_sites_may_ask(client: Any, site: str) -> None:
    answer = await client.send("GET", INFO, headers={"Sec-Fetch-Site": site})

    assert answer.status == 200


async def test_no_answer_allows_pages_from_elsewhere(client: Any) -> None:
    """No CORS: not in a preflight, and not in an answer."""
    preflight = await client.send(
        "OPTIONS", INFO, headers={"Origin": client.url, "Access-Control-Request-Method": "POST"}
    )
    answer = await client.send("GET", INFO, headers={"Origin": client.url})

    assert not [name for name in (*preflight.headers, *answer.headers) if name.lower().startswith("access-control")]


@pytest.fixture
async def guarded(start: Start, client: Any) -> Any:
    """A client of a sandbox with a token."""
    client.url = (await start(Settings(control_token="s3cret-ü"))).server.url
    return client


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "s3cret-ü",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Bearer s3cret-ü2",
        "Basic s3cret-ü",
        "Basic czNjcmV0",
        "Bearer\ts3cret-ü",
    ],
)
@pytest.mark.parametrize("path", [INFO, "/_sandbox/specs/esms.json", "/_sandbox/v1/nonsense"])
async def test_without_the_token_nobody_is_let_in(guarded: Any, header: str | None, path: str) -> None:
    answer = await guarded.send("GET", path, headers={} if header is None else {"Authorization": header})

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "s3cret" not in answer.text


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_with_the_token_everybody_is(guarded: Any, scheme: str) -> None:
    answer = await guarded.send("GET", INFO, headers={"Authorization": f"{scheme} s3cret-ü"})

    assert answer.status == 200


async def test_a_token_that_is_no_text_is_a_wrong_one(guarded: Any) -> None:
    """Its bytes are no UTF-8."""
    answer = await guarded.send("GET", INFO, headers={"Authorization": "Bearer \udcff"})

    assert answer.status == 401


@pytest.mark.parametrize("path", ["/rest/SendOTP", "/nowhere", *HEALTH])
async def test_the_token_is_for_the_control_api_only(guarded: Any, path: str) -> None:
    answer = await guarded.send("GET", path)

    assert answer.status in (200, 404)


async def test_a_foreign_page_is_not_told_whether_its_token_is_right(guarded: Any) -> None:
    """Host and origin come first."""
    right = {"Authorization": "Bearer s3cret-ü"}

    misdirected = await guarded.send("GET", INFO, headers={**right, "Host": "evil.com"})
    foreign = await guarded.send("GET", INFO, headers={"Origin": "null"})

    assert misdirected.status == 421
    assert foreign.status == 403


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.com"])
def test_beyond_loopback_a_token_is_asked_for(host: str) -> None:
    """Start-up stops and says what to set."""
    with pytest.raises(SettingError, match="OTP_SANDBOX_CONTROL_TOKEN"):
        build(Settings(host=host))


@pytest.mark.parametrize(
    "settings",
    [
        Settings(host="0.0.0.0", control_token="x"),
        Settings(host="0.0.0.0", control_open=True),
        Settings(host="127.0.0.1"),
        Settings(host="::1"),
        Settings(host="localhost"),
        Settings(),
    ],
)
def test_a_token_or_a_word_or_loopback_will_do(settings: Settings, providers: Any) -> None:
    assert build(settings, providers=providers).settings == settings
