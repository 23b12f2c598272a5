"""What looks random is drawn from a seed and words."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_sandbox.domain.seeds import DIGITS, LETTERS_AND_DIGITS, draw, halves, hexadecimal, spell, spell_mixed


@given(st.integers(-(2**63), 2**63), st.lists(st.text(max_size=20) | st.integers(), max_size=4))
def test_the_same_words_draw_the_same_number(seed: int, words: list[str | int]) -> None:
    """Draws can be repeated, and have 512 bits."""
    first, second = draw(seed, *words), draw(seed, *words)

    assert first == second
    assert 0 <= first < 2**512


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param((1, "esms", 1), (2, "esms", 1), id="seed"),
        pytest.param((1, "esms", 1), (1, "amoot", 1), id="word"),
        pytest.param((1, "esms", 1), (1, "esms", 2), id="number"),
        pytest.param((1, "a", "b"), (1, "b", "a"), id="order"),
        pytest.param((1, "ab", "c"), (1, "a", "bc"), id="where a word ends"),
        pytest.param((1, "a"), (1, "a", ""), id="an empty word more"),
        pytest.param((1,), (11,), id="seed without words"),
    ],
)
def test_other_words_draw_another_number(one: tuple[int, str | int], other: tuple[int, str | int]) -> None:
    """Seed, words, their order and their borders all count."""
    first, second = draw(*one), draw(*other)

    assert first != second


def test_a_draw_is_the_same_in_every_version() -> None:
    """Seeds in people's tests must not give other codes after an update."""
    drawn = spell(halves(draw(7, "esms", "+84900000001", 1))[1], 6, DIGITS)

    assert drawn == "858598"


def test_a_number_falls_into_two_halves() -> None:
    """Both have 256 bits, and together they are the number."""
    number = draw(1, "word")

    high, low = halves(number)

    assert high < 2**256
    assert low < 2**256
    assert high << 256 | low == number


@pytest.mark.parametrize("alphabet", [DIGITS, LETTERS_AND_DIGITS], ids=["digits", "letters and digits"])
@pytest.mark.parametrize("length", [0, 1, 4, 8, 40])
def test_a_spelling_has_the_asked_length_and_letters(alphabet: str, length: int) -> None:
    """Leading zeros are kept: a code of six is six characters."""
    spelled = [spell(halves(draw(1, number))[0], length, alphabet) for number in range(50)]

    assert {len(each) for each in spelled} == {length}
    assert set("".join(spelled)) <= set(alphabet)


def test_a_spelling_of_nothing_is_all_zeros() -> None:
    """The smallest number is spelled in full length too."""
    spelled = spell(0, 6, DIGITS)

    assert spelled == "000000"


@pytest.mark.parametrize("alphabet", [DIGITS, LETTERS_AND_DIGITS], ids=["digits", "letters and digits"])
@pytest.mark.parametrize("position", [0, 5, 39], ids=["first", "middle", "last"])
def test_characters_come_evenly(alphabet: str, position: int) -> None:
    """No character of an alphabet is rarer or more frequent than chance allows, wherever it stands."""
    drawn = 200 * len(alphabet)

    counts = Counter(spell(halves(draw(3, number))[1], 40, alphabet)[position] for number in range(drawn))

    assert set(counts) == set(alphabet)
    assert all(120 < count < 280 for count in counts.values())


def test_codes_of_following_sends_differ() -> None:
    """In a thousand sends to one phone, codes of eight characters do not repeat."""
    codes = [spell(halves(draw(1, "esms", "+84900000001", n))[1], 8, LETTERS_AND_DIGITS) for n in range(1_000)]

    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("length", [1, 8, 32, 60])
def test_hexadecimal_has_the_asked_length(length: int) -> None:
    """Lower-case digits, filled up with zeros, cut to the lowest."""
    spelled = [hexadecimal(draw(1, number), length) for number in range(50)]

    assert {len(each) for each in spelled} == {length}
    assert set("".join(spelled)) <= set("0123456789abcdef")
    assert hexadecimal(0xABC, length) == "0abc".rjust(length, "0")[-length:]


@pytest.mark.parametrize("length", [2, 3, 4, 6, 20])
def test_a_mixed_code_holds_a_letter_and_a_digit(length: int) -> None:
    """Whatever is drawn; and what has both anyway is spelled as ever."""
    numbers = [halves(draw(1, "esms", "+84900000001", n))[1] for n in range(500)]

    codes = [spell_mixed(number, length) for number in numbers]

    plain = [spell(number, length, LETTERS_AND_DIGITS) for number in numbers]
    assert {len(code) for code in codes} == {length}
    assert not [code for code in codes if code.isalpha() or code.isdigit() or not code.isalnum() or not code.isupper()]
    assert all(
        code == other for code, other in zip(codes, plain, strict=True) if not (other.isalpha() or other.isdigit())
    )


def test_a_drawn_number_may_be_used_up() -> None:
    """Then the last character makes up for it."""
    assert (spell_mixed(0, 4), spell_mixed(36**4 - 1, 4)) == ("AAA0", "999A")


@pytest.mark.parametrize("number", range(36))
def test_one_character_cannot_be_both(number: int) -> None:
    assert spell_mixed(number, 1) == LETTERS_AND_DIGITS[number]
