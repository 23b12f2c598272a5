"""The plain documents are OpenAPI that any tool can use, and say what the specs say."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import openapi_spec_validator
import pytest

import otp_specs
from equipment.openapi import list_bodies, to_floats, walk_operations
from otp_specs.lint import samples
from otp_specs.plain import make_plain
from otp_specs.refs import resolve

PROVIDERS = otp_specs.available()
PLAIN = {provider: make_plain(otp_specs.read_document(provider)) for provider in PROVIDERS}
BODIES = [
    pytest.param(schema, body, id=f"{provider} {place}")
    for provider, document in PLAIN.items()
    for place, schema, body in list_bodies(document)
]


def operation(provider: str, path: str, method: str = "get") -> Any:
    """An operation of a plain document, as validators want it."""
    return to_floats(PLAIN[provider])["paths"][path][method]


def walk_keys(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, each in node.items():
            yield key
            yield from walk_keys(each)
    elif isinstance(node, list):
        for each in node:
            yield from walk_keys(each)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_it_is_valid_openapi(provider: str) -> None:
    openapi_spec_validator.validate(to_floats(PLAIN[provider]), cls=openapi_spec_validator.OpenAPIV31SpecValidator)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_it_has_no_key_of_ours_and_no_fragment_in_a_path(provider: str) -> None:
    """Most tools pass over the former. The latter swallows the query: all that follows it belongs to the fragment."""
    document = PLAIN[provider]

    assert [key for key in walk_keys(document) if key.startswith("x-")] == []
    assert [path for path in document["paths"] if "#" in path or "?" in path] == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_written_stays_as_it_is(provider: str) -> None:
    document = otp_specs.read_document(provider)
    before = copy.deepcopy(document)

    make_plain(document)

    assert document == before


@pytest.mark.parametrize(("schema", "body"), BODIES)
def test_an_example_validates_against_its_schema(schema: Any, body: Any) -> None:
    """`oneOf` included: exactly one of its schemas may take a body."""
    jsonschema.Draft202012Validator.check_schema(schema)
    problems = [problem.message for problem in jsonschema.Draft202012Validator(schema).iter_errors(body)]

    assert problems == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_it_shows_every_sample(provider: str) -> None:
    """Token for token, also where operations became one."""
    documented = [json.dumps(to_floats(body)) for _, _, _, body in samples(otp_specs.load(provider))]

    shown = [json.dumps(body) for _, _, body in list_bodies(PLAIN[provider])]

    assert documented
    assert [body for body in documented if documented.count(body) > shown.count(body)] == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_it_keeps_every_operation_that_has_a_path_of_its_own(provider: str) -> None:
    spec = otp_specs.load(provider)
    paths = [(each.path, each.method) for each in spec.operations]

    there = {each["operationId"] for _, each in walk_operations(PLAIN[provider])}

    alone = {each.id for each in spec.operations if paths.count((each.path, each.method)) == 1}
    assert alone <= there
    assert len(there - alone) == len(PLAIN[provider].get("webhooks", {})) + (provider == "thuesim")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_links_lead_to_operations_and_fill_in_their_fields(provider: str) -> None:
    document = PLAIN[provider]
    operations = {each["operationId"]: each for _, each in walk_operations(document)}
    links = [
        resolve(document, link)
        for each in operations.values()
        for response in each["responses"].values()
        for link in resolve(document, response).get("links", {}).values()
    ]

    for link in links:
        fields = [resolve(document, each)["name"] for each in operations[link["operationId"]]["parameters"]]
        assert set(link["parameters"]) <= set(fields)
    assert bool(links) == (provider in {"esms", "thuesim", "viotp"})


@pytest.mark.parametrize("provider", PROVIDERS)
def test_it_says_whose_it_is_where_it_is_and_what_belongs_together(provider: str) -> None:
    document = PLAIN[provider]
    tags = {each["name"] for each in document["tags"] if each["description"]}

    assert document["info"]["contact"]["name"] == "otp-sandbox"
    assert document["externalDocs"]["url"].startswith("https://")
    assert all(each["url"].startswith(("https://", "http://")) for each in document["servers"])
    assert {tag for _, each in walk_operations(document) for tag in each["tags"]} == tags
    assert [place for place, each in walk_operations(document) if len(each["tags"]) != 1] == []


# Security


def test_credentials_are_asked_for_where_the_operation_has_them() -> None:
    """OpenAPI has schemes for header and query alone; what is in the path or the body is a field like any other."""
    service = "/MainService.svc/json/"

    assert PLAIN["esms"]["security"] == [{"ApiKey": [], "SecretKey": []}]
    assert "security" not in operation("esms", service + "SendMessageAutoGenCode_V4_get")
    assert operation("esms", service + "GetBalance_json", "post")["security"] == []
    assert operation("esms", service + "GetBalance/{ApiKey}/{SecretKey}")["security"] == []
    assert "security" not in operation("amoot", "/rest/SendOTP")
    assert operation("amoot", "/rest/SendQuickOTP", "post")["security"] == [{"AuthorizationHeader": []}, {}]
    assert operation("amoot", "/rest/SendOTP", "post")["security"] == [*PLAIN["amoot"]["security"], {}]
    assert PLAIN["thuesim"]["security"] == [{"Token": []}]
    assert "security" not in operation("thuesim", "/api/")
    assert operation("thuesim", "/audio/play.php")["security"] == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_webhook_asks_for_nothing(provider: str) -> None:
    """The provider calls the customer, and proves nothing."""
    for item in PLAIN[provider].get("webhooks", {}).values():
        assert [each["security"] for each in item.values()] == [[]]


# Bodies


def test_a_body_that_may_be_written_in_several_ways_has_a_schema_for_each() -> None:
    """Generated clients tell by the type of a body how it is to be written."""
    content = operation("amoot", "/rest/SendOTP", "post")["requestBody"]["content"]
    form, multipart, by_json = [media["schema"] for media in content.values()]

    assert list(content) == ["application/x-www-form-urlencoded", "multipart/form-data", "application/json"]
    assert by_json == {"$ref": "#/components/schemas/SendOTPFields"}
    assert form == multipart == to_floats(PLAIN["amoot"])["components"]["schemas"]["SendOTPFields"]


# Operations that share a path


def test_thuesim_has_one_operation_for_its_queries() -> None:
    queries = operation("thuesim", "/api/")
    fields = {each["name"]: each for each in queries["parameters"]}

    assert queries["operationId"] == "api"
    assert fields["show"]["schema"] == {"type": "string", "enum": ["balance", "networks", "service", "code", "history"]}
    assert [name for name, each in fields.items() if each["required"]] == ["show", "token"]
    assert fields["ID"]["description"].endswith(" Only for `code`, which requires it.")
    assert fields["status"]["description"].endswith(" Only for `history`.")
    assert "- `balance`: Account balance. " in queries["description"]
    assert "balance.success" in queries["responses"]["200"]["content"]["application/json"]["examples"]


def test_an_answer_to_a_query_has_exactly_one_of_four_envelopes() -> None:
    """A refusal fits the answers to four queries, so `oneOf` between those would refuse it: they are one schema."""
    schema = operation("thuesim", "/api/")["responses"]["200"]["content"]["application/json"]["schema"]

    schemas = PLAIN["thuesim"]["components"]["schemas"]

    envelopes = [each["$ref"].rpartition("/")[2] for each in schema["oneOf"]]
    held = [each.get("$ref", "null").rpartition("/")[2] for each in schemas["ApiAnswer"]["properties"]["data"]["anyOf"]]

    assert envelopes == ["ApiAnswer", "ServiceAnswer", "ServiceAnswerList", "CodeAnswer"]
    assert held[:3] == ["BalanceAnswerData", "NetworksAnswerData", "CodeAnswerListData"]
    assert held[3:] == ["HistoryAnswerData", "HistoryAnswerListData", "null"]
    assert [schemas[each]["type"] for each in held[:4]] == ["object", "array", "object", "array"]


def test_a_query_that_does_not_exist_adds_its_samples_alone() -> None:
    """A client of the document cannot ask for it, so no client needs a type for its answer."""
    document = PLAIN["thuesim"]
    examples = document["paths"]["/api/"]["get"]["responses"]["200"]["content"]["application/json"]["examples"]

    assert "unknown_show.error" in examples
    assert "UnknownShowAnswer" not in document["components"]["schemas"]


def closed(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def shared_path(*schemas: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A document with one operation a schema, all at one path."""
    paths = {}
    for number, schema in enumerate(schemas):
        show = {
            "name": "show",
            "in": "query",
            "required": True,
            "description": "Which.",
            "schema": {"const": f"{number}"},
        }
        answer = {"description": "It.", "content": {"application/json": {"schema": schema}}}
        paths[f"/a/b#{number}"] = {
            "get": {
                "operationId": f"q{number}",
                "summary": "S",
                "description": "D",
                "parameters": [show],
                "responses": {"200": answer},
            }
            | more
        }
    return {"paths": paths}


