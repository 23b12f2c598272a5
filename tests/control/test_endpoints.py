"""What all endpoints share: which there are, under which paths, and how a wrong request is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

BASE = "/_sandbox/v1"
JSON = {"Content-Type": "application/json"}
RESOURCES = (
    "/messages",
    "/codes",
    "/codes/0912345678",
    "/clock",
    "/accounts/esms",
    "/accounts/amoot",
    "/accounts/thuesim",
    "/rentals",
    "/callbacks",
    "/requests",
    "/requests/unmatched",
    "/choices",
    "/faults",
    "/limits",
    "/requests.har",
    "/snapshot",
    "/lint",
)
LISTS = (
    "/faults",
    "/messages",
    "/codes",
    "/codes/0912345678",
    "/rentals",
    "/callbacks",
    "/requests",
    "/requests/unmatched",
    "/lint",
)
ALLOWED = {
    "/info": "GET",
    "/openapi.json": "GET",
    "/magic": "GET",
    "/providers": "GET",
    "/providers/esms/operations": "GET",
    "/providers/esms/outcomes": "GET",
    "/providers/esms/behaviours": "GET",
    "/lanes": "GET, POST",
    "/lanes/default": "DELETE, GET, PATCH",
    "/reset": "POST",
    "/messages": "DELETE, GET",
    "/messages/wait": "GET, POST",
    "/messages/x": "GET",
    "/messages/x/status": "POST",
    "/codes": "GET",
    "/codes/0912345678": "DELETE, GET, PUT",
    "/clock": "GET, PUT",
    "/clock/advance": "POST",
    "/accounts/esms": "GET, PATCH",
    "/rentals": "GET, POST",
    "/rentals/x/sms": "POST",
    "/rentals/x/call": "POST",
    "/callbacks": "GET",
    "/callbacks/x/replay": "POST",
    "/requests": "DELETE, GET",
    "/requests.har": "GET",
    "/snapshot": "GET, PUT",
    "/bundle": "GET",
    "/requests/unmatched": "GET",
    "/requests/x": "GET",
    "/choices": "GET, PATCH",
    "/faults": "DELETE, GET, POST",
    "/faults/x": "DELETE, GET, PUT",
    "/limits": "GET",
    "/lint": "GET",
    "/lint/rules": "GET",
}
UNDER_A_LANE = [
    path for path in ALLOWED if not path.startswith(("/info", "/open", "/magic", "/providers", "/lanes", "/lint/"))
]
BODIES = (
    ("POST", "/lanes"),
    ("PATCH", "/lanes/default"),
    ("POST", "/reset"),
    ("POST", "/messages/wait"),
    ("POST", "/messages/x/status"),
    ("PUT", "/codes/0912345678"),
    ("PUT", "/clock"),
    ("POST", "/clock/advance"),
    ("PATCH", "/accounts/esms"),
    ("POST", "/rentals"),
    ("POST", "/rentals/x/sms"),
    ("POST", "/rentals/x/call"),
    ("PATCH", "/choices"),
    ("POST", "/faults"),
    ("PUT", "/faults/x"),
)


@pytest.mark.parametrize("path", ALLOWED)
async def test_a_method_that_is_not_there_is_refused_with_those_that_are(client: Any, path: str) -> None:
    """405, and Allow lists the design's verbs."""
    answer = await client.send("OPTIONS", BASE + path)

    assert answer.status == 405
    assert answer.headers["Allow"] == ALLOWED[path]
    assert answer.json["title"] == "Method Not Allowed"


@pytest.mark.parametrize("path", UNDER_A_LANE)
async def test_what_exists_without_a_prefix_exists_under_a_lane(client: Any, path: str) -> None:
    answer = await client.send("OPTIONS", f"{BASE}/lanes/default{path}")

    assert answer.status == 405
    assert answer.headers["Allow"] == ALLOWED[path]


@pytest.mark.parametrize("path", UNDER_A_LANE)
async def test_a_lane_that_does_not_exist_is_not_found(client: Any, path: str) -> None:
    method = ALLOWED[path].rpartition(" ")[2]

    answer = await client.control(method, f"/lanes/nobody{path}")

    assert answer.status == 404
    assert answer.json["detail"] == "lane nobody does not exist"


@pytest.mark.parametrize("path", RESOURCES)
async def test_a_path_without_a_lane_means_the_default_one(client: Any, path: str) -> None:
    """Clocks aside, which run."""
    await client.control("PUT", "/clock", {"mode": "frozen"})

    bare = await client.control("GET", path)
    named = await client.control("GET", f"/lanes/default{path}")

    assert bare.status == 200
    assert bare.json == named.json
    assert bare.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/"),
        ("GET", "/lanes/default/info"),
        ("GET", "/lanes/default/lanes"),
        ("GET", "/messages/"),
    ],
)
async def test_what_is_not_there_yet_is_a_problem(client: Any, method: str, path: str) -> None:
    answer = await client.control(method, path)

    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_limits_cannot_be_changed_yet(client: Any) -> None:
    answer = await client.control("PATCH", "/limits", {})

    assert answer.status == 405
    assert answer.headers["Allow"] == "GET"


