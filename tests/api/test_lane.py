"""The lane of the client library, against a sandbox in a process of its own."""

from __future__ import annotations

import asyncio
import inspect
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from equipment.sending import ask, send_code
from otp_sandbox import AsyncClient, AsyncLane, Client, Lane, NoCode, Problem, UnexpectedCode, Unreachable

PHONE = "0901888484"


def test_a_lane_has_what_an_application_needs(lane: Lane) -> None:
    """Credentials in lower case, by provider; the address; the variables that `otp-sandbox env` prints."""
    assert lane.esms.api_key == lane.credentials["esms"]["ApiKey"]
    assert lane.amoot.user_name == lane.credentials["amoot"]["UserName"]
    assert lane.thuesim.token == lane.credentials["thuesim"]["token"]
    assert lane.variables["ESMS_API_KEY"] == lane.esms.api_key
    assert lane.variables["THUESIM_BASE_URL"] == lane.variables["OTP_SANDBOX_URL"] == lane.base_url


def test_what_a_lane_does_not_have_is_told_with_what_it_has(lane: Lane) -> None:
    with pytest.raises(AttributeError, match="a lane has no twilio; credentials: amoot, esms, thuesim, viotp"):
        _ = lane.twilio
    with pytest.raises(AttributeError, match="there is no token; it is one of api_key, secret_key"):
        _ = lane.esms.token


def test_no_secret_is_in_what_is_shown_of_a_lane(lane: Lane) -> None:
    """As in the report of a failed test."""
    assert lane.esms.secret_key not in f"{lane!r} {lane.esms!r} {lane.aio!r}"


def test_no_control_token_is_in_what_is_shown_of_a_client() -> None:
    """As where pytest shows the variables of a frame."""
    client = Client("http://127.0.0.1:6877", token="s3cret")

    assert client.address.token == client.aio.address.token == "s3cret"
    assert "s3cret" not in f"{client!r} {client.address!r} {client.aio.address!r}"


def test_a_code_is_waited_for_once(lane: Lane) -> None:
    """The next call waits for a newer one, however the phone is spelled."""
    send_code(lane, PHONE)
    first = lane.wait_for_code(PHONE)
    with pytest.raises(NoCode):
        lane.wait_for_code("+84 901 888 484", timeout=0)
    send_code(lane, PHONE)

    assert first == lane.codes()["codes"][0]["code"]
    assert lane.wait_for_code("84901888484", timeout=0) == lane.code(PHONE) == lane.codes()["codes"][1]["code"]


def test_a_lane_that_went_back_gives_its_codes_anew(lane: Lane) -> None:
    """The same seed draws the same ids and codes again; what is still there is given no second time."""
    empty = lane.snapshot()
    send_code(lane, PHONE)
    first = lane.wait_for_code(PHONE)
    sent = lane.snapshot()

    for go_back in (lane.reset, lambda: lane.restore(empty)):
        go_back()
        send_code(lane, PHONE)
        assert lane.wait_for_code(PHONE, timeout=0) == first
    for go_back in (lambda: lane.reset("faults"), lambda: lane.restore(sent)):
        go_back()
        with pytest.raises(NoCode):
            lane.wait_for_code(PHONE, timeout=0)


def test_a_code_that_comes_while_somebody_waits_is_given(lane: Lane) -> None:
    sending = threading.Timer(0.05, send_code, (lane, PHONE))
    sending.start()

    code = lane.wait_for_code(PHONE, timeout=30)

    sending.join()
    assert code == lane.code(PHONE)


def test_when_no_code_comes_the_refused_send_is_named(lane: Lane) -> None:
    send_code(lane, PHONE, Brandname="Nobody")

    with pytest.raises(NoCode, match=f"no code was sent to {PHONE} .*req-1: "):
        lane.wait_for_code(PHONE, timeout="10ms")
    with pytest.raises(NoCode):
        lane.code(PHONE)


def test_a_failed_expectation_is_an_assertion() -> None:
    """So that a report calls it a failure, and no error."""
    assert issubclass(NoCode, AssertionError)
    assert issubclass(UnexpectedCode, AssertionError)


def test_a_message_that_is_queued_comes_in_the_lanes_time(lane: Lane) -> None:
    """Without waiting."""
    lane.freeze("2026-01-01T00:00:00Z")
    fields = {"Token": lane.amoot.token, "SMSMessageText": "Hello", "LineNumber": "Public", "Mobile": "9121234567"}
    ask(lane, "/rest/SendOTP", {**fields, "CodeLength": "4", "SendDateTime": "2026-01-01T01:00:00+00:00"})

    with pytest.raises(NoCode, match="queued until"):
        lane.wait_for_code("9121234567", timeout=0)
    code = lane.wait_for_code("9121234567", within="61m")

    assert code == lane.message()["code"]
    assert lane.clock()["now"] == datetime(2026, 1, 1, 1, tzinfo=UTC)


