"""The client reaches the whole control API, and its answers are as it declares them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from equipment.sending import send_code
from otp_sandbox import Client, Lane
from otp_sandbox.api.exchange import Exchange

FOR_OTHERS = {
    *(("get", f"/_sandbox/{file}") for file in ("", "docs", "page/{file}", "proxy.pac")),
    *(("get", f"/_sandbox/{file}") for file in ("llms.txt", "settings.schema.json")),
    *(("get", f"/ca.{form}") for form in ("crt", "der", "p12")),
}
"""Pages for people, with their scripts; and files for browsers, agents, editors and trust stores."""
PREFIX = "/_sandbox/v1"
PHONE = "0901888484"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Notes method and path of all that is asked."""
    noted: set[tuple[str, str]] = set()
    whole = Exchange.open

    def note(exchange: Exchange) -> Exchange:
        noted.add((exchange._method.lower(), exchange._target.partition("?")[0]))
        return whole(exchange)

    monkeypatch.setattr(Exchange, "open", note)
    return noted


@pytest.fixture
def callback_url() -> Iterator[str]:
    """Somebody who takes callbacks."""

    class Taker(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Taker) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/cb"
        server.shutdown()
        thread.join()


def test_every_endpoint_is_reached(sandbox: Client, lane: Lane, asked: set[tuple[str, str]], callback_url: str) -> None:
    """Each method is called once, against a sandbox; what the OpenAPI document lists has been asked for then."""
    use_client(sandbox)
    use_lane(lane, callback_url)
    sandbox.create_lane().delete()

    document = sandbox.openapi()
    reached = {(method, template) for method, path in asked for template in matching(document, method, path)}
    listed = {
        (method, path)
        for path, operations in document["paths"].items()
        for method in operations
        if f"{PREFIX}/lanes/{{lane}}{path.removeprefix(PREFIX)}" not in document["paths"]
    }  # the client names the lane default like any other
    assert listed - reached == FOR_OTHERS


def matching(document: dict[str, Any], method: str, path: str) -> list[str]:
    """Give the template that a path is of: the one with the fewest places."""
    found = [
        template
        for template, operations in document["paths"].items()
        if method in operations and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template.replace(".", r"\.")), path)
    ]
    return sorted(found, key=lambda template: template.count("{"))[:1]


def use_client(client: Client) -> None:
    assert client.info()["name"] == "otp-sandbox"
    assert client.is_alive()
    assert client.is_ready()
    assert "otp_sandbox_lanes" in client.metrics()
    assert client.lanes(limit=1)["lanes"]
    (provider, *_) = [each["name"] for each in client.providers()["providers"]]
    assert client.operations(provider)["operations"]
    assert client.outcomes(provider)["outcomes"]
    assert client.behaviours(provider)["behaviours"]
    assert json.loads(client.spec(provider))["openapi"] == "3.1.0"
    assert "openapi: " in client.spec(provider, "yaml")
    assert client.magic()["magic"]
    (rule, *_) = [each["id"] for each in client.rules()["rules"]]
    assert client.rule_page(rule).startswith("# ")


def use_lane(lane: Lane, callback_url: str) -> None:
    assert lane.open()["id"] == lane.id
    lane.change(choices={"esms.second-code": "keep-all"}, accounts={"esms": {"balance": 9_000}})
    send_code(lane, PHONE)
    (message,) = lane.messages(to=PHONE)["messages"]
    assert lane.wait(to=PHONE)["matched"]
    assert lane.wait_on_clock(to=PHONE)["matched"]
    assert lane.message(message["id"]) == lane.message()
    assert lane.set_message_state(message["id"], "failed")["state"] == "failed"
    lane.receive("09120000000", "Public", "hello")
    assert len(lane.inbound()["inbound"]) == 1
    assert len(lane.codes(to=PHONE)["codes"]) == len(lane.codes_of(PHONE)["codes"]) == 1
    assert lane.pin(PHONE, "1234", times=2)["pin"] == {"code": "1234", "times": 2}
    lane.forget_codes(PHONE)
    lane.freeze()
    assert lane.clock()["mode"] == "frozen"
    lane.advance("1s")
    assert lane.account("esms")["balance"] == lane.change_account("esms", {})["balance"]
    assert lane.choices()["esms.second-code"] == "keep-all"
    lane.choose({"esms.second-code": None})
    assert lane.limits()["limits"]
    fault = lane.fault("down", name="down")
    assert lane.faults()["faults"] == [fault] == [lane.find_fault("down")]
    assert lane.replace_fault("down", "slow")["action"] != fault["action"]
    lane.clear_fault("down")
    lane.clear_faults()
    lane.change_account("thuesim", {"callback_url": callback_url})
    rental = lane.rent("02.97")
    assert lane.deliver_sms(rental["id"], "your code is 4321")["code"] == "4321"
    (callback,) = lane.callbacks()["callbacks"]
    assert len(lane.replay_callback(callback["id"])["attempts"]) > len(callback["attempts"])
    assert lane.deliver_call(lane.rent()["id"], "9876")["is_call"]
    assert len(lane.rentals()["rentals"]) == 2
    (request,) = lane.requests(provider="esms")["requests"]
    assert lane.request(request["id"])["explanation"]
    assert lane.unmatched()["requests"] == []
    assert lane.lint()["cursor"]
    assert lane.har()["log"]["entries"]
    assert lane.bundle()["kind"] == "otp-sandbox bundle"
    next(lane.events(after="0"))
    snapshot = lane.snapshot()
    lane.clear_messages()
    lane.clear_requests()
    assert lane.restore(snapshot)["id"] == lane.id
    assert len(lane.messages()["messages"]) == 1
    assert lane.reset("messages")["id"] == lane.id
    assert lane.messages()["messages"] == []