@pytest.mark.parametrize(
    "path", ["/_sandbox/docs/", "/_sandbox/page", "/_sandbox/page/", "/_sandbox/v2/info", "/_sandbox/v1x"]
)
async def test_what_else_stands_under_the_prefix_is_a_problem(client: Any, path: str) -> None:
    answer = await client.send("GET", path)

    assert answer.status == 404
    assert "openapi.json" in answer.json["detail"]


async def test_a_path_that_only_begins_like_the_prefix_is_nobodys(client: Any) -> None:
    """It is answered as any other path, and journalled."""
    answer = await client.send("GET", "/_sandboxes")

    assert answer.status == 404
    assert "played" in answer.json
    assert len((await client.control("GET", "/requests/unmatched")).json["requests"]) == 1


@pytest.mark.parametrize(("method", "path"), BODIES)
@pytest.mark.parametrize("body", ["", "{", "nope", '{"a":1}{', '{"id":"\\ud800"}', "\xff"])
async def test_a_body_that_is_not_json_is_told_so(
    client: Any, fields_of: Callable[..., list[str]], method: str, path: str, body: str
) -> None:
    answer = await client.send(method, BASE + path, data=body.encode("latin-1"), headers=JSON)

    assert answer.status == 400
    assert fields_of(answer) == []


@pytest.mark.parametrize(("method", "path"), [*BODIES, ("POST", "/callbacks/x/replay")])
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])
async def test_a_write_that_is_not_json_is_refused(client: Any, method: str, path: str, kind: str) -> None:
    """415: what a form of a foreign page can send never counts."""
    answer = await client.send(method, BASE + path, data=b"{}", headers={"Content-Type": kind})

    assert answer.status == 415


async def test_json_may_name_its_charset(client: Any) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}

    answer = await client.send("POST", BASE + "/reset", data=b"{}", headers=headers)

    assert answer.status == 200


@pytest.mark.parametrize(
    ("mark", "encoding", "charset"),
    [
        (b"\xef\xbb\xbf", "utf-8", ""),
        (b"\xff\xfe", "utf-16-le", ""),
        (b"", "utf-16-le", "; charset=utf-16"),
        (b"", "iso-8859-1", "; charset=iso-8859-1"),
    ],
)
async def test_json_is_read_in_the_characters_that_it_is_in(
    client: Any, mark: bytes, encoding: str, charset: str
) -> None:
    """A byte order mark is not the body's; else the charset counts."""
    body, headers = mark + '{"name": "é"}'.encode(encoding), {"Content-Type": f"application/json{charset}"}

    answer = await client.send("PATCH", BASE + "/accounts/amoot", data=body, headers=headers)

    assert (answer.status, answer.json["name"]) == (200, "é")


async def test_json_of_too_much_is_not_read(client: Any) -> None:
    """It would hold everybody up."""
    body = b'{"blocked_words":[' + b'"x",' * 50_000 + b'"x"]}'

    answer = await client.send("PATCH", BASE + "/accounts/esms", data=body, headers=JSON)

    assert answer.status == 400
    assert "more than 50000" in answer.json["detail"]


@pytest.mark.parametrize(("count", "named"), [(100, 100), (101, 1)], ids=["at", "above"])
async def test_wrong_values_are_named_up_to_a_number(
    client: Any, fields_of: Callable[..., list[str]], count: int, named: int
) -> None:
    """Of very many only the number is told."""
    answer = await client.control("PATCH", "/accounts/esms", {"blocked_words": [1] * count})

    assert answer.status == 422
    assert len(fields_of(answer)) == named
    assert ("101 values are not right" in answer.text) is (named == 1)


@pytest.mark.parametrize(("method", "path"), BODIES)
@pytest.mark.parametrize("body", ["[]", '"text"', "5", "null"])
async def test_a_body_that_is_no_object_is_the_wrong_field(
    client: Any, fields_of: Callable[..., list[str]], method: str, path: str, body: str
) -> None:
    answer = await client.send(method, BASE + path, data=body, headers=JSON)

    assert answer.status == 422
    assert fields_of(answer) == ["body"]


@pytest.mark.parametrize(("method", "path"), [each for each in BODIES if each[1] not in ("/accounts/esms", "/choices")])
async def test_an_unknown_field_is_named(
    client: Any, fields_of: Callable[..., list[str]], method: str, path: str
) -> None:
    answer = await client.control(method, path, {"nonsense": 1})

    assert answer.status == 422
    assert "nonsense" in fields_of(answer)


@pytest.mark.parametrize("path", [path for path in ALLOWED if ALLOWED[path].partition(",")[0] != "POST"])
async def test_an_unknown_query_parameter_is_named(client: Any, fields_of: Callable[..., list[str]], path: str) -> None:
    method = next(verb for verb in ("GET", "DELETE") if verb in ALLOWED[path])

    answer = await client.send(method, f"{BASE}{path}?nonsense=1")

    assert answer.status == 422
    assert fields_of(answer) == ["nonsense"]


