"""Cases that a spec tells by itself: what is found in it, and what is put together."""

from __future__ import annotations

import pytest

from otp_conformance.case import Feature, Tier
from otp_conformance.collection import all_cases
from otp_conformance.derived import PLAIN_ROLES, _together, derive_cases, find_wrongs
from otp_conformance.rooms import ROOMS, Fault, spec_of

GET_TEMPLATE = next(each for each in spec_of("esms").operations if each.name == "GetTemplate")
DERIVED = {case.id: case for provider in ROOMS for case in derive_cases(provider)}


def test_what_can_be_wrong_is_found_in_the_order_of_the_spec() -> None:
    """A missing field by itself, a value that is no good and the account's state by the room."""
    wrongs = list(find_wrongs(GET_TEMPLATE, ROOMS["esms"]))

    assert [each.cause for each in wrongs] == [
        *("authorize_failed", "account_locked", "ip_not_allowed", "type_missing", "type_not_supported"),
        *("brandname_unknown", "brandname_missing"),
    ]
    assert wrongs[3].fault == Fault({"SmsType": None})
    assert {each.cause: each.outcome for each in wrongs}["brandname_missing"] == "brandname_unknown"


def test_two_wrong_things_are_neighbours_that_can_be_wrong_at_once() -> None:
    """A field cannot be missing and malformed at the same time, so the next one stands for it."""
    pairs = [name.partition("[")[2][:-1] for name in DERIVED if name.startswith("esms.checks.two_wrong[GetTemplate-")]

    assert "GetTemplate-ip_not_allowed-type_missing" in pairs
    assert "GetTemplate-type_missing-brandname_unknown" in pairs
    assert "GetTemplate-type_missing-type_not_supported" not in pairs


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        (Fault({"a": None}), Fault({"b": "x"}), Fault({"a": None, "b": "x"})),
        (Fault({"a": None}), Fault({"a": "x"}), None),
        (Fault(account={"u": {"x": 1}}), Fault(account={"u": {"y": 2}}), Fault(account={"u": {"x": 1, "y": 2}})),
        (Fault(account={"u": {"x": 1}}), Fault(account={"u": {"x": 2}}), None),
        (Fault(account={"u": 1}), Fault(account={"u": {"x": 2}}), None),
        (Fault({"a": None}, by_stranger=True), Fault(account={"u": 1}), None),
        (Fault({"a": None}, by_stranger=True), Fault({"b": 1}), Fault({"a": None, "b": 1}, by_stranger=True)),
    ],
)
def test_faults_are_put_together_unless_one_undoes_the_other(first: Fault, second: Fault, both: Fault | None) -> None:
    """Nobody has no account that could be changed."""
    assert _together(first, second) == both


def test_derived_cases_send_nothing_and_say_what_they_need() -> None:
    """Every one expects a refusal, or reads."""
    assert {case.tier for case in DERIVED.values()} == {Tier.NOTHING, Tier.READS}
    assert {case.sends for case in DERIVED.values()} == {0}
    assert DERIVED["esms.checks.one_wrong[GetTemplate-account_locked]"].needs == {Feature.ACCOUNTS}
    assert DERIVED["esms.checks.one_wrong[GetTemplate-type_missing]"].needs == frozenset()


def test_a_contested_cause_is_judged_under_its_default() -> None:
    name = "amoot.checks.one_wrong[SendOTP-credentials_missing]"

    assert DERIVED[name].choices == {"amoot.missing-credentials": "token_not_exists"}


@pytest.mark.parametrize("provider", ROOMS)
def test_every_operation_that_tells_something_has_derived_cases(provider: str) -> None:
    """A new one needs no line for them."""
    plain = {each.name for each in spec_of(provider).operations if each.role in PLAIN_ROLES}

    assert {name for name in plain if not any(f"one_wrong[{name}-" in case for case in DERIVED)} == set()


@pytest.mark.parametrize("provider", ROOMS)
def test_a_room_knows_no_cause_that_the_spec_does_not_have(provider: str) -> None:
    """A fault whose cause has gone would never be noticed."""
    causes = {cause for operation in spec_of(provider).operations for cause in operation.causes}
    calls = ROOMS[provider].calls

    assert set(calls.faults) | set(calls.malformed) <= causes


def test_all_cases_are_those_of_the_rooms_and_those_of_the_specs() -> None:
    ids = [case.id for case in all_cases()]

    assert len(ids) == len(set(ids))
    assert set(DERIVED) < set(ids)
