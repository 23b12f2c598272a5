"""How the page is served: its way, its headers, who may have it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any

import pytest

from otp_sandbox.settings import Settings
from otp_sandbox.web.page.files import POLICY

KINDS = (".css", ".html", ".js", ".svg", ".txt")
NAMES = sorted(each.name for each in files("otp_sandbox.web.page").iterdir() if each.name.endswith(KINDS))
PAGES = ("/_sandbox/", "/_sandbox/docs")
FILES = tuple(f"/_sandbox/page/{name}" for name in NAMES)
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
async def locked(start: Callable[..., Awaitable[Any]], client: Any) -> Any:
    """A client of a sandbox that asks for a token."""
    sandbox = await start(Settings(control_token="s3cret"))
    return type(client)(sandbox.server.url, client.session)


async def test_a_browser_at_the_root_is_sent_to_the_inbox(client: Any) -> None:
    answer = await client.send("GET", "/", headers=BROWSER, allow_redirects=False)

    assert answer.status == 302
    assert answer.headers["Location"] == "/_sandbox/"


@pytest.mark.parametrize("accept", ["*/*", "application/json", ""])
async def test_others_at_the_root_are_told_the_way(client: Any, accept: str) -> None:
    answer = await client.send("GET", "/", headers={"Accept": accept}, allow_redirects=False)

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert f"{client.url}/_sandbox/" in answer.text
    assert f"{client.url}/_sandbox/docs" in answer.text


async def test_the_root_is_not_in_the_journal_but_lost_calls_are(client: Any) -> None:
    """With a query, or with another method, somebody's base URL is wrong."""
    for method in ("GET", "HEAD"):
        await client.send(method, "/", headers=BROWSER, allow_redirects=False)
    assert (await client.control("GET", "/requests")).json["requests"] == []

    lost = [await client.send("GET", "/?ApiKey=SANDBOX-API-KEY"), await client.send("POST", "/", data=b"x=1")]

    assert [each.status for each in lost] == [404, 404]
    assert len((await client.control("GET", "/requests/unmatched")).json["requests"]) == 2


async def test_the_inbox_is_found_without_its_slash(client: Any) -> None:
    answer = await client.send("GET", "/_sandbox", allow_redirects=False)

    assert (answer.status, answer.headers["Location"]) == (302, "/_sandbox/")


@pytest.mark.parametrize("path", [*PAGES, *FILES])
async def test_every_file_comes_with_its_kind_and_the_policy(client: Any, path: str) -> None:
    answer = await client.send("GET", path)
    head = await client.send("HEAD", path)

    kinds = {
        "css": "text/css",
        "html": "text/html",
        "js": "text/javascript",
        "svg": "image/svg+xml",
        "txt": "text/plain",
    }
    assert answer.status == head.status == 200
    assert answer.headers["Content-Type"].startswith(kinds.get(path.rpartition(".")[2], "text/html"))
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_policy_lets_nothing_run_that_is_written_in_a_document() -> None:
    rules = dict(each.split(" ", 1) for each in POLICY.split("; "))

    assert "unsafe" not in POLICY
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert rules["require-trusted-types-for"] == "'script'"


@pytest.mark.parametrize("name", [each for each in NAMES if each.endswith((".html", ".js"))])
def test_no_file_asks_anybody_else_or_reads_markup(name: str) -> None:
    """No address of others, no inline script, style or handler, nothing that makes elements of text."""
    text = (files("otp_sandbox.web.page") / name).read_text("utf-8")

    assert re.findall(r"https?://(?!127\.0\.0\.1|www\.w3\.org/2000/svg)[^\s\"'`]+", text) == []
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text) == []
    if name.endswith(".html"):
        assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text) == []


@pytest.mark.parametrize(
    "path",
    ["nothing.js", "files.py", "__init__.py", "..%2Ffiles.py", "..%2F..%2Fguard.py", "%2Fetc%2Fpasswd", ".", "%00.js"],
)
async def test_no_other_file_is_served(client: Any, path: str) -> None:
    answer = await client.send("GET", f"/_sandbox/page/{path}")

    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", [*PAGES, "/_sandbox/page/page.js"])
async def test_who_may_have_it(client: Any, path: str) -> None:
    """Guarded as the control API is: a known Host, no page of another site; and it can only be read."""
    foreign = await client.send("GET", path, headers={"Host": "evil.com"})
    cross = await client.send("GET", path, headers={"Sec-Fetch-Site": "cross-site"})
    written = await client.send("POST", path, json={})

    assert (foreign.status, cross.status, written.status) == (421, 403, 405)
    assert written.headers["Allow"] == "GET"


async def test_the_page_is_public_and_what_it_shows_is_not(locked: Any) -> None:
    """The page itself asks for the token: it comes without one, and so do its files."""
    shown = [(await locked.send("GET", path)).status for path in (*PAGES, "/_sandbox", "/_sandbox/page/page.js")]
    kept = [(await locked.send("GET", path)).status for path in ("/_sandbox/v1/messages", "/_sandbox/specs/esms.json")]

    assert shown == [200, 200, 200, 200]
    assert kept == [401, 401]
    assert (await locked.send("GET", "/_sandbox/page/../v1/info")).status == 401


async def test_the_guide_has_the_address_at_which_it_was_asked_for(locked: Any) -> None:
    """Without the token: it shows nothing that a sandbox holds."""
    answer = await locked.send("GET", "/_sandbox/llms.txt")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert f"curl -sG {locked.url}/MainService.svc/json/SendMessageAutoGenCode_V4_get" in answer.text
    assert ":6877" not in answer.text
    assert answer.text.startswith("# ")


async def test_all_that_a_page_names_is_there(client: Any) -> None:
    """Each import and each file of the documents; and nothing lies there unused."""
    named = set()
    for name in NAMES:
        if name.endswith((".html", ".js")):
            text = (files("otp_sandbox.web.page") / name).read_text("utf-8")
            named |= set(re.findall(r"/_sandbox/page/([\w.]+)|(?:from |import\()\"\./([\w.]+)\"", text))
    flat = {first or second for first, second in named}

    assert flat == {name for name in NAMES if not name.endswith((".html", ".txt"))}
