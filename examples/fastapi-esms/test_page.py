"""A person logs in: a browser shows the page, and the sandbox is the phone."""

import os
import socket
import threading

import pytest
import uvicorn
from app import app
from playwright.sync_api import expect, sync_playwright

PHONE = "0901888484"


@pytest.fixture
def address(otp_lane):
    """Serve the application on a free port."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def page():
    """Open a page. CHROMIUM names a browser of the system; otherwise it is the one that Playwright has installed."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"))
        yield browser.new_page()
        browser.close()


def test_a_person_logs_in(otp_lane, address, page):
    page.goto(address)
    page.get_by_label("Phone").fill(PHONE)
    page.get_by_role("button", name="Send code").click()

    page.get_by_label("Code").fill(otp_lane.wait_for_code(PHONE))
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("heading")).to_have_text(f"Welcome, {PHONE}")
