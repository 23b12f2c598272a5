"""The way of a provider request into the journal: what is kept of it, what is masked, what is explained."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote

import pytest

from otp_sandbox.domain.record import replace
from otp_sandbox.play.journal import BODY_MOST, REQUESTS
from otp_sandbox.settings import Settings

GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
CHECKCODE = "/MainService.svc/json/CheckCodeGen_V4_get"
KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
SEND = {"Phone": "0912345678", "Brandname": "Sandbox", "Type": "2", "message": "{OTP} is it"}
AMOOT = {"SMSMessageText": "x", "LineNumber": "public", "Mobile": "9120000000", "CodeLength": "4", "SendDateTime": ""}
SECRETS = ("SANDBOX-API-KEY", "SANDBOX-SECRET-KEY", "SANDBOX-TOKEN", "Wr0ngS3cret")
REQUEST = {
    "id", "at", "lane", "provider", "operation", "method", "path", "fields", "outcome", "code", "status", "response",
    "duration_ms", "warnings", "magic", "fault", "success",
}  # fmt: skip


async def journal(client: Any) -> list[Any]:
    """The requests of the default lane."""
    requests: list[Any] = (await client.control("GET", "/requests")).json["requests"]
    return requests


async def explained(client: Any) -> Any:
    """The last request with its explanation."""
    last = (await journal(client))[-1]
    return (await client.control("GET", f"/requests/{last['id']}")).json


async def test_a_request_is_kept_with_its_answer(client: Any) -> None:
    """Fields under their documented names, secrets masked."""
    answer = await client.get(GENCODE, **KEYS, **SEND)

    [kept] = await journal(client)
    assert kept.keys() == REQUEST
    assert kept["response"] == answer.text
    assert kept["fields"] == {"ApiKey": "***", "SecretKey": "***", **SEND}
    assert (kept["lane"], kept["provider"], kept["method"], kept["path"]) == ("default", "esms", "GET", GENCODE)
    assert (kept["operation"], kept["outcome"]) == ("SendMessageAutoGenCode_V4_get", "accepted")
    assert (kept["code"], kept["status"], kept["magic"], kept["warnings"]) == ("100", 200, False, [])


@pytest.mark.parametrize("secret", ["right", "Wr0ngS3cret"])
@pytest.mark.parametrize(
    ("method", "path", "names"),
    [
        ("GET", GENCODE, KEYS),
        ("GET", GENCODE, {"apikey": "SANDBOX-API-KEY", "SECRETKEY": "SANDBOX-SECRET-KEY"}),
        ("GET", CHECKCODE, {**KEYS, "extra": "1"}),
        ("GET", "/rest/SendOTP", {"Token": "SANDBOX-TOKEN"}),
        ("GET", "/rest/SendOTP", {"UserName": "sandbox", "Password": "sandbox"}),
        ("GET", "/api/", {"show": "balance", "token": "SANDBOX-TOKEN"}),
        ("GET", "/api/", {"Token": "SANDBOX-TOKEN"}),
        ("GET", "/api/register-service/", {"serviceId": "02.97", "token": "SANDBOX-TOKEN"}),
        ("GET", "/api/nothing", {"token": "SANDBOX-TOKEN"}),
        ("GET", "/MainService.svc/nothing", KEYS),
        ("DELETE", GENCODE, KEYS),
        ("GET", "/rest/nothing", {"token": "SANDBOX-TOKEN", "USERNAME": "sandbox", "password": "sandbox"}),
        ("GET", "/nothing", {**KEYS, "Token": "SANDBOX-TOKEN", "UserName": "sandbox", "Password": "sandbox"}),
    ],
)
async def test_secrets_in_a_query_are_masked(
    client: Any, method: str, path: str, names: dict[str, str], secret: str
) -> None:
    """Right or wrong, in any spelling of the name, whether or not an operation is met."""
    keep = {"extra", "show", "serviceId"}
    fields = {name: value if secret == "right" or name in keep else secret for name, value in names.items()}
    await client.send(method, path, params=fields)

    kept = await explained(client)
    assert not any(each in json.dumps(kept) for each in SECRETS)
    assert all(kept["fields"][name] == "***" for name in kept["fields"] if name not in keep)
    assert len(kept["fields"]) == len(names)


@pytest.mark.parametrize("secret", ["SANDBOX-TOKEN", "Wr0ngS3cret"])
@pytest.mark.parametrize("how", ["data", "json", "multipart", "header", "bearer"])
async def test_secrets_in_a_body_or_header_are_masked(client: Any, how: str, secret: str) -> None:
    """However they came."""
    import aiohttp  # noqa: PLC0415

    fields = {**AMOOT, "Token": secret, "UserName": "sandbox", "Password": secret}
    if how == "multipart":
        form = aiohttp.FormData(fields, default_to_multipart=True)
        await client.send("POST", "/rest/SendOTP", data=form)
    elif how in ("data", "json"):
        await client.send("POST", "/rest/SendOTP", **{how: fields})
    else:
        header = secret if how == "header" else f"Bearer {secret}"
        await client.send("POST", "/rest/SendOTP", data=AMOOT, headers={"Authorization": header})

    kept = await explained(client)
    assert secret not in json.dumps(kept)
    assert kept["fields"]["Mobile"] == "9120000000"
    assert (kept["outcome"] == "success") == (secret == "SANDBOX-TOKEN")


@pytest.mark.parametrize("spelled", ["SANDBOX-TOKEN", "SANDBOX%2DTOKEN", "%53ANDBOX-TOKEN"])
@pytest.mark.parametrize("prefix", ["/rest/", "/api/", "/", "/MainService.svc/"])
async def test_a_secret_in_a_path_is_masked(client: Any, prefix: str, spelled: str) -> None:
    """In any spelling."""
    await client.send("GET", f"{prefix}{spelled}/x")

    assert (await explained(client))["path"] == f"{prefix}***/x"


@pytest.mark.parametrize("prefix", ["/rest/", "/api/", "/", "/MainService.svc/"])
async def test_a_secret_in_a_path_is_masked_wherever_the_path_is_repeated(client: Any, prefix: str) -> None:
    """In the warning, in the explanation and in the answer that is kept."""
    await client.send("GET", f"{prefix}SANDBOX-TOKEN/x")

    assert "SANDBOX-TOKEN" not in json.dumps(await explained(client))


@pytest.mark.parametrize(
    ("path", "provider", "status", "nearest"),
    [
        ("/rest/SendOPT", "amoot", 404, "/rest/SendOTP"),
        ("/MainService.svc/json/CheckCode", "esms", 404, CHECKCODE),
        ("/api/registerservice", "thuesim", 404, "/api/register-service/"),
        ("/rest-SendOTP", None, 404, "/rest/SendOTP"),
    ],
)
async def test_an_unmatched_path_is_kept_with_the_nearest_operations(
    client: Any, path: str, provider: str | None, status: int, nearest: str
) -> None:
    """As a warning that says what may have been meant."""
    answer = await client.send("GET", path)
    await client.get(CHECKCODE, **KEYS)

    unmatched = (await client.control("GET", "/requests/unmatched")).json
    [kept] = unmatched["requests"]
    assert unmatched.keys() == {"requests", "cursor", "more"}
    assert answer.status == kept["status"] == status
    assert (kept["provider"], kept["operation"], kept["outcome"], kept["code"]) == (provider, None, None, None)
    assert kept["response"] == answer.text[:BODY_MOST]
    assert f"nothing is played at {path}" in kept["warnings"][0]
    assert nearest in kept["warnings"][0]
    assert "the documents do not list it" in kept["warnings"][0]
    assert (await client.control("GET", f"/requests/{kept['id']}")).json["explanation"] == kept["warnings"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("POST", GENCODE, "GET"),
        ("DELETE", "/rest/SendOTP", "GET, POST"),
        ("PUT", "/api/", "GET"),
    ],
)
async def test_a_wrong_method_is_unmatched(client: Any, method: str, path: str, allow: str) -> None:
    """405 as that provider's server would answer, and the journal says what was wrong."""
    answer = await client.send(method, path)

    [kept] = (await client.control("GET", "/requests/unmatched")).json["requests"]
    assert answer.status == 405
    assert answer.headers["Allow"] == allow
    assert f"{method} is not allowed at {path}" in kept["warnings"][0]


