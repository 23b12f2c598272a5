"""Callbacks: every attempt with its exchange; sent again on demand."""

from __future__ import annotations

from otp_sandbox.domain.callbacks import CALLBACKS
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest
from otp_sandbox.web.control.paging import page
from otp_sandbox.web.control.reading import Page
from otp_sandbox.web.control.schemas import CallbackShape, CallbacksShape
from otp_sandbox.web.control.views import callback_shape
from otp_sandbox.web.problems import Problem


async def _list(asked: ControlRequest) -> CallbacksShape:
    callbacks, cursor = await page(asked, CALLBACKS)
    return {"callbacks": [callback_shape(each) for each in callbacks], "cursor": cursor}


async def _replay(asked: ControlRequest) -> CallbackShape:
    callback = await asked.control.store.get(asked.lane.id, CALLBACKS, asked.path["id"])
    if callback is None:
        raise Problem(404, f"callback {asked.path['id']} does not exist in lane {asked.lane.id}")
    tried = await asked.control.sender.send(asked.lane, callback)
    asked.control.schedule.arm(asked.lane, await asked.control.store.next_due(asked.lane.id))
    return callback_shape(tried)


ENDPOINTS = [
    ControlEndpoint("GET", "/callbacks", "List callbacks, newest last", _list, CallbacksShape, query=Page),
    ControlEndpoint("POST", "/callbacks/{id}/replay", "Send a callback again", _replay, CallbackShape, problems=(404,)),
]
