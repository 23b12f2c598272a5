"""Mobile numbers of Amoot: every documented spelling is one number, nothing else is; some ask for an outcome."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import otp_specs
from otp_sandbox.providers.amoot.phones import MAGIC, fold, national
from otp_specs import Outcome

ROWS = list(otp_specs.load("amoot").outcomes.values())


@pytest.mark.parametrize(
    "text",
    [
        "9120000000",
        "09120000000",
        "989120000000",
        "+989120000000",
        "00989120000000",
        "+9809120000000",
        "+9120000000",
        " 989120000000",  # a plus that was not url-encoded
        "0912 000 0000",
        " +98 912 000 0000 ",
        "0912\u00a0000\u00a00000",
        "۰۹۱۲۰۰۰۰۰۰۰",
        "+۹۸۹۱۲۰۰۰۰۰۰۰",
        "٠٩١٢٠٠٠٠٠٠٠",
        "۰۹۱۲ ٠٠٠ 0000",
    ],
)
def test_every_spelling_of_a_mobile_number_folds_to_the_same_phone(text: str) -> None:
    """All spellings give E.164."""
    assert fold(text) == "+989120000000"


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("9812345678", "+989812345678"),
        ("989812345678", "+989812345678"),
        ("09812345678", "+989812345678"),
        ("9999999999", "+989999999999"),
    ],
)
def test_a_national_number_beginning_with_98_keeps_its_digits(text: str, phone: str) -> None:
    """The country code is dropped only where ten digits are left."""
    assert fold(text) == phone


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "0",
        "+",
        "98",
        "912000000",  # a digit too few
        "91200000000",  # a digit too many
        "091200000000",
        "8120000000",
        "02188880000",  # a land line
        "+14155550100",
        "+849120000000",
        "++989120000000",
        "989120000000+",
        "0912-000-0000",
        "0912.000.0000",
        "(0912)0000000",
        "9120000000.0",
        "9.12e9",
        "912000000a",
        "public",
        "None",
        "९१२०००००००",  # Devanagari
        "９１２０００００００",  # full width
        "9120000000,9130000000",
        "9120000000;9130000000",
        "9120000000|9130000000",
        "9120000000\n9130000000",
        "9120000000 9130000000",
        "9120000000,",
        "9120000000\n",
        '["9120000000"]',
        "9" * 100_000,
        " " * 100_000,
    ],
)
def test_whatever_is_not_one_iranian_mobile_number_folds_to_nothing(text: str) -> None:
    """The caller answers `Mobile_Invalid`, for a list of several too."""
    assert fold(text) is None


def test_the_national_form_is_ten_digits_as_a_number() -> None:
    """Results of sending show the recipient as a JSON number without the country code."""
    assert national("+989120000000") == 9120000000


@settings(deadline=None, derandomize=True)
@given(st.text())
def test_any_text_folds_to_a_phone_or_to_nothing(text: str) -> None:
    """No text whatever is an error, and none gives a phone of another form."""
    phone = fold(text)
    assert phone is None or re.fullmatch(r"\+989[0-9]{9}", phone)


@settings(deadline=None, derandomize=True)
@given(st.from_regex(r"[+ ]?(0098|98|0)? ?9[0-9۰-۹٠-٩ ]{9,12}", fullmatch=True))
def test_texts_that_look_like_numbers_fold_to_a_phone_that_folds_to_itself(text: str) -> None:
    """Folding twice is folding once, and the national form folds back."""
    phone = fold(text)
    if phone is not None:
        assert re.fullmatch(r"\+989[0-9]{9}", phone)
        assert fold(phone) == phone
        assert fold(str(national(phone))) == phone


def test_the_table_has_its_57_rows() -> None:
    """So many rows are tried below."""
    assert len(ROWS) == 57


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_has_a_magic_number_that_asks_for_it(row: Outcome) -> None:
    """`9000000NNN` asks for NNN and `9000009NNN` for -NNN, in every spelling that folds to it."""
    value = MAGIC.value_of(row.code)

    assert value is not None
    assert len(value) == 10
    assert [MAGIC.code_of(each) for each in (value, f"0{value}", f"+98{value}", f"0098 {value}")] == [str(row.code)] * 4


@pytest.mark.parametrize(
    ("code", "value"),
    [
        (0, "9000000000"),
        (4, "9000000004"),
        (12, "9000000012"),
        (500, "9000000500"),
        (-1, "9000009001"),
        (-201, "9000009201"),
        ("-300", "9000009300"),
        (999, "9000000999"),
        (-999, "9000009999"),
        (1000, None),
        (-1000, None),
    ],
)
def test_a_code_is_written_with_three_digits(code: int | str, value: str | None) -> None:
    """A code of four digits has no magic number."""
    assert MAGIC.value_of(code) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("9000000004", "4"),
        ("9000009201", "-201"),
        ("9000000000", "0"),
        ("9000009000", "0"),
        ("۹۰۰۰۰۰۰۱۰۱", "101"),
        ("9000001004", None),
        ("9000008201", None),
        ("9000010004", None),
        ("9120000000", None),
        ("9000000004,9000000005", None),
        ("900000004", None),
        ("", None),
        ("public", None),
    ],
)
def test_a_magic_number_gives_its_code_without_leading_zeros(text: str, code: str | None) -> None:
    """Whatever else folds to a number, or to none, asks for nothing."""
    assert MAGIC.code_of(text) == code


def test_the_field_of_the_magic_numbers_is_the_recipient() -> None:
    """Or the list of recipients, which is one when it names one."""
    assert MAGIC.fields == ("Mobile", "Mobiles")
