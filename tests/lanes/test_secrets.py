"""Known secrets are found wherever they stand in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_sandbox.lanes.secrets import MASK, Secrets

LONG = "SANDBOX-API-KEY"


@pytest.fixture(params=[0, 100], ids=["few", "many"])
def secrets(request: pytest.FixtureRequest) -> Secrets:
    """Found in another way when there are many."""
    held = Secrets()
    for number in range(request.param):
        held.add(f"{number:012}")
    for each in (LONG, "sandbox", "SANDBOX-API-KEY-TWO", "with a blank in it"):
        held.add(each)
    return held


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (LONG, MASK),
        (f"x{LONG}y", f"x{MASK}y"),
        (f"{LONG}{LONG}", MASK + MASK),
        ("SANDBOX-API-KEY-TWO", MASK),  # the longer one of two
        ("SANDBOX-API-KE", "SANDBOX-API-KE"),
        ("it is with a blank in it.", f"it is {MASK}."),
        ("the sandbox plays", f"the {MASK} plays"),  # a short one is found as a word
        ("a=sandbox&b", f"a={MASK}&b"),
        ("/_sandbox/v1 Sandbox sandboxes", "/_sandbox/v1 Sandbox sandboxes"),
        ("", ""),
    ],
)
def test_they_are_hidden(secrets: Secrets, text: str, shown: str) -> None:
    assert secrets.hide(text) == shown


def test_a_short_one_may_be_a_word_of_a_message(secrets: Secrets) -> None:
    assert secrets.hide_long(f"the sandbox {LONG}") == f"the sandbox {MASK}"


def test_one_that_two_lanes_have_is_known_until_both_are_gone(secrets: Secrets) -> None:
    secrets.add(LONG)

    secrets.discard(LONG)
    assert (LONG in secrets, secrets.hide(LONG)) == (True, MASK)
    secrets.discard(LONG)
    secrets.discard(LONG)

    assert (LONG in secrets, secrets.hide(LONG)) == (False, LONG)
    assert secrets.hide("SANDBOX-API-KEY-TWO") == MASK


def test_nothing_is_no_secret(secrets: Secrets) -> None:
    """As where no control token is set."""
    secrets.add("")

    assert "" not in secrets
    assert secrets.hide("abc") == "abc"


def test_the_shortest_one_that_may_be_part_of_a_word_is_told() -> None:
    held = Secrets()
    assert held.least > 10**6
    held.add("short")
    held.add("x" * 12)
    assert held.least == 12
    held.add("four pass words")
    assert held.least == 4


@given(
    words=st.lists(
        st.sampled_from(["abcdefgh", "abcdefghij", "xabcdefgh", "SANDBOX-KEY", "a b c d e f", "no"]), max_size=6
    ),
    spaced=st.booleans(),
)
def test_many_secrets_are_found_as_few_are(words: list[str], *, spaced: bool) -> None:
    """There is a faster way for each; what one finds the other finds."""
    few, many = Secrets(), Secrets()
    for known in (few, many):
        for secret in ("abcdefgh", "abcdefghij", "SANDBOX-KEY", *(["a b c d e f"] if spaced else [])):
            known.add(secret)
    for number in range(100):
        many.add(f"{number:08}-other")

    for text in (" ".join(words), "".join(words), "/".join(words)):
        assert many.hide_long(text) == few.hide_long(text)
        assert many.holds_long(text) == few.holds_long(text) == (few.hide_long(text) != text)
