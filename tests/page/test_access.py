"""Whoever looks: with a screen reader, on a phone, at 200 %, in the dark."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from equipment import node_tools

pytestmark = pytest.mark.asyncio(loop_scope="session")

VIEWS = ("messages", "requests", "rentals", "callbacks", "accounts", "choices", "faults", "lanes")
FIND = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  const html = (node) => node.html.slice(0, 200);
  return violations.map((each) => [each.id, each.impact, each.nodes.slice(0, 3).map(html)]);
}"""


@pytest.fixture(scope="session")
def axe() -> str:
    """The script that finds what keeps people out."""
    return (node_tools.found() / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


async def story(inbox: Any) -> None:
    """Have something in each view."""
    await inbox.control("PATCH", "/accounts/thuesim", {"arrival": "manual", "callback_url": "http://127.0.0.1:9/"})
    await inbox.gencode("0901888484", TimeAlive="5")
    await inbox.gencode(Brandname="MyShop")
    await inbox.rent()
    await inbox.send_text("کد ورود شما: ۱۲۳۴۵")
    rental = (await inbox.control("GET", "/rentals"))["rentals"][0]
    await inbox.control("POST", f"/rentals/{rental['id']}/sms", {"text": "481516"})
    await inbox.control("POST", "/clock/advance", {"by": "5s"})
    await inbox.rent()
    await inbox.control("POST", "/faults", {"preset": "flaky", "match": {"provider": "amoot"}, "ttl": "10m"})


async def faults(inbox: Any) -> list[Any]:
    """Give what axe finds and calls serious or critical."""
    return [each for each in await inbox.page.evaluate(FIND) if each[1] in ("serious", "critical")]


@pytest.mark.parametrize(
    ("scheme", "size", "views"),
    [("light", (1200, 800), VIEWS), ("dark", (390, 780), ("messages", "rentals"))],
    ids=["wide and light", "phone and dark"],
)
async def test_axe_finds_nothing_serious(
    look: Any, axe: str, scheme: str, size: tuple[int, int], views: tuple[str, ...]
) -> None:
    """In each view, with an entry open, and in the reference."""
    inbox = await look(color_scheme=scheme, reduced_motion="reduce", viewport={"width": size[0], "height": size[1]})
    await story(inbox)
    await inbox.open()
    await inbox.page.evaluate(axe)

    for view in views:
        await inbox.show(view)
        assert await faults(inbox) == [], view
        if view in ("messages", "requests"):
            await inbox.page.locator("main .row a").first.click()
            await expect(inbox.page.locator(".detail article")).to_be_visible()
            assert await faults(inbox) == [], f"{view}, open"
    await inbox.page.goto(f"{inbox.url}/_sandbox/docs#/esms/CheckCodeGen_V4_get")
    await expect(inbox.page.get_by_role("article", name="Try it")).to_be_visible()
    await inbox.page.evaluate(axe)
    assert await faults(inbox) == [], "docs"


async def test_there_are_landmarks_and_named_lists(inbox: Any) -> None:
    await story(inbox)
    await inbox.open()

    for role, name in (("banner", None), ("navigation", "Views"), ("main", None), ("contentinfo", None)):
        await expect(inbox.page.get_by_role(role, name=name)).to_have_count(1)
    await expect(inbox.page.get_by_role("list", name="Messages")).to_have_attribute("role", "list")
    [first] = [await inbox.entries().last.get_attribute("aria-label")]
    code = (await inbox.control("GET", "/codes"))["codes"][0]["code"]
    assert first == f"+84901888484, delivered, code {code}, active"


async def test_nothing_is_cut_off(inbox: Any) -> None:
    """On a small phone, a usual one, and a wide screen at 200 %: no view is too wide, all can be reached."""
    await story(inbox)
    await inbox.open()

    for width, height, views in ((320, 568, VIEWS), (390, 780, VIEWS[:1]), (640, 400, VIEWS[:2])):
        await inbox.page.set_viewport_size({"width": width, "height": height})
        for view in views:
            await inbox.show(view)
            assert await inbox.page.evaluate("document.documentElement.scrollWidth") <= width, view
        await inbox.show("messages")
        await inbox.entries().get_by_role("link").first.click()
        await inbox.page.get_by_role("button", name="rejected").scroll_into_view_if_needed()
        await expect(inbox.page.get_by_role("button", name="rejected")).to_be_in_viewport()
        await inbox.page.get_by_role("link", name="Back to the list").click()
        await expect(inbox.entries().first).to_be_visible()
