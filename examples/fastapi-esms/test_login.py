"""What the login promises, whatever eSMS does."""

import pytest
from app import app
from fastapi.testclient import TestClient

PHONE = "0901888484"


@pytest.fixture
def shop(otp_lane):
    return TestClient(app)


def send(shop):
    return shop.post("/login", data={"phone": PHONE})


def enter(shop, code):
    return shop.post("/login/code", data={"phone": PHONE, "code": code})


def test_the_code_logs_in_once(otp_lane, shop):
    assert send(shop).status_code == 200
    code = otp_lane.wait_for_code(PHONE)

    assert "Welcome" in enter(shop, code).text
    assert enter(shop, code).status_code == 403


def test_a_code_is_good_for_five_minutes(otp_lane, shop):
    otp_lane.freeze()
    send(shop)
    code = otp_lane.wait_for_code(PHONE)
    otp_lane.advance("5m")

    assert enter(shop, code).status_code == 403


def test_a_new_code_replaces_the_old_one(otp_lane, shop):
    send(shop)
    old = otp_lane.wait_for_code(PHONE)
    send(shop)

    assert enter(shop, old).status_code == 403
    assert enter(shop, otp_lane.wait_for_code(PHONE)).status_code == 200


@pytest.mark.otp(accounts={"esms": {"balance": 0}})
def test_without_money_the_page_says_so(otp_lane, shop):
    assert send(shop).status_code == 503
    otp_lane.no_code(PHONE)


@pytest.mark.parametrize("fault", ["html-502", "down", "lost-ack"])
def test_when_esms_fails_the_page_says_so(otp_lane, shop, fault):
    otp_lane.fault(fault)

    assert send(shop).status_code == 503


def test_nothing_here_would_annoy_the_real_esms(otp_lane, shop):
    send(shop)
    enter(shop, otp_lane.wait_for_code(PHONE))

    assert otp_lane.lint()["findings"] == []
