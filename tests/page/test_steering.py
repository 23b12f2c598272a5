"""What the page does to a sandbox: each action is a call of the control API, and is shown as such."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from otp_sandbox.settings import Settings

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_clock_is_moved(inbox: Any) -> None:
    """Freeze, a minute, five minutes, the next thing that is due, on from here, back to real time."""
    await inbox.open()
    calls, clock = inbox.page.locator("#calls"), inbox.page.get_by_role("region", name="Clock")
    press = lambda name: clock.get_by_role("button", name=name, exact=True).click()  # noqa: E731  (a word for it)
    await expect(clock).to_contain_text("real time")

    await press("Freeze")
    await expect(clock).to_contain_text("frozen")
    await expect(calls).to_contain_text('PUT /_sandbox/v1/clock {"mode":"frozen"}')
    await inbox.gencode()
    before = (await inbox.control("GET", "/clock"))["next_due"]
    await press("Next due")
    await expect(inbox.page.locator("#notices")).to_contain_text("1 delivery")
    assert (await inbox.control("GET", "/clock"))["now"] == before
    await press("+1 m")
    await expect(calls).to_contain_text('POST /_sandbox/v1/clock/advance {"by":"1m"}')
    await press("+5 m")
    await press("Run")
    await expect(clock).to_contain_text(re.compile(r"\+[56]m"))
    await press("Real")
    await expect(clock).to_contain_text("real time")
    await calls.get_by_role("button", name="Copy as curl").first.click()
    assert await inbox.copied() == (
        f"curl -s -X PUT '{inbox.url}/_sandbox/v1/clock' -H 'Content-Type: application/json' -d '{{\"mode\":\"real\"}}'"
    )


async def test_a_clock_that_others_move_is_seen(inbox: Any) -> None:
    await inbox.open()
    await expect(inbox.page.get_by_role("region", name="Clock")).to_contain_text("real time")

    await inbox.control("PUT", "/clock", {"mode": "frozen"})

    await expect(inbox.page.get_by_role("region", name="Clock")).to_contain_text("frozen")


async def test_lanes_are_made_chosen_reset_and_deleted(inbox: Any) -> None:
    """Each shows its own messages; a lane that is deleted leads back to `default`."""
    await inbox.gencode()
    await inbox.open("lanes")
    page = inbox.page
    await page.get_by_role("textbox", name="Name").fill("mine")
    await page.get_by_role("button", name="Make a lane").click()
    await expect(page.get_by_role("article", name="mine")).to_contain_text("SecretKey")

    await page.get_by_label("Lane", exact=True).select_option("mine")
    await expect(page).to_have_url(re.compile("#/mine/lanes"))
    await page.get_by_role("link", name="Messages").click()
    await expect(page.locator(".empty")).to_contain_text("No message yet")
    await page.get_by_role("link", name="Lanes").click()
    await page.get_by_role("article", name="mine").get_by_role("button", name="Delete").click()
    await expect(page).to_have_url(re.compile("#/default/messages"))
    await expect(inbox.entries()).to_have_count(1)

    await page.get_by_role("link", name="Lanes").click()
    await page.get_by_role("article", name="default").get_by_role("button", name="Reset").click()
    await expect(page.locator("#calls")).to_contain_text("POST /_sandbox/v1/reset {}")
    await page.get_by_role("link", name="Messages").click()
    await expect(page.locator(".empty")).to_contain_text("No message yet")


async def test_what_others_take_away_goes(inbox: Any) -> None:
    """A lane that is reset elsewhere is empty here."""
    await inbox.gencode()
    await inbox.open()
    await expect(inbox.entries()).to_have_count(1)

    await inbox.control("POST", "/reset", {})

    await expect(inbox.page.locator(".empty")).to_contain_text("No message yet")


async def test_a_lane_that_is_not_there_says_so(inbox: Any) -> None:
    await inbox.page.goto(f"{inbox.url}/_sandbox/#/nobody/messages")

    await expect(inbox.page.get_by_role("heading", name="Lane nobody does not exist")).to_be_visible()
    await inbox.page.get_by_role("link", name="Go to the lane default").click()
    await expect(inbox.page.locator(".empty")).to_contain_text("No message yet")


async def test_an_sms_and_a_call_arrive_at_rented_numbers(inbox: Any) -> None:
    await inbox.control("PATCH", "/accounts/thuesim", {"arrival": "manual", "min_interval": 0})
    await inbox.rent()
    await inbox.rent()
    await inbox.open("rentals")
    cards = inbox.entries("Rentals")
    await expect(cards).to_have_count(2)

    await cards.nth(0).get_by_label("SMS").fill("481516 is your code")
    await cards.nth(0).get_by_role("button", name="Let it arrive").click()
    await cards.nth(1).get_by_label("Call that reads").fill("059809")
    await cards.nth(1).get_by_role("button", name="Let it ring").click()

    await expect(cards.nth(0).locator(".card-code")).to_have_text("481516")
    await expect(cards.nth(1).locator(".card-code")).to_have_text("059809")
    told = (await inbox.control("GET", "/rentals"))["rentals"]
    assert [(each["state"], each["code"], each["is_call"]) for each in told] == [
        ("done", "059809", True),
        ("done", "481516", False),
    ]


async def test_callbacks_show_each_attempt_and_are_sent_again(inbox: Any) -> None:
    await inbox.control("PUT", "/clock", {"mode": "frozen"})
    await inbox.control("PATCH", "/accounts/thuesim", {"callback_url": "http://127.0.0.1:9/otp"})
    await inbox.rent()
    await inbox.control("POST", "/clock/advance", {"by": "3s"})
    await inbox.open("callbacks")
    attempts = inbox.entries("Callbacks").first.locator(".timeline > li")
    await expect(attempts.first).to_contain_text("no answer")
    before = await attempts.count()

    await inbox.page.get_by_role("button", name="Replay").click()

    await expect(attempts).to_have_count(before + 1)
    await expect(inbox.page.locator("#calls")).to_contain_text("/replay")


async def test_an_account_is_changed_by_a_form(inbox: Any) -> None:
    """Only what was changed is sent, in the shape that it has; what is wrong is told."""
    await inbox.open("accounts")
    esms = inbox.page.get_by_role("article", name="eSMS")
    await esms.get_by_label("balance").fill("1234")
    await esms.get_by_text("brandnames (4)").click()
    await esms.get_by_role("button", name="Add one like the last").first.click()
    await esms.locator(".entry").nth(4).get_by_label("name").fill("MyShop")

    await esms.get_by_role("button", name="Save").click()

    await expect(inbox.page.locator("#calls")).to_contain_text('PATCH /_sandbox/v1/accounts/esms {"balance":1234,')
    account = await inbox.control("GET", "/accounts/esms")
    assert account["balance"] == 1234
    assert [each["name"] for each in account["brandnames"]] == [
        "Baotrixemay",
        "Sandbox",
        "QC_ONLINE",
        "BAT DONG SAN GIA TOT",
        "MyShop",
    ]
    await esms.get_by_label("balance").fill("-1.5")
    await esms.get_by_role("button", name="Save").click()
    await expect(inbox.page.locator("#notices")).to_contain_text("balance")


async def test_choices_are_switches_with_their_evidence(inbox: Any) -> None:
    await inbox.open("choices")
    choice = inbox.page.get_by_role("group", name="A password that does not belong")
    await expect(choice).to_contain_text("contradicted")

    await choice.get_by_label("the older name").check()
    await expect(inbox.page.locator("#calls")).to_contain_text('PATCH /_sandbox/v1/choices {"amoot.wrong-password":')
    held = (await inbox.control("GET", "/choices"))["amoot.wrong-password"]
    await choice.get_by_label("as for a user").check()

    await expect(inbox.page.locator("#calls")).to_contain_text('{"amoot.wrong-password":null}')
    assert held != (await inbox.control("GET", "/choices"))["amoot.wrong-password"]


async def test_the_token_is_asked_for_once(look: Any) -> None:
    """A wrong one is asked for again; the right one is kept for the tab, and stands in no address and no curl."""
    inbox = await look(Settings(port=0, control_token="s3crét-✓"))
    page = inbox.page
    await inbox.open()
    dialog = page.get_by_role("dialog", name="Control token")
    await dialog.get_by_label("Token").fill("wrong")
    await dialog.get_by_role("button").click()
    await expect(dialog).to_contain_text("not the token")
    await dialog.get_by_label("Token").fill("s3crét-✓")
    await dialog.get_by_role("button").click()
    await expect(page.locator(".empty")).to_contain_text("No message yet")

    await page.reload()
    await expect(page.locator(".empty")).to_contain_text("No message yet")
    await expect(dialog).to_be_hidden()
    await inbox.gencode()
    await expect(inbox.entries()).to_have_count(1)
    await page.get_by_role("button", name="Freeze").click()
    await page.get_by_role("button", name="Copy as curl").click()
    await expect(page.locator("#notices")).to_contain_text("Copied")
    assert "Bearer $OTP_SANDBOX_CONTROL_TOKEN" in await inbox.copied()
    assert "s3cr" not in page.url


async def test_a_sandbox_that_comes_back_is_followed_again(look: Any) -> None:
    """The page says that the connection is lost, and what is new then appears."""
    inbox = await look()
    await inbox.open()
    await expect(inbox.page.locator("#live")).to_have_text("live")
    await inbox.page.context.set_offline(offline=True)
    await inbox.sandbox.schedule.advance(inbox.sandbox.registry.default, inbox.sandbox.registry.default.now())
    await inbox.gencode()

    await inbox.page.context.set_offline(offline=False)

    await expect(inbox.entries()).to_have_count(1)


async def test_a_tab_that_slept_for_an_hour_knows_what_happened(look: Any) -> None:
    """More than its stream can tell again: it reads anew, and its clock is that of the lane."""
    inbox = await look(Settings(port=0, seed=7, ring=20))
    await inbox.gencode("0912345678")
    await inbox.open()
    await expect(inbox.entries()).to_have_count(1)
    tab = await inbox.page.context.new_cdp_session(inbox.page)
    await tab.send("Page.setWebLifecycleState", {"state": "frozen"})

    for number in range(30):
        await inbox.gencode(f"09123456{number:02}")
    await inbox.control("POST", "/clock/advance", {"by": "1h"})
    await tab.send("Page.setWebLifecycleState", {"state": "active"})

    await expect(inbox.page.locator("#views")).to_contain_text(re.compile(r"Messages\s*2[0-2]"))
    await expect(inbox.entries().first).to_have_attribute(
        "aria-label", re.compile(r"^\+84912345629, delivered, .*expired")
    )
    told = datetime.fromisoformat((await inbox.control("GET", "/clock"))["now"])
    shown = datetime.fromisoformat(str(await inbox.page.locator("[data-clock]").get_attribute("datetime")))
    assert abs(told - shown) < timedelta(minutes=1)
    assert inbox.complaints == []