async def test_a_path_of_nobody_lists_what_is_played(client: Any) -> None:
    """A 404 problem that helps."""
    answer = await client.send("GET", "/nobody")

    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {each["provider"] for each in answer.json["played"]} == {"esms", "amoot", "thuesim", "viotp"}
    assert all(each.keys() == {"provider", "method", "path", "operation"} for each in answer.json["played"])


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/MainService.svc/nothing", "ApiKey"),
        ("/mainservice.svc/nothing", "apikey"),
        ("/rest/nothing", "Token"),
        ("/api/nothing", "token"),
        ("/nothing", "ApiKey"),
        (GENCODE, "ApiKey"),
    ],
)
async def test_a_known_credential_finds_its_lane_where_nothing_is_played(client: Any, path: str, name: str) -> None:
    """The test that sent it finds it in its own journal."""
    made = (await client.control("POST", "/lanes", {})).json
    held = {key.lower(): value for each in made["credentials"].values() for key, value in each.items()}
    tokens = {"/rest/nothing": "amoot", "/api/nothing": "thuesim"}
    value = made["credentials"][tokens[path]][name] if path in tokens else held[name.lower()]

    await client.send("PUT", path, params={name: value})

    assert len((await client.control("GET", f"/lanes/{made['id']}/requests/unmatched")).json["requests"]) == 1
    assert await journal(client) == []


