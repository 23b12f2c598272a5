"""Clients as they are found in the wild, unchanged: requests, urllib, curl, fetch, and the tricks that they play.

Every client in every manner: `tests/clients`.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

import pytest

KEYS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
TOKEN = {"token": "SANDBOX-TOKEN"}
GENCODE = "/MainService.svc/json/SendMessageAutoGenCode_V4_get"
CHECKCODE = "/MainService.svc/json/CheckCodeGen_V4_get"
SEND = {**KEYS, "Phone": "0901888484", "Brandname": "Sandbox", "Type": "2", "message": "{OTP} la ma"}
SEND_OTP = {"SMSMessageText": "پیامک تستی من", "LineNumber": "public", "Mobile": "9120000000", "CodeLength": "4"}
with_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
with_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


async def run(*command: str) -> str:
    """Run a program to its end; it must end well."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "NO_PROXY": "*", "no_proxy": "*"},
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0, err.decode()
    return out.decode()


async def curl(*arguments: str) -> str:
    return await run("curl", "-q", "--silent", "--show-error", "--max-time", "20", *arguments)


async def node(script: str, *arguments: str) -> Any:
    """Run a script that prints JSON."""
    return json.loads(await run("node", "-e", script, "--", *arguments))


async def latest(client: Any, to: str = "0901888484") -> Any:
    """Give the newest message to a phone."""
    return (await client.control("GET", f"/messages/latest?to={quote(to)}")).json


async def last_request(client: Any) -> Any:
    """Give the newest entry of the journal."""
    return (await client.control("GET", "/requests?limit=1")).json["requests"][-1]


def code_of(body: str) -> str:
    """Read a result code as clients do that look for text: no blanks between name and value."""
    return body.partition('"CodeResult":"')[2].partition('"')[0]


# requests and urllib


async def test_requests_lives_through_a_whole_login(client: Any) -> None:
    """Query by params, a session with keep-alive, answers by json()."""
    requests = pytest.importorskip("requests")

    def login(code: str | None) -> list[Any]:
        with requests.Session() as session:
            session.trust_env = False
            if code is None:
                return [session.get(client.url + GENCODE, params=SEND, timeout=20).json()]
            check = {**KEYS, "Phone": "0901888484", "Code": code}
            return [session.get(client.url + CHECKCODE, params=check, timeout=20).json() for _ in range(2)]

    sent = await asyncio.to_thread(login, None)
    checked = await asyncio.to_thread(login, (await latest(client))["code"])

    assert [each["CodeResult"] for each in (*sent, *checked)] == ["100", "100", "117"]
    assert {"CodeResult", "CountRegenerate", "SMSID"} == set(sent[0])


@pytest.mark.parametrize("how", ["params", "data", "json", "files"])
async def test_requests_reaches_amoot_with_every_kind_of_body(client: Any, how: str) -> None:
    """Query on a POST, form, JSON and multipart read alike."""
    requests = pytest.importorskip("requests")
    fields: Any = {**SEND_OTP, "Token": "SANDBOX-TOKEN", "SendDateTime": ""}
    if how == "files":
        fields = {name: (None, text) for name, text in fields.items()}

    def post() -> Any:
        with requests.Session() as session:
            session.trust_env = False
            return session.post(client.url + "/rest/SendOTP", timeout=20, **{how: fields}).json()

    answer = await asyncio.to_thread(post)

    message = await latest(client, "9120000000")
    assert answer["Status"] == "Success"
    assert message["text"] == f"پیامک تستی من\n{answer['Data']['Code']}"


async def test_urllib_reads_an_answer_of_each_provider(client: Any) -> None:
    """GET three times, and a POST with a form; whatever is not 2xx would be raised."""
    opener = build_opener(ProxyHandler({}))

    def ask() -> list[Any]:
        bodies = []
        for path, fields, data in (
            (GENCODE, SEND, None),
            ("/rest/SendOTP", {**SEND_OTP, "Token": "SANDBOX-TOKEN"}, None),
            ("/rest/SendOTP", {}, urlencode({**SEND_OTP, "Token": "SANDBOX-TOKEN"}).encode()),
            ("/api/", {"show": "balance", **TOKEN}, None),
            (GENCODE, {}, None),
        ):
            with opener.open(Request(f"{client.url}{path}?{urlencode(fields)}", data), timeout=20) as answer:
                bodies.append(json.load(answer))
        return bodies

    esms, by_get, by_post, balance, refused = await asyncio.to_thread(ask)

    assert esms["CodeResult"] == "100"
    assert (by_get["Status"], by_post["Status"]) == ("Success", "Success")
    assert balance["data"] == {"balance": 123_456}
    assert refused["CodeResult"] == "101"


# curl, as the pages print it


