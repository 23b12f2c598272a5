"""A query: a question that is one row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from otp_sandbox.contract import Query
from otp_sandbox.domain.store import Change
from otp_sandbox.domain.verdict import Verdict

if TYPE_CHECKING:
    from otp_sandbox.contract import Call, Facts, Provider
    from otp_sandbox.domain.store import State
    from otp_specs import Outcome

CALL, STATE = cast("Call", "call"), cast("State", "state")


def written(kind: str) -> Any:
    def body(call: Call, row: Outcome, facts: Facts) -> Any:
        return (kind, call, row.name, facts)

    return body


def test_what_is_found_are_the_facts_of_its_cause() -> None:
    """The call and the state are handed on as they are."""
    query = Query("ask", cause="told", find=lambda *seen: {"seen": seen}, body=written("body"))

    assert query.operations == ("ask",)
    assert query.perform(CALL, STATE) == Change(Verdict("told", {"seen": (CALL, STATE)}))


def test_a_query_about_the_account_finds_nothing_besides() -> None:
    """It is a success."""
    assert Query("ask", body=written("body")).perform(CALL, STATE) == Change(Verdict("success", {}))


def test_a_whole_change_is_taken_as_it_is() -> None:
    """With another cause, and with warnings."""
    change = Change(Verdict("nothing"), warnings=["odd"])

    assert Query("ask", cause="told", find=lambda *_: change, body=written("body")).perform(CALL, STATE) is change


@pytest.mark.parametrize(("row", "first", "second"), [("success", "body", "body"), ("auth_failed", "body", "refusal")])
def test_a_refusal_may_be_written_otherwise(providers: dict[str, Provider], row: str, first: str, second: str) -> None:
    """Else the body writes it too."""
    outcome = providers["thuesim"].spec.outcomes[row]
    plain = Query("ask", body=written("body"))
    parted = Query("ask", body=written("body"), refusal=written("refusal"))

    assert plain.body(CALL, outcome, {"a": 1}) == (first, CALL, row, {"a": 1})
    assert parted.body(CALL, outcome, {}) == (second, CALL, row, {})
