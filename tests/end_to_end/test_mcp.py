"""The command `otp-sandbox mcp`, spoken to by the client of the protocol's own package."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.shared.exceptions import MCPError

import otp_specs
from otp_sandbox.commands.mcp_server import make_server
from otp_sandbox.settings import Settings

PHONE = "0901888484"
NOON = "2026-01-31T12:00:00+07:00"
Call = Callable[..., Any]


class Agent:
    """Calls tools as an agent does."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def call(self, tool: str, **fields: Any) -> Any:
        """Call a tool; give what it answers."""
        result = await self.client.call_tool(tool, fields)
        assert not result.is_error, result.content
        assert result.structured_content == json.loads(result.content[0].text)
        return result.structured_content

    async def refused(self, tool: str, **fields: Any) -> str:
        """Call a tool that must not succeed; give what it says."""
        result = await self.client.call_tool(tool, fields)
        assert result.is_error
        return str(result.content[0].text)

    async def gencode(self, lane: Any, **changes: str) -> Any:
        """Send GENCODE; give its answer."""
        fields = {"Phone": PHONE, "Brandname": "MyShop", "Type": "2", "message": "{OTP}", "TimeAlive": "2"}
        path = "/MainService.svc/json/SendMessageAutoGenCode_V4_get?"
        return await self.call("send_request", path=path + urlencode(fields | lane["credentials"]["esms"] | changes))

    async def checkcode(self, lane: Any, code: str) -> str:
        """Send CHECKCODE; give its result code."""
        fields = {"Phone": PHONE, "Code": code, **lane["credentials"]["esms"]}
        answer = await self.call("send_request", path=f"/MainService.svc/json/CheckCodeGen_V4_get?{urlencode(fields)}")
        return str(json.loads(answer["body"])["CodeResult"])


@pytest.fixture
async def agent(sandbox: Any) -> AsyncIterator[Agent]:
    """An agent of a sandbox that runs. Its client begins and ends in one task, as its package wants it."""
    began: asyncio.Queue[Client] = asyncio.Queue()
    over = asyncio.Event()

    async def hold() -> None:
        async with Client(make_server(Namespace(url=sandbox.server.url, config=None))) as client:
            began.put_nowait(client)
            await over.wait()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(hold())
        yield Agent(await began.get())
        over.set()


async def test_a_login_from_sending_to_checking(agent: Agent) -> None:
    """In a lane that knows every sender: send, read, check once, and not twice; the explanation says why."""
    lane = await agent.call("make_lane", name="login")
    sent = await agent.gencode(lane)
    read = await agent.call("wait_for_code", phone="+84901888484", lane="login")

    assert (sent["status"], json.loads(sent["body"])["CodeResult"]) == (200, "100")
    assert sent["headers"]["Content-Type"] == "application/json; charset=utf-8"
    assert (read["text"], read["message"]["sender"], read["near_misses"]) == (read["code"], "MyShop", [])
    assert [await agent.checkcode(lane, read["code"]) for _ in range(2)] == ["100", "117"]
    explained = await agent.call("explain_request", lane="login")
    assert explained["operation"] == "CheckCodeGen_V4_get"
    assert any("accepted before" in line for line in explained["explanation"])
    first = await agent.call("explain_request", request=read["message"]["request_id"], lane="login")
    assert first["operation"] == "SendMessageAutoGenCode_V4_get"


async def test_calls_do_not_wait_for_each_other(agent: Agent) -> None:
    """A code is waited for while it is sent, and the clock of another lane moves meanwhile."""
    lane, _ = await agent.call("make_lane", name="one"), await agent.call("make_lane", name="two")

    waited, *sent, moved = await asyncio.gather(
        agent.call("wait_for_code", phone=PHONE, lane="one", timeout="30s"),
        *(agent.gencode(lane, Phone=f"09018884{number}") for number in (84, *range(10, 30))),
        agent.call("advance_clock", by="1h", lane="two"),
    )

    assert waited["message"]["to"] == "+84901888484"
    assert {json.loads(each["body"])["CodeResult"] for each in sent} == {"100"}
    assert moved["offset"] == "1h"


