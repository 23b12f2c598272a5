"""What is shown of an exchange, and how answers are held against tables and samples."""

from __future__ import annotations

import shlex
from decimal import Decimal
from typing import Any

import orjson
import pytest

from otp_conformance.exchange import Exchange, mask_secrets
from otp_conformance.expect import Unexpected, equal, expect, expect_text, matches, text_of, true
from otp_conformance.layers.samples import compare
from otp_conformance.response import Response
from otp_specs import load

SECRET = "k+y/ä s=1"
SPELLINGS = [SECRET, "k%2By%2F%C3%A4%20s%3D1", "k%2By%2F%C3%A4+s%3D1"]


def _exchange(**more: Any) -> Exchange:
    values: dict[str, Any] = {
        "operation": "CheckCodeGen_V4_get",
        "method": "GET",
        "url": "http://127.0.0.1:1/x",
        "headers": {},
        "body": "",
        "status": 200,
        "answer_headers": {"Content-Type": "application/json"},
        "answer": "{}",
        "secrets": frozenset({SECRET}),
    }
    return Exchange(**values | more)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_secret_is_masked_in_every_spelling_in_which_it_travels(spelling: str) -> None:
    assert mask_secrets(f"a={spelling}&b", [SECRET]) == "a=***&b"


def test_the_longest_secret_goes_first_and_an_empty_one_hides_nothing() -> None:
    assert mask_secrets("abcdef abc", ["", "abc", "abcdef"]) == "*** ***"


def test_what_is_shown_holds_no_secret() -> None:
    """Address, headers, body and answer are masked."""
    shown = _exchange(
        method="POST",
        url=f"http://127.0.0.1:1/x?k={SPELLINGS[1]}",
        headers={"Authorization": SECRET},
        body=f"k={SPELLINGS[2]}",
        answer=f'"{SECRET}"',
    ).as_json()

    assert not [spelling for spelling in SPELLINGS if spelling in str(shown)]
    assert str(shown).count("***") == 4
    assert (shown["status"], shown["content_type"]) == (200, "application/json")


def test_curl_sends_the_same_request_again() -> None:
    """Quotes survive the shell, and curl makes nothing of brackets."""
    curl = _exchange(method="POST", url="http://h/x?a=[1]", headers={"X-A": "it's"}, body='{"a": "b\'c"}').curl()

    assert shlex.split(curl) == [
        *["curl", "-i", "--globoff", "-X", "POST", "http://h/x?a=[1]"],
        *["-H", "X-A: it's", "--data-raw", '{"a": "b\'c"}'],
    ]


def test_a_body_that_is_no_json_has_no_values() -> None:
    assert (_exchange(answer="<html>").json, _exchange(answer='{"a":1}').json) == (None, {"a": 1})


def _answer(body: Any, status: int = 200, **choices: str) -> Response:
    spec = load("esms")
    text = body if isinstance(body, str) else orjson.dumps(body).decode()
    chosen = {f"esms.{name.replace('_', '-')}": option for name, option in choices.items()}
    return Response(_exchange(answer=text, status=status), spec, spec.operations[0], chosen)


PHONE = {"CodeResult": "108", "ErrorMessage": "The phone number 0901 is not valid."}


INVALID = {"CodeResult": "117", "ErrorMessage": "0901, Content: 1 Code Invalid"}


def test_an_answer_of_the_table_passes_and_comes_back() -> None:
    answer = _answer(PHONE)

    assert expect(answer, "authorize_failed", "phone_invalid", phone="0901") is answer


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (_answer(PHONE, 500), "HTTP 200"),
        (_answer(PHONE | {"CodeResult": "109"}), "code '108'"),
        (_answer(PHONE | {"CodeResult": 108}), "code '108'"),
        (_answer([]), "code '108'"),
        (_answer("no json"), "code '108'"),
    ],
)
def test_a_difference_is_named(answer: Response, problem: str) -> None:
    """Status, code and the code's type each count."""
    with pytest.raises(Unexpected) as told:
        expect(answer, "phone_invalid", phone="0901")

    assert told.value.expected[0].startswith(f"phone_invalid ({problem}")
    assert told.value.actual.startswith(f"HTTP {answer.status} ")


TEXTS = [{"ErrorMessage": "0902, Content: 1 Code Invalid"}, {"ErrorMessage": None}, {"ErrorMessage": ""}]


@pytest.mark.parametrize("text", [*TEXTS, {}])
def test_a_text_that_a_source_has_counts(text: dict[str, Any]) -> None:
    with pytest.raises(Unexpected) as told:
        expect(_answer({"CodeResult": "117", **text}), "code_invalid", phone="0901")

    assert told.value.expected[0].startswith("code_invalid (text")