def test_a_wait_on_the_clock_moves_it_no_further_than_it_may(lane: Lane) -> None:
    """Although a message without a code comes on the way."""
    lane.freeze("2026-01-01T00:00:00Z")
    fields = {"Token": lane.amoot.token, "SMSMessageText": "Hello", "LineNumber": "Public", "Mobiles": "9121234567"}
    ask(lane, "/rest/SendSimple", {**fields, "SendDateTime": "2026-01-01T00:01:00+00:00"})

    with pytest.raises(NoCode):
        lane.wait_for_code("9121234567", within="2m")

    assert lane.messages()["messages"][0]["state"] == "delivered"
    assert lane.clock()["now"] == datetime(2026, 1, 1, 0, 2, tzinfo=UTC)


def test_no_code_passes_when_none_comes_and_moves_the_clock_as_far(lane: Lane) -> None:
    lane.freeze("2026-01-01T00:00:00Z")

    lane.no_code(PHONE, within="2m1s")
    lane.no_code(PHONE)
    lane.no_code(PHONE, timeout=0.01)

    assert lane.clock()["now"] == datetime(2026, 1, 1, 0, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize("where", [{}, {"within": "1m"}, {"timeout": "20s"}])
def test_no_code_fails_when_one_came(lane: Lane, where: dict[str, str]) -> None:
    """And passes again when a test has taken it."""
    send_code(lane, PHONE)

    with pytest.raises(UnexpectedCode, match=f"a code was sent to {PHONE} in lane {lane.id}"):
        lane.no_code(PHONE, **where)

    lane.wait_for_code(PHONE)
    lane.no_code(PHONE)


def test_a_code_is_pinned(lane: Lane) -> None:
    lane.pin(PHONE, "135790")
    send_code(lane, PHONE)

    assert lane.wait_for_code(PHONE) == "135790"


@pytest.mark.parametrize("by", ["2m", 120, 120.0, timedelta(minutes=2)])
def test_a_length_of_time_is_written_as_one_likes(lane: Lane, by: str | float | timedelta) -> None:
    lane.freeze(datetime(2026, 1, 1, tzinfo=UTC))

    advanced = lane.advance(by)

    assert advanced["now"] == datetime(2026, 1, 1, 0, 2, tzinfo=UTC)


def test_a_clock_is_moved_to_an_instant(lane: Lane) -> None:
    lane.freeze("2026-01-01T00:00:00Z")

    assert lane.advance(to="2026-01-02T00:00:00Z")["now"] == datetime(2026, 1, 2, tzinfo=UTC)


def test_a_fault_fires(lane: Lane) -> None:
    lane.fault(action={"http": {"status": 200, "body": "{}"}}, uses=1)

    assert send_code(lane, PHONE) == {}
    assert send_code(lane, PHONE)["CodeResult"] == "100"


def test_a_fault_is_for_some_calls(lane: Lane) -> None:
    """What says for which is given by name."""
    fault = lane.fault("lost-ack", provider="esms", phone=PHONE, calls="1..2", ttl="5m", name="lost")

    assert fault["match"] == {"provider": "esms", "phone": "+84901888484", "calls": "1..2"}
    assert (fault["name"], fault["when"]) == ("lost", "after")


def test_a_number_is_rented_and_an_sms_to_it_arrives_there(lane: Lane) -> None:
    rental = lane.rent()
    send_code(lane, rental["phone"])

    (done,) = lane.rentals()["rentals"]

    assert (done["id"], done["state"], done["code"]) == (rental["id"], "done", lane.code(rental["phone"]))


def test_the_money_of_an_account_is_told(lane: Lane) -> None:
    """Whatever the provider calls it."""
    lane.change_account("amoot", {"credit": 7})

    assert [lane.balance(provider) for provider in ("amoot", "esms", "thuesim")] == [7, 1_000_000, 123_456]


def test_a_problem_carries_what_is_wrong(lane: Lane) -> None:
    with pytest.raises(Problem) as raised:
        lane.set_clock("frozen", now="soon")

    problem = raised.value
    assert (problem.status, problem.title) == (422, "Unprocessable Entity")
    assert [each.field for each in problem.errors] == ["now"]
    assert str(problem).count(problem.errors[0].detail) == 1


def test_a_problem_names_the_fields_that_its_detail_leaves_out(sandbox: Client) -> None:
    with pytest.raises(Problem, match=r"^422 [\w ]+: [^;]+; accounts\.esms\.balanc: [^;]+$"):
        sandbox.create_lane(accounts={"esms": {"balanc": 0}})


def test_a_lane_that_is_not_there_is_a_problem(sandbox: Client) -> None:
    with pytest.raises(Problem, match="404"):
        sandbox.open_lane("nobody/at all?")


def test_a_bundle_is_saved_for_a_replay(lane: Lane, tmp_path: Path) -> None:
    send_code(lane, PHONE)

    saved = lane.save_bundle(tmp_path / "bundle.json")

    assert json.loads(saved.read_text("utf-8"))["kind"] == "otp-sandbox bundle"


def test_events_come_until_the_lane_is_gone(sandbox: Client) -> None:
    lane = sandbox.create_lane()
    send_code(lane, PHONE)
    kinds = []
    for event in lane.events(after="0", kinds=["message", "code"]):
        kinds.append(event.kind)
        if len(kinds) == 2:
            lane.delete()

    assert sorted(kinds) == ["code", "message"]


def test_events_may_be_left(lane: Lane) -> None:
    """No connection stays behind: that would be a warning, which is an error here."""
    send_code(lane, PHONE)

    event = next(lane.events(after="0", kinds=["message"]))

    assert event.data["to"] == "+84901888484"


async def test_coroutines_wait_without_stopping_the_loop(lane: Lane) -> None:
    """More of them than a pool has threads; an application in the same loop can answer meanwhile."""
    other = lane.aio
    phones = [f"09018884{number:02}" for number in range(40)]
    waits = [asyncio.create_task(other.wait_for_code(phone, timeout=30)) for phone in phones]
    await asyncio.sleep(0)
    for phone in phones:
        await asyncio.to_thread(send_code, lane, phone)

    codes = await asyncio.gather(*waits)

    assert codes == [lane.code(phone) for phone in phones]


async def test_a_wait_that_is_cancelled_ends(lane: Lane) -> None:
    """Its thread and its connection too."""
    before = threading.active_count()
    waiting = asyncio.create_task(lane.aio.wait(timeout="60s"))
    while threading.active_count() == before:  # noqa: ASYNC110  (no sleep: the thread starts in the next step)
        await asyncio.sleep(0)
    (thread,) = [each for each in threading.enumerate() if each.name == "otp-sandbox"]

    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    await asyncio.to_thread(thread.join, 30)
    assert not thread.is_alive()


async def test_both_faces_of_a_lane_know_what_a_test_has_taken(lane: Lane) -> None:
    send_code(lane, PHONE)
    lane.wait_for_code(PHONE)

    with pytest.raises(NoCode):
        await lane.aio.wait_for_code(PHONE, timeout=0)


async def test_events_come_to_coroutines(lane: Lane) -> None:
    send_code(lane, PHONE)

    async for event in lane.aio.events(after="0", kinds=["message"]):
        assert event.kind == "message"
        break


async def test_a_client_for_coroutines(sandbox: Client) -> None:
    client = AsyncClient(sandbox.url)

    lane = await client.create_lane("for-coroutines", seed=7)

    assert (lane.id, lane.seed) == ("for-coroutines", 7)
    assert (await client.open_lane("for-coroutines")).esms.api_key == lane.esms.api_key
    await lane.delete()
    with pytest.raises(Problem):
        await lane.open()


def public(kind: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(kind) if not name.startswith("_")}


def test_both_faces_have_the_same_methods() -> None:
    assert public(Lane) - public(AsyncLane) == {"aio", "of"}
    assert public(AsyncLane) - public(Lane) == set()
    assert public(Client) - public(AsyncClient) == {"aio", "close", "launch"}
    assert public(AsyncClient) - public(Client) == set()


def test_nobody_answers() -> None:
    with pytest.raises(Unreachable, match=r"no sandbox answers at http://127\.0\.0\.1:9 "):
        Client("http://127.0.0.1:9").info()


@pytest.mark.parametrize("url", ["127.0.0.1:6877", "ftp://host", "http://", "http://[::1", "http://host:x"])
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(ValueError, match="is no http address"):
        Client(url)


def test_what_is_no_sandbox_is_told() -> None:
    """Whatever it answers."""

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ok = self.path.endswith("/info")
            self.send_response(200 if ok else 502)
            self.end_headers()
            self.wfile.write(b'{"name":1}' if ok else b"<html>")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Other) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        client = Client(f"http://127.0.0.1:{server.server_port}/below/")
        try:
            with pytest.raises(Unreachable, match="is no sandbox of this version"):
                client.info()
            with pytest.raises(Problem, match="502") as raised:
                client.lanes()
        finally:
            server.shutdown()
            thread.join()

    assert raised.value.errors == ()