@with_curl
async def test_the_gencode_call_of_the_page_works_as_printed(client: Any) -> None:
    """--location --globoff, a double slash, literal braces; blanks as browsers and older curls send them."""
    query = (
        "?Phone=0901888484&ApiKey=SANDBOX-API-KEY&SecretKey=SANDBOX-SECRET-KEY&TimeAlive=2&Brandname=Baotrixemay"
        "&Type=2&message={OTP}%20la%20ma%20xac%20minh%20dang%20ky%20Baotrixemay%20cua%20ban"
    )

    body = await curl(
        "--location", "--globoff", f"{client.url}/MainService.svc/json//SendMessageAutoGenCode_V4_get{query}"
    )

    assert code_of(body) == "100"
    message = await latest(client)
    assert message["text"] == f"{message['code']} la ma xac minh dang ky Baotrixemay cua ban"


@with_curl
async def test_the_checkcode_call_of_the_page_works_as_printed(client: Any) -> None:
    """The code of the page, pinned; then again."""
    await client.control("PUT", "/codes/0901888484", {"code": "1NTTJ6"})
    await client.get(GENCODE, **SEND)
    url = f"{client.url}{CHECKCODE}?ApiKey=SANDBOX-API-KEY&SecretKey=SANDBOX-SECRET-KEY&Phone=0901888484&Code=1NTTJ6"

    first, second = await curl("--location", "--globoff", url), await curl("--location", "--globoff", url)

    assert first == '{"CodeResult":"100","CountRegenerate":0,"ErrorMessage":"0901888484, Content: Success!"}'
    assert second == (
        '{"CodeResult":"117","CountRegenerate":0,"ErrorMessage":"0901888484, Content: 1NTTJ6 Code Invalid"}'
    )


@with_curl
async def test_placeholders_that_nobody_filled_in_are_refused_calmly(client: Any) -> None:
    """The page's own line, braces and its typo included."""
    body = await curl(
        "--globoff",
        client.url + CHECKCODE + "?ApiKey={{ApiKey}}&SecretKey={{SecretKey}}&Phone={{{Phone}}&Code={{Code}}",
    )

    assert code_of(body) == "101"


@with_curl
@pytest.mark.parametrize("path", ["/api/?show=balance&token=SANDBOX-TOKEN", "/api?show=balance&token=SANDBOX-TOKEN"])
async def test_thuesim_answers_with_and_without_the_slash(client: Any, path: str) -> None:
    """Without a redirect: curl does not follow any here."""
    body = await curl(client.url + path)

    assert body == '{"status_code":200,"success":true,"message":"successful","data":{"balance":123456}}'


@with_curl
@pytest.mark.parametrize("bar", ["|", "%7C"])
async def test_thuesim_takes_bars_raw_and_encoded(client: Any, bar: str) -> None:
    """`carries=VINAPHONE|VIETTEL|` and `yPrefix=96|97|98|`, as printed."""
    filters = f"carries=VINAPHONE{bar}VIETTEL{bar}&yPrefix=96{bar}97{bar}98{bar}&nPrefix=97{bar}98{bar}"

    body = await curl("--globoff", f"{client.url}/api/register-service/?serviceId=02.97&token=SANDBOX-TOKEN&{filters}")

    assert json.loads(body)["RequestLog"]["Phone"].startswith(" 096")


@with_curl
async def test_a_form_after_expect_100_continue_is_read(client: Any) -> None:
    """As .NET's WebClient and PHP's curl send it, token in the header."""
    form = [part for name, text in SEND_OTP.items() for part in ("--data-urlencode", f"{name}={text}")]

    body = await curl(
        "-H", "Expect: 100-continue", "-H", "Authorization: SANDBOX-TOKEN", *form, client.url + "/rest/SendOTP"
    )

    assert json.loads(body)["Status"] == "Success"
    assert (await last_request(client))["warnings"] == []


@with_curl
async def test_a_multipart_form_of_curl_is_read(client: Any) -> None:
    """`-F`, as the provider's pages show it."""
    form = [part for name, text in {**SEND_OTP, "Token": "SANDBOX-TOKEN"}.items() for part in ("-F", f"{name}={text}")]

    body = await curl(*form, client.url + "/rest/SendOTP")

    assert json.loads(body)["Status"] == "Success"


@with_curl
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "text/plain", ""])
async def test_a_get_may_have_a_content_type_and_a_body(client: Any, kind: str) -> None:
    """Clients that set both on everything are answered from the query."""
    url = f"{client.url}{GENCODE}?{urlencode(SEND)}"

    body = await curl("-X", "GET", "-H", f"Content-Type: {kind}", "--data", '{"Phone":"0900000103","Type":"9"}', url)

    assert code_of(body) == "100"


