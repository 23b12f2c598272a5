"""Whatever is kept can be written as bytes, and comes back as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from equipment.strict import StrictStore
from equipment.tables import Records, tables
from otp_sandbox.contract import Provider
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.messages import MESSAGES, Message
from otp_sandbox.domain.store import Table
from otp_sandbox.lanes.tables import ORIGINS
from otp_sandbox.stores.coding import Coding

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ALL = tables()
OF_PROVIDERS = (ACCOUNTS, ORIGINS)
PROVIDERS = ("amoot", "esms", "thuesim", "viotp")
CASES = [(each, name) for each in ALL for name in (PROVIDERS if each in OF_PROVIDERS else ("",))]


@pytest.fixture(scope="module")
def coding(providers: dict[str, Provider]) -> Coding:
    return Coding(providers.values())


def test_all_tables_are_found() -> None:
    """Of the domain, the lanes and the journal."""
    names = {each.name for each in ALL}

    assert {"messages", "codes", "rentals", "accounts", "callbacks", "requests", "lanes", "owners"} <= names


def test_every_table_has_a_name_of_its_own() -> None:
    """A store knows it by no other mark."""
    assert len({each.name for each in ALL}) == len(ALL)


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_every_table_says_what_its_records_are(table: Table[Any]) -> None:
    """But for those whose records are the providers' own."""
    assert (table.kind is None) is (table in OF_PROVIDERS)


@pytest.mark.parametrize(("table", "key"), CASES, ids=lambda value: getattr(value, "name", value))
def test_a_record_comes_back_as_it_was(
    coding: Coding, providers: dict[str, Provider], table: Table[Any], key: str
) -> None:
    """Every type, with all its parts; instants with the offset that they are shown with."""
    kind = table.kind if table.kind is not None else providers[key].accounts.type

    @settings(deadline=None, derandomize=True, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
    @given(Records(providers.values()).of(kind))
    def comes_back(record: Any) -> None:
        copy = coding.decoded(table, key, coding.encoded(table, record))

        assert copy == record
        assert type(copy) is type(record)
        assert msgspec.json.encode(copy) == msgspec.json.encode(record)

    comes_back()


@pytest.mark.parametrize("key", PROVIDERS)
@pytest.mark.parametrize("table", OF_PROVIDERS, ids=lambda table: table.name)
def test_the_account_that_a_lane_starts_with_comes_back(
    coding: Coding, providers: dict[str, Provider], table: Table[Any], key: str
) -> None:
    """Of each provider."""
    account = providers[key].accounts.new()

    assert coding.decoded(table, key, coding.encoded(table, account)) == account


def message(**more: Any) -> Message:
    return Message(
        id="m",
        provider="esms",
        operation="SendMessage",
        to="+84900000001",
        sender="Sandbox",
        text="mã của bạn là 123456 ☂",
        code="123456",
        price=850,
        state="queued",
        created_at=NOW,
        request_id="req-1",
        timeline=(("queued", NOW), ("sent", NOW + timedelta(microseconds=1))),
        **more,
    )


def test_a_message_comes_back_with_the_one_that_takes_its_place(coding: Coding, providers: dict[str, Provider]) -> None:
    """However deep they are nested, each with what its own provider keeps beside it."""
    details = {name: each.details for name, each in providers.items() if each.details is not None}
    inner = message(details=details["amoot"](campaign_id=5))
    middle = message(channel="zalo", details=details["esms"](otherwise=inner, send_at=NOW))
    outer = message(details=details["esms"](otherwise=middle, request_id="mine"))

    copy = coding.decoded(MESSAGES, "m", coding.encoded(MESSAGES, outer))

    assert copy == outer
    assert isinstance(copy.details, details["esms"])
    assert isinstance(copy.details.otherwise.details.otherwise.details, details["amoot"])


def test_an_instant_keeps_its_offset(coding: Coding) -> None:
    """The control API shows it as it was given."""
    at = NOW.astimezone(timezone(timedelta(hours=3, minutes=30)))
    given_at = message(details=None).now_in("sent", at)

    copy = coding.decoded(MESSAGES, "m", coding.encoded(MESSAGES, given_at))

    assert copy.timeline[-1][1].isoformat() == "2026-03-01T15:30:00+03:30"


def test_all_is_written_that_decisions_write() -> None:
    """The strict store reads every write back: it runs in all tests."""
    store = StrictStore()

    assert store.copied(MESSAGES, "m", message()) == message()
