"""Problem documents."""

from __future__ import annotations

import orjson

from otp_sandbox.web.problems import Problem, wrong


def test_a_problem_is_a_document_that_names_the_fields() -> None:
    reply = Problem(422, "two are wrong", [("a.b", "is missing"), ("c", "is odd")], {"X": "y"}).reply()

    assert reply.status == 422
    assert reply.content_type == "application/problem+json"
    assert reply.headers == {"X": "y"}
    assert orjson.loads(reply.body) == {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "two are wrong",
        "errors": [{"field": "a.b", "detail": "is missing"}, {"field": "c", "detail": "is odd"}],
    }


def test_a_problem_without_fields_has_no_errors() -> None:
    reply = Problem(404, "no message yet").reply()

    assert "errors" not in orjson.loads(reply.body)


def test_a_wrong_field_is_a_problem_of_one() -> None:
    problem = wrong("to", "is none")

    assert problem.detail == "to: is none"
    assert problem.errors == [("to", "is none")]


def test_a_text_that_is_none_can_still_be_told() -> None:
    """Bytes that are no UTF-8 come out of a header as lone surrogates, which JSON cannot hold."""
    reply = Problem(422, "a\udcff", [("b\udcff", "đ\udcff")]).reply()

    document = orjson.loads(reply.body)
    assert document["detail"] == "a\ufffd"
    assert document["errors"] == [{"field": "b\ufffd", "detail": "đ\ufffd"}]
