"""The reader takes a spec word by word, and stops at the first word it does not know."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

import otp_specs
from otp_specs.yaml_text import parse

TINY = """\
openapi: 3.1.0
info: {title: Tiny, version: 1.0.0}
paths:
  /send#first:
    post:
      operationId: send.post
      summary: Send
      x-role: send
      x-answers:
      - refused: [phone_missing, phone_bad]
      - sent
      parameters:
      - {name: action, in: query, required: true, schema: {type: string, const: first}}
      - {$ref: "#/components/parameters/Phone"}
      - name: text
        in: query
        schema: {type: string}
        x-invalid: {missing: phone_missing}
      requestBody:
        content:
          application/json: {schema: {$ref: "#/components/schemas/Fields"}}
      responses:
        "200": {description: Said., headers: {x-request-id: {schema: {type: string}}}}
  /check:
    get:
      operationId: check
      x-role: verify
      x-answers: [refused, sent]
      responses:
        default: {description: Said.}
components:
  parameters:
    Phone: {name: phone, in: query, schema: {$ref: "#/components/schemas/Phone"}}
  schemas:
    Phone: {type: string, x-invalid: {missing: phone_missing, malformed: phone_bad}}
    Fields:
      type: object
      properties:
        phone: {$ref: "#/components/schemas/Phone"}
        note: {type: string}
