"""What the answers of thuesim share.

The page shows services, rents and codes in two schemas: in bodies, and in lists that say something else. Both stand
with their operation. Balance and carriers are listed as they are sent, and the list of the history is no body: its
texts have no quotes, and it holds one rental where there may be many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from otp_sandbox.contract import Body, Call, Dialect, Facts
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.providers.thuesim.recordings import link
from otp_specs import Outcome

Json = dict[str, Any]


def second_schema(dialect: Dialect) -> bool:
    """Whether the lists of the page are played instead of its bodies (`thuesim.profile`)."""
    return dialect.option("profile") == "list"


def by_profile(first: Body, second: Body) -> Body:
    """Give the body of an operation that the provider's page shows twice: as the lane's profile has it."""
    return lambda call, row, facts: (second if second_schema(call.dialect) else first)(call, row, facts)


def fill_text(row: Outcome, facts: Facts) -> str:
    """Fill the text of a row; what nobody said stays out, and a row without a text has an empty one."""
    return (row.message or "").format_map(defaultdict(str, facts))


def write_envelope(row: Outcome, facts: Facts, data: object) -> Json:
    """Write the envelope of balance, carriers and history, which the second schema has nearly everywhere."""
    return {"status_code": row.code, "success": row.success, "message": fill_text(row, facts), "data": data}


def in_envelope(data: Callable[[Call, Facts], object]) -> Body:
    """Give a body in that envelope; in a refusal the data is null."""
    return lambda call, row, facts: write_envelope(row, facts, data(call, facts) if row.success else None)


def content_of(rental: Rental, seed: int) -> str | None:
    """Give the message, or the address of the recording."""
    return link(rental, seed) if rental.is_call else rental.sms


def write_flag(flag: bool) -> str:  # noqa: FBT001  (it is the value that is spelled)
    """Write a truth value as text, as history and callback do."""
    return "true" if flag else "false"