async def test_an_unknown_credential_is_kept_in_the_default_lane(client: Any) -> None:
    """There somebody will look."""
    await client.control("POST", "/lanes", {})

    await client.get(GENCODE, **{**KEYS, "ApiKey": "nobody"}, **SEND)

    [kept] = await journal(client)
    assert (kept["outcome"], kept["code"]) == ("authorize_failed", "101")


async def test_an_explanation_goes_step_by_step(client: Any) -> None:
    """Which checks were passed, which one was not, and what that answers."""
    await client.get(GENCODE, **KEYS, **{**SEND, "Brandname": "Nobody"})

    kept = await explained(client)
    steps = kept["explanation"]
    assert kept.keys() == REQUEST | {"explanation", "remedy"}
    assert steps[0] == f"GET {GENCODE} is SendMessageAutoGenCode_V4_get of eSMS"
    assert "authorize_failed: no" in steps
    assert any(step.startswith("brandname_unknown: yes (") for step in steps)
    assert steps.index("authorize_failed: no") < next(
        index for index, step in enumerate(steps) if step.startswith("brandname_unknown")
    )
    assert steps[-1] == "answered with brandname_unknown (code 104, HTTP 200)"


async def test_a_refused_check_is_explained_by_the_codes_of_the_phone(client: Any) -> None:
    """What state each was in at that time."""
    await client.get(GENCODE, **KEYS, **SEND)
    code = (await client.control("GET", "/messages/latest")).json["code"]
    await client.get(CHECKCODE, **KEYS, Phone="0912345678", Code=code)
    await client.get(CHECKCODE, **KEYS, Phone="+84912345678", Code=code)

    steps = (await explained(client))["explanation"]
    assert any(step.startswith("code_used: yes") for step in steps)
    assert any(f"code {code} of " in step and " was used at the time of the check" in step for step in steps)


async def test_a_magic_value_is_marked_and_explained(client: Any) -> None:
    """The answer was asked for."""
    answer = await client.get(GENCODE, **KEYS, **{**SEND, "Phone": "0900000103"})

    kept = await explained(client)
    assert answer.json["CodeResult"] == kept["code"] == "103"
    assert kept["magic"] is True
    assert f"the magic value Phone=0900000103 asks for {kept['outcome']}" in kept["explanation"]


