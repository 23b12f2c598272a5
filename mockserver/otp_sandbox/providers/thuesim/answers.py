"""What the answers of thuesim share, and what a sister service was seen to answer instead.

The page shows services, rents and codes in two schemas: in bodies, and in lists that say something else. Both stand
with their operation. Balance and carriers are listed as they are sent, and the list of the history is no body: its
texts have no quotes, and it holds one rental where there may be many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Final

from otp_sandbox.contract import Body, Call, Dialect, Facts
from otp_sandbox.domain.rentals import Rental
from otp_sandbox.providers.thuesim.recordings import link_in_content
from otp_specs import Outcome

Json = dict[str, Any]

_ORDERS: Final[Mapping[str, tuple[str, str]]] = {"printed": ("success", "message"), "observed": ("message", "success")}
"""What stands between number and data in the envelope, by the options of `thuesim.member-order`."""
_MEMBERS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "list-rent": {
        "printed": ("phone_number", "balance", "request_id"),
        "observed": ("phone_number", "re_phone_number", "countryISO", "countryCode", "request_id", "balance"),
    },
    "list-code": {
        "printed": (
            *("ID", "Phone", "ServiceID", "ServiceName", "Status", "Price", "CreatedTime", "IsSound", "SmsContent"),
            "Code",
        ),
        "observed": (
            *("ID", "ServiceID", "ServiceName", "Price", "SmsContent", "Status", "CreatedTime", "IsSound", "Code"),
            *("PhoneOriginal", "Phone", "CountryISO", "CountryCode"),
        ),
    },
}
"""The members of data in the second schema, in their order, by choice and option."""


def second_schema(dialect: Dialect) -> bool:
    """Whether the lists of the page are played instead of its bodies (`thuesim.profile`)."""
    return dialect.option("profile") == "list"


def by_profile(first: Body, second: Body) -> Body:
    """Give the body of an operation that the provider's page shows twice: as the lane's profile has it."""
    return lambda call, row, facts: (second if second_schema(call.dialect) else first)(call, row, facts)


def fill_text(row: Outcome, facts: Facts) -> str:
    """Fill the text of a row; what nobody said stays out, and a row without a text has an empty one."""
    return (row.message or "").format_map(defaultdict(str, facts))


def write_listed(dialect: Dialect, row: Outcome, facts: Facts, data: object, number: str = "status_code") -> Json:
    """Write the envelope of the second schema; whether a refusal has data is a choice (`thuesim.list-refusals`).

    Args:
        dialect: has the options.
        row: tells number and success.
        facts: fill the text.
        data: what was asked for, None in a refusal.
        number: the name under which the number stands.
    """
    head = _write_head(dialect, row, facts, number)
    bare = not row.success and dialect.option("list-refusals") == "absent"
    return head if bare else {**head, "data": data}


def in_envelope(data: Callable[[Call, Facts], object]) -> Body:
    """Give a body in the envelope of balance, carriers and history; in a refusal the data is null, or not there."""

    def body(call: Call, row: Outcome, facts: Facts) -> Json:
        held = data(call, facts) if row.success else None
        if second_schema(call.dialect):
            return write_listed(call.dialect, row, facts, held)
        return {**_write_head(call.dialect, row, facts, "status_code"), "data": held}

    return body


def _write_head(dialect: Dialect, row: Outcome, facts: Facts, number: str) -> Json:
    said = {"success": row.success, "message": fill_text(row, facts)}
    return {number: row.code, **{name: said[name] for name in _ORDERS[dialect.option("member-order")]}}


def pick_members(dialect: Dialect, choice: str, values: Mapping[str, object]) -> Json:
    """Pick the members that data has under a choice, in their order."""
    return {name: values[name] for name in _MEMBERS[choice][dialect.option(choice)]}


def content_of(rental: Rental, dialect: Dialect, seed: int, asked: str = "") -> str | None:
    """Give the message, or the address of the recording."""
    return link_in_content(rental, dialect, seed, asked) if rental.is_call else rental.sms


def write_flag(flag: bool) -> str:  # noqa: FBT001  (it is the value that is spelled)
    """Write a truth value as text, as history and callback do."""
    return "true" if flag else "false"