def answer_schema(document: dict[str, Any]) -> Any:
    joined = make_plain(document)["paths"]["/a/b"]["get"]
    assert joined["operationId"] == "a_b"
    return joined["responses"]["200"]["content"]["application/json"]["schema"]


def test_operations_that_say_little_are_joined_too() -> None:
    """Summaries, descriptions, parameters, contents and samples may be missing; the order of paths does not matter."""
    show = {"name": "show", "in": "query", "required": True, "schema": {"const": "x"}}
    x = {"operationId": "x", "parameters": [show], "responses": {"200": {"content": {"text/plain": {}}}, "404": {}}}
    rest = {"operationId": "rest", "summary": "Rest", "responses": {"200": {"content": {"text/plain": {}}}}}

    joined = make_plain({"paths": {"/a/": {"get": rest}, "/a/#x": {"get": x}}})["paths"]["/a/"]["get"]

    assert [each["schema"] for each in joined["parameters"]] == [{"type": "string", "enum": ["x"]}]
    assert joined["responses"]["200"]["content"] == {"text/plain": {"schema": {}}}
    assert joined["responses"]["404"]["content"] == {}


def test_methods_of_one_path_stay_apart() -> None:
    """Also where each is written under a fragment of its own; and the first counts where nothing tells two apart."""
    get, post, other = ({"operationId": name, "responses": {}} for name in ("get", "post", "other"))

    plain = make_plain({"paths": {"/a#1": {"get": get}, "/a#2": {"post": post}, "/a#3": {"get": other}}})

    assert plain == {"paths": {"/a": {"get": get, "post": post}}}


