"""Messages are sent, delivered, queued; and reach numbers that are rented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from otp_sandbox.domain import messages
from otp_sandbox.domain.messages import MESSAGES, RENTED, Channel, Message, MessageState
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Event, Key

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
PHONE = "+84900000001"


class Held:
    """A state in a dictionary."""

    def __init__(self, records: dict[Key, Any] | None = None) -> None:
        self.records = records or {}

    def get(self, table: Any, key: str) -> Any:
        return self.records.get((table, key))

    def entries(self, table: Any) -> Any:
        raise NotImplementedError


def message(state: MessageState = "sent") -> Message:
    return Message(
        id="m1",
        provider="esms",
        operation="send",
        to=PHONE,
        sender="Sandbox",
        text="123456 is it",
        code="123456",
        price=850,
        state=state,
        created_at=NOW,
        request_id="req-1",
        timeline=((state, NOW),),
    )


def test_a_sent_message_goes_to_the_end_of_the_log_and_will_be_delivered() -> None:
    """Delivery is a second away on the lane's clock."""
    change: Change[None] = Change(None)

    messages.send(change, message(), Held(), NOW)

    assert change.writes == {(MESSAGES, "m1"): message()}
    assert change.moved == {(MESSAGES, "m1")}
    assert change.due == [Event(NOW + timedelta(seconds=1), "delivery", "esms", "m1", PHONE)]


@pytest.mark.parametrize(("channel", "arrives"), [("sms", True), ("voice", True), ("zalo", False), ("viber", False)])
def test_only_sms_and_calls_reach_a_rented_number(channel: Channel, *, arrives: bool) -> None:
    """What else there is goes to an app."""
    change: Change[None] = Change(None)

    messages.send(change, replace(message(), channel=channel), Held({(RENTED, PHONE): "thuesim 1.02"}), NOW)

    assert [each.kind for each in change.due] == ["delivery", *(["arrival"] if arrives else [])]


def test_a_message_that_cannot_arrive_turns_out_to_have_failed() -> None:
    """It is logged as sent, does not reach a rented number, and fails at the instant that is asked for."""
    change: Change[None] = Change(None)

    messages.send_in_vain(change, message(), LATER)

    assert change.writes == {(MESSAGES, "m1"): message()}
    (due,) = change.due
    assert (due.at, due.kind, messages.reported_phone(due)) == (LATER, "delivery", PHONE)
    assert messages.reported(due, message()) == message().now_in("failed", LATER)


@pytest.mark.parametrize("state", ["sent", "delivered", "failed", "rejected"])
@pytest.mark.parametrize("wanted", ["sent", "delivered", "failed", "rejected"])
def test_any_state_but_queued_can_be_brought_about(state: MessageState, wanted: MessageState) -> None:
    told = messages.reported(messages.force_report(message(state), wanted, LATER), message(state))

    assert told is not None
    assert (told.state, told.since(wanted)) == (wanted, LATER)


def test_a_queued_message_has_no_delivery_state() -> None:
    queued = message("queued")

    assert messages.reported(messages.force_report(queued, "failed", LATER), queued) is None


def test_a_message_to_a_rented_number_arrives_at_once() -> None:
    """The rental's provider is told which rental and which message."""
    change: Change[None] = Change(None)
    held = Held({(RENTED, PHONE): "thuesim 88237016.02"})

    messages.send(change, message(), held, NOW)

    assert change.due[1:] == [Event(NOW, "arrival", "thuesim", "88237016.02", "m1")]


def test_the_keys_of_sending_are_those_that_are_read() -> None:
    """Whether the number is rented."""
    keys = messages.keys_of_sending(PHONE)

    assert keys == ((RENTED, PHONE),)


def test_a_queued_message_is_listed_and_sent_at_its_time() -> None:
    """Nothing is delivered before."""
    change: Change[None] = Change(None)

    messages.queue(change, message("queued"), LATER)

    assert change.writes == {(MESSAGES, "m1"): replace(message("queued"), queued_until=LATER)}
    assert change.moved == {(MESSAGES, "m1")}
    assert change.due == [Event(LATER, "send", "esms", "m1", PHONE)]


def test_a_queued_message_becomes_sent() -> None:
    """It moves to the end of the log, and everything that sending means follows."""
    queued = replace(message("queued"), queued_until=LATER)
    held = Held({(MESSAGES, "m1"): queued, (RENTED, PHONE): "thuesim 1.02"})

    change = messages.becomes_sent(Event(LATER, "send", "esms", "m1", PHONE), held)

    sent = change.writes[MESSAGES, "m1"]
    assert change.verdict is True
    assert (sent.state, sent.timeline) == ("sent", (("queued", NOW), ("sent", LATER)))
    assert sent.queued_until is None
    assert change.moved == {(MESSAGES, "m1")}
    assert [each.kind for each in change.due] == ["delivery", "arrival"]


def test_a_sent_message_becomes_delivered_in_its_place() -> None:
    """Its place in the log stays."""
    held = Held({(MESSAGES, "m1"): message()})

    change = messages.becomes_delivered(Event(LATER, "delivery", "esms", "m1"), held)

    delivered = change.writes[MESSAGES, "m1"]
    assert change.verdict is True
    assert (delivered.state, delivered.timeline) == ("delivered", (("sent", NOW), ("delivered", LATER)))
    assert change.moved == set()


@pytest.mark.parametrize("state", ["sent", "delivered", "failed", "rejected"])
def test_only_a_queued_message_becomes_sent(state: MessageState) -> None:
    """Somebody has forced another state in between."""
    held = Held({(MESSAGES, "m1"): message(state)})

    change = messages.becomes_sent(Event(LATER, "send", "esms", "m1", PHONE), held)

    assert (change.verdict, change.writes, change.due) == (False, {}, [])


@pytest.mark.parametrize("state", ["queued", "delivered", "failed", "rejected"])
def test_only_a_sent_message_becomes_delivered(state: MessageState) -> None:
    """Somebody has forced another state in between."""
    held = Held({(MESSAGES, "m1"): message(state)})

    change = messages.becomes_delivered(Event(LATER, "delivery", "esms", "m1"), held)

    assert (change.verdict, change.writes) == (False, {})


@pytest.mark.parametrize("happens", [messages.becomes_sent, messages.becomes_delivered])
def test_a_message_that_was_deleted_stays_deleted(happens: Any) -> None:
    """Its events fall into nothing."""
    change = happens(Event(LATER, "any", "esms", "m1", PHONE), Held())

    assert (change.verdict, change.writes) == (False, {})


def test_a_message_in_another_state_is_the_same_otherwise() -> None:
    """Only state and timeline differ, and the old one is left as it was."""
    old = message()

    new = old.now_in("failed", LATER)

    kept = {name: getattr(new, name) for name in Message.__slots__ if name not in {"state", "timeline"}}
    assert kept == {name: getattr(old, name) for name in kept}
    assert new.timeline == (("sent", NOW), ("failed", LATER))
    assert old == message()