async def test_only_what_came_after_a_cursor_is_waited_for(agent: Agent) -> None:
    lane = await agent.call("make_lane", name="again")
    await agent.gencode(lane)
    first = await agent.call("wait_for_code", phone=PHONE, lane="again")

    none = await agent.call("wait_for_code", phone=PHONE, lane="again", after=first["cursor"], timeout="0s")
    await agent.gencode(lane)
    second = await agent.call("wait_for_code", phone=PHONE, lane="again", after=first["cursor"])

    assert (none["code"], none["message"]) == (None, None)
    assert second["message"]["id"] != first["message"]["id"]


async def test_a_message_without_a_code_is_not_what_is_waited_for(agent: Agent) -> None:
    """Before and behind the code; it is shown where no code comes."""
    lane = await agent.call("make_lane", name="plain")
    fields = {"Token": lane["credentials"]["amoot"]["Token"], "LineNumber": "Public", "SendDateTime": ""}
    plain = f"/rest/SendSimple?{urlencode(fields | {'Mobiles': '9121234567', 'SMSMessageText': 'Hello'})}"
    coded = {"Mobile": "9121234567", "SMSMessageText": "%code%", "CodeLength": "4"}
    wait = {"tool": "wait_for_code", "phone": "9121234567", "lane": "plain"}

    await agent.call("send_request", path=plain)
    none = await agent.call(**wait, timeout="10ms")
    await agent.call("send_request", path=f"/rest/SendOTP?{urlencode(fields | coded)}")
    behind = await agent.call(**wait)
    await agent.call("send_request", path=plain)
    before = await agent.call(**wait)
    after = await agent.call(**wait, after=before["cursor"], timeout="0s")

    assert (none["code"], none["text"]) == (None, "Hello")
    assert behind["code"] == behind["text"] == before["code"]
    assert (after["code"], after["message"]) == (None, None)


async def test_a_send_that_was_refused_is_a_near_miss(agent: Agent) -> None:
    lane = await agent.call("make_lane", name="strict", any_sender=False)
    await agent.gencode(lane)

    missed = await agent.call("wait_for_code", phone=PHONE, lane="strict", timeout="0s")

    assert [each["outcome"] for each in missed["near_misses"]] == ["brandname_unknown"]
    assert "MyShop" in str(await agent.call("explain_request", lane="strict"))


async def test_the_clock_moves_only_when_told(agent: Agent) -> None:
    """A code is good until just before its end."""
    lane = await agent.call("make_lane", name="clock", frozen_at=NOON)
    for by, result in (("1m59s", "100"), ("2m", "117")):
        await agent.gencode(lane)
        code = (await agent.call("wait_for_code", phone=PHONE, lane="clock"))["code"]
        moved = await agent.call("advance_clock", by=by, lane="clock")
        assert moved["mode"] == "frozen"
        assert await agent.checkcode(lane, code) == result


async def test_a_fault_happens_until_it_is_cleared(agent: Agent) -> None:
    """The answer is lost, and the code was sent all the same."""
    lane = await agent.call("make_lane", name="fault")
    made = await agent.call("set_fault", preset="lost-ack", lane="fault", provider="esms", uses=5)
    path = "/MainService.svc/json/SendMessageAutoGenCode_V4_get?"
    fields = {"Phone": PHONE, "Brandname": "MyShop", "Type": "2", "message": "{OTP}", **lane["credentials"]["esms"]}

    lost = await agent.refused("send_request", path=path + urlencode(fields))
    sent = await agent.call("wait_for_code", phone=PHONE, lane="fault")
    await agent.call("clear_faults", lane="fault")

    assert made["uses_left"] == 5
    assert "no whole answer came" in lost
    assert sent["code"]
    assert (await agent.gencode(lane))["status"] == 200


async def test_lint_finds_what_the_client_did(agent: Agent) -> None:
    """A code that is asked for every moment."""
    lane = await agent.call("make_lane", name="lint")
    before = await agent.call("read_lint", lane="lint")
    for _ in range(3):
        await agent.gencode(lane)

    after = await agent.call("read_lint", lane="lint")

    assert before["findings"] == []
    assert after["findings"] != []