x-policy: {tries_max: 5}
x-sources:
  P: {kind: documentation, title: A page, date: 2026-01-31, where: https://example.com}
  K: {kind: client, title: A program, date: "2026"}
x-outcomes:
  refused:
    {code: "101", message: Wrong, condition: It is wrong., evidence: {code: observed, text: assumed}, source: K page 1}
  sent:
    {code: "100", message: null, condition: It is right., evidence: {code: documented}, source: P page 2, success: true}
x-behaviours:
- {id: tiny.order, text: It is so., evidence: observed, source: K; P page 3, operations: [send]}
- id: tiny.choice
  text: It may be so.
  evidence: assumed
  source: P page 4
  options:
    "1": {text: one way, outcome: refused}
    two: {text: another way, policy: tries_max, cause: phone_bad}
  default: two
"""
SEND = "paths//send#first/post"
CHECK = "paths//check/get"
CHOICE = "x-behaviours/tiny.choice"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the tiny spec."""
    (tmp_path / "tiny.yaml").write_text(TINY)
    return tmp_path


def change_spec(folder: Path, old: str, new: str) -> Path:
    """Write the tiny spec with one thing changed."""
    assert TINY.count(old) == 1, f"{old!r} must stand once"
    (folder / "tiny.yaml").write_text(TINY.replace(old, new))
    return folder


DEFECTS = {
    "unknown extension": ("summary: Send", "x-note: 1", f"{SEND}/x-note", "unknown extension key"),
    "unknown extension at the root": ("openapi: 3.1.0", "x-note: 1", "x-note", "unknown extension key"),
    "unknown extension in a list": (
        "        schema: {type: string}\n",
        "        schema: {type: string, x-note: 1}\n",
        f"{SEND}/parameters/2/schema/x-note",
        "unknown extension key",
    ),
    "unknown extension in a default response": (
        "default: {description: Said.}",
        "default: {description: Said., x-note: 1}",
        f"{CHECK}/responses/default/x-note",
        "unknown extension key",
    ),
    "unknown extension in a property called value": (
        "note: {type: string}",
        "value: {type: string, x-note: 1}",
        "components/schemas/Fields/properties/value/x-note",
        "unknown extension key",
    ),
    "root-only key elsewhere": (
        "summary: Send",
        "x-policy: {}",
        f"{SEND}/x-policy",
        "belongs at the root of the file",
    ),
    "unquoted code": ('code: "101"', "code: 101", "x-outcomes/refused", "code 101 is not quoted"),
    "code with a point": ('code: "101"', "code: 101.5", "x-outcomes/refused", "neither a quoted text nor an integer"),
    "boolean code": ('code: "101"', "code: true", "x-outcomes/refused", "code True is neither a quoted text"),
    "null code": ('code: "101"', "code: null", "x-outcomes/refused", "code None is neither a quoted text"),
    "unquoted message": ("message: Wrong,", "message: No,", "x-outcomes/refused", "message False is not a text"),
    "unquoted source": ("source: K page 1", "source: 5.2", "x-outcomes/refused", "source Decimal('5.2') is not a text"),
    "source of an outcome without label": (
        "source: K page 1",
        "source: page 1",
        "x-outcomes/refused",
        "source 'page 1' names 'page', which is not in x-sources",
    ),
    "source of a behaviour with a second part without label": (
        "source: P page 4",
        "source: P page 4; page 5",
        "x-behaviours/tiny.choice",
        "source 'P page 4; page 5' names 'page'",
    ),
    "source with an unknown label further on": (
        "source: P page 4",
        "source: P and W, C# samples",
        "x-behaviours/tiny.choice",
        "source 'P and W, C# samples' names 'W'",
    ),
    "source that says nothing": ("source: K page 1", 'source: ""', "x-outcomes/refused", "source '' names ''"),
    "source that ends early": ("source: P page 4", "source: P page 4;", "x-behaviours/tiny.choice", "names ''"),
    "no sources": ("x-sources:\n", "components2:\n", "x-sources", "is missing"),
    "source without a title": ("title: A page, ", "", "x-sources/P", "title is missing"),
    "source without a kind": ("kind: documentation, ", "", "x-sources/P", "kind is missing"),
    "source of an unknown kind": ("kind: documentation", "kind: rumour", "x-sources/P", "kind 'rumour' is none of"),
    "source without a date": ("date: 2026-01-31, ", "", "x-sources/P", "date is missing"),
    "source with a year for a date": ("date: 2026-01-31", "date: 2026", "x-sources/P", "date 2026 is not a text"),
    "source with an unknown key": ("where: https", "url: https", "x-sources/P", "unknown key url"),
    "sources elsewhere": ("summary: Send", "x-sources: {}", f"{SEND}/x-sources", "belongs at the root of the file"),
    "success that is no boolean": ("success: true", "success: 1", "x-outcomes/sent", "success 1 is not a boolean"),
    "status that is no integer": (
        "success: true",
        'status: "400"',
        "x-outcomes/sent",
        "status '400' is not an integer",
    ),
    "unknown evidence of a code": (
        "evidence: {code: documented}",
        "evidence: {code: rumoured}",
        "x-outcomes/sent/evidence/code",
        "'rumoured' is none of",
    ),
    "unknown evidence of a text": (
        "text: assumed}",
        "text: heard}",
        "x-outcomes/refused/evidence/text",
        "'heard' is none of",
    ),
    "evidence of a row in one word": (
        "evidence: {code: documented}",
        "evidence: documented",
        "x-outcomes/sent/evidence",
        "is not a mapping",
    ),
    "text without evidence": (
        "{code: observed, text: assumed}",
        "{code: observed}",
        "x-outcomes/refused/evidence",
        "text is missing",
    ),
    "evidence of a text that is not there": (
        "evidence: {code: documented}",
        "evidence: {code: documented, text: documented}",
        "x-outcomes/sent/evidence",
        "unknown key text",
    ),
    "code without evidence": (
        "evidence: {code: documented}",
        "evidence: {}",
        "x-outcomes/sent/evidence",
        "code is missing",
    ),
    "missing row key": ("condition: It is wrong., ", "", "x-outcomes/refused", "condition is missing"),
    "unknown row key": ("success: true", "succes: true", "x-outcomes/sent", "unknown key succes"),
    "row that is no mapping": ("x-outcomes:\n", "x-outcomes:\n  odd: 1\n", "x-outcomes/odd", "is not a mapping"),
    "unknown outcome in x-answers": (
        "[refused, sent]",
        "[refuse, sent]",
        f"{CHECK}/x-answers",
        "outcome refuse is not defined in x-outcomes",
    ),
    "cause twice in a row": (
        "[phone_missing, phone_bad]\n",
        "[phone_bad, phone_missing, phone_bad]\n",
        f"{SEND}/x-answers",
        "cause phone_bad stands twice",
    ),
    "cause in two rows": (
        "[refused, sent]",
        "[refused: [sent], sent]",
        f"{CHECK}/x-answers",
        "cause sent stands twice",
    ),
    "causes that are no list": (
        "refused: [phone_missing, phone_bad]",
        "refused: phone_missing",
        f"{SEND}/x-answers",
        "the causes of refused are not a list of names",
    ),
    "two rows in one answer": (
        "[refused, sent]",
        "[{refused: [a], sent: [b]}]",
        f"{CHECK}/x-answers",
        "is neither an outcome nor one outcome",
    ),
    "x-invalid naming no cause beside a parameter": (
        "        x-invalid: {missing: phone_missing}",
        "        x-invalid: {missing: text_missing}",
        f"{SEND}/text",
        "x-invalid names text_missing, which is not in x-answers",
    ),
    "x-invalid naming no cause in a shared schema": (
        "malformed: phone_bad",
        "malformed: phone_odd",
        f"{SEND}/phone",
        "x-invalid names phone_odd, which is not in x-answers",
    ),
    "unknown key in x-invalid": (
        "        x-invalid: {missing: phone_missing}",
        "        x-invalid: {absent: phone_missing}",
        f"{SEND}/text/x-invalid",
        "unknown key absent",
    ),
    "unknown role": ("x-role: verify", "x-role: check", f"{CHECK}/x-role", "'check' is none of send, verify"),
    "missing operationId": ("operationId: check", "summary: check", CHECK, "operationId is missing"),
    "missing x-role": ("x-role: verify", "summary: check", CHECK, "x-role is missing"),
    "missing x-answers": ("x-answers: [refused, sent]", "summary: check", CHECK, "x-answers is missing"),
    "missing responses": (
        "      responses:\n        default: {description: Said.}\n",
        "",
        CHECK,
        "responses is missing",
    ),
    "operationId twice": ("operationId: check", "operationId: send.post", CHECK, "operationId send.post stands twice"),
    "policy that is text": ("tries_max: 5", 'tries_max: "5"', "x-policy/tries_max", "'5' is not an integer"),
    "policy with a point": ("tries_max: 5", "tries_max: 5.0", "x-policy/tries_max", "is not an integer"),
    "boolean policy": ("tries_max: 5", "tries_max: true", "x-policy/tries_max", "True is not an integer"),
    "behaviour of another provider": (
        "id: tiny.order",
        "id: esms.order",
        "x-behaviours/esms.order",
        "id does not begin with tiny.",
    ),
    "behaviour twice": ("id: tiny.order", "id: tiny.choice", CHOICE, "id stands twice"),
    "behaviour without id": ("{id: tiny.order, ", "{", "x-behaviours/0", "id is missing"),
    "behaviour that is no mapping": ("x-behaviours:\n", "x-behaviours:\n- odd\n", "x-behaviours/0", "is not a mapping"),
    "behaviour with unknown evidence": (
        "evidence: observed",
        "evidence: seen",
        "x-behaviours/tiny.order",
        "evidence 'seen' is none of documented",
    ),
    "behaviour with an unknown key": (
        "operations: [send]",
        "operation: [send]",
        "x-behaviours/tiny.order",
        "unknown key operation",
    ),
    "behaviour whose text is no text": (
        "text: It is so.",
        "text: 1",
        "x-behaviours/tiny.order",
        "text 1 is not a text",
    ),
    "behaviour of an unknown operation": (
        "operations: [send]",
        "operations: [send.post]",
        "x-behaviours/tiny.order",
        "operation send.post does not exist",
    ),
    "option with an unknown outcome": (
        "outcome: refused",
        "outcome: lost",
        f"{CHOICE}/options/1",
        "outcome lost is not defined in x-outcomes",
    ),
    "option with an unknown policy": (
        "policy: tries_max",
        "policy: tries_min",
        f"{CHOICE}/options/two",
        "policy number tries_min is not defined in x-policy",
    ),
    "option with an unknown cause": (
        "cause: phone_bad",
        "cause: phone_odd",
        f"{CHOICE}/options/two",
        "cause phone_odd is in no x-answers",
    ),
    "option without text": ("{text: one way, ", "{", f"{CHOICE}/options/1", "text is missing"),
    "option with an unknown key": ("cause: phone_bad", "when: 1", f"{CHOICE}/options/two", "unknown key when"),
    "default that is no option": ("default: two", "default: three", CHOICE, "default 'three' is none of its options"),
    "unquoted default": ("default: two", "default: 1", CHOICE, "default 1 is none of its options"),
    "options without default": ("\n  default: two", "", CHOICE, "default None is none of its options"),
    "default without options": (
        "operations: [send]",
        "default: two",
        "x-behaviours/tiny.order",
        "has a default but no options",
    ),
    "reference to nothing": (
        '{$ref: "#/components/schemas/Fields"}',
        '{$ref: "#/components/schemas/Lost"}',
        f"{SEND}/requestBody/content/application/json/schema",
        "$ref #/components/schemas/Lost leads nowhere",
    ),
    "reference to nothing in a response": (
        "default: {description: Said.}",
        'default: {$ref: "#/components/responses/Lost"}',
        f"{CHECK}/responses/default",
        "$ref #/components/responses/Lost leads nowhere",
    ),
    "reference to a text": (
        "note: {type: string}",
        'note: {$ref: "#/info/title"}',
        "components/schemas/Fields/properties/note",
        "$ref #/info/title leads nowhere",
    ),
    "reference to itself": (
        "note: {type: string}",
        'note: {$ref: "#/components/schemas/Fields/properties/note"}',
        "components/schemas/Fields/properties/note",
        "leads nowhere",
    ),
    "reference that is no text": (
        "note: {type: string}",
        "note: {$ref: 1}",
        "components/schemas/Fields/properties/note",
        "$ref 1 leads nowhere",
    ),
    "no outcomes": ("x-outcomes:\n", "components2:\n", "x-outcomes", "is missing"),
    "no behaviours": ("x-behaviours:\n", "components2:\n", "x-behaviours", "is missing"),
    "unquoted option id": ('    "1": {text', "    1: {text", "line 57", "key 1 is not quoted"),
    "unquoted status": ('"200": {desc', "200: {desc", "line 23", "key 200 is not quoted"),
    "key that is no text": ("x-policy: {tries_max: 5}", "x-policy: {[a]: 5}", "line 41", "a key is not text"),
    "key twice": ("x-role: verify", "operationId: check", "line 27", "key operationId stands twice"),
    "not YAML": ("x-policy: {", "x-policy: {]", "line 41", "is not YAML"),
    "octal number": ("tries_max: 5", "tries_max: 010", "line 41", "010 is no number of JSON"),
    "time of day": ("tries_max: 5", "tries_max: 12:30", "line 41", "12:30 is no number of JSON"),
    "infinite number": ("tries_max: 5", "tries_max: .inf", "line 41", ".inf is no number of JSON"),
}


@pytest.mark.parametrize(("old", "new", "place", "reason"), DEFECTS.values(), ids=DEFECTS)
def test_a_defect_stops_the_reader_with_file_place_and_reason(
    folder: Path, old: str, new: str, place: str, reason: str
) -> None:
    """Whoever edits a spec is told in one line what to mend, and where."""
    change_spec(folder, old, new)

    with pytest.raises(otp_specs.SpecError) as caught:
        otp_specs.load("tiny", folder)

    text = str(caught.value)
    assert text.startswith(f"tiny.yaml: {place}: ")
    assert reason in text.removeprefix(f"tiny.yaml: {place}: ")
    assert "\n" not in text
    assert text == f"{caught.value.file}: {caught.value.place}: {caught.value.reason}"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A provider without a spec is a mistake of the caller's, told like any other."""
    with pytest.raises(
        otp_specs.SpecError, match=r"^nobody\.yaml: file: cannot be read \(No such file or directory\)$"
    ):
        otp_specs.load("nobody", tmp_path)


@pytest.mark.parametrize("text", ["- a\n- b\n", "just text\n", ""])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "tiny.yaml").write_text(text)

    with pytest.raises(otp_specs.SpecError, match=r"^tiny\.yaml: file: is not a mapping$"):
        otp_specs.load("tiny", tmp_path)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_bytes(b"a: \xff\xfe\x00")

    with pytest.raises(otp_specs.SpecError, match=r"^tiny\.yaml: file: is not YAML"):
        otp_specs.load("tiny", tmp_path)


