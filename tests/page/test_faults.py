"""Faults as switches."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_fault_is_added_fires_and_is_removed(inbox: Any) -> None:
    """By a preset for one provider, or as JSON; the list tells how often it fired."""
    await inbox.open("faults")
    page, faults = inbox.page, inbox.entries("Faults")
    await page.get_by_label("Provider").select_option("esms")
    await page.get_by_role("button", name="html-502").click()
    await expect(page.locator("#calls")).to_contain_text(
        'POST /_sandbox/v1/faults {"preset":"html-502","match":{"provider":"esms"}}'
    )
    await expect(faults).to_have_count(1)

    await inbox.gencode()
    await expect(faults.first).to_contain_text("fired 1")
    await page.get_by_text("Another one, as JSON").click()
    await page.get_by_label("Fault", exact=True).fill('{"name":"mine","action":{"delay":"1ms"}}')
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(faults).to_have_count(2)

    await faults.filter(has_text="mine").get_by_role("button", name="Remove").click()
    await expect(faults).to_have_count(1)
    await page.get_by_role("button", name="Remove all").click()
    await expect(faults).to_have_count(0)
