"""What the answers of thuesim share, whichever schema they are written in."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from otp_sandbox.contract import Dialect, Facts
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.providers.thuesim.dates import written_finely
from otp_sandbox.providers.thuesim.phones import national
from otp_sandbox.providers.thuesim.recordings import link
from otp_sandbox.providers.thuesim.states import NUMBERS
from otp_specs import Outcome

Json = dict[str, Any]


def second_schema(dialect: Dialect) -> bool:
    """Whether the lists of the page are played instead of its bodies (reference 6, profiles)."""
    return dialect.option("profile") == "list"


def status_code_envelope(row: Outcome, facts: Facts, data: object) -> Json:
    """Write the envelope of balance, carriers and history, which the second schema has nearly everywhere."""
    return {"status_code": row.code, "success": row.success, "message": text(row, facts), "data": data}


def text(row: Outcome, facts: Facts) -> str:
    """Fill the text of a row; what nobody said stays out, and a row without a text has an empty one."""
    return (row.message or "").format_map(defaultdict(str, facts))


def bare_id(rental: Rental) -> str:
    """Give the id of a rental without the server."""
    return rental.id.partition(".")[0]


def shown_id(rental: Rental, dialect: Dialect) -> str:
    """Give the id of a rental as text, as the rent has told it."""
    return bare_id(rental) if second_schema(dialect) else rental.id


def service_id(rental: Rental) -> int:
    """Give the id of a rental's service without the server."""
    return int(rental.service.rpartition(".")[2])


def content(rental: Rental, seed: int) -> str | None:
    """Give the message, or the address of the recording."""
    return link(rental, seed) if rental.is_call else rental.sms


def shown(rental: Rental, seed: int, dialect: Dialect) -> Json:
    """Write a rental with its state, as the sister service and the second schema of the code query do (2.5)."""
    return {
        "ID": shown_id(rental, dialect),
        "Phone": national(rental.phone),
        "ServiceID": service_id(rental),
        "ServiceName": rental.service_name,
        "Status": NUMBERS[rental.state],
        "Price": rental.price,
        "CreatedTime": written_finely(rental.created_at),
        "IsSound": rental.is_call,
        "SmsContent": content(rental, seed),
        "Code": rental.code,
    }
