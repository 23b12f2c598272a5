"""What the page shows of messages, in a real browser."""

from __future__ import annotations

import asyncio
import re
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from otp_sandbox.domain.challenges import CODES, Challenge
from otp_sandbox.domain.messages import MESSAGES, Message

pytestmark = pytest.mark.asyncio(loop_scope="session")

RTL_OVERRIDE, ISOLATE_END = "\u202e", "\u2069"


async def test_a_message_appears_when_it_is_sent(inbox: Any) -> None:
    """Nobody reloads: number, text, code and state are there, and the state changes by itself."""
    await inbox.open()
    await expect(inbox.page.get_by_role("status").first).to_have_text("live")

    await inbox.gencode("0901888484")

    code = (await inbox.newest())["code"]
    entry = inbox.entries()
    await expect(entry).to_have_count(1)
    await expect(entry.get_by_role("code")).to_have_text(code)
    await expect(entry).to_contain_text(f"{code} is it")
    await expect(inbox.entries().and_(inbox.page.get_by_label("+84901888484, delivered"))).to_have_count(1)


async def test_the_newest_stands_on_top(inbox: Any) -> None:
    for phone in ("0901000001", "0901000002", "0901000003"):
        await inbox.gencode(phone)
    await inbox.open()

    await expect(inbox.entries()).to_have_count(3)
    numbers = [await each.get_by_role("strong").inner_text() for each in await inbox.entries().all()]
    assert numbers == ["+84901000003", "+84901000002", "+84901000001"]


async def test_a_message_tells_all_about_itself(inbox: Any) -> None:
    await inbox.gencode("0901888484", message="Mã xác minh: {OTP}", TimeAlive="5")
    await inbox.open()
    await inbox.entries().get_by_role("link").click()

    detail = inbox.page.get_by_role("region", name="Details")
    told = await inbox.newest()
    for each in (told["text"], told["id"], "ucs-2", "850", "Sandbox", "SendMessageAutoGenCode_V4_get", "req-1"):
        await expect(detail).to_contain_text(each)
    await expect(detail.get_by_role("code").first).to_have_text(told["code"])
    await expect(detail.locator(".big-code .countdown")).to_have_text(re.compile(r"^[34]:\d\d$|^5:00$"))


async def test_the_life_of_a_code_follows_the_clock_of_the_lane(inbox: Any) -> None:
    """A code that has expired says so at once, one that was used or replaced too."""
    await inbox.control("PUT", "/clock", {"mode": "frozen"})
    await inbox.gencode("0901000001", TimeAlive="2")
    await inbox.gencode("0901000002", TimeAlive="2")
    await inbox.gencode("0901000002", TimeAlive="2")
    await inbox.open()
    await expect(inbox.page.get_by_label(re.compile(r"^\+84901000002, .*, superseded$"))).to_have_count(1)
    await expect(inbox.page.get_by_label(re.compile(r"^\+84901000001, .*, active$"))).to_have_count(1)

    await inbox.page.get_by_role("button", name="+5 m").click()

    await expect(inbox.page.get_by_label(re.compile(r", expired$"))).to_have_count(2)


async def test_a_queued_message_says_until_when(inbox: Any) -> None:
    await inbox.control("PUT", "/clock", {"mode": "frozen", "now": "2026-03-01T12:00:00+00:00"})
    fields = {"SMSMessageText": "x", "LineNumber": "public", "Mobile": "9120000000", "CodeLength": "4"}
    await inbox.get("/rest/SendOTP", Token="SANDBOX-TOKEN", SendDateTime="2026-03-01 16:30:00", **fields)
    await inbox.open()

    await expect(inbox.entries()).to_contain_text("queued, 1:00:00")


async def test_a_code_is_copied_by_button_and_by_key(inbox: Any) -> None:
    await inbox.gencode("0901000001")
    first = (await inbox.newest())["code"]
    await inbox.gencode("0901000002")
    second = (await inbox.newest())["code"]
    await inbox.open()
    await expect(inbox.entries()).to_have_count(2)

    await inbox.page.keyboard.press("c")  # nothing is open: the newest
    await expect(inbox.page.locator("#notices")).to_contain_text(second)
    copied_by_key = await inbox.copied()
    await inbox.entries().get_by_role("link").nth(1).click()
    await inbox.page.get_by_role("button", name="Copy code").click()
    await expect(inbox.page.locator("#notices")).to_contain_text(first)

    assert copied_by_key == second
    assert await inbox.copied() == first


