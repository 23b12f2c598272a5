"""ZNS to many, each with values of its own: rows are judged one after the other, and each has its own answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import orjson

from otp_sandbox.contract import Call, Check, Facts, Handler, Reason
from otp_sandbox.domain import duplicates, messages
from otp_sandbox.domain.messages import TEXT_MOST
from otp_sandbox.domain.record import Record, replace
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.esms import checks, sending, zalo
from otp_sandbox.providers.esms.account import KEY, PROVIDER, ZnsTemplate
from otp_sandbox.providers.esms.answers import write_send
from otp_sandbox.providers.esms.details import ZALO, Details
from otp_sandbox.providers.esms.operations.zalo.zns import CHECKS, REASONS, is_try
from otp_sandbox.providers.esms.operations.zalo.zns_fields import (
    is_over_quota,
    official_account,
    params,
    params_of,
    scalar,
    template_id,
)
from otp_sandbox.providers.esms.phones import MAGIC, fold
from otp_specs import Outcome


class Row(Record):
    """One recipient. `phone` is as it was sent, `values` None where they are no list."""

    phone: str
    values: tuple[str, ...] | None
    request_id: str


class _Changed:
    """The state as the rows before have left it."""

    def __init__(self, state: State, change: Change[Any]) -> None:
        self._state = state
        self._change = change

    def get(self, table: Any, key: str) -> Any:
        writes = self._change.writes
        return writes[table, key] if (table, key) in writes else self._state.get(table, key)

    def entries(self, table: Any) -> Any:
        return self._state.entries(table)


def _data(text: str) -> tuple[Row, ...] | None:
    """Read `Data`: a list of objects, whose members are known in any case; None for anything else."""
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(document, list) or not all(isinstance(each, dict) for each in document):
        return None
    rows = tuple(map(_row, document))
    return None if any(len(row.request_id) > TEXT_MOST for row in rows) else rows


def _row(members: Mapping[str, Any]) -> Row:
    held = {name.lower(): value for name, value in members.items()}
    given = held.get("params")
    values = params_of(given) if isinstance(given, list) else params(scalar(given) or "")
    return Row(scalar(held.get("phone")) or "", values, scalar(held.get("requestid")) or "")


class SendBulk(Handler):
    """`Send_zns_bulk_v4_post_json`."""

    operations = ("Send_zns_bulk_v4_post_json",)
    readers = MappingProxyType({"Data": _data})

    def checks(self) -> Mapping[str, Check]:
        """The rules of the whole; what is wrong with a row stands in its answer."""
        return {
            **{cause: CHECKS[cause] for cause in ("oa_or_template_missing", "oa_unknown", "oa_inactive")},
            "template_not_configured": lambda call, _: _template(call, 1) is None,
            "list_too_long": lambda call, _: len(call.values["Data"]) > call.dialect.policy("bulk_rows_max"),
            "over_quota_scheduled": lambda call, _: is_over_quota(call) and bool(call.text("SendDate").strip()),
            "over_quota_not_allowed": lambda call, _: (
                is_over_quota(call) and not call.account.official_account(official_account(call)).over_quota
            ),
        }

    def reasons(self) -> Mapping[str, Reason]:
        """Say why the whole is refused."""
        return REASONS

    def keys(self, call: Call) -> Sequence[Key]:
        """What is known of each phone and each RequestId."""
        return [key for row in call.value("Data") or () for key in _keys_of(row)]

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Judge and send row by row."""
        change = Change(Verdict("bulk_taken"))
        sending.warn_of_flags(change, call, "Sandbox")
        address = sending.callback_address(change, call.text("CallbackUrl"))
        sending.warn_of_length(change, call, "campaignid", call.text("campaignid"), "campaign_length_max")
        at = sending.sending_time(change, call)
        seen: Any = _Changed(state, change)
        told: list[tuple[str, str, str]] = []
        for row in call.values["Data"]:
            each = _call_of(call, row, change)
            cause = _judge(each, seen, row)
            sms_id = ""
            if cause == _TAKEN:
                sms_id, _ = sending.draw_send(change, seen, each)
                message = _message(each, row, sms_id, address)
                sending.use_up(change, each, _ids(each, row), sms_id)
                if is_try(call):
                    sending.end_try(change, each, message)
                else:
                    zalo.charge(change, each, message.price)
                    zalo.launch_zns(change, each, seen, message, over_quota=is_over_quota(call), at=at)
            told.append((cause, row.phone, sms_id))
        change.verdict = Verdict("bulk_taken", {"rows": told})
        return change

    def body(self, call: Call, row: Outcome, facts: Facts) -> Any:
        """Write the answer: of each row what became of it."""
        rows: Any = facts.get("rows")
        if rows is None:
            return write_send(call, row, facts)
        detail = [_write_row(call, *each) for each in rows]
        taken = sum(cause == _TAKEN for cause, _, _ in rows)
        return {
            "CodeResult": row.code,
            "Message": row.message,
            "TotalFail": len(detail) - taken,
            "TotalSuccess": taken,
            "detail": detail,
        }


