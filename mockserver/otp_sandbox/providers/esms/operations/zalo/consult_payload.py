"""What the payload of a message to a follower may be, in Zalo's own format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

Limits = Callable[[str], int]
"""Gives a number of the spec."""
_TRANSACTIONS: Final = frozenset(
    {
        "transaction_billing",
        "transaction_order",
        "transaction_reward",
        "transaction_contract",
        "transaction_booking",
        "transaction_membership",
        "transaction_event",
        "transaction_transaction",
        "transaction_account",
        "transaction_internal",
        "transaction_partnership",
        "transaction_education",
        "transaction_rating",
    }
)
_STYLES: Final = frozenset({"green", "blue", "yellow", "red", "grey"})
_STYLED: Final = frozenset({"Trạng thái", "Status"})
_ALIGNS: Final = frozenset({"", "left", "center", "right"})
_names_customer = re.compile(r"Mã.*|.*Code.*|Tên khách hàng|Customer Name", re.DOTALL).fullmatch


def user_of(payload: Mapping[str, Any]) -> str:
    """Give the id of the user, empty where there is none."""
    found = _object(payload.get("recipient")).get("user_id")
    return str(found).strip() if isinstance(found, str | int) and not isinstance(found, bool) else ""


def text_of(payload: Mapping[str, Any]) -> str:
    """Give what the user reads: the text, or headings, paragraphs and rows, a line each."""
    message = _object(payload.get("message"))
    lines = [message.get("text")]
    for each in _objects(_content(message).get("elements")):
        lines += [each.get(name) for name in ("title", "subtitle")]
        content = each.get("content")
        lines += [f"{row.get('key')}: {row.get('value')}" for row in _objects(content)] or [content]
    return "\n".join(line for line in lines if isinstance(line, str) and line)


def what_is_wrong(payload: Mapping[str, Any], limits: Limits) -> str:
    """Say what is not as prescribed, empty if all is."""
    return next(_faults(payload, limits), "")


def _faults(payload: Mapping[str, Any], limits: Limits) -> Iterator[str]:
    message = payload.get("message")
    if not isinstance(message, dict):
        yield "message is no object"
        return
    attachment = message.get("attachment")
    if not isinstance(attachment, dict) or attachment.get("type") != "template" or not _content(message):
        yield "message.attachment is no template with a payload"
        return
    content, kind = _content(message), _content(message).get("template_type")
    if kind in _TRANSACTIONS:
        yield from _faults_of_transaction(content, limits)
    elif kind in _CONSULTS:
        yield from _CONSULTS[kind](message, content, limits)
    else:
        yield f"template_type {str(kind)[:64]} is not known"


def _faults_of_buttons(message: Mapping[str, Any], content: Mapping[str, Any], limits: Limits) -> Iterator[str]:
    yield from _wrong_text(message, "text", limits("consult_text_max"))
    yield from _wrong_buttons(content, limits("consult_title_max"), limits)


def _faults_of_photo(message: Mapping[str, Any], content: Mapping[str, Any], limits: Limits) -> Iterator[str]:
    yield from _wrong_text(message, "text", limits("consult_text_max"))
    elements = content.get("elements")
    if len(_objects(elements)) != 1 or len(_list(elements)) != 1:
        yield "elements has not one photo"
    for each in _objects(elements):
        if each.get("media_type") not in ("image", "gif"):
            yield "media_type is neither image nor gif"
        yield from _wrong_text(each, "url")


def _faults_of_request(_: Mapping[str, Any], content: Mapping[str, Any], limits: Limits) -> Iterator[str]:
    elements = _objects(content.get("elements"))
    if not elements:
        yield "elements is empty"
    for each in elements:
        yield from _wrong_text(each, "title", limits("consult_title_max"))
        yield from _wrong_text(each, "subtitle", limits("consult_subtitle_max"))
        yield from _wrong_text(each, "image_url")


_CONSULTS: Final[Mapping[Any, Callable[[Mapping[str, Any], Mapping[str, Any], Limits], Iterator[str]]]] = {
    None: _faults_of_buttons,
    "media": _faults_of_photo,
    "request_user_info": _faults_of_request,
}


def _faults_of_transaction(content: Mapping[str, Any], limits: Limits) -> Iterator[str]:
    if content.get("language", "VI") not in ("VI", "EN"):
        yield "language is neither VI nor EN"
    elements = _objects(content.get("elements"))
    kinds = [each.get("type") for each in elements]
    if len(elements) != len(_list(content.get("elements"))) or not elements:
        yield "elements is no list of objects"
    if kinds.count("text") > limits("transaction_texts_max"):
        yield "there are too many texts"
    for each, kind in zip(elements, kinds, strict=True):
        check = _ELEMENTS.get(kind) if isinstance(kind, str) else None
        if check is None:
            yield f"type {str(kind)[:64]} of an element is not known"
        else:
            yield from check(each, limits)
        if each.get("align", "") not in _ALIGNS:
            yield "align is none of left, center and right"
    if "buttons" in content:
        if len(_list(content["buttons"])) > limits("transaction_buttons_max"):
            yield "there are too many buttons"
        yield from _wrong_buttons(content, limits("transaction_title_max"), limits)


def _wrong_table(element: Mapping[str, Any], limits: Limits) -> Iterator[str]:
    rows = _objects(element.get("content"))
    if len(rows) > limits("transaction_rows_max"):
        yield "the table has too many rows"
    if not any(_names_customer(str(row.get("key"))) for row in rows):
        yield "no row of the table says whose it is"
    for row in rows:
        yield from _wrong_text(row, "key", limits("transaction_key_max"))
        yield from _wrong_text(row, "value", limits("transaction_value_max"))
        if "style" in row and (row.get("key") not in _STYLED or row["style"] not in _STYLES):
            yield "style is for a state, in one of five colours"


_Check = Callable[[Mapping[str, Any], Limits], Iterator[str]]
_ELEMENTS: Final[Mapping[str, _Check]] = {
    "banner": lambda each, _: _wrong_text(each, "image_url"),
    "header": lambda each, limits: _wrong_text(each, "content", limits("transaction_header_max")),
    "text": lambda each, limits: _wrong_text(each, "content", limits("transaction_text_max")),
    "table": _wrong_table,
}


def _wrong_buttons(content: Mapping[str, Any], title_most: int, limits: Limits) -> Iterator[str]:
    buttons = _objects(content.get("buttons"))
    if not buttons or len(buttons) != len(_list(content["buttons"])):
        yield "buttons is no list of objects"
    for each in buttons:
        yield from _wrong_text(each, "title", title_most)
        kind, payload = each.get("type"), each.get("payload")
        check = _ACTIONS.get(kind) if isinstance(kind, str) else None
        if check is None:
            yield f"type {str(kind)[:64]} of a button is not known"
        elif isinstance(payload, str) == (check is _wrong_query):
            yield from check({"payload": payload} if isinstance(payload, str) else _object(payload), limits)
        else:
            yield "payload of a button is of the wrong kind"


def _wrong_query(held: Mapping[str, Any], limits: Limits) -> Iterator[str]:
    return _wrong_text(held, "payload", limits("button_query_max"))


def _wrong_sms(held: Mapping[str, Any], limits: Limits) -> Iterator[str]:
    yield from _wrong_text(held, "content", limits("button_sms_max"))
    yield from _wrong_text(held, "phone_code")


_ACTIONS: Final[Mapping[str, _Check]] = {
    "oa.open.url": lambda held, _: _wrong_text(held, "url"),
    "oa.query.show": _wrong_query,
    "oa.query.hide": _wrong_query,
    "oa.open.sms": _wrong_sms,
    "oa.open.phone": lambda held, _: _wrong_text(held, "phone_code"),
}


def _wrong_text(held: Mapping[str, Any], name: str, most: int | None = None) -> Iterator[str]:
    """Say that a member is no text, is empty, or is longer than it may be."""
    value = held.get(name)
    if not isinstance(value, str) or not value:
        yield f"{name} is missing"
    elif most is not None and len(value) > most:
        yield f"{name} is longer than {most} characters"


def _content(message: Mapping[str, Any]) -> Mapping[str, Any]:
    return _object(_object(message.get("attachment")).get("payload"))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _objects(value: Any) -> Sequence[Mapping[str, Any]]:
    return [each for each in _list(value) if isinstance(each, dict)]
