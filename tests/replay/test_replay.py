"""A run is played again from its bundle: every answer comes out again, or the first difference is told."""

from __future__ import annotations

import gzip
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

ESMS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
TOKEN = {"Token": "SANDBOX-TOKEN"}
THUESIM = {"token": "SANDBOX-TOKEN"}
MAIN = "/MainService.svc/json"
NOON = {"mode": "frozen", "now": "2026-03-01T12:00:00+00:00"}
Play = Callable[..., Awaitable[tuple[int, str, str]]]
Fetch = Callable[..., Awaitable[Path]]


async def gencode(client: Any, phone: str = "0912345678", **more: str) -> Any:
    fields = {"Phone": phone, "Brandname": "Sandbox", "Type": "2", "message": "{OTP} là mã", "IsNumber": "1"} | more
    return await client.get(f"{MAIN}/SendMessageAutoGenCode_V4_get", **{**ESMS, **fields})


async def checkcode(client: Any, code: str, phone: str = "0912345678", **more: str) -> Any:
    return await client.get(f"{MAIN}/CheckCodeGen_V4_get", **{**ESMS, "Phone": phone, "Code": code, **more})


async def latest(client: Any) -> str:
    return str((await client.control("GET", "/messages/latest")).json["code"])


async def a_login_that_fails(client: Any) -> None:
    """Send, check, wait, and check too late."""
    await client.control("PUT", "/clock", NOON)
    await gencode(client)
    code = await latest(client)
    assert (await checkcode(client, "0")).json["CodeResult"] != "100"
    assert (await checkcode(client, code)).json["CodeResult"] == "100"
    await gencode(client)
    await client.control("POST", "/clock/advance", {"by": "1h"})
    assert (await checkcode(client, await latest(client))).json["CodeResult"] != "100"


async def test_a_failed_login_comes_out_again(client: Any, bundle: Fetch, played: Play) -> None:
    await a_login_that_fails(client)

    status, out, err = await played(await bundle())

    assert (status, out, err) == (0, "all 5 answers came out again, byte for byte\n", "")


async def test_it_comes_out_again_in_a_lane_of_a_sandbox_that_runs(
    client: Any, bundle: Fetch, played: Play, sandbox: Any
) -> None:
    """The lane is made for it, and deleted; nothing else there is touched."""
    await a_login_that_fails(client)
    path, before = await bundle(), (await client.control("GET", "/requests")).json

    status, out, err = await played(path, "--url", client.url)

    assert (status, out, err) == (0, "all 5 answers came out again, byte for byte\n", "")
    assert (await client.control("GET", "/requests")).json == before
    assert len(sandbox.registry) == 1


async def test_deeds_of_the_control_api_are_done_again(client: Any, bundle: Fetch, played: Play) -> None:
    """Pins, accounts, choices, forced states, inbound messages, SMS to rentals, moves of the clock, and resets."""
    await client.control("PUT", "/clock", NOON)
    await client.control("PUT", "/codes/0912345678", {"code": "135790"})
    await gencode(client)
    await client.control("PATCH", "/accounts/esms", {"balance": 100})
    await gencode(client)
    await client.control("PATCH", "/lanes/default", {"accounts": {"esms": {"balance": 10_000}}, "clock": NOON})
    await client.control("PATCH", "/choices", {"esms.code-case": "ignore", "esms.second-code": "keep-all"})
    await gencode(client)
    await checkcode(client, "135790")
    message = (await client.control("GET", "/messages/latest")).json
    await client.control("POST", f"/messages/{message['id']}/status", {"state": "failed"})
    await client.get(f"{MAIN}/GetBalance/{ESMS['ApiKey']}/{ESMS['SecretKey']}")
    await client.control("PATCH", "/accounts/thuesim", {"arrival": "manual"})
    await client.get("/api/register-service/", serviceId="02.97", **THUESIM)
    rental = (await client.control("GET", "/rentals")).json["rentals"][0]
    await client.control("POST", f"/rentals/{rental['id']}/sms", {"text": "la 1234"})
    await client.get("/api/", show="code", ID=rental["id"], **THUESIM)
    await client.control("POST", "/inbound", {"from": "09120000000", "to": "public", "text": "salam"})
    await client.get("/rest/RecieveNewMessages", LineNumber="public", **TOKEN)
    await client.control("POST", "/messages/wait", {"count": 9, "within": "10m"})
    await client.control("POST", "/reset", {"what": ["accounts", "clock", "codes"]})
    await gencode(client)
    await client.control("DELETE", "/codes/0912345678")
    await checkcode(client, await latest(client))

    status, out, err = await played(await bundle())

    count = len((await client.control("GET", "/requests")).json["requests"])
    assert (status, out, err) == (0, f"all {count} answers came out again, byte for byte\n", "")


