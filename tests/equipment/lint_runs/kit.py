"""Who makes the calls, and what a run is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

NOON = "2026-03-01T12:00:00+00:00"
PHONE = "0912345678"
JSON = "/MainService.svc/json"
GENCODE = f"{JSON}/SendMessageAutoGenCode_V4_get"
CHECKCODE = f"{JSON}/CheckCodeGen_V4_get"
SEND = f"{JSON}/SendMultipleMessage_V4_post_json/"


@dataclass
class Caller:
    """A client of the default lane, whose clock stands at noon. `hook` takes callbacks and answers `hook.status`."""

    client: Any
    hook: Any

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.client.control(method, path, body)
        assert answer.status < 300, answer.text
        return answer.json

    async def wait(self, by: str) -> None:
        await self.control("POST", "/clock/advance", {"by": by})

    async def pin(self, code: str, phone: str = PHONE) -> None:
        await self.control("PUT", f"/codes/{phone}", {"code": code})

    async def latest(self) -> Any:
        return await self.control("GET", "/messages/latest")

    async def esms(self, path: str, **fields: str) -> Any:
        """Ask eSMS with a query."""
        keys = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
        return (await self.client.get(path, **{**keys, **fields})).json

    async def gencode(self, **fields: str) -> Any:
        usual = {"Phone": PHONE, "Brandname": "Sandbox", "Type": "2", "message": "{OTP} is it", "TimeAlive": "5"}
        return await self.esms(GENCODE, **{**usual, **fields})

    async def check(self, code: str, **fields: str) -> Any:
        return await self.esms(CHECKCODE, **{"Phone": PHONE, "Code": code, **fields})

    async def send(self, **fields: str) -> Any:
        """Have eSMS send a text of the client's own."""
        usual = {"Phone": PHONE, "Content": "Hello", "Brandname": "Sandbox", "SmsType": "2"}
        keys = {"ApiKey": "SANDBOX-API-KEY", "SecretKey": "SANDBOX-SECRET-KEY"}
        return (await self.client.send("POST", SEND, json={**keys, **usual, **fields})).json

    async def amoot(self, operation: str, **fields: str) -> Any:
        """Ask Amoot with a form, the token in the header."""
        headers = {"Authorization": "SANDBOX-TOKEN"}
        return (await self.client.send("POST", f"/rest/{operation}", data=fields, headers=headers)).json

    async def send_otp(self, **fields: str) -> Any:
        usual = {"Mobile": "9120000000", "SMSMessageText": "%code%", "LineNumber": "public", "CodeLength": "4"}
        return await self.amoot("SendOTP", **{**usual, "SendDateTime": "", **fields})

    async def thuesim(self, path: str, **fields: str) -> Any:
        return (await self.client.get(path, **{"token": "SANDBOX-TOKEN", **fields})).json

    async def rent(self, service: str = "02.97") -> str:
        """Rent a number; give its ID as the control API has it."""
        await self.thuesim("/api/register-service/", serviceId=service)
        return str((await self.control("GET", "/rentals"))["rentals"][-1]["id"])

    async def code(self, rental: str) -> Any:
        return await self.thuesim("/api/", show="code", ID=rental)

    async def findings(self) -> dict[str, Any]:
        """Ask for the lint."""
        return {each["rule"]: each for each in (await self.control("GET", "/lint"))["findings"]}


Play = Callable[[Caller], Awaitable[Any]]


class Run(NamedTuple):
    """A run in which a rule finds something and says `detail` of `requests`; and a run without any of it."""

    bad: Play
    detail: str
    requests: tuple[str, ...]
    good: Play