def test_the_names_of_properties_headers_and_sample_keys_are_free(folder: Path) -> None:
    """Only keywords are ours: what the provider calls its fields may begin with x-."""
    change_spec(
        folder,
        "default: {description: Said.}",
        "default: {description: Said., content: {application/json: "
        "{schema: {properties: {x-id: {type: integer}}}, examples: {sent: {value: {x-id: 1, $ref: 2}}}}}}",
    )

    assert otp_specs.load("tiny", folder).title == "Tiny"


def test_an_operation_has_its_name_without_the_variant_and_its_path_without_the_fragment(folder: Path) -> None:
    """Variants share a handler by name; the fragment tells operations apart and is never sent."""
    send, check = otp_specs.load("tiny", folder).operations

    assert (send.id, send.name, send.method, send.path) == ("send.post", "send", "POST", "/send")
    assert (check.id, check.name, check.method, check.path) == ("check", "check", "GET", "/check")
    assert (send.role, send.summary, check.role, check.summary) == ("send", "Send", "verify", "")
    assert (send.bodies, check.bodies) == (("application/json",), ())


def test_fields_are_merged_from_query_and_body(folder: Path) -> None:
    """One field is one entry, however it may arrive, with the causes that its schema or parameter names."""
    send, check = otp_specs.load("tiny", folder).operations

    assert send.fields == {
        "action": otp_specs.Field("action", ("query",), const="first"),
        "phone": otp_specs.Field(
            "phone", ("query", "body"), const=None, missing="phone_missing", malformed="phone_bad"
        ),
        "text": otp_specs.Field("text", ("query",), missing="phone_missing"),
        "note": otp_specs.Field("note", ("body",)),
    }
    assert check.fields == {}


