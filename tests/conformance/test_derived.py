"""Cases that a spec tells by itself: what is found in it, and what is put together."""

from __future__ import annotations

from typing import Any

import pytest

from otp_conformance.case import Feature, Level, Tier
from otp_conformance.collection import all_cases
from otp_conformance.derived import derive_cases
from otp_conformance.derived.answers import PLAIN_ROLES
from otp_conformance.derived.making import operations_of
from otp_conformance.derived.wrongs import find_wrongs, together
from otp_conformance.rooms import ROOMS, Fault, Step, spec_of
from otp_sandbox.app import find_providers
from otp_sandbox.checks import checklist

GET_TEMPLATE = next(each for each in spec_of("esms").operations if each.name == "GetTemplate")
DERIVED = {case.id: case for provider in ROOMS for case in derive_cases(provider)}


def test_what_can_be_wrong_is_found_in_the_order_of_the_spec() -> None:
    """A missing field by itself, a value that is no good and the account's state by the room."""
    wrongs = list(find_wrongs(GET_TEMPLATE, ROOMS["esms"]))

    assert [each.cause for each in wrongs] == [
        *("body_unreadable", "authorize_failed", "account_locked", "ip_not_allowed"),
        *("type_missing", "type_not_supported", "oa_or_template_missing", "oa_unknown", "oa_inactive"),
        *("brandname_missing", "brandname_unknown"),
    ]
    assert wrongs[4].fault == Fault({"SmsType": None})
    assert {each.cause: each.outcome for each in wrongs}["brandname_missing"] == "brandname_unknown"


def test_two_wrong_things_are_neighbours_that_can_be_wrong_at_once() -> None:
    """A field cannot be missing and malformed at the same time, so the next one stands for it."""
    pairs = [name.partition("[")[2][:-1] for name in DERIVED if name.startswith("esms.checks.two_wrong[GetTemplate-")]

    assert "GetTemplate-ip_not_allowed-type_missing" in pairs
    assert "GetTemplate-type_missing-brandname_missing" in pairs
    assert "GetTemplate-type_missing-type_not_supported" not in pairs


async def _nothing(_: Any) -> dict[str, Any]:
    return {}


ONE, OTHER = Step(_nothing), Step(_nothing, sends=2)
NOBODY = Fault(body=("text/plain", "x"), by_stranger=True)


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
        (Fault(account={"u": 1}), Fault(account={"u": 1}), Fault(account={"u": 1})),
        (Fault({"a.0.b": "x"}), Fault({"a.1.b": "y"}), Fault({"a.0.b": "x", "a.1.b": "y"})),
        (Fault({"a.0.b": "x"}), Fault({"a": None}), None),
        (Fault({"a.1": "x"}), Fault({"a.10": "x"}), Fault({"a.1": "x", "a.10": "x"})),
        (Fault({"a": 1}, before=(ONE,)), Fault({"b": 1}, before=(ONE,)), Fault({"a": 1, "b": 1}, before=(ONE,))),
        (Fault({"a": 1}, before=(ONE,)), Fault(before=(OTHER,)), Fault({"a": 1}, before=(ONE, OTHER))),
        (Fault(before=(ONE,)), Fault(before=(OTHER,)), None),
        (Fault(choices={"c": "x"}), Fault(choices={"d": "y"}), Fault(choices={"c": "x", "d": "y"})),
        (Fault(choices={"c": "x"}), Fault(choices={"c": "y"}), None),
        (NOBODY, Fault({"a": 1}), None),
        (NOBODY, NOBODY, None),
        (NOBODY, Fault(account={"u": 1}), None),
    ],
)
def test_faults_are_put_together_unless_one_undoes_the_other(first: Fault, second: Fault, both: Fault | None) -> None:
    """Nobody has no account that could be changed; a body takes the place of all fields; states exclude each other."""
    assert together(first, second) == both


@pytest.mark.parametrize(
    ("case", "tier", "sends", "needs"),
    [
        ("esms.checks.one_wrong[GetTemplate-account_locked]", Tier.NOTHING, 0, {Feature.ACCOUNTS}),
        ("esms.checks.one_wrong[GetTemplate-type_missing]", Tier.NOTHING, 0, set()),
        ("esms.checks.one_wrong[SendMultipleMessage_V4_get-duplicate_request]", Tier.SENDS, 2, set()),
        ("thuesim.checks.one_wrong[rephone-number_busy]", Tier.SENDS, 2, {Feature.ACCOUNTS}),
        ("esms.answers.members[GetBalance_json]", Tier.READS, 0, set()),
        ("esms.answers.members[SendMultipleMessage_V4_get]", Tier.SENDS, 1, set()),
        ("esms.answers.told_anew[GetBalance_json]", Tier.SENDS, 1, set()),
        ("esms.answers.told_anew[GetTemplate]", Tier.READS, 0, {Feature.ACCOUNTS}),
        ("amoot.answers.members[PatternCodeCreate]", Tier.SENDS, 1, set()),
    ],
)
def test_derived_cases_say_what_they_cost_and_need(case: str, tier: Tier, sends: int, needs: set[Feature]) -> None:
    """A refusal costs nothing, unless something has to be sent first."""
    held = DERIVED[case]

    assert (held.tier, held.sends, held.needs) == (tier, sends, needs)


@pytest.mark.parametrize("provider", ROOMS)
def test_every_check_of_every_operation_is_in_the_table(provider: str) -> None:
    """Else nobody would notice that it is left out, or that it comes too late. What has no line says why."""
    room, played = ROOMS[provider], find_providers()[provider]
    missing = set()
    for operation in operations_of(played.spec):
        checks = checklist(played, operation)
        checked = {cause for cause, _ in (*checks.credentials, *checks.rest)}
        made = {wrong.cause for wrong in find_wrongs(operation, room)}
        missing |= {f"{operation.name} {cause}" for cause in checked - made}

    assert missing == set(room.coverage.causes)


@pytest.mark.parametrize("provider", ROOMS)
def test_every_query_is_asked_before_and_after_a_change(provider: str) -> None:
    """Else it could answer for ever what it answered first."""
    room = ROOMS[provider]
    queries = {each.name for each in spec_of(provider).operations if each.role in PLAIN_ROLES}

    assert queries == set(room.calls.changing) | set(room.coverage.unchanging)


@pytest.mark.parametrize("provider", ROOMS)
def test_every_assumed_text_that_can_be_seen_is_a_note(provider: str) -> None:
    """And nothing else looks at it: what is no mistake fails no other case (`tests/mutants`, `other-words`)."""
    spec = spec_of(provider)
    options = (option for choice in spec.choices.values() for option in (choice.options or {}).values())
    rows = {answer.outcome for each in spec.operations for answer in each.answers} | {each.outcome for each in options}
    notes = {name for name in DERIVED if name.startswith(f"{provider}.texts.assumed")}

    assert notes == {
        f"{provider}.texts.assumed[{row.name}]"
        for row in spec.outcomes.values()
        if row.text_is_assumed and row.name in rows
    }
    assert {DERIVED[name].level for name in notes} <= {Level.NOTE}


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

    own = {f"{each.name} {cause}" for each in spec_of(provider).operations for cause in each.causes}
    assert set(calls.faults) | set(calls.malformed) <= causes | own


def test_all_cases_are_those_of_the_rooms_and_those_of_the_specs() -> None:
    ids = [case.id for case in all_cases()]

    assert len(ids) == len(set(ids))
    assert set(DERIVED) < set(ids)