@pytest.mark.parametrize(
    ("scheme", "security"),
    [
        ({"type": "http", "scheme": "basic"}, None),
        ({"type": "apiKey", "in": "header", "name": "key"}, None),
        ({"type": "apiKey", "in": "cookie", "name": "key"}, None),
        ({"type": "apiKey", "in": "query", "name": "key"}, None),
        ({"type": "apiKey", "in": "query", "name": "pin"}, []),
        ({"type": "apiKey", "in": "query", "name": "other"}, []),
        ({"type": "apiKey", "in": "header", "name": "pin"}, [{"Key": []}, {}]),
    ],
)
def test_what_does_not_travel_in_the_query_is_asked_for_as_written(scheme: Any, security: Any) -> None:
    """Here `key` is in the query and `pin` in the path."""
    parameters = [{"name": "key", "in": "query"}, {"name": "pin", "in": "path"}]
    document = {
        "security": [{"Key": []}],
        "paths": {"/a": {"get": {"operationId": "a", "parameters": parameters, "responses": {}}}},
        "components": {"securitySchemes": {"Key": scheme}},
    }

    assert make_plain(document)["paths"]["/a"]["get"].get("security") == security


def test_schemas_that_exclude_each_other_are_alternatives() -> None:
    one, other = closed(a={}), closed(b={})

    assert answer_schema(shared_path(one, other)) == {"oneOf": [one, other]}


