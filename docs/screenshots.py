# ruff: noqa: INP001  (a script beside the pictures that it makes)
"""Makes the pictures of the inbox page in `docs/images/`: `.venv/bin/python docs/screenshots.py`.

It plays a small story in a sandbox of its own, on a clock that stands: pictures differ only when the page does.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import Page, async_playwright

from otp_sandbox.app import build
from otp_sandbox.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
MOST = 150_000
"""Bytes of a picture."""
WIDE = {"width": 1060, "height": 690}
PHONE = {"width": 390, "height": 780}
GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
AMOOT = {"Token": "SANDBOX-TOKEN"}
THUESIM = {"token": "SANDBOX-TOKEN"}
KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}

sys.path.insert(0, str(ROOT / "tests"))
from equipment import browser  # noqa: E402  (found where the line above points)


async def play_story(url: str) -> None:
    """Let there be messages of both countries, some requests, rentals and a callback."""
    async with aiohttp.ClientSession() as session:

        async def control(method: str, path: str, body: Any) -> None:
            async with session.request(method, f"{url}/_sandbox/v1{path}", json=body) as answer:
                answer.raise_for_status()

        async def get(path: str, **fields: str) -> str:
            async with session.get(url + path, params=fields) as answer:
                return await answer.text()

        async def gencode(phone: str, message: str, brandname: str = "Sandbox", **more: str) -> None:
            sent = {"Phone": phone, "Brandname": brandname, "Type": "2", "message": message, "IsNumber": "1", **more}
            await get(GENCODE, **KEYS, **sent)

        await control("PUT", "/clock", {"mode": "frozen", "now": "2026-03-01T09:00:00+07:00"})
        await control("PATCH", "/accounts/thuesim", {"callback_url": "http://127.0.0.1:9/otp", "min_interval": "0s"})
        await gencode("0901888484", "{OTP} la ma xac minh cua ban", TimeAlive="2")
        await control("POST", "/clock/advance", {"by": "4m10s"})
        await gencode(
            "0912345678", "Mã xác minh của bạn là {OTP}. Không chia sẻ mã này với bất kỳ ai.", NumCharOfCode="6"
        )
        await get(
            "/MainService.svc/json/CheckCodeGen_V4_get", **KEYS, Phone="0912345678", Code=await _latest(session, url)
        )
        await control("POST", "/clock/advance", {"by": "50s"})
        await gencode("0987654321", "{OTP} is your code", brandname="MyShop")
        await get("/api/register-service/", serviceId="02.97", **THUESIM)
        await get("/api/register-service/", serviceId="01.4", **THUESIM)
        await control("POST", "/clock/advance", {"by": "3s"})
        await gencode(
            "0933221100", "Your Acme code is {OTP}. It is valid for five minutes.", NumCharOfCode="6", TimeAlive="5"
        )
        persian = "کد ورود شما به فروشگاه: %code%\nاین کد را به کسی نگویید."
        sms = {"LineNumber": "public", "Mobile": "9121234567", "CodeLength": "5", "SendDateTime": ""}
        await get("/rest/SendOTP", **AMOOT, SMSMessageText=persian, **sms)
        await control("POST", "/clock/advance", {"by": "41s"})
        await get("/rest/SendOtp", **AMOOT)
        await gencode("0977001122", "{OTP} là mã đăng nhập của bạn tại Phở Việt", NumCharOfCode="6", TimeAlive="3")


async def _latest(session: aiohttp.ClientSession, url: str) -> str:
    async with session.get(f"{url}/_sandbox/v1/messages/latest") as answer:
        return str((await answer.json())["code"])


async def shoot(page: Page, name: str) -> None:
    """Take a picture of what is seen."""
    path = IMAGES / f"{name}.png"
    await page.wait_for_timeout(300)
    await page.screenshot(path=path)
    if path.stat().st_size > MOST:
        raise SystemExit(f"{path} has more than {MOST} bytes")


async def open_message(page: Page, phone: str) -> None:
    """Open the message of a phone."""
    await page.get_by_role("list", name="Messages").get_by_role("listitem", name=phone).get_by_role("link").click()


async def main() -> None:
    """Make all pictures."""
    IMAGES.mkdir(exist_ok=True)
    sandbox = build(Settings(port=0, seed=7))
    await sandbox.start()
    url = sandbox.server.url
    try:
        await play_story(url)
        async with async_playwright() as playwright:
            chromium = await playwright.chromium.launch(**browser.launch_options())
            for name, size, scheme in (("wide", WIDE, "light"), ("dark", WIDE, "dark"), ("phone", PHONE, "light")):
                context = await chromium.new_context(
                    viewport=size, color_scheme=scheme, timezone_id="Asia/Ho_Chi_Minh", locale="en-GB"
                )
                page = await context.new_page()
                await page.goto(f"{url}/_sandbox/")
                if name == "phone":
                    await shoot(page, "inbox-phone-list")
                await open_message(page, "+84933221100")
                await shoot(page, f"inbox-{name}")
                if name == "wide":
                    await open_message(page, "+989121234567")
                    await shoot(page, "inbox-persian")
                    await page.get_by_role("link", name="Requests").click()
                    await page.get_by_role("listitem", name="brandname_unknown").get_by_role("link").click()
                    await shoot(page, "inbox-requests")
                await context.close()
            await chromium.close()
    finally:
        await sandbox.stop()


if __name__ == "__main__":
    asyncio.run(main())
