"""The robot, at a site that sends its codes through the sandbox."""

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from robot import NoSms, Thuesim, ThuesimError, sign_up

pytestmark = pytest.mark.otp(accounts={"thuesim": {"arrival": "manual"}})  # an SMS comes when the test sends one
CODE = "529310"
SERVICE = os.environ.get("THUESIM_SERVICE", "DV KHÁC (TEST)")


class Site:
    """A site with a sign-up: its SMS reach the numbers that are rented in the lane, as they would in the field."""

    def __init__(self, lane):
        self.lane, self.members = lane, set()

    def signup(self, phone):
        rental = next(each for each in self.lane.rentals()["rentals"] if each["phone"] == f"+84{phone[1:]}")
        self.lane.deliver_sms(rental["id"], f"MyShop: your code is {CODE}")
        return True

    def signup_code(self, phone, code):
        if code == CODE:
            self.members.add(phone)
        return code == CODE


@pytest.fixture
def site(otp_lane):
    site = Site(otp_lane)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            method = getattr(site, self.path.strip("/").replace("/", "_"))
            self.send_response(200 if method(**form) else 403)
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        site.url = f"http://127.0.0.1:{server.server_port}"
        yield site
        server.shutdown()


@pytest.fixture
def thuesim(otp_lane):
    return Thuesim(os.environ["THUESIM_BASE_URL"], os.environ["THUESIM_TOKEN"])


def test_it_signs_up(otp_lane, site, thuesim):
    before = otp_lane.balance("thuesim")

    phone = sign_up(site.url, thuesim, SERVICE)

    assert site.members == {phone}
    assert otp_lane.balance("thuesim") < before


def test_a_number_without_an_sms_costs_nothing(otp_lane, thuesim):
    before = otp_lane.balance("thuesim")
    rental = thuesim.rent(SERVICE)
    otp_lane.advance("10m")

    with pytest.raises(NoSms):
        thuesim.wait_for_code(rental)
    assert otp_lane.balance("thuesim") == before


@pytest.mark.otp(accounts={"thuesim": {"balance": 0}})
def test_without_money_it_says_why(thuesim):
    with pytest.raises(ThuesimError, match="Số dư"):
        thuesim.rent(SERVICE)


def test_ids_keep_their_last_zero(otp_lane, thuesim):
    services = [{"ID": 1, "SV": "10", "SERVICE_NAME": "MyShop", "PRICE": 500, "Time": "300"}]
    otp_lane.change_account("thuesim", {"services": services})

    rental = thuesim.rent("MyShop")
    otp_lane.deliver_sms(rental.id, f"your code is {CODE}")

    assert rental.id.endswith(".10")
    assert thuesim.wait_for_code(rental) == CODE
