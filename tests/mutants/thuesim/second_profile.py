"""Mistakes that somebody could make in the second schema of thuesim."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from mutants.kit import Mistake, both, instead, spelled, with_check
from mutants.thuesim import made
from mutants.thuesim.callbacks import called_back
from mutants.thuesim.rents import AGAIN, RENT, RENTS, refused
from otp_sandbox.contract import Call, Handler, Provider, Reply
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim.operations.rental.register_service import RegisterService
from otp_specs import Outcome


class LastServer(RegisterService):
    """Takes the last service with an id."""

    def service_key(self, call: Call, state: State) -> str:
        """The service that was added last, where no server is named."""
        asked = super().service_key(call, state)
        same = [each.key for each in call.account.services if str(each.ID) == call.text("serviceId")]
        return same[-1] if same else asked


def without_server(name: str) -> Callable[[Call, State], bool]:
    """Make a check that refuses ids without a server, whatever schema is played."""

    def check(call: Call, _: State) -> bool:
        return bool(call.text(name)) and "." not in call.text(name)

    return check


def of_first_schema(document: Any) -> Any:
    return {"RequestLog": None, "ResponseCode": document["status_code"], "Message": document["message"]}


def list_refusal(text: bytes) -> bool:
    return text.startswith(b'{"status_code"') and b'"success":false' in text


def one_rental(provider: Provider) -> Provider:
    """Show the newest rental of the history alone, as the page's list seems to."""

    def render(handler: Handler, call: Call, row: Outcome, verdict: Verdict) -> Reply:
        rentals: Any = verdict.facts.get("rentals")
        reply = provider.wire.render(handler, call, row, verdict)
        if not rentals or call.dialect.option("profile") != "list":
            return reply
        alone = provider.wire.render(handler, call, row, replace(verdict, facts={"rentals": rentals[:1]}))
        return replace(alone, body=alone.body.replace(b'"data":[{', b'"data":{').replace(b"}]}", b"}}"))

    return replace(provider, wire=replace(provider.wire, render=render))


def _servers_required() -> Mistake:
    return both(
        with_check("code", "session_malformed", without_server("ID")),
        both(
            with_check(RENT, "service_malformed", without_server("serviceId")),
            with_check(AGAIN, "rental_malformed", without_server("thuesim1")),
        ),
    )


WRITTEN: Final = (
    made(
        "list-request-with-server",
        "request_id has the server",
        spelled(rb'"request_id":"(\d+)"', rb'"request_id":"\1.01"', *RENTS),
    ),
    made(
        "list-phone-with-zero", "phone_number has its zero", spelled(b'"phone_number":"', b'"phone_number":"0', *RENTS)
    ),
    made(
        "list-refusals-mixed", "refused rents come in the first schema", refused(of_first_schema, list_refusal, *RENTS)
    ),
    made(
        "list-id-with-server",
        "ID of the code query has the server",
        spelled(rb'"ID":"(\d+)"', rb'"ID":"\1.01"', "code"),
    ),
    made("list-history-object", "the history shows one rental", one_rental),
    made(
        "list-waiting-refused",
        "reading a rental without a code fails",
        spelled(rb'"success":true(,.*"Status":[02],)', rb'"success":false\1', "code"),
    ),
    made("list-servers-required", "ids without a server are refused", _servers_required()),
    made("list-last-server", "a bare service id means the last one", instead(RENT, LastServer())),
    made(
        "list-callback-with-server",
        "requestId has a server that the rent did not tell",
        called_back(r'"requestId":"(\d+)"', r'"requestId":"\1.01"'),
    ),
)