async def test_every_provider_and_every_way_to_send_comes_out_again(client: Any, bundle: Fetch, played: Play) -> None:
    """Query, path, form, JSON, multipart, XML; by header; right, wrong and missing credentials; unknown paths."""
    await client.control("PUT", "/clock", NOON)
    sent = {"SMSMessageText": "سلام 1234", "LineNumber": "public", "Mobile": "9120000000"}
    sms = {"Phone": "0912345678", "Content": "xin chào", "Brandname": "Sandbox", "SmsType": "2"}
    xml = "".join(f"<{name.upper()}>{value}</{name.upper()}>" for name, value in {**ESMS, "Content": "x"}.items())
    await client.get("/rest/SendSimple", **sent, **TOKEN)
    await client.send("POST", "/rest/SendSimple", data={**sent, **TOKEN})
    await client.send("POST", "/rest/SendSimple", json={**sent, **TOKEN})
    await client.send("POST", "/rest/SendSimple", data=_multipart({**sent, **TOKEN}))
    await client.send("POST", f"{MAIN}/SendMultipleMessage_V4_post_json/", json={**sms, **ESMS})
    await client.send("POST", "/MainService.svc/xml/SendMultipleMessage_V4/", data=f"<RQST>{xml}</RQST>")
    for headers in ({"Authorization": "SANDBOX-TOKEN"}, {"Authorization": "wrong"}, {"Authorization": "0" * 40}):
        await client.send("GET", "/rest/AccountStatus", headers=headers)
    for fields in (
        {},
        {"Token": "wrong"},
        {"Token": "A" * 40},
        {"UserName": "sandbox", "Password": "sandbox"},
        {"UserName": "sandbox", "Password": "wrong"},
        {"UserName": "nobody", "Password": "wrong"},
        {"UserName": "sandbox"},
        {"Password": "sandbox"},
    ):
        await client.get("/rest/AccountStatus", **fields)
    await gencode(client, ApiKey="wrong")
    await gencode(client, SecretKey="wrong")
    await client.send("GET", f"{MAIN}/GetBalance/{ESMS['ApiKey']}/wrong")
    await client.send("POST", f"{MAIN}/SendMultipleMessage_V4_post_json/", data="{", headers=_JSON)
    await client.get("/api/", show="balance", token="wrong")
    await client.get("/api/", show="balance", **THUESIM)
    await client.get("/api/", show="nothing", **THUESIM)
    await client.get("/nowhere", a="b")
    await client.send("DELETE", "/rest/SendSimple")
    await gencode(client, phone="0900000103")

    path = await bundle()
    status, out, err = await played(path)

    count = len((await client.control("GET", "/requests")).json["requests"])
    assert (status, err) == (0, ""), out
    assert out.endswith(f"all {count} answers came out again, byte for byte\n")
    assert "goes by its fields alone" in out
    assert "SANDBOX" not in path.read_text("utf-8")


_JSON = {"Content-Type": "application/json"}


def _multipart(fields: dict[str, str]) -> Any:
    import aiohttp  # noqa: PLC0415

    with aiohttp.MultipartWriter("form-data") as writer:
        for name, value in fields.items():
            writer.append(value).set_content_disposition("form-data", name=name)
    return writer