async def test_the_keyboard_is_enough(inbox: Any) -> None:
    for number in range(3):
        await inbox.gencode(f"090100000{number}")
    await inbox.open()
    await expect(inbox.entries()).to_have_count(3)
    press, detail = inbox.page.keyboard.press, inbox.page.get_by_role("region", name="Details")

    await press("j")
    await press("j")
    await press("Enter")
    await expect(detail.get_by_role("heading").first).to_have_text("+84901000001")
    await press("k")
    await press("Enter")
    await expect(detail.get_by_role("heading").first).to_have_text("+84901000002")
    await press("Escape")
    await expect(detail).to_contain_text("Open an entry")
    await press("/")
    await expect(inbox.page.get_by_label("Search messages")).to_be_focused()
    await inbox.page.keyboard.type("j0000")  # a key in a field is a letter
    await expect(inbox.entries()).to_have_count(0)
    await press("Escape")
    await press("?")
    await expect(inbox.page.get_by_role("dialog", name="Keys")).to_be_visible()
    await press("Escape")
    await press("g")
    await press("2")
    await expect(inbox.page.get_by_role("list", name="Requests")).to_be_visible()


async def test_filters_and_search_find_messages(inbox: Any) -> None:
    """By provider, number in any spelling, state of message or code, and words without their marks."""
    await inbox.gencode("0901888484", message="Mã đăng nhập: {OTP}")
    fields = {"SMSMessageText": "ورود", "LineNumber": "public", "CodeLength": "4", "SendDateTime": ""}
    await inbox.get("/rest/SendOTP", Token="SANDBOX-TOKEN", Mobile="9121234567", **fields)
    await inbox.open()
    page = inbox.page

    async def found(number: int) -> None:
        await expect(inbox.entries()).to_have_count(number)

    await found(2)
    for label, fits, fits_not in (
        ("Number", "0901 888 484", "0901 888 485"),
        ("Number", "+84901888484", "0555"),
        ("Number", "۰۹۱۲۱۲۳۴۵۶۷", "۰۹۱۲۱۲۳۴۵۶۸"),
        ("Search messages", "dang NHAP", "dang xuat"),
        ("Search messages", "ورود", "خروج"),
    ):
        await page.get_by_label(label, exact=True).fill(fits)
        await found(1)
        await page.get_by_label(label, exact=True).fill(fits_not)
        await found(0)
        await expect(page.get_by_text("Nothing fits these filters.")).to_be_visible()
        await page.get_by_label(label, exact=True).fill("")
    for label, fits in (("Provider", "amoot"), ("State", "active")):
        await page.get_by_label(label, exact=True).select_option(fits)
    await found(1)
    await page.get_by_label("State", exact=True).select_option("used")
    await found(0)


HOSTILE = (
    "<script>document.title = 'run'</script><img src=x onerror=\"document.title = 'run'\">",
    "<b style='color:red'>bold</b> &lt;i&gt; </p></article><style>*{display:none}</style>",
    f"{RTL_OVERRIDE}txet desrever {ISOLATE_END}{ISOLATE_END} end",
    "x" * 10_000,
    "👩‍👩‍👧‍👦🇻🇳👍🏽 ok",
    "javascript:alert(1) {{7*7}} ${7*7} %00 \\u202e",
)
VIOLATIONS = (
    "window.violations = []; addEventListener('securitypolicyviolation', (e) => violations.push(e.violatedDirective))"
)