def test_constants_are_the_fields_that_tell_operations_apart(folder: Path) -> None:
    send, check = otp_specs.load("tiny", folder).operations

    assert send.constants == {"action": "first"}
    assert check.constants == {}


def test_causes_stand_in_the_order_of_the_checks(folder: Path) -> None:
    """What is missing or malformed, then the row's own name, then the others as written."""
    send, check = otp_specs.load("tiny", folder).operations

    assert send.causes == ("phone_missing", "phone_bad", "refused", "sent")
    assert send.answers[0] == otp_specs.Answer("refused", ("refused", "phone_missing", "phone_bad"))
    assert check.causes == ("refused", "sent")


def test_outcomes_policy_and_behaviours_are_given_as_written(folder: Path) -> None:
    """Absent keys have their documented defaults, and only behaviours with options are choices."""
    spec = otp_specs.load("tiny", folder)

    assert spec.sources == {
        "P": otp_specs.Source("P", "documentation", "A page", "2026-01-31", "https://example.com"),
        "K": otp_specs.Source("K", "client", "A program", "2026"),
    }
    assert spec.outcomes["refused"] == otp_specs.Outcome(
        "refused",
        "101",
        "Wrong",
        "It is wrong.",
        otp_specs.Evidence("observed", "assumed"),
        "K page 1",
        success=False,
        status=200,
    )
    assert spec.outcomes["refused"].text_is_assumed
    assert spec.outcomes["sent"].evidence == otp_specs.Evidence("documented")
    assert not spec.outcomes["sent"].text_is_assumed
    assert spec.outcomes["sent"].success
    assert spec.outcomes["sent"].message is None
    assert spec.policy == {"tries_max": 5}
    assert spec.behaviours[0] == otp_specs.Behaviour(
        "tiny.order", "It is so.", "observed", "K; P page 3", operations=("send",)
    )
    assert list(spec.choices) == ["tiny.choice"]
    assert spec.choices["tiny.choice"].default == "two"
    assert spec.choices["tiny.choice"].options == {
        "1": otp_specs.Option("1", "one way", outcome="refused"),
        "two": otp_specs.Option("two", "another way", policy="tries_max", cause="phone_bad"),
    }


