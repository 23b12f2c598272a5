"""A browser for all tests of the page, and a sandbox for each that it looks at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, async_playwright, expect

from equipment import browser
from otp_sandbox.app import Sandbox, build
from otp_sandbox.contract import Provider
from otp_sandbox.settings import Settings

PATIENCE = 10_000
"""Milliseconds after which something does not come any more; machines are shared."""
KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
SETTINGS = Settings(port=0, seed=7)
expect.set_options(timeout=PATIENCE)


@dataclass
class Inbox:
    """A sandbox, and the page that shows it. What the console complains of is kept."""

    sandbox: Sandbox
    page: Page
    session: aiohttp.ClientSession
    complaints: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where the sandbox is."""
        return self.sandbox.server.url

    async def open(self, view: str = "") -> None:
        """Open the page, at a view of the lane `default` if one is named."""
        await self.page.goto(f"{self.url}/_sandbox/{f'#/default/{view}' if view else ''}")

    async def show(self, view: str) -> None:
        """Go to a view of the lane `default` that has something to show."""
        await self.page.evaluate("(view) => { location.hash = `#/default/${view}` }", view)
        await expect(self.page.locator("#views a[aria-current]")).to_have_attribute("href", f"#/default/{view}")
        await expect(self.page.locator("main article, main .row").first).to_be_visible()

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API from outside of the page."""
        url = f"{self.url}/_sandbox/v1{path}"
        sent = None if body is None and method in ("GET", "DELETE") else body or {}
        async with self.session.request(method, url, json=sent) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json() if answer.status != 204 else None

    async def get(self, path: str, **fields: str) -> str:
        """Call a provider."""
        async with self.session.get(self.url + path, params=fields) as answer:
            return await answer.text()

    async def gencode(self, phone: str = "0912345678", **fields: str) -> None:
        """Let eSMS send a code."""
        sent = {"Phone": phone, "Brandname": "Sandbox", "Type": "2", "message": "{OTP} is it", "IsNumber": "1"} | fields
        await self.get("/MainService.svc/json/SendMessageAutoGenCode_V4_get", **KEYS, **sent)

    async def send_text(self, text: str, phone: str = "0912345678") -> None:
        """Let eSMS send a text of any length."""
        body = {**KEYS, "Phone": phone, "Content": text, "Brandname": "Sandbox", "SmsType": "2", "IsUnicode": "1"}
        url = f"{self.url}/MainService.svc/json/SendMultipleMessage_V4_post_json/"
        async with self.session.post(url, json=body) as answer:
            assert answer.status == 200

    async def rent(self) -> None:
        """Rent a number at thuesim."""
        await self.get("/api/register-service/", serviceId="02.97", token="SANDBOX-TOKEN")

    async def newest(self) -> Any:
        """Give the newest message."""
        return await self.control("GET", "/messages/latest")

    def entries(self, name: str = "Messages") -> Locator:
        """Find what is drawn of a list."""
        return self.page.get_by_role("list", name=name).get_by_role("listitem")

    async def copied(self) -> str:
        """Give what is in the clipboard."""
        return str(await self.page.evaluate("navigator.clipboard.readText()"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all."""
    options = browser.launch_options()
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(**options)
        yield started
        await started.close()


Look = Callable[..., Awaitable[Inbox]]


@pytest_asyncio.fixture(loop_scope="session")
async def look(chromium: Browser, providers: dict[str, Provider]) -> AsyncIterator[Look]:
    """Look at a sandbox of its own: with settings, and with what a browser's context takes."""
    held: list[tuple[Inbox, BrowserContext]] = []

    async def begin(settings: Settings = SETTINGS, **context: Any) -> Inbox:
        sandbox = build(settings, providers=providers)
        await sandbox.start()
        opened = await chromium.new_context(
            **{"viewport": {"width": 1200, "height": 800}, "permissions": ["clipboard-read", "clipboard-write"]}
            | context
        )
        opened.set_default_timeout(PATIENCE)
        inbox = Inbox(sandbox, await opened.new_page(), aiohttp.ClientSession())

        def complain(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
                inbox.complaints.append(message.text)

        inbox.page.on("console", complain)
        inbox.page.on("pageerror", lambda error: inbox.complaints.append(str(error)))
        held.append((inbox, opened))
        return inbox

    yield begin
    for inbox, opened in held:
        await opened.close()
        await inbox.session.close()
        await inbox.sandbox.stop()
        assert inbox.complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def inbox(look: Look) -> Inbox:
    """A sandbox as it comes, with a page that is not opened yet."""
    return await look()
