"""What the page shows of requests: why each was answered so, and what would make it pass."""

from __future__ import annotations

import asyncio
import subprocess
from typing import Any

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def run(command: str) -> str:
    """Run what the page gave, in a shell."""
    done = await asyncio.create_subprocess_exec("bash", "-c", command, stdout=subprocess.PIPE)
    told, _ = await done.communicate()
    return told.decode()


async def test_a_refused_request_passes_after_its_remedy(inbox: Any) -> None:
    """The page explains, changes the account on a click, and gives the request as a curl that now passes."""
    await inbox.gencode(Brandname="MyShop")
    await inbox.open("requests")
    await inbox.entries("Requests").get_by_role("link").click()
    detail = inbox.page.get_by_role("region", name="Details")
    await expect(detail.locator(".steps")).to_contain_text("brandname_unknown: yes")

    await inbox.page.get_by_role("button", name="Do it").click()

    patch = 'PATCH /_sandbox/v1/accounts/esms {"brandnames":{"add":[{"name":"MyShop"}]}}'
    await expect(inbox.page.locator("#calls")).to_contain_text(patch)
    await detail.get_by_role("button", name="Copy as curl").last.click()
    await expect(inbox.page.locator("#notices")).to_contain_text("Copied")
    assert '"CodeResult":"100"' in await run(await inbox.copied())
    await expect(inbox.entries("Requests")).to_have_count(2)
    await expect(inbox.entries("Requests").first).to_contain_text("accepted")


@pytest.mark.parametrize(
    ("path", "fields", "told"),
    [
        (
            "/MainService.svc/json/GetBalance_json",
            {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"},
            "Balance",
        ),
        ("/rest/AccountStatus", {"Token": "SANDBOX-TOKEN"}, '"Status":"Success"'),
    ],
    ids=["json", "form"],
)
async def test_a_body_is_written_as_the_operation_reads_it(inbox: Any, path: str, fields: Any, told: str) -> None:
    """As JSON, or as a form; with the credentials of the lane, which the journal masks."""
    async with inbox.session.post(inbox.url + path, json=fields) as answer:
        assert told in await answer.text()
    await inbox.open("requests")
    await inbox.entries("Requests").get_by_role("link").click()
    await expect(inbox.page.get_by_role("region", name="Fields")).to_contain_text("***")

    await inbox.page.get_by_role("button", name="Copy as curl").click()

    await expect(inbox.page.locator("#notices")).to_contain_text("Copied")
    assert told in await run(await inbox.copied())


async def test_credentials_in_a_path_are_filled_in(inbox: Any) -> None:
    await inbox.get("/MainService.svc/json/GetBalance/SANDBOX-API-KEY/SANDBOX-SECRET-KEY")
    await inbox.open("requests")
    await inbox.entries("Requests").get_by_role("link").click()

    await inbox.page.get_by_role("button", name="Copy as curl").click()

    await expect(inbox.page.locator("#notices")).to_contain_text("Copied")
    assert "Balance" in await run(await inbox.copied())


async def test_unmatched_requests_stand_apart(inbox: Any) -> None:
    """With what was meant; and whoever reads them adds none: the page calls no path that is journalled."""
    await inbox.get("/rest/SendOtpp", Token="SANDBOX-TOKEN")
    await inbox.get("/api/", show="balance", token="SANDBOX-TOKEN")
    await inbox.open("requests")
    await expect(inbox.entries("Requests")).to_have_count(2)

    await inbox.page.get_by_label("Which requests").select_option("unmatched")

    await expect(inbox.entries("Requests")).to_have_count(1)
    await inbox.entries("Requests").get_by_role("link").click()
    await expect(inbox.page.get_by_role("region", name="Warnings")).to_contain_text("SendOTP")
    assert len((await inbox.control("GET", "/requests"))["requests"]) == 2


async def test_a_message_leads_to_its_request(inbox: Any) -> None:
    await inbox.gencode()
    await inbox.open()
    await inbox.entries().get_by_role("link").click()

    await inbox.page.get_by_role("link", name="req-1").click()

    await expect(inbox.page.get_by_role("region", name="Details").get_by_role("heading").first).to_have_text(
        "SendMessageAutoGenCode_V4_get"
    )