def test_a_spec_without_policy_has_no_numbers(folder: Path) -> None:
    change_spec(folder, "x-policy: {tries_max: 5}\n", "")
    (folder / "tiny.yaml").write_text((folder / "tiny.yaml").read_text().replace("policy: tries_max, ", ""))

    assert otp_specs.load("tiny", folder).policy == {}


def test_a_reference_may_pass_through_a_path(folder: Path) -> None:
    """The slash of a path is written ~1 in a reference."""
    change_spec(folder, "default: {description: Said.}", 'default: {$ref: "#/paths/~1send#first/post/responses/200"}')

    assert len(otp_specs.load("tiny", folder).operations) == 2


def test_codes_may_all_be_integers(folder: Path) -> None:
    text = TINY.replace('code: "101"', "code: -101").replace('code: "100"', "code: 0")
    (folder / "tiny.yaml").write_text(text)

    assert [row.code for row in otp_specs.load("tiny", folder).outcomes.values()] == [-101, 0]


def test_available_names_the_files_of_a_folder(folder: Path) -> None:
    (folder / "another.yaml").touch()
    (folder / "notes.md").touch()

    assert otp_specs.available(folder) == ["another", "tiny"]
    assert {"amoot", "esms", "thuesim"} <= set(otp_specs.available())


