"""Lanes from the configuration file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from otp_sandbox.lanes.registry import Registry
from otp_sandbox.stores.memory import MemoryStore
from otp_sandbox.web.control.configured import read_lane_table

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def registry(providers: Any) -> Registry:
    return Registry(MemoryStore(), providers, 7, lambda: NOON)


def test_a_table_takes_the_fields_of_a_new_lane(registry: Registry) -> None:
    """With the checks and the meaning of `POST /lanes`; its name is the lane's id."""
    fields = {"seed": 5, "ttl": "1h", "clock": {"mode": "frozen"}, "accounts": {"esms": {"balance": 1}}}

    made = read_lane_table(registry, "team", fields, {})

    assert (made.id, made.seed, made.ttl) == ("team", 5, timedelta(hours=1))
    assert made.clock is not None
    assert made.clock.frozen_at == NOON
    assert made.accounts["esms"].balance == 1
    assert made.credentials == {}


def test_credentials_of_the_environment_win_over_the_file(registry: Registry) -> None:
    """One by one: what the environment does not name is the file's."""
    fields = {"credentials": {"esms": {"ApiKey": "file", "SecretKey": "file"}, "thuesim": {"token": "file"}}}

    made = read_lane_table(registry, "default", fields, {"esms": {"ApiKey": "environment"}})

    assert made.credentials == {
        "esms": {"ApiKey": "environment", "SecretKey": "file"},
        "thuesim": {"token": "file"},
    }


@pytest.mark.parametrize(
    ("name", "fields", "text"),
    [
        ("a", {"sed": 1}, "sed: "),
        ("a", {"seed": "1"}, "seed: "),
        ("a", {"ttl": "0s"}, "ttl: "),
        ("a", {"clock": {"mode": "slow"}}, "clock.mode: "),
        ("a", {"choices": {"esms.code-case": "x"}}, "choices.esms.code-case: "),
        ("a", {"accounts": {"esms": {"balance": "x"}}}, "accounts.esms.balance: "),
        ("a", {"accounts": {"nobody": {}}}, "accounts.nobody: "),
        ("a", {"credentials": {"esms": {"Key": "x"}}}, "credentials.esms.Key: "),
        ("a", {"any_sender": "yes"}, "any_sender: "),
        ("a b", {}, "id: "),
    ],
)
def test_a_wrong_field_is_named(registry: Registry, name: str, fields: dict[str, Any], text: str) -> None:
    """So that start-up can stop with one line."""
    with pytest.raises(ValueError, match=rf"^{text}"):
        read_lane_table(registry, name, fields, {})
