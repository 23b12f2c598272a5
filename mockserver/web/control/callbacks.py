"""Callbacks: every attempt with its exchange; sent again on demand."""

from __future__ import annotations

from mockserver.domain.callbacks import CALLBACKS
from mockserver.web.control.paging import page
from mockserver.web.control.reading import Page
from mockserver.web.control.shapes import CallbackShape, CallbacksShape
from mockserver.web.control.showing import callback_shape
from mockserver.web.control.table import Asked, ControlEndpoint
from mockserver.web.problems import Problem


async def _list(asked: Asked) -> CallbacksShape:
    callbacks, cursor = await page(asked, CALLBACKS)
    return {"callbacks": [callback_shape(each) for each in callbacks], "cursor": cursor}


async def _replay(asked: Asked) -> CallbackShape:
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
