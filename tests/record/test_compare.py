"""A recording is played in a sandbox, and the choices are proposed with which it answers as the target did."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

ESMS = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
TOKEN = {"Token": "SANDBOX-TOKEN"}
MAIN = "/MainService.svc/json"
SENT = {"Phone": "0912345678", "Brandname": "Sandbox", "Type": "2", "message": "{OTP} là mã", "IsNumber": "1"}
Compare = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
async def compare(start: Any, tmp_path: Path) -> Compare:
    """Write a recording into a file and compare it with a sandbox of its own, by the command."""
    sandbox = await start()

    async def run(lines: list[bytes], *more: str, url: str = sandbox.server.url) -> tuple[int, str, str]:
        path = tmp_path / "heard.jsonl"
        path.write_bytes(b"".join(lines))
        words = ["compare", "--recording", str(path), "--target", url, *more]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "otp_conformance.cli", *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()

    return run


async def gencode(client: Any, **more: str) -> Any:
    return await client.get(f"{MAIN}/SendMessageAutoGenCode_V4_get", **{**ESMS, **SENT, **more})


async def checkcode(client: Any, code: str) -> Any:
    return await client.get(f"{MAIN}/CheckCodeGen_V4_get", **ESMS, Phone=SENT["Phone"], Code=code)


async def latest(client: Any) -> str:
    return str((await client.control("GET", "/messages/latest")).json["code"])


async def two_codes(client: Any, recorded: Any) -> None:
    """Two sends, and then both codes are checked."""
    codes = []
    for _ in range(2):
        await gencode(recorded.client)
        codes.append(await latest(client))
    for code in codes:
        await checkcode(recorded.client, code)


async def test_a_target_like_the_sandbox_needs_no_choice(client: Any, record: Any, compare: Compare) -> None:
    """Codes and ids are other ones there, and that is no difference."""
    recorded = await record()
    await two_codes(client, recorded)
    sent = await gencode(recorded.client, Phone="0987654321")
    await recorded.client.get(f"{MAIN}/GetSendStatus", **ESMS, RefId=sent.json["SMSID"])
    await recorded.client.get("/rest/AccountStatus", **TOKEN)
    await recorded.client.send("GET", "/rest/AccountStatus", headers={"Authorization": "SANDBOX-TOKEN"})
    await recorded.client.send("GET", f"{MAIN}/GetBalance/{ESMS['ApiKey']}/{ESMS['SecretKey']}")
    body = {**ESMS, "Phone": "0912345678", "Content": "x", "Brandname": "Sandbox", "SmsType": "2"}
    await recorded.client.send("POST", f"{MAIN}/SendMultipleMessage_V4_post_json/", json=body)
    xml = "".join(f"<{name.upper()}>{value}</{name.upper()}>" for name, value in body.items())
    await recorded.client.send("POST", "/MainService.svc/xml/SendMultipleMessage_V4/", data=f"<RQST>{xml}</RQST>")
    count = len(recorded.exchanges)

    status, out, err = await compare(recorded.lines)

    assert (status, out, err) == (0, f"{count} of {count} answers have the code that was recorded\n", "")


async def test_the_choice_that_fits_is_proposed(
    client: Any, record: Any, compare: Compare, tmp_path: Path, start: Any
) -> None:
    """And with the configuration that is written nothing differs any more."""
    await client.control("PATCH", "/choices", {"esms.second-code": "keep-all"})
    recorded = await record()
    await two_codes(client, recorded)

    status, out, err = await compare(recorded.lines, "--write-choices", str(tmp_path / "choices.toml"))

    assert (status, err) == (2, "")
    lines = out.splitlines()
    assert lines[0].startswith("otherwise: 3. CheckCodeGen_V4_get at ")
    assert "recorded code 100 (HTTP 200), played code" in lines[0]
    assert lines[1:] == [
        "3 of 4 answers have the code that was recorded",
        "proposed choice: esms.second-code = keep-all",
        "with what is proposed: 4 of 4",
    ]
    assert (tmp_path / "choices.toml").read_text("utf-8") == (
        '[lanes.default.choices]\n"esms.second-code" = "keep-all"\n'
    )


async def test_several_choices_are_proposed_together(client: Any, record: Any, compare: Compare) -> None:
    await client.control("PATCH", "/choices", {"esms.second-code": "keep-all", "esms.code-case": "ignore"})
    recorded = await record()
    await two_codes(client, recorded)
    await gencode(recorded.client, IsNumber="0", Phone="0987654321")
    code = (await latest(client)).lower()
    assert code.upper() != code
    first = await recorded.client.get(f"{MAIN}/CheckCodeGen_V4_get", **ESMS, Phone="0987654321", Code=code)
    assert first.json["CodeResult"] == "100"

    status, out, _ = await compare(recorded.lines)

    assert status == 2
    assert "proposed choice: esms.second-code = keep-all" in out
    assert out.splitlines()[-1] == "with what is proposed: 6 of 6"


async def test_lanes_that_were_made_are_deleted(client: Any, record: Any, compare: Compare) -> None:
    recorded = await record()
    await two_codes(client, recorded)

    status, _, _ = await compare(recorded.lines, url=client.url)

    assert status == 0
    assert [each["id"] for each in (await client.control("GET", "/lanes")).json["lanes"]] == ["default"]


async def test_a_last_line_that_was_cut_is_left_out(client: Any, record: Any, compare: Compare) -> None:
    """The recorder was killed in the middle of it."""
    recorded = await record()
    await two_codes(client, recorded)

    status, out, _ = await compare([*recorded.lines[:-1], recorded.lines[-1][:50]])

    assert (status, out) == (0, "3 of 3 answers have the code that was recorded\n")


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [b"{}\n"],
        [b"nonsense\n"],
        [b'{"kind":"otp-sandbox recording","format":2}\n'],
        [b'{"kind":"otp-sandbox recording","format":1}\n', b"{}\n"],
        [b'{"kind":"otp-sandbox recording","format":1}\n', b"nonsense\n"],
    ],
)
async def test_what_is_no_recording_is_one_line(compare: Compare, lines: list[bytes]) -> None:
    status, out, err = await compare(lines)

    assert (status, out) == (4, "")
    assert len(err.splitlines()) == 1


async def test_where_no_sandbox_answers_is_one_line(record: Any, compare: Compare) -> None:
    recorded = await record()

    status, out, err = await compare(recorded.lines, url="http://127.0.0.1:9")

    assert (status, out) == (3, "")
    assert len(err.splitlines()) == 1


async def test_an_empty_recording_proves_nothing(record: Any, compare: Compare) -> None:
    recorded = await record()

    status, _, err = await compare(recorded.lines)

    assert status == 3
    assert "nothing was recorded" in err
