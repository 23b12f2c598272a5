"""The schema of the settings file says of a file what the server says of it, as far as a schema can."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from otp_sandbox.app import Unusable, build, credential_keys
from otp_sandbox.cli import main
from otp_sandbox.contract import Provider
from otp_sandbox.settings import READERS, SettingError, Settings, gathered
from otp_sandbox.web.control.settings_schema import PATH, settings_schema
from test_settings import BAD, GOOD

BEYOND_A_SCHEMA = [
    ("host", "\udcff"),  # no file that is UTF-8 can hold it
    ("control_token", "s3cr\udcff"),
    ("allowed_hosts", ["a", "\udcff"]),
    ("allowed_hosts", "a,\udcff"),
    ("callback_targets", "10.0.0.1/8"),
    ("store", "redis://:s3cret@localhost:x"),
    ("store_password", "s3c\udcff"),
    ("store_sync", "1m1ms"),
    ("lane_idle", "0s"),
    ("lane_idle", "3653d1ms"),
    ("lane_idle", "999999999d"),
]
"""What only the start tells: arithmetic, and what is no text."""

FILES = [
    "",
    'callback_targets = ["loopback", "10.0.0.0/8", "fd00::/8", "my_app", "hooks.example"]\n',
    '[lanes.default]\nttl = "90m"\n',
    '[lanes.a]\nseed = -1\nany_sender = true\nclock = {mode = "frozen", now = "2026-01-31T12:00:00+07:00"}\n',
    '[lanes.a.clock]\nmode = "offset"\noffset = "PT2M"\n',
    '[lanes.a.choices]\n"esms.second-code" = "keep-all"\n',
    '[lanes.a.credentials.esms]\nApiKey = "K"\n[lanes.a.credentials.amoot]\nToken = "T"\n',
    "[lanes.a.accounts.esms]\nbalance = 5\n",
    '[lanes.a.accounts.esms]\nbrandnames = {add = [{name = "MyShop", templates = ["{OTP} la ma"]}]}\n',
    '[[lanes.a.accounts.esms.brandnames]]\nname = "MyShop"\n',
    "[lanes.a.accounts.amoot.user]\ndisabled = true\n",
    '[lanes.a.accounts.thuesim]\narrival_delay = "500ms"\narrival = "manual"\n',
]
WRONG_FILES = [
    "prot = 1\n",
    "lanes = 5\n",
    "[lanes]\na = 5\n",
    '[lanes.a]\nid = "b"\ntll = "1h"\n',
    '[lanes."a b"]\n',
    '[lanes.a]\nttl = "soon"\n',
    "[lanes.a]\nttl = 5\n",
    "[lanes.a]\nseed = 9223372036854775808\n",
    '[lanes.a]\nseed = "1"\n',
    "[lanes.a]\nany_sender = 1\n",
    '[lanes.a.clock]\nmode = "fast"\n',
    '[lanes.a.clock]\noffset = "2m"\n',
    '[lanes.a.clock]\nmode = "offset"\noffset = "soon"\n',
    '[lanes.a.choices]\n"esms.nothing" = "keep-all"\n',
    '[lanes.a.choices]\n"esms.second-code" = "nothing"\n',
    '[lanes.a.credentials.esms]\nApiKye = "K"\n',
    '[lanes.a.credentials.esms]\nApiKey = ""\n',
    '[lanes.a.credentials.nobody]\nApiKey = "K"\n',
    '[lanes.a.accounts.esms]\nbalance = "5"\n',
    "[lanes.a.accounts.esms]\nblance = 5\n",
    "[lanes.a.accounts.nobody]\nbalance = 5\n",
    "[[lanes.a.accounts.esms.brandnames]]\ntype = 2\n",
    '[[lanes.a.accounts.esms.brandnames]]\nname = "MyShop"\ntype = 3\n',
    "[lanes.a.accounts.esms.brandnames]\nadd = 5\n",
    "[lanes.a.accounts.amoot.user]\ndisabled = 1\n",
    '[lanes.a.accounts.thuesim]\narrival_delay = "later"\n',
    '[lanes.a.accounts.thuesim]\narrival = "never"\n',
]


@pytest.fixture(scope="module")
def schema(providers: Mapping[str, Provider]) -> jsonschema.Draft202012Validator:
    made = settings_schema(providers.values())
    jsonschema.Draft202012Validator.check_schema(made)
    return jsonschema.Draft202012Validator(json.loads(json.dumps(made)))


async def starts(path: Path, providers: Mapping[str, Provider]) -> bool:
    """Say whether a sandbox starts with a file."""
    try:
        settings = gathered({"config": str(path), "port": 0}, {}, credential_keys(providers))
        sandbox = build(settings, providers=providers)
        await sandbox.start()
    except (SettingError, Unusable):
        return False
    await sandbox.stop()
    return True


def test_every_setting_is_in_it(schema: jsonschema.Draft202012Validator) -> None:
    """With its default, which is right itself."""
    properties = schema.schema["properties"]

    assert set(properties) == {*READERS, "lanes"}
    assert schema.is_valid({name: each["default"] for name, each in properties.items() if "default" in each})
    assert properties["port"]["default"] == Settings().port


def in_file(name: str, value: Any) -> Any:
    """Write a list as a file has it."""
    if isinstance(value, str) and READERS[name].schema.get("type") == "array":
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


@pytest.mark.parametrize(("name", "value"), [row[:2] for row in GOOD])
def test_what_the_server_reads_is_right(schema: jsonschema.Draft202012Validator, name: str, value: Any) -> None:
    """In a file a number is a number: texts that stand for one are for the environment."""
    for_environment = isinstance(value, str) and READERS[name].schema.get("type") in ("integer", "boolean")

    assert schema.is_valid({name: in_file(name, value)}) is not for_environment


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, value, _ in BAD if (name, value) not in BEYOND_A_SCHEMA]
)
def test_what_the_server_refuses_is_wrong(schema: jsonschema.Draft202012Validator, name: str, value: Any) -> None:
    assert not schema.is_valid({name: in_file(name, value)})


@pytest.mark.parametrize("text", FILES)
async def test_a_good_file_is_good_for_both(
    schema: jsonschema.Draft202012Validator, tmp_path: Path, providers: Mapping[str, Provider], text: str
) -> None:
    path = tmp_path / "sandbox.toml"
    path.write_text(text, "utf-8")

    assert [each.message for each in schema.iter_errors(tomllib.loads(text))] == []
    assert await starts(path, providers)


@pytest.mark.parametrize("text", WRONG_FILES)
async def test_a_wrong_file_is_wrong_for_both(
    schema: jsonschema.Draft202012Validator, tmp_path: Path, providers: Mapping[str, Provider], text: str
) -> None:
    path = tmp_path / "sandbox.toml"
    path.write_text(text, "utf-8")

    assert not schema.is_valid(tomllib.loads(text))
    assert not await starts(path, providers)


async def test_it_is_served_without_the_token(start: Any, client: Any, providers: Mapping[str, Provider]) -> None:
    """An editor fetches it by its address, and has no token."""
    sandbox = await start(Settings(control_token="s3cret"))

    answer = await type(client)(sandbox.server.url, client.session).send("GET", PATH)

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/schema+json"
    assert answer.json == json.loads(json.dumps(settings_schema(providers.values())))


def test_the_command_prints_what_is_served(
    capsys: pytest.CaptureFixture[str], providers: Mapping[str, Provider]
) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(settings_schema(providers.values())))