async def test_warnings_say_what_is_odd_about_a_request(client: Any) -> None:
    """Fields that no spec knows and fields that came twice; they stand in the explanation too."""
    query = "&".join(f"{name}={quote(value)}" for name, value in {**KEYS, **SEND}.items())
    await client.send("GET", f"{GENCODE}?{query}&nonsense=1&IsNumber=1&isnumber=1")

    kept = await explained(client)
    assert kept["warnings"][:2] == [
        "IsNumber came more than once",
        "nonsense is no parameter of SendMessageAutoGenCode_V4_get",
    ]
    assert [f"warning: {each}" for each in kept["warnings"]] == kept["explanation"][-len(kept["warnings"]) :]


async def test_a_body_that_cannot_be_read_is_a_warning(client: Any) -> None:
    """And the request goes on without it."""
    await client.send("POST", "/rest/SendOTP?Token=SANDBOX-TOKEN", data=b"{", headers={"Content-Type": "text/plain"})

    [kept] = await journal(client)
    assert "the body is not JSON" in kept["warnings"][0]


XML_SEND = "/MainService.svc/json/SendMultipleMessage_V4/"
XML = (
    '<?xml version="1.0" encoding="{}"?><RQST><APIKEY>SANDBOX-API-KEY</APIKEY><SECRETKEY>SANDBOX-SECRET-KEY</SECRETKEY>'
    "<CONTENT>mã 123456</CONTENT><SMSTYPE>2</SMSTYPE><BRANDNAME>Sandbox</BRANDNAME>"
    "<CONTACTS><CUSTOMER><PHONE>0912345678</PHONE></CUSTOMER></CONTACTS></RQST>"
)


@pytest.mark.parametrize(
    ("mark", "encoding", "declared"),
    [
        (b"\xef\xbb\xbf", "utf-8", "utf-8"),
        (b"\xff\xfe", "utf-16-le", "utf-16"),
        (b"\xfe\xff", "utf-16-be", "UTF-16"),
    ],
)
async def test_xml_is_taken_in_the_encodings_of_its_standard(
    client: Any, mark: bytes, encoding: str, declared: str
) -> None:
    """With a byte order mark, and in UTF-16 (XML 1.0, 4.3.3)."""
    sent = mark + XML.format(declared).encode(encoding)

    answer = await client.send("POST", XML_SEND, data=sent, headers={"Content-Type": "text/xml"})

    assert answer.json["CodeResult"] == "100"
    assert (await client.control("GET", "/messages/latest")).json["text"] == "mã 123456"


async def test_json_where_a_form_is_taken_is_read_with_a_warning(client: Any) -> None:
    """The real provider may well refuse it."""
    sent = {**KEYS, "Phone": "0912345678", "Content": "x", "SmsType": "2", "Brandname": "Sandbox"}

    answer = await client.send("POST", "/MainService.svc/json/SendMultipleMessage_V4_post", json=sent)

    [kept] = await journal(client)
    assert answer.json["CodeResult"] == "100"
    assert kept["warnings"] == ["the body is JSON, and this operation takes application/x-www-form-urlencoded"]


async def test_a_body_with_too_many_fields_is_answered_as_the_provider_answers(client: Any) -> None:
    """And the journal says why."""
    fields = "&".join(["a=b"] * 2001)
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    answer = await client.send("POST", "/rest/SendSimple?Token=SANDBOX-TOKEN", data=fields, headers=form)
    other = await client.send("POST", "/MainService.svc/json/SendMultipleMessage_V4_post", data=fields, headers=form)

    first, second = await journal(client)
    assert (answer.status, answer.json["Status"]) == (200, "SMSMessageText_Empty")
    assert (other.status, other.json) == (400, {"error": "Invalid request"})
    assert first["warnings"] == second["warnings"] == ["the body has more than 2000 fields"]


async def test_a_field_that_comes_often_is_told_once(client: Any) -> None:
    """However often."""
    await client.send("GET", "/rest/SendSimple?" + "&".join(["a=b"] * 1000))

    [kept] = await journal(client)
    assert kept["warnings"] == ["a came more than once", "a is no parameter of SendSimple"]


