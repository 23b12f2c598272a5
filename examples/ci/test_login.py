"""What the login promises, whatever the provider answers."""

import pytest
from app import Login, Unavailable

PHONE = "0901888484"


@pytest.fixture
def login(lane):
    keys = lane.credentials["esms"]
    return Login(lane.base_url, keys["ApiKey"], keys["SecretKey"])


def test_the_right_code_logs_in_once(lane, login):
    login.send(PHONE)
    code = lane.code_sent_to(PHONE)

    assert login.check(PHONE, code)
    assert not login.check(PHONE, code)


def test_a_code_is_good_for_five_minutes(lane, login):
    lane.control("PUT", "/clock", {"mode": "frozen"})
    login.send(PHONE)
    code = lane.code_sent_to(PHONE)
    lane.control("POST", "/clock/advance", {"by": "5m"})

    assert not login.check(PHONE, code)


@pytest.mark.parametrize("change", [{"balance": 0}, {"blocked": True}], ids=["no money", "locked/account"])
def test_when_the_account_cannot_send_the_login_says_so(lane, login, change):
    lane.control("PATCH", "/accounts/esms", change)

    with pytest.raises(Unavailable):
        login.send(PHONE)