def test_numbers_keep_their_spelling() -> None:
    """A trailing zero is part of the wire, so it must not go through a float."""
    document = parse("t.yaml", b"{price: 850.0000, id: 88237016.01, whole: 5, minus: -3, text: '1.50', small: 1.0e-7}")

    assert {key: str(value) for key, value in document.items()} == {
        "price": "850.0000",
        "id": "88237016.01",
        "whole": "5",
        "minus": "-3",
        "text": "1.50",
        "small": "1.0E-7",
    }
    assert type(document["price"]) is Decimal
    assert type(document["whole"]) is int


def test_timestamps_stay_text() -> None:
    document = parse("t.yaml", b"{day: 2021-10-16, at: 2021-10-16T09:27:01, with_zone: 2023-07-23 13:40:00+03:30}")

    assert list(document.values()) == ["2021-10-16", "2021-10-16T09:27:01", "2023-07-23 13:40:00+03:30"]


def test_a_merged_key_may_be_overridden() -> None:
    """Only what is written twice is a mistake; a merge brings defaults."""
    text = b"""
outer:
  base: &base {a: 1, b: 2}
  more: &more {<<: *base, b: 3}
last: {<<: *more, c: 4}
"""

    document = parse("t.yaml", text)

    assert document["outer"]["more"] == {"a": 1, "b": 3}
    assert document["last"] == {"a": 1, "b": 3, "c": 4}


@pytest.mark.parametrize("again", [False, True])
def test_the_rental_id_of_thuesim_keeps_its_two_digits(again: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """From the compiled JSON and from the YAML itself alike."""
    if again:
        shutil.copy(otp_specs.FOLDER / "thuesim.yaml", tmp_path)
        shutil.copytree(otp_specs.FOLDER / "thuesim", tmp_path / "thuesim")
        spec = otp_specs.load("thuesim", tmp_path)
    else:
        spec = otp_specs.load("thuesim")

    responses = spec.document["paths"]["/api/register-service/"]["get"]["responses"]
    log = responses["200"]["content"]["application/json"]["examples"]["rented"]["value"]["RequestLog"]
    assert isinstance(log["ID"], Decimal)
    assert str(log["ID"]) == "88237016.01"
    assert log["CreatedTime"] == "2021-10-16T09:27:01"