async def test_bodies_and_methods_go_as_they_are(agent: Agent) -> None:
    """A form and JSON of Amoot; a path that is not played has its provider's answer."""
    lane = await agent.call("make_lane", name="raw")
    fields = {"Token": lane["credentials"]["amoot"]["Token"], "Mobile": "9121234567", "CodeLength": "4"}
    fields |= {"LineNumber": "Public", "SMSMessageText": "کد %code%", "SendDateTime": ""}
    bodies = {"application/x-www-form-urlencoded": urlencode(fields), "application/json": json.dumps(fields)}

    for kind, body in bodies.items():
        request = {"path": "/rest/SendOTP", "method": "POST", "headers": {"Content-Type": kind}, "body": body}
        answer = await agent.call("send_request", **request)
        assert json.loads(answer["body"])["Status"] == "Success"
        assert answer["bytes"] == len(answer["body"].encode())
    assert (await agent.call("send_request", path="/rest/Nothing"))["status"] == 404


@pytest.mark.parametrize(
    ("tool", "fields", "words"),
    [
        ("send_request", {"path": "/_sandbox/v1/lanes"}, "a provider's path"),
        ("send_request", {"path": "http://example.com/"}, "a provider's path"),
        ("send_request", {"path": "@example.com/"}, "a provider's path"),
        ("send_request", {"path": "/rest/SendOTP?a=b c"}, "percent-encoded"),
        ("send_request", {"path": "/rest/SendOTP?a=\r\nX: y"}, "percent-encoded"),
        ("send_request", {"path": "/rest/SendOTP?a=mã"}, "percent-encoded"),
        ("send_request", {"path": "/", "headers": {"X": "a\r\nY: b"}}, "no whole answer"),
        ("send_request", {"path": "/", "headers": {"X\n": "a"}}, "no whole answer"),
        ("send_request", {"path": "/", "headers": {"X": "中"}}, "no whole answer"),
        ("send_request", {"path": "/", "method": "PATHC"}, "method"),
        ("send_request", {}, "path"),
        ("make_lane", {"name": "a b"}, "id"),
        ("make_lane", {"name": "default"}, "default"),
        ("make_lane", {"frozen_at": "noon"}, "clock.now"),
        ("make_lane", {"choices": {"esms.nothing": "x"}}, "choices.esms.nothing"),
        ("wait_for_code", {"phone": "nobody"}, "nobody"),
        ("wait_for_code", {"phone": "\udcff"}, ""),
        ("wait_for_code", {"phone": PHONE, "timeout": "61s"}, "timeout"),
        ("wait_for_code", {"phone": PHONE, "after": "x"}, "after"),
        ("wait_for_code", {"phone": PHONE, "lane": "nothing"}, "nothing"),
        ("advance_clock", {"by": "soon"}, "by"),
        ("advance_clock", {"by": "-1s"}, "by"),
        ("explain_request", {}, "no request came to lane default yet"),
        ("explain_request", {"request": "req-99"}, "req-99"),
        ("explain_request", {"request": "../lanes"}, "lanes"),
        ("set_fault", {"preset": "nothing"}, "lost-ack"),
        ("set_fault", {"preset": "down", "uses": 0}, "uses"),
        ("set_fault", {"preset": "down", "provider": "nobody"}, "provider"),
        ("clear_faults", {"lane": "../.."}, ".."),
        ("read_lint", {"lane": ""}, ""),
    ],
)
async def test_what_cannot_be_done_is_said(agent: Agent, tool: str, fields: dict[str, Any], words: str) -> None:
    """By an error that the agent reads and that names the field; the next call is answered."""
    assert words in await agent.refused(tool, **fields)
    assert (await agent.call("read_lint"))["findings"] == []


async def test_every_tool_and_field_says_what_it_is(agent: Agent) -> None:
    tools = (await agent.client.list_tools()).tools

    assert len(tools) == 8
    for tool in tools:
        assert tool.description
        fields = tool.input_schema.get("properties", {})
        assert [name for name, each in fields.items() if not each.get("description") and name != "method"] == []