async def test_the_first_member_that_differs_is_told(
    client: Any, bundle: Fetch, played: Play, changed: Callable[..., None]
) -> None:
    await a_login_that_fails(client)
    path = await bundle()

    def price(document: Any) -> None:
        for which in ("beginning", "state"):
            document[which]["tables"]["accounts"]["esms"]["balance"] = 0

    changed(path, price)
    status, out, _ = await played(path)

    lines = out.splitlines()
    assert status == 1
    assert lines[0].startswith("req-1 SendMessageAutoGenCode_V4_get at 2026-03-01T12:00:00+00:00: CodeResult was")
    assert '"100" and is "103"' in lines[0]
    assert lines[-1].endswith("answers are the same, byte for byte")


async def test_what_the_journal_has_forgotten_is_told(client: Any, bundle: Fetch, played: Play) -> None:
    """The answers may differ then, and the reader knows why."""
    await client.control("PUT", "/clock", NOON)
    await gencode(client)
    code = await latest(client)
    await client.control("DELETE", "/requests")
    await checkcode(client, code)

    status, out, _ = await played(await bundle())

    assert status == 1
    assert out.startswith("1 requests are no longer in the journal")


async def test_after_a_reset_the_new_life_is_played(client: Any, bundle: Fetch, played: Play) -> None:
    """Numbers go on there, as they did."""
    await a_login_that_fails(client)
    await client.control("POST", "/reset", {})
    await client.control("PUT", "/clock", NOON)
    await gencode(client)

    status, out, _ = await played(await bundle())

    assert (status, out) == (0, "all 1 answers came out again, byte for byte\n")


async def test_a_restored_lane_can_be_played_from_its_own_beginning(client: Any, bundle: Fetch, played: Play) -> None:
    """Journal and deeds come with the snapshot."""
    await a_login_that_fails(client)
    lane = (await client.control("POST", "/lanes", {})).json
    snapshot = (await client.control("GET", "/snapshot")).json
    await client.control("PUT", f"/lanes/{lane['id']}/snapshot", snapshot)

    status, out, _ = await played(await bundle(lane["id"]))

    assert (status, out) == (0, "all 5 answers came out again, byte for byte\n")


async def test_a_lane_that_went_back_is_played_without_what_came_undone(
    client: Any, bundle: Fetch, played: Play
) -> None:
    """Nothing of it is missing; what is forgotten afterwards is."""
    await client.control("PUT", "/clock", NOON)
    await gencode(client)
    snapshot = (await client.control("GET", "/snapshot")).json
    for _ in range(2):
        await gencode(client)
        await gencode(client)
        await client.control("PUT", "/snapshot", snapshot)
    await gencode(client)

    status, out, _ = await played(await bundle())
    await client.control("DELETE", "/requests")
    _, emptied, _ = await played(await bundle())

    assert (status, out) == (0, "all 2 answers came out again, byte for byte\n")
    assert emptied.startswith("2 requests are no longer in the journal")


async def test_a_lane_with_a_seed_choices_and_accounts_of_its_own_comes_out_again(
    client: Any, bundle: Fetch, played: Play
) -> None:
    """Its credentials are not in the bundle."""
    wanted = {"seed": 99, "choices": {"esms.code-case": "ignore"}, "accounts": {"esms": {"balance": 1000}}}
    lane = (await client.control("POST", "/lanes", wanted)).json
    own = lane["credentials"]["esms"]
    for _ in range(3):
        await gencode(client, **own)

    path = await bundle(lane["id"])
    status, out, _ = await played(path)

    assert (status, out) == (0, "all 3 answers came out again, byte for byte\n")
    assert not any(value in path.read_text("utf-8") for held in lane["credentials"].values() for value in held.values())


