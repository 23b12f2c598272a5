"""Each real spec is valid OpenAPI and says what the providers' tables say."""

from __future__ import annotations

from collections import Counter
from typing import Any

import jsonschema
import openapi_spec_validator
import pytest
from openapi_spec_validator.readers import read_from_filename

import otp_specs
from equipment.openapi import list_bodies, to_floats, walk_operations
from otp_specs.lint import samples
from otp_specs.refs import resolve

PROVIDERS = otp_specs.available()
ESMS_CODES = [
    *("99", "100", "101", "102", "103", "104", "105", "106", "107", "108", "110", "115", "117", "118", "119"),
    *(
        "120",
        "124",
        "131",
        "132",
        "140",
        "143",
        "145",
        "146",
        "159",
        "160",
        "161",
        "162",
        "163",
        "171",
        "177",
        "199",
        "201",
        "204",
        "210",
    ),
    *("300", "301", "687", "789", "790", "791", "799", "801", "802", "851", "852", "853", "854"),
]


BODIES = [
    pytest.param(schema, body, id=f"{provider} {place}")
    for provider in PROVIDERS
    for place, schema, body in list_bodies(otp_specs.read_document(provider))
]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_document_is_valid_openapi(provider: str) -> None:
    """Tools of others read our specs without knowing our keys."""
    document = to_floats(otp_specs.read_document(provider))

    openapi_spec_validator.validate(document, cls=openapi_spec_validator.OpenAPIV31SpecValidator)

    assert document["openapi"].startswith("3.1.")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_root_is_valid_openapi_with_its_parts(provider: str) -> None:
    """Tools of others need not wait until we have put it together."""
    document, address = read_from_filename(str(otp_specs.FOLDER / f"{provider}.yaml"))

    openapi_spec_validator.validate(document, base_uri=address, cls=openapi_spec_validator.OpenAPIV31SpecValidator)


@pytest.mark.parametrize(("schema", "body"), BODIES)
def test_an_example_validates_against_its_schema(schema: Any, body: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    problems = [problem.message for problem in jsonschema.Draft202012Validator(schema).iter_errors(body)]

    assert problems == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_schemas_refuse_what_is_no_answer(provider: str) -> None:
    """Guards the test above: a schema that takes everything proves nothing."""
    for _, place, _, body in samples(otp_specs.load(provider)):
        assert isinstance(body, dict | str | int), place  # some answers are the name of a status, or a price, alone
    for schema, _ in (param.values for param in BODIES if str(param.id).startswith(provider)):
        assert not jsonschema.Draft202012Validator(schema).is_valid({"nothing": "such"})


@pytest.mark.parametrize("provider", PROVIDERS)
def test_options_are_texts_and_the_default_is_among_them(provider: str) -> None:
    for behaviour in otp_specs.load(provider).choices.values():
        options = behaviour.options
        assert options is not None
        assert behaviour.default in options
        assert len(options) > 1, behaviour.id
        assert all(isinstance(key, str) and option.text.strip() for key, option in options.items()), behaviour.id


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_outcome_and_behaviour_has_its_source(provider: str) -> None:
    """Nothing is said without saying where it comes from."""
    spec = otp_specs.load(provider)

    for row in spec.outcomes.values():
        assert row.condition.strip(), row.name
        assert row.source.strip(), row.name
    for behaviour in spec.behaviours:
        assert behaviour.text.strip(), behaviour.id
        assert behaviour.source.strip(), behaviour.id


def test_behaviour_ids_are_unique_over_all_files() -> None:
    ids = Counter(behaviour.id for provider in PROVIDERS for behaviour in otp_specs.load(provider).behaviours)

    assert max(ids.values()) == 1


@pytest.mark.parametrize("provider", PROVIDERS)
def test_operation_ids_are_unique(provider: str) -> None:
    """Webhooks included, which the reader does not look at."""
    ids = Counter(operation["operationId"] for _, operation in walk_operations(otp_specs.read_document(provider)))

    assert max(ids.values()) == 1
    assert {operation.id for operation in otp_specs.load(provider).operations} <= set(ids)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_variants_answer_alike(provider: str) -> None:
    """Operations of one name have one handler, so their checks come in one order."""
    answers: dict[str, Any] = {}

    for operation in otp_specs.load(provider).operations:
        assert answers.setdefault(operation.name, operation.answers) == operation.answers


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_operation_ends_with_its_successes(provider: str) -> None:
    """The walk through the checks must end somewhere; what does not exist, or is out of service, never succeeds.

    There is one success, or one more where the same thing is told in another schema by choice.
    """
    spec = otp_specs.load(provider)

    for operation in spec.operations:
        succeeds = [spec.outcomes[answer.outcome].success for answer in operation.answers]
        first = succeeds.index(True) if True in succeeds else len(succeeds)
        assert all(succeeds[first:]), operation.id
        most = 0 if operation.name in {"unknown_show", "Statistics"} else 2 if provider == "thuesim" else 1
        assert min(1, most) <= len(succeeds) - first <= most, operation.id


@pytest.mark.parametrize("provider", PROVIDERS)
def test_links_lead_to_operations(provider: str) -> None:
    document = otp_specs.read_document(provider)
    ids = {operation["operationId"] for _, operation in walk_operations(document)}
    links = [
        resolve(document, link)
        for _, operation in walk_operations(document)
        for response in operation["responses"].values()
        for link in resolve(document, response).get("links", {}).values()
    ]
    links += [resolve(document, link) for link in document.get("components", {}).get("links", {}).values()]

    assert {link["operationId"] for link in links} <= ids
    assert bool(links) == (provider in {"esms", "thuesim", "viotp"})


@pytest.mark.parametrize("provider", PROVIDERS)
def test_links_fill_in_known_fields(provider: str) -> None:
    """A link names parameters of the operation that it leads to."""
    spec = otp_specs.load(provider)
    fields = {operation.id: operation.fields for operation in spec.operations}
    for _, operation in walk_operations(spec.document):
        for response in operation["responses"].values():
            for link in (resolve(spec.document, each) for each in response.get("links", {}).values()):
                assert set(link["parameters"]) <= set(fields[link["operationId"]])


def test_esms_has_the_codes_of_the_table() -> None:
    """Text on the wire; 99, 100 and 102 mean more than one thing, others have a second text or none somewhere."""
    codes = Counter(row.code for row in otp_specs.load("esms").outcomes.values())

    assert sorted(codes) == sorted(ESMS_CODES)
    assert {code: count for code, count in codes.items() if count > 1} == {
        "99": 5,
        "100": 22,
        "101": 3,
        "102": 2,
        "104": 2,
        "105": 2,
        "140": 2,
        "143": 2,
        "161": 4,
        "162": 3,
    }


def test_amoot_has_the_57_rows_of_the_status_table() -> None:
    """Each number and each name once; the schema lists the names in the order of the table."""
    spec = otp_specs.load("amoot")
    rows = spec.outcomes.values()

    assert len(rows) == 57
    assert len({row.code for row in rows}) == 57
    assert all(type(row.code) is int for row in rows)
    assert spec.document["components"]["schemas"]["Status"]["anyOf"][0]["enum"] == [row.message for row in rows]


def test_thuesim_has_23_rows() -> None:
    """Numbers on the wire; a number may stand for several things."""
    rows = otp_specs.load("thuesim").outcomes.values()

    assert len(rows) == 23
    assert {row.code for row in rows} == {200, 0, 1, 2, 3, 401, 429, 404, -1, -2, -3, -4}
    assert all(type(row.code) is int for row in rows)
