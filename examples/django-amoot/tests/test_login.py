"""What the login promises, whatever Amoot does."""

import pytest
from django.core.cache import cache

MOBILE = "09120000000"


@pytest.fixture(autouse=True)
def forget_codes():
    cache.clear()


def send(client):
    return client.post("/", {"mobile": MOBILE})


def enter(client, code):
    return client.post("/code", {"code": code})


def test_the_code_logs_in_once(otp_lane, client):
    assert send(client).url == "/code"
    code = otp_lane.wait_for_code(MOBILE)

    assert b"Welcome" in enter(client, code).content
    assert b"not good" in enter(client, code).content


def test_the_code_is_on_the_phone_and_not_on_the_page(otp_lane, client):
    otp_lane.pin(MOBILE, "13579")
    page = client.post("/", {"mobile": MOBILE}, follow=True)

    assert otp_lane.message(to=MOBILE)["text"] == "کد ورود شما: 13579"
    assert b"13579" not in page.content


def test_nobody_guesses(otp_lane, client):
    otp_lane.pin(MOBILE, "13579")
    send(client)
    for guess in ("00000", "00001", "00002"):
        assert b"not good" in enter(client, guess).content

    assert b"not good" in enter(client, "13579").content


@pytest.mark.otp(accounts={"amoot": {"credit": 0}})
def test_without_credit_the_page_says_so(otp_lane, client):
    assert send(client).status_code == 503
    otp_lane.no_code(MOBILE)


@pytest.mark.parametrize("fault", ["html-502", "down"])
def test_when_amoot_fails_the_page_says_so(otp_lane, client, fault):
    otp_lane.fault(fault)

    assert send(client).status_code == 503


@pytest.mark.otp(fault="lost-ack")
def test_a_code_whose_answer_was_lost_is_no_use(otp_lane, client):
    """Amoot has sent it, and we do not know it. The next one counts."""
    assert send(client).status_code == 503
    lost = otp_lane.wait_for_code(MOBILE)
    otp_lane.clear_faults()
    send(client)

    assert b"not good" in enter(client, lost).content
    assert b"Welcome" in enter(client, otp_lane.wait_for_code(MOBILE)).content
