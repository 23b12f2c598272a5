"""The endpoints of callbacks: list them with every attempt, send one again."""

from __future__ import annotations

from otp_sandbox.domain.callbacks import CALLBACKS
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest
from otp_sandbox.web.control.paging import page
from otp_sandbox.web.control.reading import Page
from otp_sandbox.web.control.schemas import CallbackShape, CallbacksShape
from otp_sandbox.web.control.views import callback_view
from otp_sandbox.web.problems import Problem


async def _list(request: ControlRequest) -> CallbacksShape:
    callbacks, cursor, more = await page(request, CALLBACKS)
    return {
        "callbacks": [callback_view(each, request.control.redactor) for each in callbacks],
        "cursor": cursor,
        "more": more,
    }


async def _replay(request: ControlRequest) -> CallbackShape:
    with request.control.schedule.looking_again(request.lane):
        tried = await request.control.sender.send(request.lane, request.path["id"])
    if tried is None:
        raise Problem(404, f"callback {request.path['id']} does not exist in lane {request.lane.id}")
    request.control.schedule.arm(request.lane, await request.control.store.next_due(request.lane.key))
    return callback_view(tried, request.control.redactor)


ENDPOINTS = [
    ControlEndpoint("GET", "/callbacks", "List callbacks, newest last", _list, CallbacksShape, query=Page),
    ControlEndpoint("POST", "/callbacks/{id}/replay", "Send a callback again", _replay, CallbackShape, problems=(404,)),
]