async def test_callbacks_do_not_go_out_again(client: Any, bundle: Fetch, played: Play) -> None:
    """The customer's server hears of a run once."""
    from aiohttp import web  # noqa: PLC0415

    heard = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(request.path)
        return web.Response()

    server = web.Server(hear)  # type: ignore[arg-type]
    runner = web.ServerRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    await client.control("PUT", "/clock", NOON)
    await gencode(client, CallbackUrl=f"http://127.0.0.1:{port}/told")
    await client.control("PATCH", "/accounts/thuesim", {"callback_url": f"http://127.0.0.1:{port}/told"})
    await client.get("/api/register-service/", serviceId="02.97", **THUESIM)
    await client.control("POST", "/clock/advance", {"by": "1h"})
    [callback, *_] = (await client.control("GET", "/callbacks")).json["callbacks"]
    await client.control("POST", f"/callbacks/{callback['id']}/replay", {})
    count = len(heard)
    assert count >= 2

    status, out, _ = await played(await bundle())

    await runner.cleanup()
    assert (status, len(heard)) == (0, count)
    assert "callbacks do not go out a second time" in out


async def test_a_packed_bundle_is_played_too(client: Any, bundle: Fetch, played: Play) -> None:
    await a_login_that_fails(client)
    path = await bundle()
    path.write_bytes(gzip.compress(path.read_bytes()))

    status, out, _ = await played(path)

    assert (status, out) == (0, "all 5 answers came out again, byte for byte\n")


async def test_a_large_bundle_comes_packed_to_who_takes_it(client: Any) -> None:
    for _ in range(40):
        await gencode(client)
    url = f"{client.url}/_sandbox/v1/bundle"

    async with client.session.get(url, headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert (await packed.json())["kind"] == "otp-sandbox bundle"
    async with client.session.get(url, headers={"Accept-Encoding": "identity"}) as plain:
        assert "Content-Encoding" not in plain.headers
        assert (await plain.json())["kind"] == "otp-sandbox bundle"


def _with(document: Any, **more: Any) -> None:
    document.update(more)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda document: _with(document, kind="other"), "kind: is not 'otp-sandbox bundle'"),
        (lambda document: _with(document, format=2), "format: is not 1"),
        (lambda document: _with(document, sandbox="0.0.0"), "sandbox: is not"),
        (lambda document: document.pop("beginning"), "beginning"),
        (lambda document: _with(document, state=[]), "Expected `object`"),
        (lambda document: _with(document["state"], counts=[]), "counts"),
        (lambda document: _with(document["state"]["logs"], requests=[{"place": 1}]), "entry"),
        (lambda document: _with(document["state"]["logs"], requests=[{"place": 1, "entry": {"id": 5}}]), "id"),
        (lambda document: _with(document["beginning"], more=1), "the snapshot is not right"),
        (lambda document: _with(document["beginning"]["tables"]["accounts"]["esms"], balance="x"), "balance"),
    ],
)
async def test_a_bundle_that_is_wrong_is_one_line(  # noqa: PLR0917  (fixtures)
    client: Any, bundle: Fetch, played: Play, changed: Callable[..., None], change: Callable[[Any], Any], said: str
) -> None:
    await a_login_that_fails(client)
    path = await bundle()
    changed(path, change)

    status, out, err = await played(path)

    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert said in err


@pytest.mark.parametrize("packed", [False, True])
async def test_a_bundle_that_is_cut_is_one_line(client: Any, bundle: Fetch, played: Play, packed: bool) -> None:  # noqa: FBT001
    """Packed or not, wherever it is cut."""
    await a_login_that_fails(client)
    path = await bundle()
    data = gzip.compress(path.read_bytes()) if packed else path.read_bytes()

    for length in (0, 1, 20, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:length])
        status, out, err = await played(path)

        assert (status, out) == (2, "")
        assert len(err.splitlines()) == 1
        assert "bundle" in err


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"PK\x03\x04", b"[]", b"null", b"\x1f\x8bnothing", b"[" * 200_000])
async def test_a_file_that_is_something_else_is_one_line(tmp_path: Path, played: Play, data: bytes) -> None:
    path = tmp_path / "some.json"
    path.write_bytes(data)

    status, out, err = await played(path)

    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1


async def test_a_file_that_is_not_there_is_one_line(tmp_path: Path, played: Play) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        status, out, err = await played(path)

        assert (status, out) == (2, "")
        assert "cannot be read" in err


