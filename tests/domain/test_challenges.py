"""A code is accepted once, for its phone, before it expires."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from otp_sandbox.domain import challenges
from otp_sandbox.domain.challenges import CODES, PINS, RECIPIENTS, SEQUENCES, Challenge, Pin
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change, Event, Key

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LIFETIME = timedelta(minutes=5)
TICK = timedelta(microseconds=1)
PHONE = "+84900000001"
KEY = challenges.recipient_key("esms", PHONE)


class Held:
    """A state in a dictionary, to which changes are applied."""

    def __init__(self) -> None:
        self.records: dict[Key, Any] = {}

    def get(self, table: Any, key: str) -> Any:
        return self.records.get((table, key))

    def entries(self, table: Any) -> Any:
        return [record for (each, _), record in reversed(self.records.items()) if each is table]

    def apply(self, change: Change[Any]) -> Any:
        for key, value in change.writes.items():
            if value is None:
                self.records.pop(key, None)
            else:
                self.records[key] = value
        return change.verdict


def challenge(code: str = "123456", at: datetime = NOW, lifetime: timedelta | None = LIFETIME) -> Challenge:
    return Challenge(f"code-{code}", "esms", PHONE, code, at, at + lifetime if lifetime is not None else None)


@pytest.fixture
def held() -> Held:
    return Held()


def issue(held: Held, each: Challenge, *, keep_all: bool = False) -> Change[None]:
    change: Change[None] = Change(None)
    challenges.issue(change, held, each, keep_all=keep_all)
    held.apply(change)
    return change


def verify(held: Held, code: str = "123456", at: datetime = NOW, **rules: Any) -> str | None:
    change: Change[None] = Change(None)
    cause = challenges.verify(change, held, KEY, code, at, **{"ignore_case": False, "wrong_tries_max": None, **rules})
    held.apply(change)
    return cause


def expire(held: Held, each: Challenge) -> bool:
    assert each.expires_at is not None
    event = Event(each.expires_at, "expiry", "esms", each.id, PHONE)
    verdict: bool = held.apply(challenges.expire(event, held))
    return verdict


def test_a_code_that_was_issued_is_accepted(held: Held) -> None:
    """The challenge is used at that instant."""
    issue(held, challenge())

    cause = verify(held, at=NOW + TICK)

    assert cause is None
    assert held.get(CODES, "code-123456") == replace(challenge(), used_at=NOW + TICK)


def test_an_issued_code_is_logged_last_and_has_an_end(held: Held) -> None:
    """Its entry goes to the end of the log, its expiry onto the schedule."""
    change = issue(held, challenge())

    assert change.moved == {(CODES, "code-123456")}
    assert change.due == [Event(NOW + LIFETIME, "expiry", "esms", "code-123456", PHONE)]


def test_a_code_without_a_lifetime_never_falls_due(held: Held) -> None:
    """It stays active for ever."""
    endless = challenge(lifetime=None)

    change = issue(held, endless)

    assert change.due == []
    assert endless.state(NOW + timedelta(days=3650)) == "active"


@pytest.mark.parametrize(
    ("age", "cause"),
    [
        pytest.param(LIFETIME - TICK, None, id="just before"),
        pytest.param(LIFETIME, "code_expired", id="at"),
        pytest.param(LIFETIME + TICK, "code_expired", id="after"),
    ],
)
def test_a_code_is_refused_from_the_instant_it_expires(held: Held, age: timedelta, cause: str | None) -> None:
    """The lifetime is half-open: the last good moment is just before its end."""
    issue(held, challenge())

    found = verify(held, at=NOW + age)

    assert found == cause


def test_a_code_is_accepted_once(held: Held) -> None:
    """The second try with the same code is told that it was used."""
    issue(held, challenge())

    causes = [verify(held), verify(held)]

    assert causes == [None, "code_used"]


def test_a_code_of_another_phone_is_not_known(held: Held) -> None:
    """Nothing was issued to that phone."""
    issue(held, challenge())
    change: Change[None] = Change(None)

    cause = challenges.verify(change, held, "esms +84900000002", "123456", NOW, ignore_case=False, wrong_tries_max=None)

    assert cause == "never_issued"
    assert change.writes == {}


def test_a_wrong_code_changes_nothing(held: Held) -> None:
    """The right one is accepted afterwards."""
    issue(held, challenge())

    causes = [verify(held, "654321"), verify(held)]

    assert causes == ["code_wrong", None]


def test_a_wrong_code_after_the_only_one_was_used_meets_nothing_alive(held: Held) -> None:
    """Only the last dead code is remembered by name."""
    issue(held, challenge())
    verify(held)

    cause = verify(held, "654321")

    assert cause == "never_issued"


def test_a_new_code_supersedes_the_old_one(held: Held) -> None:
    """The old one is refused as superseded, the new one is accepted."""
    issue(held, challenge("111111"))
    issue(held, challenge("222222", NOW + TICK))

    causes = [verify(held, "111111", NOW + TICK), verify(held, "222222", NOW + TICK)]

    assert causes == ["code_superseded", None]
    assert held.get(CODES, "code-111111").state(NOW + TICK) == "superseded"


def test_the_same_code_drawn_again_is_accepted(held: Held) -> None:
    """A live code wins over a dead one that reads the same."""
    issue(held, challenge())
    issue(held, replace(challenge(at=NOW + TICK), id="second"))

    cause = verify(held, at=NOW + TICK)

    assert cause is None
    assert held.get(CODES, "second").used_at == NOW + TICK


def test_all_codes_live_when_all_are_kept(held: Held) -> None:
    """Each of them is accepted once, in any order."""
    for code in ("111111", "222222", "333333"):
        issue(held, challenge(code), keep_all=True)

    causes = [verify(held, code) for code in ("222222", "333333", "111111", "111111")]

    assert causes == [None, None, None, "code_used"]


def test_a_code_that_has_expired_is_not_superseded(held: Held) -> None:
    """What is dead already keeps its own cause of death."""
    issue(held, challenge("111111"))

    change = issue(held, challenge("222222", NOW + LIFETIME))

    assert (CODES, "code-111111") not in change.writes
    assert held.get(CODES, "code-111111").state(NOW + LIFETIME) == "expired"


@pytest.mark.parametrize(("ignore_case", "cause"), [(True, None), (False, "code_wrong")])
def test_case_counts_unless_it_is_ignored(held: Held, cause: str | None, *, ignore_case: bool) -> None:
    """Codes may have letters."""
    issue(held, challenge("AB12CD"))

    found = verify(held, "ab12cd", ignore_case=ignore_case)

    assert found == cause


@pytest.mark.parametrize(
    ("wrong", "cause"),
    [
        pytest.param(2, None, id="below"),
        pytest.param(3, "code_superseded", id="at"),
        pytest.param(4, "code_superseded", id="above"),
    ],
)
def test_too_many_wrong_tries_lock_the_code_out(held: Held, wrong: int, cause: str | None) -> None:
    """With three tries allowed, the third wrong one kills the live code."""
    issue(held, challenge())
    for _ in range(wrong):
        verify(held, "000000", wrong_tries_max=3)

    found = verify(held, wrong_tries_max=3)

    assert found == cause


def test_a_lock_out_takes_all_live_codes(held: Held) -> None:
    """None of them is accepted, and each is logged as dead."""
    for code in ("111111", "222222"):
        issue(held, challenge(code), keep_all=True)
    verify(held, "000000", wrong_tries_max=1)

    states = [held.get(CODES, f"code-{code}").state(NOW) for code in ("111111", "222222")]

    assert states == ["superseded", "superseded"]
    assert held.get(RECIPIENTS, KEY).live == ()


def test_wrong_tries_are_counted_anew_for_a_new_code(held: Held) -> None:
    """A new code has all its tries."""
    issue(held, challenge("111111"))
    verify(held, "000000", wrong_tries_max=2)
    issue(held, challenge("222222"))

    verify(held, "000000", wrong_tries_max=2)

    assert verify(held, "222222", wrong_tries_max=2) is None


def test_tries_without_a_live_code_are_not_counted(held: Held) -> None:
    """There is nothing that could be locked out."""
    verify(held, "000000", wrong_tries_max=1)

    assert held.records == {}


def test_expiry_ends_a_live_code_and_forgets_the_phone(held: Held) -> None:
    """The event says that something happened; afterwards the code alone is known, to say why it is refused."""
    issue(held, challenge())

    happened = expire(held, challenge())

    assert happened is True
    assert held.get(RECIPIENTS, KEY) is None
    assert verify(held, at=NOW + LIFETIME) == "code_expired"
    assert verify(held, "654321", at=NOW + LIFETIME) == "never_issued"


@pytest.mark.parametrize("keep_all", [False, True])
def test_each_of_the_last_codes_is_remembered_by_its_end(held: Held, *, keep_all: bool) -> None:
    """Five of a phone, whether they expired or were superseded."""
    codes = [challenge(f"{number}" * 6, NOW + number * TICK) for number in range(6)]
    for each in codes:
        issue(held, each, keep_all=keep_all)
    for each in codes:
        expire(held, each)

    causes = [verify(held, each.code, NOW + 2 * LIFETIME) for each in codes]

    end = "code_expired" if keep_all else "code_superseded"
    assert causes == ["never_issued", *[end] * 4, "code_expired"]
    assert held.get(RECIPIENTS, KEY) is None


def test_a_code_that_was_used_twice_ago_was_used(held: Held) -> None:
    """Each code keeps its own cause of death."""
    for number in range(3):
        issue(held, challenge(f"{number}" * 6, NOW + number * TICK))
        verify(held, f"{number}" * 6, NOW + number * TICK)

    assert [verify(held, f"{number}" * 6, NOW + LIFETIME / 2) for number in range(3)] == ["code_used"] * 3


@pytest.mark.parametrize("keep_all", [False, True])
def test_a_code_whose_end_has_come_stays_expired_when_the_time_goes_back(held: Held, *, keep_all: bool) -> None:
    """The clock may be set back; and who began to ask before the end may be answered after it."""
    issue(held, challenge(), keep_all=keep_all)
    issue(held, challenge("654321", NOW - TICK), keep_all=keep_all)
    expire(held, challenge("654321", NOW - TICK))
    expire(held, challenge())

    for code, cause in (("654321", "code_expired"), ("123456", "code_expired" if keep_all else "code_superseded")):
        assert verify(held, code, NOW) == cause
        assert held.records[CODES, f"code-{code}"].state(NOW) == cause.removeprefix("code_")


def test_expiry_of_a_used_code_is_no_event(held: Held) -> None:
    """It was dead before, but its phone is forgotten now."""
    issue(held, challenge())
    verify(held)

    happened = expire(held, challenge())

    assert happened is False
    assert held.get(RECIPIENTS, KEY) is None


def test_expiry_of_a_superseded_code_leaves_its_successor(held: Held) -> None:
    """The new code is still accepted."""
    issue(held, challenge("111111"))
    issue(held, challenge("222222", NOW + TICK))

    happened = expire(held, challenge("111111"))

    assert happened is False
    assert verify(held, "222222", NOW + LIFETIME) is None


def test_expiry_of_one_of_several_codes_leaves_the_others(held: Held) -> None:
    """Each code has its own end."""
    issue(held, challenge("111111"), keep_all=True)
    issue(held, challenge("222222", NOW + TICK), keep_all=True)

    happened = expire(held, challenge("111111"))

    assert happened is True
    assert verify(held, "111111", NOW + LIFETIME) == "code_expired"
    assert verify(held, "222222", NOW + LIFETIME) is None


def test_codes_that_end_at_one_instant_each_have_their_event(held: Held) -> None:
    """On a frozen clock two sends have the same end; both expiries are reported."""
    issue(held, challenge("111111"), keep_all=True)
    issue(held, challenge("222222"), keep_all=True)

    happened = [expire(held, challenge(code)) for code in ("111111", "222222")]

    assert happened == [True, True]
    assert held.get(RECIPIENTS, KEY) is None


def test_a_used_code_is_remembered_until_its_own_end(held: Held) -> None:
    """The expiry of an older code does not make the newer one unknown."""
    issue(held, challenge("111111"))
    verify(held, "111111")
    issue(held, challenge("222222", NOW + TICK))
    verify(held, "222222", NOW + TICK)

    expire(held, challenge("111111"))
    early = verify(held, "222222", NOW + LIFETIME)
    expire(held, challenge("222222", NOW + TICK))
    late = verify(held, "222222", NOW + LIFETIME + TICK)

    assert (early, late) == ("code_used", "code_used")


def test_expiry_for_a_forgotten_phone_is_no_event(held: Held) -> None:
    """Somebody has deleted the codes in between."""
    happened = expire(held, challenge())

    assert happened is False
    assert held.records == {}


@pytest.mark.parametrize(
    ("each", "at", "state"),
    [
        (challenge(), NOW, "active"),
        (challenge(), NOW + LIFETIME - TICK, "active"),
        (challenge(), NOW + LIFETIME, "expired"),
        (replace(challenge(), used_at=NOW), NOW + LIFETIME, "used"),
        (replace(challenge(), superseded=True), NOW + LIFETIME, "superseded"),
        (replace(challenge(), expired=True), NOW, "expired"),
    ],
    ids=["fresh", "last moment", "expired", "used", "superseded", "expired, and the time went back"],
)
def test_a_challenge_names_the_stage_of_its_life(each: Challenge, at: datetime, state: str) -> None:
    """What it died of stays its state when its lifetime is over."""
    assert each.state(at) == state
    assert each.alive(at) is (state == "active")


@pytest.mark.parametrize("times", [1, 3])
def test_a_pin_is_used_as_often_as_it_says(held: Held, times: int) -> None:
    """Afterwards codes are drawn again."""
    held.records[PINS, PHONE] = Pin("135790", times)
    found = []

    for _ in range(times + 1):
        change: Change[None] = Change(None)
        found.append(challenges.use_pin(change, held, PHONE))
        held.apply(change)

    assert found == ["135790"] * times + [None]
    assert held.get(PINS, PHONE) is None


def test_a_phone_without_a_pin_changes_nothing(held: Held) -> None:
    """Nothing is written."""
    change: Change[None] = Change(None)

    found = challenges.use_pin(change, held, PHONE)

    assert found is None
    assert change.writes == {}


def test_sends_are_counted_by_provider_and_phone(held: Held) -> None:
    """Each pair begins at one."""
    numbers = []

    for provider, phone in [("esms", PHONE), ("esms", PHONE), ("amoot", PHONE), ("esms", "+84900000002")]:
        change: Change[None] = Change(None)
        numbers.append(challenges.next_in_sequence(change, held, provider, phone))
        held.apply(change)

    assert numbers == [1, 2, 1, 1]


def test_the_keys_of_issuing_are_those_that_are_read(held: Held) -> None:
    """Sequence, recipient and pin."""
    keys = challenges.keys_of_issuing("esms", PHONE)

    assert keys == ((SEQUENCES, KEY), (RECIPIENTS, KEY), (PINS, PHONE))


def test_decisions_leave_what_they_read_as_it_was(held: Held) -> None:
    """New values are written; nobody edits a record in place behind another's back."""
    issue(held, challenge())
    before = held.get(RECIPIENTS, KEY)

    verify(held)

    assert before == challenge()
