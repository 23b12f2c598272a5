"""Accounts as JSON: shown, patched, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from otp_sandbox.contract import Provider
from otp_sandbox.lanes.accounts import Invalid, patch_account, show_account


@dataclass(frozen=True, slots=True)
class Part:
    """One of several."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    name: str = "a"


@dataclass(frozen=True, slots=True)
class Inner:
    """A part of an account."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    pause: timedelta = timedelta(seconds=5)
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account with everything that accounts have."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    balance: int = 10
    blocked: bool = False
    names: tuple[str, ...] | None = None
    parts: tuple[Part, ...] = (Part(),)
    inner: Inner = field(default_factory=Inner)
    delay: timedelta = timedelta(minutes=2, seconds=1)


ACCOUNT = Account()
END = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def errors_of(patch: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        patch_account(ACCOUNT, patch)
    return refusal.value.errors


def test_an_account_is_shown_as_json_values() -> None:
    """Durations in the short form, instants with offset, tuples as lists."""
    account = Account(names=("a", "b"), inner=Inner(ends=END))

    assert show_account(account) == {
        "balance": 10,
        "blocked": False,
        "names": ["a", "b"],
        "parts": [{"name": "a"}],
        "inner": {"pause": "5s", "ends": "2026-03-01T12:00:00+00:00"},
        "delay": "2m1s",
    }


@pytest.mark.parametrize("provider", ["esms", "amoot", "thuesim"])
def test_every_account_reads_back_as_it_is_shown(providers: Mapping[str, Provider], provider: str) -> None:
    """A patch of everything that is shown changes nothing."""
    account = providers[provider].accounts.new()

    assert patch_account(account, show_account(account)) == account
    assert patch_account(account, {}) == account


@pytest.mark.parametrize(
    ("patch", "account"),
    [
        pytest.param({"balance": 0}, Account(balance=0), id="number"),
        pytest.param({"delay": "500ms"}, Account(delay=timedelta(milliseconds=500)), id="duration"),
        pytest.param({"delay": "PT1M"}, Account(delay=timedelta(minutes=1)), id="ISO duration"),
        pytest.param({"delay": 0}, Account(delay=timedelta(0)), id="bare zero"),
        pytest.param({"inner": {"pause": "1.5s"}}, Account(inner=Inner(timedelta(milliseconds=1500))), id="nested"),
        pytest.param({"inner": {"ends": END.isoformat()}}, Account(inner=Inner(ends=END)), id="instant"),
        pytest.param({"names": ["a"]}, Account(names=("a",)), id="list"),
        pytest.param({"names": []}, Account(names=()), id="empty list"),
        pytest.param({"names": None}, Account(), id="null where it is allowed"),
        pytest.param({"parts": []}, Account(parts=()), id="lists are replaced whole"),
    ],
)
def test_a_patch_changes_what_it_names(patch: Any, account: Account) -> None:
    """Everything else stays, and the old account is left as it was."""
    assert patch_account(ACCOUNT, patch) == account
    assert Account() == ACCOUNT


def test_a_patch_of_a_part_leaves_the_rest_of_the_part() -> None:
    """Objects are merged."""
    account = Account(inner=Inner(timedelta(0), END))

    assert patch_account(account, {"inner": {"pause": "1s"}}).inner == Inner(timedelta(seconds=1), END)


@pytest.mark.parametrize(
    ("patch", "field_name"),
    [
        pytest.param({"balance": "10"}, "balance", id="text for a number"),
        pytest.param({"balance": 1.5}, "balance", id="fraction"),
        pytest.param({"balance": True}, "balance", id="boolean for a number"),
        pytest.param({"balance": None}, "balance", id="null elsewhere"),
        pytest.param({"blocked": "yes"}, "blocked", id="text for a boolean"),
        pytest.param({"blocked": 1}, "blocked", id="number for a boolean"),
        pytest.param({"names": "a"}, "names", id="text for a list"),
        pytest.param({"names": ["a", 1]}, "names.1", id="number in a list of texts"),
        pytest.param({"parts": [{"name": "a", "x": 1}]}, "parts.0.x", id="unknown field in a list"),
        pytest.param({"inner": {"ends": "tomorrow"}}, "inner.ends", id="no instant"),
        pytest.param({"inner": {"pause": "soon"}}, "inner.pause", id="no duration in a part"),
        pytest.param({"inner": {"x": 1}}, "inner.x", id="unknown field in a part"),
        pytest.param({"inner": None}, "inner", id="null for a part"),
        pytest.param({"inner": 5}, "inner", id="number for a part"),
        pytest.param({"delay": None}, "delay", id="null for a duration"),
        pytest.param({"delay": 5}, "delay", id="number for a duration"),
        pytest.param({"x": 1}, "x", id="unknown field"),
        pytest.param({"x": None}, "x", id="unknown field that is null"),
    ],
)
def test_what_would_be_no_account_is_refused_with_its_path(patch: Any, field_name: str) -> None:
    """The path is dotted, and each error says what is wrong."""
    errors = errors_of(patch)

    assert [place for place, _ in errors] == [field_name]
    assert all(detail for _, detail in errors)


def test_all_wrong_fields_are_named_at_once() -> None:
    """Nobody has to come back for the second error."""
    errors = errors_of({"balance": "1", "x": 1})

    assert {place for place, _ in errors} == {"balance", "x"}


@pytest.mark.parametrize("patch", [None, [], "text", 5, True])
def test_a_patch_that_is_no_object_is_refused(patch: Any) -> None:
    """It would replace the account."""
    assert errors_of(patch) == [("", "is not an object")]


def test_the_error_can_be_read_as_one_line() -> None:
    """Settings show it so."""
    with pytest.raises(Invalid, match=r"^inner\.pause: 'soon' is not a duration; write"):
        patch_account(ACCOUNT, {"inner": {"pause": "soon"}})