async def test_a_snapshot_is_no_bundle(client: Any, tmp_path: Path, played: Play) -> None:
    path = tmp_path / "snapshot.json"
    path.write_text((await client.control("GET", "/snapshot")).text, "utf-8")

    status, _, err = await played(path)

    assert status == 2
    assert "kind" in err


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "ftp://x", "nonsense"])
async def test_where_no_sandbox_answers_is_one_line(client: Any, bundle: Fetch, played: Play, url: str) -> None:
    path = await bundle()

    status, out, err = await played(path, "--url", url)

    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1


async def test_the_bundle_of_a_lane_says_what_it_is_of(client: Any, bundle: Fetch) -> None:
    """Versions, the beginning, and the present."""
    await a_login_that_fails(client)

    document = json.loads((await bundle()).read_text("utf-8"))

    assert document.keys() == {"kind", "format", "sandbox", "versions", "made_at", "now", "beginning", "state"}
    assert document["now"] == "2026-03-01T13:00:00+00:00"
    assert document["beginning"]["tables"]["accounts"]["esms"]["balance"] == 1_000_000
    assert document["state"]["tables"]["accounts"]["esms"]["balance"] == 998_300
    assert len(document["state"]["logs"]["messages"]) == 2
    assert [each["entry"]["path"] for each in document["state"]["logs"]["control_writes"]] == [
        "/clock",
        "/clock/advance",
    ]


async def test_no_secret_is_in_a_bundle(client: Any, bundle: Fetch, played: Play) -> None:
    """Neither the lane's own nor what stands in addresses, wherever a client or a test put them."""
    wanted = {"credentials": {"amoot": {"Token": "A-TOKEN-OF-MY-OWN"}}}
    lane = (await client.control("POST", "/lanes", wanted)).json
    secrets = [value for held in lane["credentials"].values() for value in held.values()]
    key = lane["credentials"]["esms"]["ApiKey"]
    below = f"/lanes/{lane['id']}"
    await client.control("PUT", f"{below}/clock", NOON)
    callback = f"http://user:password-1@127.0.0.1:9/x?token={key}"
    assert (await client.control("PATCH", f"{below}/accounts/thuesim", {"callback_url": callback})).status == 200
    await client.control("POST", f"{below}/inbound", {"from": "09120000000", "to": "public", "text": f"my key {key}"})
    down = {"status": 503, "body": f"{key} is down: {callback}"}
    fault = {"match": {"operation": "GetBalance"}, "action": {"http": down}}
    assert (await client.control("POST", f"{below}/faults", fault)).status == 201
    await gencode(client, **lane["credentials"]["esms"], message=f"{{OTP}} {key}", CallbackUrl=callback)
    path = f"{MAIN}/GetBalance/{key}/wrong-secret-1234"
    await client.send("GET", path, headers={"Host": f"{key}.example"})
    await client.send("GET", "/rest/AccountStatus", headers={"Authorization": "Bearer A-TOKEN-OF-MY-OWN"})
    await client.control("POST", f"{below}/clock/advance", {"by": "5s"})

    text = (await bundle(lane["id"])).read_text("utf-8")

    assert [each for each in (*secrets, "password-1", "wrong-secret-1234") if each in text] == []
    assert '"control_writes"' in text
    assert (await played(await bundle(lane["id"])))[0] in (0, 1)


async def test_a_fault_of_the_server_is_no_traceback(client: Any, bundle: Fetch, played: Play, sandbox: Any) -> None:
    """The sandbox at --url may be stopped, or be something else."""
    path = await bundle()
    await sandbox.server.stop()

    status, out, err = await played(path, "--url", client.url)

    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1


async def test_a_number_that_was_rented_by_hand_comes_out_again(client: Any, bundle: Fetch, played: Play) -> None:
    """Also the address of a recording: it is at the host that is asked."""
    rental = (await client.control("POST", "/rentals", {})).json
    await client.control("POST", f"/rentals/{rental['id']}/call", {"code": "1234"})
    answer = await client.get("/api/", show="code", ID=rental["id"], **THUESIM)
    assert answer.json["Result"]["CallFile"].startswith(f"{client.url}/audio/")

    status, out, err = await played(await bundle())

    assert (status, out, err) == (0, "all 1 answers came out again, byte for byte\n", "")
