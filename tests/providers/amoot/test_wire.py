"""Amoot's answers, byte for byte."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

import otp_specs
from otp_sandbox.contract import Reply
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.amoot import provider
from otp_sandbox.providers.amoot.wire import SERVER

JSON = "application/json; charset=utf-8"
SPEC = otp_specs.load("amoot")
AMOOT = provider(SPEC)


async def test_a_success_has_just_these_bytes(lane: Any) -> None:
    """A pinned code and a fixed seed leave nothing open."""
    await lane.pin("+989120000000", "4821")
    call = lane.call(Mobile="+98 912 000 0000")
    verdict = await lane.send(Mobile="+98 912 000 0000")

    message_id = verdict.facts["message_id"]
    assert AMOOT.wire.render(AMOOT.handlers[call.operation.name], call, SPEC.outcomes["success"], verdict).body == (
        b'{"Status":"Success","Data":{"Mobile":9120000000,"MessageID":%d,"Code":"4821","Status":"Success"}}'
        % message_id
    )


async def test_the_status_is_a_number_in_both_places_when_that_is_chosen(lane: Any) -> None:
    """The number is that of the row, negative ones too."""
    lane.choices = {"amoot.status-format": "number"}
    success = orjson.loads((await lane.answer()).body)
    refusal = await lane.answer(Token=None)

    assert (success["Status"], success["Data"]["Status"]) == (1, 1)
    assert refusal.body == b'{"Status":-201,"Data":null}'


@pytest.mark.parametrize("row", SPEC.outcomes.values(), ids=lambda row: row.name)
def test_every_row_can_be_asked_for_and_has_no_data(lane: Any, row: otp_specs.Outcome) -> None:
    """A planned or magic outcome has sent nothing."""
    reply = AMOOT.wire.render(AMOOT.handlers["SendOTP"], lane.call(), row, Verdict(row.name, magic=True))

    assert reply == Reply(orjson.dumps({"Status": row.message, "Data": None}), JSON, 200, server=SERVER)


def test_a_path_that_nothing_stands_at_is_answered_as_asp_net_does() -> None:
    """The address comes back in the text, as JSON."""
    reply = AMOOT.wire.unmatched("GET", 'http://127.0.0.1:6877/rest/SendSms"کد', ())

    assert reply == Reply(
        '{"Message":"No HTTP resource was found that matches the request URI '
        "'http://127.0.0.1:6877/rest/SendSms\\\"کد'.\"}".encode(),
        JSON,
        404,
        server=SERVER,
    )


def test_a_verb_that_is_not_taken_is_answered_as_asp_net_does() -> None:
    """The Allow header names those that are."""
    reply = AMOOT.wire.unmatched("PUT", "http://127.0.0.1:6877/rest/SendOTP", ("GET", "POST"))

    assert reply == Reply(
        b'{"Message":"The requested resource does not support http method \'PUT\'."}',
        JSON,
        405,
        {"Allow": "GET, POST"},
        SERVER,
    )


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/webservice2.asmx/GetDelivery_REST", "GetDelivery_REST Web Service method name is not valid."),
        ("/WEBSERVICE2.ASMX//Nothing/", "Nothing Web Service method name is not valid."),
        ("/webservice2.asmx/a/b", "a/b Web Service method name is not valid."),
        ("/webservice2.asmx/%D9%85", "م Web Service method name is not valid."),
        ("/webservice2%2Easmx/%ff\ud800", "\ufffd? Web Service method name is not valid."),
        ("/webservice2.asmx/", "Request format is unrecognized."),
        ("//webservice2.asmx", "Request format is unrecognized."),
    ],
)
def test_an_unknown_method_of_the_older_service_is_answered_as_asmx_does(path: str, line: str) -> None:
    """HTTP 500 and a line of text, whatever the method is called."""
    reply = AMOOT.wire.unmatched("GET", f"http://127.0.0.1:6877{path}", ())

    assert reply == Reply(f"{line}\r\n".encode(), "text/plain; charset=utf-8", 500, server=SERVER)


@pytest.mark.parametrize("path", ["/rest/webservice2.asmx", "/webservice2.asmxx", "/webservice2asmx/x", "/rest/a"])
def test_other_paths_are_no_older_service(path: str) -> None:
    assert AMOOT.wire.unmatched("GET", f"http://[::1/x]{path}", ()).status == 404
