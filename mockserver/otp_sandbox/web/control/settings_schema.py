"""The settings file as a JSON Schema, by which editors complete it and underline what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

import orjson
from pydantic import TypeAdapter

from otp_sandbox.contract import Provider, Reply
from otp_sandbox.lanes import durations
from otp_sandbox.lanes.registry import CREDENTIAL_MOST
from otp_sandbox.settings import READERS, Settings
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest, Json
from otp_sandbox.web.control.lanes import LaneWanted

PATH: Final = "/_sandbox/settings.schema.json"
_KIND: Final = "application/schema+json"
_ID: Final = "^[A-Za-z0-9][A-Za-z0-9._~-]{0,99}$"
_DURATION: Final = {"type": "string", "pattern": durations.PATTERN, "description": '"2m1s", "500ms" or ISO 8601'}


def settings_schema(providers: Iterable[Provider]) -> Json:
    """Make the schema: settings as their readers take them, lanes as `POST /lanes` does, but for their id."""
    definitions: Json = {}
    played = list(providers)
    lane = TypeAdapter(LaneWanted).json_schema(ref_template="#/$defs/{model}")
    definitions |= lane.pop("$defs", {})
    fields = lane["properties"]
    del fields["id"]
    fields["accounts"] = _members({each.name: _account(each, definitions) for each in played})
    fields["credentials"] = _members({each.name: _credentials(each) for each in played})
    fields["choices"] = _members(
        {
            choice.id: {"enum": list(choice.options or {}), "description": choice.text}
            for each in played
            for choice in each.spec.choices.values()
        }
    )
    fields["ttl"] = _DURATION
    clock = definitions["ClockWanted"]["properties"]
    clock |= {"mode": {"enum": ["real", "offset", "frozen"]}, "offset": _DURATION}
    clock["now"] = {"type": "string", "format": "date-time"}
    definitions["Lane"] = lane
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of otp-sandbox",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **{name: {**reader.schema, **_default(name)} for name, reader in READERS.items()},
            "lanes": {
                "type": "object",
                "propertyNames": {"pattern": _ID},
                "additionalProperties": {"$ref": "#/$defs/Lane"},
            },
        },
        "$defs": _without_nulls(definitions),
    }


def _default(name: str) -> Json:
    value = getattr(Settings(), name)
    if value is None:  # which no file can say
        return {}
    return {"default": durations.spell(value) if isinstance(value, timedelta) else value}


def _members(properties: Mapping[str, Any]) -> Json:
    return {"type": "object", "additionalProperties": False, "properties": dict(properties)}


def _credentials(provider: Provider) -> Json:
    held = {"type": "string", "minLength": 1, "maxLength": CREDENTIAL_MOST}
    return _members(dict.fromkeys(provider.identity.fields, held))


def _account(provider: Provider, definitions: Json) -> Json:
    """Give the schema of a patch of an account; the entries of its lists go to the definitions."""
    whole = TypeAdapter(provider.accounts.type).json_schema(ref_template=f"#/$defs/{provider.name}.{{model}}")
    parts = {f"{provider.name}.{name}": each for name, each in whole.pop("$defs", {}).items()}
    definitions |= {name: _spelled(each) for name, each in parts.items()}
    return _patch(whole, parts)


def _patch(schema: Json, parts: Json) -> Json:
    """Give the schema of what is merged into a value: any member may be missing, and a list may be added to."""
    if "$ref" in schema:
        return _patch(parts[schema["$ref"].removeprefix("#/$defs/")], parts)
    if "anyOf" in schema:
        return schema | {"anyOf": [_patch(each, parts) for each in schema["anyOf"]]}
    if schema.get("type") == "array":
        added = {"type": "object", "additionalProperties": False, "required": ["add"], "properties": {"add": schema}}
        return {"anyOf": [schema, added]}
    if "properties" in schema:
        members = {name: _patch(each, parts) for name, each in schema["properties"].items()}
        return {name: each for name, each in schema.items() if name != "required"} | {"properties": members}
    spelled: Json = _spelled(schema)
    return spelled


def _spelled(schema: Any) -> Any:
    """Let lengths of time be spelled as everywhere in the control API."""
    if isinstance(schema, dict):
        if schema.get("format") == "duration":
            kept = {name: each for name, each in schema.items() if name not in ("type", "format")}
            return kept | _DURATION
        return {name: _spelled(each) for name, each in schema.items()}
    return [_spelled(each) for each in schema] if isinstance(schema, list) else schema


def _without_nulls(schema: Any) -> Any:
    """Take out defaults that a file cannot write."""
    if isinstance(schema, dict):
        return {name: _without_nulls(each) for name, each in schema.items() if not (name == "default" and each is None)}
    return [_without_nulls(each) for each in schema] if isinstance(schema, list) else schema


async def _get(request: ControlRequest) -> Reply:
    """Make it in a thread: it takes some hundredths of a second."""
    schema = await asyncio.to_thread(settings_schema, request.control.providers.values())
    return Reply(orjson.dumps(schema), _KIND)


ENDPOINTS = [
    ControlEndpoint(
        "GET",
        PATH,
        "The settings file as JSON Schema, for editors",
        _get,
        Json,
        lane=False,
        content_type=_KIND,
        root="",
        public=True,
    ),
]