@pytest.mark.parametrize(
    "other",
    [
        closed(a={"type": "string"}),
        closed(a={}) | {"required": []},
        closed(a={}, b={}) | {"required": ["a"]},
        closed(b={}) | {"type": ["object", "null"]},
        closed() | {"additionalProperties": True},
        {},
    ],
)
def test_schemas_that_a_value_may_fit_at_once_are_not_kept_apart(other: dict[str, Any]) -> None:
    """As long as nobody forbids what the other requires."""
    one = closed(a={})

    assert answer_schema(shared_path(one, other)) == {"anyOf": [one, other]}


def named(**schemas: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """References to schemas, and the components that hold them."""
    return [{"$ref": f"#/components/schemas/{name}"} for name in schemas], {"components": {"schemas": dict(schemas)}}


def answered(*kinds: str, **more: Any) -> dict[str, Any]:
    """An envelope with a code, and something that may be null."""
    return closed(code={"type": "integer"}, held={"type": list(kinds)}) | more


def test_envelopes_that_hold_different_things_are_one_envelope() -> None:
    """What each of them holds has a name, and null is said once. Descriptions do not count."""
    refs, components = named(A=answered("array", "null", description="Of A."), B=answered("string", "integer", "null"))
    plain = make_plain(shared_path(*refs) | components)

    schemas = plain["components"]["schemas"]
    held = schemas["ABAnswer"]["properties"].pop("held")
    assert plain["paths"]["/a/b"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/ABAnswer"
    }
    assert held.pop("description")
    assert held == {
        "anyOf": [{"$ref": "#/components/schemas/AHeld"}, {"$ref": "#/components/schemas/BHeld"}, {"type": "null"}]
    }
    assert schemas["ABAnswer"]["required"] == ["code", "held"]
    assert {name: schema["type"] for name, schema in schemas.items() if name != "ABAnswer"} == {
        "AHeld": "array",
        "BHeld": ["string", "integer"],
    }


@pytest.mark.parametrize(
    "other",
    [
        answered("string"),
        answered("string", "null", required=["code"]),
        answered("string", "null", additionalProperties=True),
        closed(code={"type": "string"}, held={"type": ["string", "null"]}),
        closed(code={"type": "integer"}, held={"type": ["string", "null"]}, more={}) | {"required": ["code", "held"]},
        closed(code={"type": "integer"}, held={}),
    ],
)
def test_envelopes_that_differ_in_more_stay_as_they_are(other: dict[str, Any]) -> None:
    """Or in something that is never null: it would be allowed to be."""
    refs, components = named(A=answered("array", "null"), B=other)

    plain = make_plain(shared_path(*refs) | copy.deepcopy(components))

    assert plain["paths"]["/a/b"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] == {"anyOf": refs}
    assert plain["components"] == components["components"]


def test_a_schema_near_two_others_brings_them_together() -> None:
    """Whatever the order in which they come."""
    one, other, both = closed(a={}), closed(b={}), closed(a={}, b={}) | {"required": []}

    assert answer_schema(shared_path(one, other, both)) == {"anyOf": [one, other, both]}


def test_one_schema_for_all_stands_alone() -> None:
    assert answer_schema(shared_path(closed(a={}), closed(a={}))) == closed(a={})


def test_what_is_called_like_a_key_of_ours_is_kept_where_a_name_may_stand() -> None:
    """Properties and headers have any name; a sample is the provider's own words."""
    document = {
        "x-policy": {},
        "paths": {},
        "components": {
            "headers": {"A": {"x-invalid": {}, "properties": {"x-role": {"x-invalid": {}, "type": "string"}}}},
            "examples": {"one": {"value": {"x-role": {"x-answers": 1}}}},
        },
    }

    assert make_plain(document) == {
        "paths": {},
        "components": {
            "headers": {"A": {"properties": {"x-role": {"type": "string"}}}},
            "examples": {"one": {"value": {"x-role": {"x-answers": 1}}}},
        },
    }
