"""Templates of texts: what stands in braces is a place, and a text is compared whole."""

from __future__ import annotations

import pytest

from otp_sandbox.providers.esms.templates import check, code_in, fits


@pytest.mark.parametrize(
    ("template", "text", "goes"),
    [
        ("{P1,8} la ma", "1 la ma", True),
        ("{P1,8} la ma", "12345678 la ma", True),
        ("{P1,8} la ma", "123456789 la ma", False),
        ("{P1,8} la ma", " la ma", False),
        ("{P1,8} la ma", "1 la ma.", False),
        ("{P1,8} la ma", "1 LA MA", False),
        ("{P1:8} la ma", "12345678 la ma", True),
        ("{P:6} la ma", "123456 la ma", True),
        ("{P:6} la ma", "1234567 la ma", False),
        ("{P} la ma", "x" * 500 + " la ma", True),
        ("{P} la ma", " la ma", False),
        ("{P1} va {P2}", "a va b", True),
        ("{OTP} la ma", "1" * 20 + " la ma", True),
        ("{OTP} la ma", "1" * 21 + " la ma", False),
        ("{CODE} la ma", "1NTTJ6 la ma", True),
        ("ma {CODE}", "ma ", False),
        ("{P1,3}{P2,3}", "abcdef", True),
        ("{P1,3}{P2,3}", "abcdefg", False),
        ("{P1,3}{P2,3}", "a", False),
        ("{P1,2}aa{P2,2}", "aaaaa", True),
        ("{P1,2}aa{P2,2}", "aaaa", True),
        ("{P1,2}aa{P2,2}", "aaa", False),
        ("no place", "no place", True),
        ("a{b", "a{b", True),
        ("  {P1,8} la ma ", "1 la ma", True),
        ("", "", True),
        ("", "x", False),
    ],
)
def test_a_text_goes_through_if_it_fits_whole(template: str, text: str, *, goes: bool) -> None:
    assert fits((template,), text) is goes
    assert fits(("something else", template), text) is goes


def test_a_place_takes_whatever_a_pattern_would_read_otherwise() -> None:
    assert fits(("(.*) {P1,8} [a-z]+",), "(.*) $1 [a-z]+")
    assert not fits(("(.*) {P1,8} [a-z]+",), "x 1 abc")


@pytest.mark.parametrize(
    ("templates", "text", "code"),
    [
        (("{OTP} la ma",), "482913 la ma", "482913"),
        (("Chao {P}, ma {CODE} het han sau {P:2} phut",), "Chao Nam 2026, ma 5721 het han sau 10 phut", "5721"),
        (("{P1,8} la ma",), "482913 la ma", None),
        (("{P1,8} la ma", "{OTP} la ma"), "482913 la ma", "482913"),
        (("{OTP} la ma",), "482913 la khac", None),
        (("{OTP}{P1,2}",), "482913", "48291"),
        ((), "482913", None),
    ],
)
def test_the_code_stands_where_the_template_says(templates: tuple[str, ...], text: str, code: str | None) -> None:
    """And is not guessed: a year before it is none."""
    assert code_in(templates, text) == code


@pytest.mark.parametrize("template", ["{P1,8} x", "{P}", "{P7}", "{P:6}", "{P,6}", "{OTP}{CODE}", "{ x", "}{", "none"])
def test_what_is_a_place_passes(template: str) -> None:
    assert check(template) == template


@pytest.mark.parametrize(
    "template", ["{}", "{otp}", "{name}", "{P1,0}", "{P1,8,9}", "{P1 ,8}", "{OTP} {X}", "{P1,100000}"]
)
def test_what_is_no_place_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match=r"is no place; places are \{OTP\}, \{CODE\}, \{P\}, \{P:6\} and \{P1,8\}$"):
        check(template)


def test_many_places_cost_no_more_than_few() -> None:
    """Twenty places of a hundred characters, and a text that does not fit: a pattern would try for years."""
    template = "".join(f"{{P{number},100}}a" for number in range(20))

    assert not fits((template,), "a" * 2000 + "b")
    assert fits((template,), "a" * 2000)