async def test_what_a_message_holds_is_only_text(inbox: Any) -> None:
    """It is never run, never styled, and stays in its place; the console has nothing to say."""
    for text in HOSTILE:
        await inbox.send_text(text)
    await inbox.page.add_init_script(VIOLATIONS)
    await inbox.open()
    bubble, fields = inbox.page.locator(".bubble"), inbox.page.get_by_role("region", name="Fields")

    for place, text in enumerate(reversed(HOSTILE)):
        await inbox.entries().get_by_role("link").nth(place).click()
        await expect(bubble).to_have_text(text)
        await expect(bubble.locator("*")).to_have_count(0)
        await expect(bubble).to_have_css("unicode-bidi", "isolate")
        assert await inbox.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await inbox.page.get_by_role("link", name="Requests").click()
    for place, text in enumerate(reversed(HOSTILE)):
        await inbox.entries("Requests").get_by_role("link").nth(place).click()
        await expect(fields).to_contain_text(text)

    assert await inbox.page.title() == "Requests · default · otp-sandbox"
    assert await inbox.page.evaluate("violations") == []


async def test_persian_goes_from_right_to_left(inbox: Any) -> None:
    await inbox.send_text("کد ورود شما: ۱۲۳۴۵")
    await inbox.open()
    await inbox.entries().get_by_role("link").click()

    # What is drawn anew in this moment has no style: looked at until it has.
    await expect(inbox.page.locator(".bubble")).to_have_css("direction", "rtl")
    await expect(inbox.page.locator(".phone-sender bdi")).to_have_css("direction", "ltr")


async def test_an_empty_inbox_shows_the_curl_that_fills_it(inbox: Any) -> None:
    """The command is run as it stands there."""
    await inbox.open()
    command = await inbox.page.locator(".empty pre").first.inner_text()
    assert inbox.url in command

    run = await asyncio.create_subprocess_exec("bash", "-c", command, stdout=subprocess.DEVNULL)
    await run.wait()

    await expect(inbox.entries()).to_have_count(1)
    await expect(inbox.page.locator(".empty")).to_have_count(0)


async def test_a_delivery_state_can_be_forced(inbox: Any) -> None:
    await inbox.gencode()
    await inbox.open()
    await inbox.entries().get_by_role("link").click()

    await inbox.page.get_by_role("button", name="failed").click()

    await expect(inbox.page.locator("#calls")).to_contain_text('/status {"state":"failed"}')
    await expect(inbox.entries().and_(inbox.page.get_by_label("failed"))).to_have_count(1)
    assert (await inbox.newest())["state"] == "failed"


async def fill(inbox: Any, count: int) -> None:
    """Put messages with live codes into the lane, as fast as the store takes them."""
    lane = inbox.sandbox.registry.default
    start = datetime.now(UTC) - timedelta(seconds=count)
    for number in range(count):
        at, phone = start + timedelta(seconds=number), f"+8490{number:07}"
        text, code = f"{number:06} is it", f"{number:06}"
        sent = Message(
            f"m{number}", "esms", "op", phone, "Sandbox", text, code, 850, "sent", at, "req-1", (("sent", at),)
        )
        lives = Challenge(f"code-m{number}", "esms", phone, code, at, at + timedelta(days=1))
        await inbox.sandbox.store.append(lane.key, MESSAGES, sent.id, sent)
        await inbox.sandbox.store.append(lane.key, CODES, lives.id, lives)


async def test_ten_thousand_messages_are_drawn_as_they_are_seen(inbox: Any) -> None:
    """The newest are there at once, all can be found and reached, and few are in the document."""
    await fill(inbox, 10_000)
    await inbox.open()
    await expect(inbox.entries().first).to_contain_text("009999")
    await expect(inbox.page.locator(".filters .count")).to_have_text("10000")
    assert await inbox.entries().count() < 40

    await inbox.page.locator(".rows").evaluate("(node) => node.scrollTo(0, node.scrollHeight)")
    await expect(inbox.entries().last).to_contain_text("000000")
    assert await inbox.entries().count() < 40
    await inbox.page.get_by_label("Search messages").fill("004321")
    await expect(inbox.entries()).to_have_count(1)
    await inbox.page.get_by_label("Search messages").fill("")
    await inbox.page.locator(".rows").evaluate("(node) => node.scrollTo(0, 200_000)")
    at = inbox.entries().nth(12).get_by_role("strong")
    await expect(at).to_have_text(re.compile(r"^\+8490000[78]"))
    seen = await at.inner_text()
    await inbox.gencode()  # who reads further down is not disturbed
    await expect(inbox.page.locator(".filters .count")).to_have_text("10001")
    assert await at.inner_text() == seen
