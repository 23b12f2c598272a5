"""A number of thuesim as the place where a code of another provider is read."""

from __future__ import annotations

import asyncio
import re
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import orjson

from otp_conformance.codes import Asker
from otp_conformance.stops import CouldNotRun

_PROVIDER: Final = "thuesim"


class RentalChannel:
    """Rents a number for each case that reads a code there. It is paid like any other rental: interval and bound count.

    Args:
        service: what is rented for.
        patience: seconds in which the code has to arrive.
        pause: seconds between two looks.
    """

    def __init__(self, service: str, patience: float = 120.0, pause: float = 3.0) -> None:
        self._service = service
        self._patience = patience
        self._pause = pause
        self._rental = ""

    async def prepare(self, asker: Asker, *, rents: bool) -> str:
        """Rent a number, and give it.

        Raises:
            CouldNotRun: none could be rented.
        """
        self._rental = ""
        if not rents:
            return ""
        answer = await asker.other(_PROVIDER).call("register_service", serviceId=self._service)
        phone = _member(answer.json, "RequestLog", "Phone") or _member(answer.json, "data", "phone_number")
        if not phone:
            raise CouldNotRun(f"no number could be rented: {answer.describe()}")
        # As it is written: the id has two decimals, and a zero at its end counts. The page's second schema has a text.
        rental = re.search(r'"(?:ID|request_id)"\s*:\s*"?(\d+(?:\.\d+)?)', answer.text)
        if rental is None:
            raise CouldNotRun(f"the rental has no ID: {answer.describe()}")
        self._rental = rental[1]
        return str(phone)

    async def read(self, asker: Asker, phone: str) -> str:
        """Look until the message that was sent has arrived, and give the code in it. Others send there, too.

        Raises:
            CouldNotRun: it does not come in time.
        """
        if not self._rental:
            raise CouldNotRun(f"no number was rented for {phone}")
        sent, renter, others = _text_sent(asker), asker.other(_PROVIDER), ""
        for _ in range(max(1, int(self._patience / self._pause))):
            answer = await renter.call("code", ID=self._rental)
            code = _member(answer.json, "Result", "Code") or _member(answer.json, "data", "Code")
            text = _member(answer.json, "Result", "SMS") or _member(answer.json, "data", "SmsContent")
            if sent and isinstance(text, str):
                code = asker.wire.code_in(sent, text)
                others = "" if code else ", but another message did"
            if code:
                return str(code)
            await asyncio.sleep(self._pause)
        raise CouldNotRun(f"no code arrived at the rented number{others}")


def _text_sent(asker: Asker) -> str:
    """Give the text of the last send, with its mark for the code; nothing, where the provider is told none."""
    if asker.wire.told_text is None:
        return ""
    name, mark = asker.wire.told_text
    for exchange in reversed(asker.exchanges):
        sent: dict[str, Any] = dict(parse_qsl(urlsplit(exchange.url).query))
        try:
            held = orjson.loads(exchange.body or "null")
        except orjson.JSONDecodeError:
            held = dict(parse_qsl(exchange.body))
        text = {**sent, **(held if isinstance(held, dict) else {})}.get(name)
        if isinstance(text, str) and mark in text:
            return text
    return ""


def _member(body: Any, outer: str, inner: str) -> Any:
    """Read a member of a member, None where there is none."""
    held = body.get(outer) if isinstance(body, dict) else None
    return held.get(inner) if isinstance(held, dict) else None