@pytest.mark.parametrize("text", [*TEXTS, {}])
def test_a_text_that_is_assumed_does_not_count(text: dict[str, Any]) -> None:
    """It is ours, and for notes alone."""
    answer = _answer({"CodeResult": "108", **text})

    assert expect(answer, "phone_invalid", phone="0901") is answer
    with pytest.raises(Unexpected):
        expect_text(answer, "phone_invalid", phone="0901")
    expect_text(_answer(PHONE), "phone_invalid", phone="0901")


@pytest.mark.parametrize(
    ("body", "outcome", "text"),
    [
        ({"CodeResult": "102", "ErrorMessage": "Bang gia"}, "no_price_list", "Bang gia"),
        ({"CodeResult": "102"}, "no_price_list", "No price list"),
        ({"CodeResult": "117", "ErrorMessage": "x"}, "code_invalid", "0901, Content: 1 Code Invalid"),
        ({"CodeResult": "100"}, "accepted", ""),
    ],
)
def test_a_whole_body_has_the_text_of_the_table_or_where_that_is_assumed_its_own(
    body: dict[str, str], outcome: str, text: str
) -> None:
    assert text_of(_answer(body), outcome, phone="0901", code="1") == text


def test_facts_that_are_not_given_may_be_anything() -> None:
    expect(_answer(INVALID), "code_invalid")

    with pytest.raises(Unexpected):
        expect(_answer(INVALID), "code_invalid", phone="09")


def test_all_outcomes_that_would_be_right_are_listed() -> None:
    with pytest.raises(Unexpected) as told:
        expect(_answer(PHONE), "authorize_failed", "no_price_list")

    assert told.value.expected == ["authorize_failed (code '101')", "no_price_list (code '102')"]


def test_a_row_that_a_choice_replaces_is_looked_for_in_its_place() -> None:
    """Under `refused-code = 171` only 171 is right, and by default only 117."""
    spec = load("esms")
    texts = {name: str(spec.outcomes[name].message) for name in ("code_invalid", "code_not_applicable")}
    bodies = {
        name: {
            "CodeResult": spec.outcomes[name].code,
            "ErrorMessage": text.replace("{phone}", "1").replace("{code}", "2"),
        }
        for name, text in texts.items()
    }

    expect(_answer(bodies["code_invalid"]), "code_invalid")
    expect(_answer(bodies["code_not_applicable"], refused_code="171"), "code_invalid")
    for body, choices in (("code_not_applicable", {}), ("code_invalid", {"refused_code": "171"})):
        with pytest.raises(Unexpected):
            expect(_answer(bodies[body], **choices), "code_invalid")


def test_small_judges_tell_what_and_what_instead() -> None:
    """Types count: 1 is neither True nor 1.0."""
    equal(1, 1, "x")
    matches("ab", "a.", "x")
    true(True, "x")
    wrong = [
        lambda: equal(1, True, "x"),
        lambda: equal(1.0, 1, "x"),
        lambda: matches(5, "5", "x"),
        lambda: matches("abc", "a.", "x"),
        lambda: true(False, "x"),
    ]
    for each in wrong:
        with pytest.raises(Unexpected, match="expected x"):
            each()


SAMPLE = {"id": 7, "price": Decimal("1.5"), "ok": True, "none": None, "list": [{"a": "b"}]}
SAME = '{"id":7,"price":1.5,"ok":true,"none":null,"list":[{"a":"b"},{"any":1}]}'


def test_a_sample_that_comes_again_passes() -> None:
    compare(SAMPLE, SAME, frozenset())


def test_a_value_of_the_worlds_own_needs_the_type_only() -> None:
    compare(SAMPLE, SAME.replace('"id":7', '"id":8'), frozenset({"id"}))

    with pytest.raises(Unexpected, match=r"body.id as int"):
        compare(SAMPLE, SAME.replace('"id":7', '"id":"8"'), frozenset({"id"}))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("<html>", "JSON"),
        ("[]", "body with the keys id, price, ok, none, list"),
        (SAME.replace('"id":7,"price":1.5', '"price":1.5,"id":7'), "body with the keys"),
        (SAME.replace('"ok":true,', ""), "body with the keys"),
        (SAME.replace('"id":7', '"id":8'), "body.id 7"),
        (SAME.replace('"id":7', '"id":7.0'), "body.id as int"),
        (SAME.replace('"id":7', '"id":true'), "body.id as int"),
        (SAME.replace("1.5", "2"), "body.price as Decimal"),
        (SAME.replace("true", "1"), "body.ok as bool"),
        (SAME.replace("null", '""'), "body.none as NoneType"),
        (SAME.replace('[{"a":"b"},{"any":1}]', "[]"), "body.list as a list"),
        (SAME.replace('{"a":"b"}', '{"a":"c"}'), "body.list[0].a 'b'"),
    ],
)
def test_a_departure_from_a_sample_is_named_by_its_place(text: str, place: str) -> None:
    with pytest.raises(Unexpected) as told:
        compare(SAMPLE, text, frozenset())

    assert told.value.expected[0].startswith(place)
