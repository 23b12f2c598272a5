"""A spec in parts is the same as one in a single file, and what is wrong in a part is told of that part."""

from __future__ import annotations

from pathlib import Path

import pytest

import otp_specs
from otp_specs.__main__ import compile_specs
from otp_specs.documents import read_files

ROOT = """\
openapi: 3.1.0
info: {title: Tiny, version: 1.0.0}
paths:
  /send: {$ref: "tiny/sends.yaml#/paths/send"}
  /check:
    get:
      operationId: check
      x-role: verify
      x-answers:
      - $ref: "tiny/common.yaml#/answers/callers"
      - sent
      responses:
        "200": {$ref: "#/components/responses/Said"}
components:
  responses:
    Said: {$ref: "tiny/common.yaml#/responses/Said"}
  schemas:
    Phone: {type: string, x-invalid: {missing: phone_missing}}
    Answer: {$ref: "tiny/sends.yaml#/schemas/Answer"}
    Inner: {$ref: "tiny/sends.yaml#/schemas/Inner"}
x-sources: {P: {kind: documentation, title: A page, date: 2026-01-31}}
x-outcomes: {$ref: "tiny/common.yaml#/outcomes"}
x-behaviours:
- {id: tiny.first, text: It is first., evidence: assumed, source: P}
- $ref: "tiny/sends.yaml#/behaviours"
- {id: tiny.last, text: It is last., evidence: assumed, source: P}
"""
SENDS = """\
paths:
  send:
    post:
      operationId: send
      x-role: send
      x-answers:
      - $ref: "common.yaml#/answers/bodies"
      - sent
      requestBody:
        content:
          application/json:
            schema: {properties: {phone: {$ref: "../tiny.yaml#/components/schemas/Phone"}}}
      responses:
        "200":
          description: Said.
          content:
            application/json:
              schema: {$ref: "#/schemas/Answer", description: What is said.}
              examples: {sent: {value: {$ref: "no/reference.yaml#/at/all"}}}
schemas:
  Answer:
    type: object
    properties:
      inner: {$ref: "#/schemas/Inner"}
      once: {$ref: "#/hidden/Once"}
  Inner: {anyOf: [{$ref: "#/schemas/Answer"}, {type: "null"}]}
hidden:
  Once: {type: integer}
behaviours:
- {id: tiny.second, text: It is second., evidence: assumed, source: P, operations: &sends [send]}
- [{id: tiny.third, text: It is third., evidence: assumed, source: P, operations: *sends}]
"""
COMMON = """\
answers:
  callers: [refused]
  bodies:
  - phone_missing
  - $ref: "#/answers/callers"
responses:
  Said: {description: Said.}
outcomes:
  refused: {code: "101", message: Wrong, condition: It is wrong., evidence: {code: assumed, text: assumed}, source: P}
  phone_missing: {code: "102", message: null, condition: It is missing., evidence: {code: assumed}, source: P}
  sent: {code: "100", message: null, condition: It is right., evidence: {code: assumed}, source: P, success: true}
"""
TEXTS = {"tiny.yaml": ROOT, "tiny/sends.yaml": SENDS, "tiny/common.yaml": COMMON}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the tiny spec."""
    (tmp_path / "tiny").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_parts_become_one_document(folder: Path) -> None:
    """What the root names as a component is referred to; all else stands where the reference stood."""
    document = otp_specs.read_document("tiny", folder)

    assert document["paths"]["/send"]["post"]["responses"]["200"]["content"]["application/json"] == {
        "schema": {"$ref": "#/components/schemas/Answer", "description": "What is said."},
        "examples": {"sent": {"value": {"$ref": "no/reference.yaml#/at/all"}}},
    }
    assert document["components"] == {
        "responses": {"Said": {"description": "Said."}},
        "schemas": {
            "Phone": {"type": "string", "x-invalid": {"missing": "phone_missing"}},
            "Answer": {
                "type": "object",
                "properties": {"inner": {"$ref": "#/components/schemas/Inner"}, "once": {"type": "integer"}},
            },
            "Inner": {"anyOf": [{"$ref": "#/components/schemas/Answer"}, {"type": "null"}]},
        },
    }
    assert list(document) == ["openapi", "info", "paths", "components", "x-sources", "x-outcomes", "x-behaviours"]


def test_a_list_among_answers_or_behaviours_stands_for_its_entries(folder: Path) -> None:
    """Shared lists are written once, by reference or by anchor."""
    spec = otp_specs.load("tiny", folder)

    assert [operation.causes for operation in spec.operations] == [
        ("phone_missing", "refused", "sent"),
        ("refused", "sent"),
    ]
    assert [each.id for each in spec.behaviours] == ["tiny.first", "tiny.second", "tiny.third", "tiny.last"]
    assert spec.document["paths"]["/send"]["post"]["x-answers"] == ["phone_missing", "refused", "sent"]


def test_an_edit_of_a_part_is_seen(folder: Path) -> None:
    """As one of the root: its JSON is stale."""
    assert otp_specs.load("tiny", folder).outcomes["refused"].message == "Wrong"
    path = folder / "tiny" / "common.yaml"

    path.write_text(COMMON.replace("message: Wrong", "message: Other"))

    assert otp_specs.load("tiny", folder).outcomes["refused"].message == "Other"


def test_parts_are_no_specs_of_their_own(folder: Path) -> None:
    assert otp_specs.available(folder) == ["tiny"]
    assert list(read_files("tiny", folder)) == ["tiny.yaml", "tiny/common.yaml", "tiny/sends.yaml"]


DEFECTS = {
    "not YAML": ("tiny/common.yaml", "callers: [", "callers: {]", "tiny/common.yaml: line 2: is not YAML"),
    "key twice": ("tiny/sends.yaml", "x-role: send", "post: 1\n      post: 2", "tiny/sends.yaml: line 6: is not YAML"),
    "no role": (
        "tiny/sends.yaml",
        "x-role: send",
        "x-role: go",
        "/sends.yaml: paths/send/post/x-role: 'go' is none",
    ),
    "unknown key in a schema": (
        "tiny/sends.yaml",
        "{type: integer}",
        "{type: integer, x-note: 1}",
        "tiny/sends.yaml: hidden/Once/x-note: unknown extension key",
    ),
    "unknown outcome in a shared list": (
        "tiny/common.yaml",
        "- phone_missing",
        "- phone_lost",
        "tiny/sends.yaml: paths/send/post/x-answers: outcome phone_lost is not defined",
    ),
    "outcome": (
        "tiny/common.yaml",
        "message: Wrong",
        "message: 5",
        "tiny/common.yaml: outcomes/refused: message 5 is not a text",
    ),
    "behaviour": (
        "tiny/sends.yaml",
        "text: It is third.",
        "text: 3",
        "tiny/sends.yaml: behaviours/tiny.third: text 3 is not a text",
    ),
    "behaviour without id": (
        "tiny/sends.yaml",
        "{id: tiny.second, ",
        "{",
        "tiny/sends.yaml: behaviours/0: id is missing",
    ),
    "behaviour twice": (
        "tiny/sends.yaml",
        "id: tiny.third",
        "id: tiny.first",
        "tiny/sends.yaml: behaviours/tiny.first: id stands twice",
    ),
    "behaviour of the root": (
        "tiny.yaml",
        "text: It is last.",
        "text: 9",
        "tiny.yaml: x-behaviours/tiny.last: text 9 is not a text",
    ),
    "no such part": (
        "tiny.yaml",
        "tiny/sends.yaml#/paths",
        "tiny/lost.yaml#/paths",
        "tiny.yaml: paths//send: $ref tiny/lost.yaml#/paths/send leads nowhere",
    ),
    "no such place": (
        "tiny/sends.yaml",
        "#/hidden/Once",
        "#/hidden/Lost",
        "tiny/sends.yaml: schemas/Answer/properties/once: $ref #/hidden/Lost leads nowhere",
    ),
    "no such component": (
        "tiny/sends.yaml",
        "schemas/Phone",
        "schemas/Lost",
        "application/json/schema/properties/phone: $ref #/components/schemas/Lost leads nowhere",
    ),
    "another folder": (
        "tiny/sends.yaml",
        '"#/hidden/Once"',
        '"../other/part.yaml#/Once"',
        "$ref ../other/part.yaml#/Once leads nowhere",
    ),
    "circle": (
        "tiny/sends.yaml",
        "Once: {type: integer}",
        'Once: {items: {$ref: "#/hidden/Once"}}',
        "tiny/sends.yaml: hidden/Once/items: $ref #/hidden/Once leads in a circle; name it among the components",
    ),
    "beside a reference": (
        "tiny/sends.yaml",
        '{$ref: "#/hidden/Once"}',
        '{$ref: "#/hidden/Once", minimum: 1}',
        "tiny/sends.yaml: schemas/Answer/properties/once: what stands beside $ref #/hidden/Once would be lost",
    ),
    "no list": (
        "tiny.yaml",
        "tiny/sends.yaml#/behaviours",
        "tiny/sends.yaml#/hidden",
        "tiny.yaml: x-behaviours: $ref tiny/sends.yaml#/hidden leads to no list",
    ),
    "unused schema": (
        "tiny/sends.yaml",
        "hidden:",
        "hidden:\n  Never: {type: string}",
        "tiny/sends.yaml: hidden/Never: nothing refers to it",
    ),
    "unused list": (
        "tiny.yaml",
        '- $ref: "tiny/sends.yaml#/behaviours"\n',
        "",
        "tiny/sends.yaml: behaviours: nothing refers to it",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "line"), DEFECTS.values(), ids=DEFECTS)
def test_a_defect_is_told_where_it_is_written(folder: Path, file: str, old: str, new: str, line: str) -> None:
    """File, place there and reason, in one line."""
    assert TEXTS[file].count(old) == 1, f"{old!r} must stand once"
    (folder / file).write_text(TEXTS[file].replace(old, new))

    with pytest.raises(otp_specs.SpecError) as caught:
        otp_specs.load("tiny", folder)

    assert line in str(caught.value)
    assert str(caught.value).startswith(("tiny.yaml: ", "tiny/"))
    assert "\n" not in str(caught.value)


def test_a_part_that_nobody_uses_is_told(folder: Path) -> None:
    """Half-read specs cannot happen."""
    (folder / "tiny" / "more").mkdir()
    (folder / "tiny" / "more" / "lost.yaml").write_text("behaviours: []")

    with pytest.raises(otp_specs.SpecError, match=r"^tiny/more/lost\.yaml: file: nothing refers to it$"):
        otp_specs.load("tiny", folder)


def test_a_sample_that_contradicts_the_table_is_told_of_its_part(folder: Path) -> None:
    """By the lint, which runs when specs are compiled."""
    with pytest.raises(ExceptionGroup) as caught:
        compile_specs(folder)

    place = "paths/send/post/responses/200/application/json/examples/sent"
    assert [str(error).startswith(f"tiny/sends.yaml: {place}: ") for error in caught.value.exceptions] == [True, True]