_TAKEN: Final = "accepted"


def _write_row(call: Call, cause: str, phone: str, sms_id: str) -> dict[str, Any]:
    row = call.dialect.row(call.operation, cause)
    told = {"CodeResult": row.code, "Phone": phone}
    if sms_id:
        return {**told, "SMSID": sms_id}
    return {**told, "ErrorMessage": (row.message or "").replace("{phone}", phone)}


def _keys_of(row: Row) -> Iterator[Key]:
    phone = fold(row.phone)
    if phone is not None:
        yield sending.key_of_sequence(phone)
        yield from messages.keys_of_sending(phone)
    if row.request_id:
        yield duplicates.key_of(PROVIDER, row.request_id)


def _call_of(call: Call, row: Row, change: Change[Any]) -> Call:
    """Give the call to one recipient, upon the account as the rows before have left it."""
    return replace(zalo.with_phone(call, fold(row.phone)), account=change.writes.get(KEY, call.account))


def _template(call: Call, values: int) -> ZnsTemplate | None:
    return zalo.template_of(call, official_account(call), template_id(call), values)


def _ids(call: Call, row: Row) -> tuple[str, ...]:
    return (row.request_id,) if row.request_id and sending.uses_id_up(call, is_try=is_try(call)) else ()


def _judge(call: Call, state: State, row: Row) -> str:
    """Say what a row is answered with. A magic phone asks for a row of the table here as elsewhere."""
    asked = MAGIC.code_of(row.phone)
    found = next((each.name for each in call.dialect.spec.outcomes.values() if each.code == asked), None)
    return found or next((cause for cause, check in _ROW_CHECKS if check(call, state, row)), _TAKEN)


def _params_invalid(call: Call, _: State, row: Row) -> bool:
    template = _template(call, len(row.values or ()))
    return template is None or row.values is None or not template.takes(row.values)


def _not_enough_balance(call: Call, _: State, row: Row) -> bool:
    price: int = zalo.cost_of(call, _template(call, len(row.values or ()))).price
    short: bool = call.account.balance < price
    return short


_ROW_CHECKS: Final[Sequence[tuple[str, Callable[[Call, State, Row], bool]]]] = (
    ("phone_invalid", lambda call, *_: call.values["Phone"] is None),
    ("phone_blocked", lambda call, state, _: checks.phone_blocked(call, state)),
    ("zns_template_wrong", _params_invalid),
    ("duplicate_request", lambda call, state, row: sending.used_before(call, state, _ids(call, row)) is not None),
    ("not_enough_balance", _not_enough_balance),
)
"""In the order in which a row is judged."""


def _message(call: Call, row: Row, sms_id: str, address: str) -> messages.Message:
    values = row.values or ()
    template = _template(call, len(values))
    text, code = (template.filled(values), template.code(values)) if template is not None else ("", None)
    details = Details(
        sms_type=ZALO,
        request_id=row.request_id,
        campaign=call.text("campaignid"),
        callback_url=address,
        official_account=official_account(call),
        template=template_id(call),
    )
    return sending.new_message(
        call,
        sms_id,
        text,
        sender=details.official_account,
        price=zalo.cost_of(call, template).price,
        details=details,
        channel="zalo",
        code=code,
    )