async def test_resources_are_read_from_the_sandbox(agent: Agent, sandbox: Any) -> None:
    """The guide and the specs, with its own address, and each provider with its tables."""
    listed = {str(each.uri): each.mime_type for each in (await agent.client.list_resources()).resources}
    texts = {uri: (await agent.client.read_resource(uri)).contents[0].text for uri in listed}

    assert sandbox.server.url in texts["otp-sandbox://guide"]
    for name in otp_specs.available():
        spec = otp_specs.load(name)
        assert json.loads(texts[f"otp-sandbox://specs/{name}"])["servers"][0]["url"] == sandbox.server.url
        page = texts[f"otp-sandbox://providers/{name}"]
        assert [each.id for each in spec.behaviours if f"- {each.id} (" not in page] == []
        assert [each.name for each in spec.operations if f"- {each.name}: `" not in page] == []
        assert [each for each in spec.outcomes if f"({each}, " not in page] == []
    assert len(listed) == 1 + 2 * len(otp_specs.available())


async def test_a_sandbox_that_has_gone_is_told(start: Any) -> None:
    """Tools and resources alike; the server goes on."""
    sandbox = await start()
    async with Client(make_server(Namespace(url=sandbox.server.url, config=None))) as client:
        await sandbox.stop()
        assert "no sandbox answers" in await Agent(client).refused("read_lint")
        with pytest.raises(MCPError, match="no sandbox answers"):
            await client.read_resource("otp-sandbox://guide")


# the command


def environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("OTP_SANDBOX_")} | more


def spoken_to(*arguments: str, **env: str) -> Client:
    """Give a client that starts the command and speaks to it."""
    words = ["-m", "otp_sandbox.cli", "mcp", *arguments]
    return Client(stdio_client(StdioServerParameters(command=sys.executable, args=words, env=environment(**env))))


def run(*arguments: str, before: str = "pass", **env: str) -> subprocess.CompletedProcess[str]:
    program = f"import sys; {before}; from otp_sandbox.cli import main; sys.exit(main({['mcp', *arguments]!r}))"
    words = [sys.executable, "-c", program]
    return subprocess.run(
        words, input="", env=environment(**env), capture_output=True, text=True, timeout=60, check=False
    )


async def test_without_an_address_it_has_a_sandbox_of_its_own(tmp_path: Path) -> None:
    """With the settings of file and environment, on loopback, at a free port."""
    config = tmp_path / "sandbox.toml"
    config.write_text('control_token = "s3cret"\n[lanes.shop]\nany_sender = true\n', "utf-8")
    async with spoken_to("--config", str(config), OTP_SANDBOX_HOST="0.0.0.0", OTP_SANDBOX_PORT="1") as client:
        agent = Agent(client)
        lane = await agent.call("make_lane")
        await agent.gencode(lane)
        assert (await agent.call("wait_for_code", phone=PHONE, lane=lane["id"]))["code"]
        assert (await agent.call("read_lint", lane="shop"))["findings"] == []

    assert lane["base_url"].startswith("http://127.0.0.1:")
    assert not lane["base_url"].endswith(":1")


@pytest.mark.parametrize("way", ["flag", "variable"])
async def test_it_works_with_the_sandbox_that_is_named(start: Any, tmp_path: Path, way: str) -> None:
    """With the token that the file has."""
    sandbox = await start(Settings(control_token="s3cret"))
    config = tmp_path / "sandbox.toml"
    config.write_text('control_token = "s3cret"\n', "utf-8")
    url = sandbox.server.url
    flags, variables = (["--url", url], {}) if way == "flag" else ([], {"OTP_SANDBOX_URL": url})

    async with spoken_to("--config", str(config), *flags, **variables) as client:
        await Agent(client).call("make_lane", name="mine")

    assert sandbox.registry.get("mine") is not None


def test_it_ends_with_its_input() -> None:
    ended = run()

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "env", "words"),
    [
        (["--url", "http://127.0.0.1:1"], {}, "no sandbox answers at http://127.0.0.1:1"),
        ([], {"OTP_SANDBOX_URL": "nowhere"}, "nowhere is no http address"),
        ([], {"OTP_SANDBOX_SEED": "x"}, "OTP_SANDBOX_SEED"),
        (["--config", "nothing.toml"], {}, "nothing.toml"),
        (["--port", "x"], {}, "'x' is no port"),
    ],
)
def test_what_keeps_it_from_starting_is_one_line(arguments: list[str], env: dict[str, str], words: str) -> None:
    ended = run(*arguments, **env)

    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert words in ended.stderr


def test_without_the_extra_it_says_what_to_install() -> None:
    ended = run(before="sys.modules['mcp'] = None")

    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert "pip install '.[mcp]'" in ended.stderr