@pytest.mark.parametrize("path", ["/messages?to=0912345678&to=0912345678", "/info?a=1&a=2", "/clock?x&x"])
async def test_a_repeated_query_parameter_is_named(client: Any, fields_of: Callable[..., list[str]], path: str) -> None:
    """Which one would count is a guess, so neither does."""
    answer = await client.send("GET", BASE + path)

    assert answer.status == 422
    assert fields_of(answer) == [path.partition("?")[2].partition("&")[0].partition("=")[0]]


@pytest.mark.parametrize("path", [*LISTS, "/lanes"])
@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "", "%D9%A3", "9" * 19, "%FF"])
async def test_a_cursor_that_nobody_gave_is_the_wrong_field(
    client: Any, fields_of: Callable[..., list[str]], path: str, cursor: str
) -> None:
    answer = await client.send("GET", f"{BASE}{path}?after={cursor}")

    assert answer.status == 422
    assert fields_of(answer) == ["after"]


@pytest.mark.parametrize("path", [*LISTS, "/lanes"])
@pytest.mark.parametrize("limit", ["0", "-1", "100001", "x", "1.5", ""])
async def test_a_limit_out_of_range_is_the_wrong_field(
    client: Any, fields_of: Callable[..., list[str]], path: str, limit: str
) -> None:
    answer = await client.send("GET", f"{BASE}{path}?limit={limit}")

    assert answer.status == 422
    assert fields_of(answer) == ["limit"]


@pytest.mark.parametrize("path", [*LISTS, "/lanes"])
@pytest.mark.parametrize("limit", [1, 100_000])
async def test_a_limit_in_range_is_taken(client: Any, path: str, limit: int) -> None:
    answer = await client.send("GET", f"{BASE}{path}?limit={limit}")

    assert answer.status == 200


@pytest.mark.parametrize(
    "path", [*LISTS, "/lanes", "/limits", "/lint/rules", "/magic", "/providers", "/providers/esms/outcomes"]
)
async def test_a_list_is_what_it_lists_and_a_cursor(client: Any, path: str) -> None:
    answer = await client.control("GET", path)

    lists = [value for value in answer.json.values() if isinstance(value, list)]
    assert len(lists) == 1
    assert isinstance(answer.json["cursor"], str)
    assert answer.json["cursor"]
    assert answer.json["more"] is False
    assert answer.json.keys() - {"pin", "cursor", "more"} == {
        key for key in answer.json if answer.json[key] is lists[0]
    }


@pytest.mark.parametrize("path", LISTS)
async def test_an_empty_list_gives_the_cursor_back_that_it_got(client: Any, path: str) -> None:
    answer = await client.send("GET", f"{BASE}{path}?after=17")

    assert answer.json["cursor"] == "17"


@pytest.mark.parametrize("path", ["/messages", "/requests", "/codes/0912345678"])
async def test_a_delete_answers_nothing(client: Any, path: str) -> None:
    answer = await client.control("DELETE", path)

    assert answer.status == 204
    assert answer.text == ""
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/messages/nobody", None),
        ("POST", "/messages/nobody/status", {"state": "failed"}),
        ("GET", "/messages/%2e%2e%2fx", None),
        ("GET", "/messages/%ff", None),
        ("POST", "/rentals/1.02/sms", {"text": "x"}),
        ("POST", "/rentals/1.02/call", {"code": "1234"}),
        ("POST", "/callbacks/nobody/replay", None),
        ("GET", "/requests/nobody", None),
        ("GET", "/accounts/nobody", None),
        ("PATCH", "/accounts/nobody", {}),
        ("GET", "/providers/nobody/operations", None),
        ("GET", "/providers/nobody/outcomes", None),
        ("GET", "/providers/nobody/behaviours", None),
        ("GET", "/lanes/nobody", None),
        ("PATCH", "/lanes/nobody", {}),
        ("DELETE", "/lanes/nobody", None),
    ],
)
async def test_an_unknown_id_is_not_found(
    client: Any, fields_of: Callable[..., list[str]], method: str, path: str, body: Any
) -> None:
    answer = await client.control(method, path, body)

    assert answer.status == 404
    assert fields_of(answer) == []


async def test_control_traffic_is_not_journalled(client: Any) -> None:
    await client.control("GET", "/info")
    await client.control("GET", "/nonsense")

    journal = await client.control("GET", "/requests")

    assert journal.json["requests"] == []


async def test_a_failure_of_the_sandbox_is_a_problem_without_a_traceback(
    client: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the traceback; the answer does not."""

    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(sandbox.store, "entries", broken)

    answer = await client.control("GET", "/messages")

    assert answer.status == 500
    assert "secret detail" not in answer.text
    assert "secret detail" in caplog.text
