"""The endpoints that give a lane as one document, and take it back: the snapshot, and the bundle of a failed run."""

from __future__ import annotations

import asyncio
import gzip
import platform
from typing import Final

import msgspec
import orjson

from otp_sandbox.contract import Reply
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.content import Content
from otp_sandbox.domain.record import replace
from otp_sandbox.lanes.accounts import Invalid
from otp_sandbox.lanes.lane import BEGINNING, BEGINNINGS, Lane, LaneRecord
from otp_sandbox.lanes.restoring import read
from otp_sandbox.lanes.secrets import MASK
from otp_sandbox.lanes.snapshots import (
    BUNDLE_FORMAT,
    BUNDLE_KIND,
    BYTES_MOST,
    Encode,
    Snapshot,
    TooLarge,
    masked,
    masking,
    take,
    write,
)
from otp_sandbox.lanes.tables import ORIGINS
from otp_sandbox.lanes.writes import CONTROL_WRITES
from otp_sandbox.version import VERSION
from otp_sandbox.web.control.endpoint import Control, ControlEndpoint, ControlRequest, Json
from otp_sandbox.web.control.file_schemas import BundleShape, SnapshotShape
from otp_sandbox.web.control.schemas import LaneShape
from otp_sandbox.web.control.views import lane_view
from otp_sandbox.web.problems import Problem

_PACKED_FROM: Final = 64 * 1024
"""Bytes from which on a bundle is packed for a client that takes it so."""


async def _get(request: ControlRequest) -> Reply:
    control = request.control
    snapshot = await take(control.store, request.lane)
    return Reply(await _written(control, snapshot, control.coding.encoded))


async def _written(control: Control, snapshot: Snapshot, encoded: Encode) -> bytes:
    try:
        return await write(snapshot, encoded, control.providers)
    except TooLarge as error:
        raise Problem(409, f"{error}; forget requests (DELETE …/requests) or messages first") from error


async def _put(request: ControlRequest) -> LaneShape:
    control, lane = request.control, request.lane
    try:
        snapshot = await read(request.body, control.coding, control.providers, control.real_now())
    except Invalid as error:
        errors = [(field or "body", detail) for field, detail in error.errors]
        told = "; ".join(f"{field}: {detail}" for field, detail in errors)
        raise Problem(422, f"the snapshot is not right: {told}", errors) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem(400, f"the body is not JSON: {error}") from error
    await control.registry.restore(lane, snapshot.record, snapshot.content)
    await control.schedule.settle_and_arm(lane)
    return lane_view(lane, request.base_url)


async def _bundle(request: ControlRequest) -> Reply:
    control, lane = request.control, request.lane
    state = await take(control.store, lane)
    redactor, kept = control.redactor, (CONTROL_WRITES.name,)
    encoded = masking(control.coding.encoded, redactor.value, redactor.is_plain, kept)
    head = {
        "kind": BUNDLE_KIND,
        "format": BUNDLE_FORMAT,
        "sandbox": VERSION,
        "versions": {"python": platform.python_version(), "platform": platform.platform()},
        "made_at": control.real_now(),
        "now": lane.now(),
    }
    parts = [
        await _written(control, Snapshot(_without_secrets(each.record, control), each.content), encoded)
        for each in (_beginning(lane, state.content), state)
    ]
    body = b'%b,"beginning":%b,"state":%b}' % (orjson.dumps(head)[:-1], *parts)
    headers = {"Content-Disposition": f'attachment; filename="{lane.id}.bundle.json"', "Vary": "Accept-Encoding"}
    if len(body) >= _PACKED_FROM and "gzip" in request.http.headers.get("Accept-Encoding", "").lower():
        body = await asyncio.to_thread(gzip.compress, body, 6)
        headers["Content-Encoding"] = "gzip"
    return Reply(body, headers=headers)


def _beginning(lane: Lane, content: Content) -> Snapshot:
    """Give the lane as its present life began."""
    origin = lane.origin
    record = LaneRecord(lane.id, 0, origin, origin.clock, origin.choices, lane.created_at)
    accounts = content.records.get(ORIGINS, {})
    began = Content({ACCOUNTS: accounts, ORIGINS: accounts})
    beginning = content.records.get(BEGINNINGS, {}).get(BEGINNING[1])
    if beginning is not None:
        began.place, began.counts = beginning.place, dict(beginning.counts)
    return Snapshot(record, began)


def _without_secrets(record: LaneRecord, control: Control) -> LaneRecord:
    """Mask the credentials, and what else stands in it: a fault may answer with a text that holds one."""
    credentials = {name: dict.fromkeys(each, MASK) for name, each in record.origin.credentials.items()}
    bare = replace(record, origin=replace(record.origin, credentials=credentials))
    return msgspec.convert(masked(msgspec.to_builtins(bare), control.redactor.value), LaneRecord)


ENDPOINTS = [
    ControlEndpoint(
        "GET", "/snapshot", "The whole lane as JSON, its credentials too", _get, SnapshotShape, problems=(409,)
    ),
    ControlEndpoint(
        "PUT",
        "/snapshot",
        "Put a snapshot in the place of all that is in the lane",
        _put,
        LaneShape,
        body=Json,
        body_most=BYTES_MOST,
    ),
    ControlEndpoint(
        "GET", "/bundle", "One file to play a failed run again, secrets masked", _bundle, BundleShape, problems=(409,)
    ),
]