async def test_the_body_wins_over_the_query(client: Any) -> None:
    """A field that stands in both is the body's."""
    await client.send("POST", "/rest/SendOTP?Mobile=1&Token=SANDBOX-TOKEN", data={"Mobile": "9120000001"})

    [kept] = await journal(client)
    assert kept["fields"]["Mobile"] == "9120000001"


async def test_a_long_field_is_cut_in_the_journal(client: Any) -> None:
    """It says how long it was."""
    form = {**AMOOT, "Token": "SANDBOX-TOKEN", "SMSMessageText": "x" * 20_000}

    await client.send("POST", "/rest/SendOTP", data=form)

    [kept] = await journal(client)
    assert kept["fields"]["SMSMessageText"] == "x" * 16_384 + "… (20000 characters)"


@pytest.mark.parametrize("garbage", [b"%ff%fe", b"%ed%a0%80", b"%zz", b"%00", b"\xff", b"%C3", b";;==&&"])
@pytest.mark.parametrize("path", [b"/api/", b"/api/nothing", b"/nothing", b"/rest/SendOTP"])
async def test_any_bytes_leave_the_journal_readable(client: Any, sandbox: Any, path: bytes, garbage: bytes) -> None:
    """Whatever a client sends in its query and its path."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(sandbox.server.url.rpartition(":")[2]))

    writer.write(b"GET " + path + b"?show=" + garbage + b"&" + garbage + b"=1 HTTP/1.1\r\nHost: x\r\n\r\n")
    line = await reader.readline()
    writer.close()
    await writer.wait_closed()

    listed = await client.control("GET", "/requests")
    assert listed.status == 200
    assert line.split()[1] == b"400" or len(listed.json["requests"]) == 1
    for each in listed.json["requests"]:
        assert (await client.control("GET", f"/requests/{each['id']}")).status == 200


async def test_requests_are_filtered_and_forgotten(client: Any) -> None:
    """By provider, operation and outcome; a cursor holds over it."""
    await client.get(GENCODE, **KEYS, **SEND)
    await client.get("/api/", show="balance", token="SANDBOX-TOKEN")
    await client.send("GET", "/nothing")

    async def ids(query: str) -> list[str]:
        found = await client.send("GET", f"/_sandbox/v1/requests{query}")
        return [each["id"] for each in found.json["requests"]]

    everything = await ids("")
    cursor = (await client.control("GET", "/requests")).json["cursor"]
    assert await ids("?provider=esms") == everything[:1]
    assert await ids("?operation=balance") == everything[1:2]
    assert await ids("?outcome=accepted") == everything[:1]
    assert await ids("?limit=2") == everything[1:]
    assert await ids("?after=0&limit=2") == everything[:2]
    assert await ids(f"?after={cursor}") == []
    assert (await client.control("DELETE", "/requests")).status == 204
    assert await ids("") == []
    await client.send("GET", "/nothing")
    assert len(await ids(f"?after={cursor}")) == 1


@pytest.mark.parametrize(("option", "code"), [("any-case", "100"), ("exact", "101")])
async def test_a_choice_says_whether_the_case_of_names_counts(client: Any, option: str, code: str) -> None:
    """The lane is found either way: whose choice would hold otherwise?"""
    made = (await client.control("POST", "/lanes", {"choices": {"esms.parameter-names": option}})).json
    keys = {name.lower(): value for name, value in made["credentials"]["esms"].items()}

    answer = await client.get(GENCODE, **keys, **SEND)

    [kept] = (await client.control("GET", f"/lanes/{made['id']}/requests")).json["requests"]
    assert answer.json["CodeResult"] == kept["code"] == code
    assert ("apikey is no parameter of SendMessageAutoGenCode_V4_get" in kept["warnings"]) == (option == "exact")
    assert all(value == "***" for name, value in kept["fields"].items() if name.lower() in keys)


async def test_a_recording_finds_its_lane_without_a_credential(client: Any) -> None:
    """Its link carries none, only a name that nobody guesses."""
    made = (await client.control("POST", "/lanes", {"accounts": {"thuesim": {"arrival": "manual"}}})).json
    lane, token = f"/lanes/{made['id']}", made["credentials"]["thuesim"]["token"]
    await client.get("/api/register-service/", serviceId="01.4", token=token)
    [rental] = (await client.control("GET", f"{lane}/rentals")).json["rentals"]
    await client.control("POST", f"{lane}/rentals/{rental['id']}/call", {"code": "059809"})
    read = await client.get("/api/", show="code", ID=rental["id"], token=token)
    link = read.json["Result"]["CallFile"].removeprefix(client.url)

    heard = await client.send("GET", link)
    guessed = await client.send("GET", link.replace("=", "=x", 1))

    assert (heard.status, heard.headers["Content-Type"]) == (200, "audio/wav")
    assert guessed.status == 404
    requests = (await client.control("GET", f"{lane}/requests")).json["requests"]
    assert [each["outcome"] for each in requests][-1] == "audio_found"
    assert [each["outcome"] for each in await journal(client)] == ["audio_not_found"]


async def test_any_credential_is_refused_when_there_is_no_room_for_a_lane(start: Any, client: Any) -> None:
    """As an unknown one is without the setting."""
    sandbox = await start(replace(Settings(port=0, seed=7), any_credentials=True, lanes_most=1))
    full = type(client)(sandbox.server.url, client.session)

    answer = await full.get(GENCODE, ApiKey="mine", SecretKey="mine", **SEND)

    assert answer.json["CodeResult"] == "101"
    assert [each["outcome"] for each in await journal(full)] == ["authorize_failed"]


@pytest.mark.parametrize(("length", "code"), [(200, "100"), (201, "101")], ids=["at", "above"])
async def test_no_lane_is_opened_for_what_is_no_credential(start: Any, client: Any, length: int, code: str) -> None:
    """Whoever sends a long text there shall not fill the memory."""
    sandbox = await start(replace(Settings(port=0, seed=7), any_credentials=True))
    open_to_all = type(client)(sandbox.server.url, client.session)

    answer = await open_to_all.get(GENCODE, ApiKey="k" * length, SecretKey="s", **SEND)

    assert answer.json["CodeResult"] == code


async def test_warnings_weigh_what_they_take(sandbox: Any, client: Any) -> None:
    """Every text of an entry counts for the budget."""
    plain = await client.get(GENCODE, **SEND)
    odd = await client.get(GENCODE, **SEND, **{f"x{number:05d}": "" for number in range(100)})

    assert plain.status == odd.status == 200
    first, second = [each.entry for each in await sandbox.store.entries(sandbox.registry.default.key, REQUESTS)]
    assert second.size - first.size >= sum(map(len, second.warnings)) > 3000


@pytest.mark.parametrize(("option", "text"), [("kept", "%u0633 x"), ("read", "س x")])
async def test_characters_of_escape_are_read_by_choice(client: Any, option: str, text: str) -> None:
    """`amoot.percent-u`: what JavaScript's `escape` makes."""
    await client.control("PATCH", "/choices", {"amoot.percent-u": option})

    fields = "Token=SANDBOX-TOKEN&SendDateTime=&LineNumber=Public&Mobiles=9121234567"
    await client.send("GET", f"/rest/SendSimple?{fields}&SMSMessageText=%u0633+x")

    assert (await client.control("GET", "/messages/latest")).json["text"] == text


async def test_what_was_said_of_a_body_stays_when_names_are_read_anew(client: Any) -> None:
    """Under exact names the fields are read once more; the body is not."""
    await client.control("PATCH", "/choices", {"esms.parameter-names": "exact"})

    await client.send(
        "POST",
        "/MainService.svc/json/SendMultipleMessage_V4_post_json/?ApiKey=SANDBOX-API-KEY&ApiKey=x",
        data=b'{"ApiKey":',
        headers={"Content-Type": "application/json"},
    )

    [entry] = (await client.control("GET", "/requests")).json["requests"]
    assert [each.partition(":")[0] for each in entry["warnings"]] == [
        "ApiKey came more than once",
        "the body is not JSON",
    ]
