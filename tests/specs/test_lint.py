"""The lint finds a sample that does not agree with the table or the schema."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

import otp_specs
from otp_specs.lint import list_findings, samples

GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
Body = dict[str, Any]


def find_media(document: Any, path: str, method: str = "get") -> Any:
    """The JSON answer of an operation."""
    return document["paths"][path][method]["responses"]["200"]["content"]["application/json"]


def lint_changed(provider: str, path: str, key: str, change: Callable[[Body], object]) -> list[tuple[str, str]]:
    """The findings of a real spec in one of whose samples something was changed."""
    spec = otp_specs.load(provider)
    document = copy.deepcopy(spec.document)
    change(find_media(document, path)["examples"][key]["value"])
    return list(list_findings(dataclasses.replace(spec, load_document=lambda: document)))


@pytest.mark.parametrize("provider", otp_specs.available())
def test_the_real_specs_have_no_findings(provider: str) -> None:
    spec = otp_specs.load(provider)

    assert list(list_findings(spec)) == []
    assert list(samples(spec))


def move_to_end(key: str) -> Callable[[Body], object]:
    return lambda body: body.update({key: body.pop(key)})


CHANGES: dict[str, tuple[str, str, str, Callable[[Body], object], str]] = {
    "keys in another order": (
        "esms",
        GENCODE,
        "authorize_failed",
        move_to_end("CodeResult"),
        "body has its keys in the order CountRegenerate, ErrorMessage, CodeResult instead of CodeResult, Count",
    ),
    "keys in another order further in": (
        "thuesim",
        "/api/#service",
        "service_listed",
        lambda body: move_to_end("ID")(body["Data"][0]),
        "body.Data[0] has its keys in the order",
    ),
    "a text turned number": (
        "esms",
        GENCODE,
        "accepted",
        lambda body: body.update(SMSID=1),
        "body.SMSID is no string",
    ),
    "a code turned number": (
        "esms",
        GENCODE,
        "authorize_failed",
        lambda body: body.update(CodeResult=101),
        "body.CodeResult is no string",
    ),
    "an integer turned number with a point": (
        "thuesim",
        "/api/#balance",
        "success",
        lambda body: body["data"].update(balance=Decimal("123456.0")),
        "body.data.balance is no integer",
    ),
    "a number turned boolean": (
        "esms",
        GENCODE,
        "accepted",
        lambda body: body.update(CountRegenerate=False),
        "body.CountRegenerate is no integer",
    ),
    "a boolean turned text": (
        "thuesim",
        "/api/#code",
        "code_received.call",
        lambda body: body["Result"].update(IsCall="true"),
        "body.Result.IsCall is no boolean",
    ),
    "a missing required key": (
        "thuesim",
        "/api/register-service/",
        "rented",
        lambda body: body["RequestLog"].pop("IMG"),
        "body.RequestLog lacks IMG",
    ),
    "an undeclared key": (
        "esms",
        GENCODE,
        "accepted",
        lambda body: body.update(Sandbox=0),
        "body has Sandbox, which the schema does not declare",
    ),
    "a changed code of a row without text": (
        "esms",
        GENCODE,
        "accepted",
        lambda body: body.update(CodeResult="999"),
        "does not hold the code and the text",
    ),
    "a changed code of a row with text": (
        "esms",
        GENCODE,
        "authorize_failed",
        lambda body: body.update(CodeResult="999"),
        "does not hold the code and the text",
    ),
    "a changed integer code": (
        "thuesim",
        "/api/#balance",
        "auth_failed",
        lambda body: body.update(status_code=402),
        "does not hold the code and the text",
    ),
    "a changed text": (
        "esms",
        GENCODE,
        "authorize_failed",
        lambda body: body.update(ErrorMessage="Authorize Failed."),
        "does not hold the code and the text",
    ),
    "a changed text with facts": (
        "thuesim",
        "/api/register-service/",
        "rented",
        lambda body: body.update(Message="Tạo yêu cầu Yahoo thành công!"),
        "does not hold the code and the text",
    ),
    "a changed name where the wire has no code": (
        "amoot",
        "/rest/SendOTP",
        "token_not_exists",
        lambda body: body.update(Status="Token_Invalid"),
        "does not hold the code and the text",
    ),
    "a name that is not in the enum": (
        "amoot",
        "/rest/SendOTP",
        "success",
        lambda body: body["Data"].update(Status="Successful"),
        "body.Data.Status 'Successful' is not in the enum",
    ),
}


@pytest.mark.parametrize(("provider", "path", "key", "change", "reason"), CHANGES.values(), ids=CHANGES)
def test_a_changed_sample_is_found(
    provider: str, path: str, key: str, change: Callable[[Body], object], reason: str
) -> None:
    """Each finding names the sample and what is wrong with it."""
    found = lint_changed(provider, path, key, change)

    assert {place for place, _ in found} == {f"paths/{path}/get/responses/200/application/json/examples/{key}"}
    assert any(reason in told for _, told in found), found


def test_a_sample_of_a_foreign_outcome_is_found() -> None:
    """A row that the operation never answers has no sample there, even if the body is right."""
    spec = otp_specs.load("esms")
    document = copy.deepcopy(spec.document)
    examples = find_media(document, GENCODE)["examples"]
    examples["code_invalid.late"] = examples.pop("accepted")

    (found,) = list_findings(dataclasses.replace(spec, load_document=lambda: document))

    assert found == (
        f"paths/{GENCODE}/get/responses/200/application/json/examples/code_invalid.late",
        "code_invalid is not among the answers of SendMessageAutoGenCode_V4_get",
    )


def test_a_sample_of_an_unknown_outcome_is_found() -> None:
    spec = otp_specs.load("esms")
    document = copy.deepcopy(spec.document)
    find_media(document, GENCODE)["examples"]["nothing_such"] = {"value": {"CodeResult": "1"}}

    ((_, reason),) = list_findings(dataclasses.replace(spec, load_document=lambda: document))

    assert reason.startswith("nothing_such is not among the answers")


def test_samples_are_keyed_by_outcome_without_variant() -> None:
    keys = {(place.rpartition("/")[2], name) for _, place, name, _ in samples(otp_specs.load("thuesim"))}

    assert ("code_received", "code_received") in keys
    assert ("code_received.call", "code_received") in keys
