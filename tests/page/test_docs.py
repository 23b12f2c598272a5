"""The API reference, offline, with try-it against the sandbox that serves it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.asyncio(loop_scope="session")


SWEEP = """async () => {
  const wrong = [];
  for (const { hash } of document.querySelectorAll("#operations a")) {
    location.hash = hash;
    await new Promise((resolve) => addEventListener("hashchange", () => setTimeout(resolve), { once: true }));
    const heading = [...document.querySelectorAll("main h2")].find((each) => each.textContent === "Answers");
    if (!heading || document.querySelector("main [role=alert]")) wrong.push(hash);
  }
  return wrong;
}"""
"""Opens one operation after the other; gives those that are not drawn to their end."""


async def visit(inbox: Any, place: str = "") -> None:
    """Open the reference."""
    await inbox.page.goto(f"{inbox.url}/_sandbox/docs{place}")


async def test_every_operation_of_every_api_is_shown(inbox: Any) -> None:
    """None fails to be drawn; all come from this sandbox alone."""
    asked: list[str] = []
    inbox.page.on("request", lambda request: asked.append(request.url))
    await visit(inbox)
    page = inbox.page
    operations = page.get_by_role("navigation", name="Operations").get_by_role("link")

    for api, least in (("Amoot SMS", 30), ("eSMS", 14), ("thuesim", 3), ("Control API", 40)):
        await page.get_by_role("link", name=api, exact=True).click()
        await expect(page.get_by_role("link", name=api, exact=True)).to_have_attribute("aria-current", "page")
        assert await operations.count() >= least
        assert await page.evaluate(SWEEP) == []

    assert all(each.startswith(inbox.url) for each in asked)


async def test_a_call_of_a_provider_is_tried(inbox: Any) -> None:
    """With the sandbox's own credentials filled in; it arrives as any other."""
    await visit(inbox, "#/esms/SendMessageAutoGenCode_V4_get")
    tried = inbox.page.get_by_role("article", name="Try it")
    await tried.get_by_label("Phone").fill("0901888484")
    await tried.get_by_label("Brandname").fill("Sandbox")
    await tried.get_by_label("message").fill("{OTP} là mã của bạn")

    await tried.get_by_role("button", name="Send").click()

    await expect(tried).to_contain_text('"CodeResult": "100"')
    assert (await inbox.newest())["to"] == "+84901888484"


async def test_a_body_of_any_kind_is_tried(inbox: Any) -> None:
    await visit(inbox, "#/amoot/SendOTP")
    tried = inbox.page.get_by_role("article", name="Try it")
    sent = {"SMSMessageText": "کد", "LineNumber": "public", "CodeLength": "5", "Token": "SANDBOX-TOKEN"}
    kinds = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")

    for number, kind in enumerate(kinds):
        fields = {**sent, "Mobile": f"912123456{number}"}
        form = "\n".join(f"{name}={value}" for name, value in fields.items())
        await tried.get_by_label("Content type").select_option(kind)
        await expect(tried.get_by_label("Body")).to_have_value(re.compile("SMSMessageText"))
        await tried.get_by_label("Body").fill(json.dumps(fields) if "json" in kind else form)
        await tried.get_by_role("button", name="Send").click()
        await expect(tried).to_contain_text(f'"Mobile": 912123456{number}')

    messages = (await inbox.control("GET", "/messages"))["messages"]
    assert [each["to"] for each in messages] == [f"+98912123456{number}" for number in range(3)]


async def test_a_call_of_the_control_api_is_tried_and_copied(inbox: Any) -> None:
    await visit(inbox, "#/control/post_clock_advance")
    tried = inbox.page.get_by_role("article", name="Try it")
    await tried.get_by_label("Body").fill('{"by":"2m"}')

    await tried.get_by_role("button", name="Send").click()

    await expect(tried).to_contain_text('"offset": "2m"')
    await tried.get_by_role("button", name="Copy as curl").click()
    await expect(inbox.page.locator("#notices")).to_contain_text("Copied")
    url = f"{inbox.url}/_sandbox/v1/clock/advance"
    kind = "Content-Type: application/json"
    assert await inbox.copied() == f"curl -s -X POST '{url}' -H '{kind}' -d '{{\"by\":\"2m\"}}'"