@with_curl
async def test_a_compressed_answer_may_be_asked_for(client: Any) -> None:
    """Plain or compressed, it reads the same."""
    body = await curl("--compressed", f"{client.url}{GENCODE}?{urlencode(SEND)}")

    assert code_of(body) == "100"


# fetch

FETCH = """
const [url, options] = process.argv.slice(-2);
fetch(url, JSON.parse(options)).then(async (r) =>
  process.stdout.write(JSON.stringify({status: r.status, type: r.headers.get("content-type"), body: await r.json()})));
"""


@with_node
async def test_fetch_logs_in(client: Any) -> None:
    """URL-encoded by the platform, read by json()."""
    sent = await node(FETCH, f"{client.url}{GENCODE}?{urlencode(SEND)}", "{}")
    code = (await latest(client))["code"]
    checked = await node(
        FETCH, f"{client.url}{CHECKCODE}?{urlencode({**KEYS, 'Phone': '+84901888484', 'Code': code})}", "{}"
    )

    assert (sent["status"], sent["type"], sent["body"]["CodeResult"]) == (200, "application/json; charset=utf-8", "100")
    assert checked["body"]["ErrorMessage"] == "+84901888484, Content: Success!"


@with_node
async def test_fetch_posts_numbers_where_texts_are_documented(client: Any) -> None:
    """What the program holds: numbers for CodeLength and Mobile, a null, a boolean."""
    body = {**SEND_OTP, "Mobile": 9120000000, "CodeLength": 4, "SendDateTime": None, "IsVoice": True}
    options = {"method": "POST", "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}

    answer = await node(FETCH, client.url + "/rest/SendOTP?Token=SANDBOX-TOKEN", json.dumps(options))

    assert answer["body"]["Status"] == "Success"
    assert answer["body"]["Data"]["Mobile"] == 9120000000


# tricks that are known from the wild


def upper(fields: dict[str, str]) -> dict[str, str]:
    return {name.upper(): text for name, text in fields.items()}


def lower(fields: dict[str, str]) -> dict[str, str]:
    return {name.lower(): text for name, text in fields.items()}


def swapped(fields: dict[str, str]) -> dict[str, str]:
    """Give the first letter of each name the other case."""
    return {name[0].swapcase() + name[1:]: text for name, text in fields.items()}


@pytest.mark.parametrize("spell", [upper, lower, swapped])
async def test_names_of_parameters_match_in_any_case_where_dotnet_answers(client: Any, spell: Any) -> None:
    """At eSMS and Amoot: all capitals, all small, or another first letter."""
    esms = await client.get(GENCODE, **spell(SEND))
    amoot = await client.get("/rest/SendOTP", **spell({**SEND_OTP, "Token": "SANDBOX-TOKEN"}))

    assert esms.json["CodeResult"] == "100"
    assert amoot.json["Status"] == "Success"


async def test_names_of_parameters_are_exact_where_php_answers(client: Any) -> None:
    """`Token` is not `token` at thuesim, and `SHOW` no query."""
    assert (await client.get("/api/", show="balance", Token="SANDBOX-TOKEN")).json["status_code"] == 401
    assert (await client.get("/api/", SHOW="balance", **TOKEN)).json["status_code"] == -1


async def test_names_are_exact_at_esms_if_the_lane_says_so(client: Any) -> None:
    """Choice parameter-names: a key in another case counts as missing, and a right one still finds the lane."""
    await client.control("PATCH", "/choices", {"esms.parameter-names": "exact"})

    wrong_key = await client.get(GENCODE, **{**SEND, "apikey": SEND["ApiKey"], "ApiKey": ""})
    wrong_phone = await client.get(GENCODE, **{("phone" if name == "Phone" else name): SEND[name] for name in SEND})
    right = await client.get(GENCODE, **SEND)

    assert [each.json["CodeResult"] for each in (wrong_key, wrong_phone, right)] == ["101", "108", "100"]


@pytest.mark.parametrize(
    "path",
    [
        "/MainService.svc/json/SendMessageAutoGenCode_V4_get/",
        "//MainService.svc/json/SendMessageAutoGenCode_V4_get",
        "/MainService.svc//json//SendMessageAutoGenCode_V4_get//",
        "/mainservice.svc/JSON/sendmessageautogencode_v4_GET",
        "/MainService.svc/json/SendMessageAutoGenCode%5FV4%5Fget",
    ],
)
async def test_paths_of_esms_are_found_however_they_are_spelled(client: Any, path: str) -> None:
    """`esms.double-slash`, `esms.trailing-slash`, `esms.path-case`: slashes and case do not matter."""
    answer = await client.send("GET", f"{path}?&{urlencode(SEND)}&")

    assert answer.json["CodeResult"] == "100"


@pytest.mark.parametrize("phone", ["+84901888484", "%2B84901888484", "84901888484", "090.188.8484", "090+188+8484"])
async def test_a_plus_may_arrive_as_a_blank(client: Any, phone: str) -> None:
    """`Phone=+84…` unencoded is a blank and `84…`; it is the same phone, echoed as it arrived."""
    fields = {name: text for name, text in SEND.items() if name != "Phone"}
    sent = await client.send("GET", f"{GENCODE}?{urlencode(fields)}&Phone={phone}")
    code = (await latest(client))["code"]
    checked = await client.send("GET", f"{CHECKCODE}?{urlencode(KEYS)}&Phone={phone}&Code={code}")

    assert sent.json["CodeResult"] == "100"
    echo = phone.replace("+", " ").replace("%2B", "+")
    assert checked.json["ErrorMessage"] == f"{echo}, Content: Success!"


@pytest.mark.parametrize("text", ["{OTP} la ma", "%7BOTP%7D%20la%20ma", "{OTP}+la+ma", "%7bOTP%7d la ma"])
async def test_braces_and_blanks_of_the_message_may_be_raw_or_encoded(client: Any, text: str) -> None:
    """`esms.message-encoding`, `esms.plus-is-space`."""
    fields = {name: each for name, each in SEND.items() if name != "message"}

    sent = await client.send("GET", f"{GENCODE}?{urlencode(fields)}&message={text.replace(' ', '%20')}")

    message = await latest(client)
    assert sent.json["CodeResult"] == "100"
    assert message["text"] == f"{message['code']} la ma"


async def test_forty_five_minutes_are_accepted_and_become_ten(client: Any) -> None:
    """`esms.lifetime-range`: somebody sends 45 and expects 100; the journal says what holds."""
    sent = await client.get(GENCODE, **SEND, TimeAlive="45")

    [code] = (await client.control("GET", "/codes")).json["codes"]
    assert sent.json["CodeResult"] == "100"
    assert (await last_request(client))["warnings"] == ["TimeAlive is outside the range: 10 minutes hold"]
    assert code["expires_at"][:16] != code["issued_at"][:16]


async def test_a_query_on_a_json_post_is_merged_with_the_body(client: Any) -> None:
    """The body wins where both say something."""
    answer = await client.send(
        "POST", "/rest/SendOTP?Token=SANDBOX-TOKEN&CodeLength=9&LineNumber=public", json={**SEND_OTP, "CodeLength": 8}
    )

    assert len(answer.json["Data"]["Code"]) == 8


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", None])
async def test_an_empty_post_with_everything_in_the_query_is_read(client: Any, kind: str | None) -> None:
    """The vendor's own Odoo module does that."""
    headers = {"Content-Type": kind} if kind else {}

    answer = await client.send(
        "POST", f"/rest/SendOTP?{urlencode({**SEND_OTP, 'Token': 'SANDBOX-TOKEN'})}", headers=headers, data=b""
    )

    assert answer.json["Status"] == "Success"


async def test_json_that_calls_itself_a_form_is_read(client: Any) -> None:
    """Two official samples of Amoot do that."""
    answer = await client.send(
        "POST",
        "/rest/SendOTP",
        headers={"Content-Type": "application/x-www-form-urlencoded", "Authorization": "SANDBOX-TOKEN"},
        data=json.dumps(SEND_OTP).encode(),
    )

    assert answer.json["Status"] == "Success"


@pytest.mark.parametrize("header", ["SANDBOX-TOKEN", "Bearer SANDBOX-TOKEN", "bearer SANDBOX-TOKEN"])
async def test_a_token_of_amoot_may_come_in_the_header(client: Any, header: str) -> None:
    """Raw as the pages say, or as a bearer's."""
    answer = await client.send("GET", f"/rest/SendOTP?{urlencode(SEND_OTP)}", headers={"Authorization": header})

    assert answer.json["Status"] == "Success"


async def test_data_is_one_object_with_the_documented_types(client: Any) -> None:
    """Typed clients read Mobile and MessageID as numbers, Code as text."""
    answer = await client.get("/rest/SendOTP", **SEND_OTP, Token="SANDBOX-TOKEN")

    data = answer.json["Data"]
    assert {name: type(value) for name, value in data.items()} == {
        "Mobile": int,
        "MessageID": int,
        "Code": str,
        "Status": str,
    }


async def test_every_refusal_of_business_is_an_http_success(client: Any) -> None:
    """Clients that throw on any non-2xx must get to read the code."""
    answers = [
        await client.get(GENCODE),
        await client.get(CHECKCODE, **KEYS),
        await client.get("/rest/SendOTP"),
        await client.get("/api/", show="code"),
        await client.get("/api/"),
        await client.get("/api/register-service/"),
        await client.get("/api/rephone/"),
    ]

    assert [each.status for each in answers] == [200] * 7
