"""How calls write a contact, and how answers do: one object of 31 keys (`amoot.contact-shape`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final

from otp_sandbox.contract import Call, Facts, Reader, shown
from otp_sandbox.providers.amoot.answers import write_status
from otp_sandbox.providers.amoot.contacts import DATES, NOBODY, TEXTS, Contact
from otp_sandbox.providers.amoot.dates import TEHRAN, exact_time, write_time
from otp_sandbox.providers.amoot.flags import flag
from otp_sandbox.providers.amoot.lists import entries
from otp_sandbox.providers.amoot.numbers import long_number
from otp_sandbox.providers.amoot.phones import fold, national
from otp_specs import Outcome

TEXT_MOST: Final = 1_000
"""Characters of a text of a contact. The sandbox's own bound, as is the next one."""
LABELS_OF_CONTACT_MOST: Final = 50
_GENDERS: Final = {True: "آقا", False: "خانم", None: ""}
_ABROAD: Final = 98 * 10**10
_FIRST_JALALI_YEAR: Final = 622


def day(text: str) -> str | None:
    """Read a date, Gregorian or Jalali, as the ISO day that it is in Tehran; None when it is none.

    The first day of the calendar is what programs in C# send for a date that is not set.
    """
    at = exact_time(text)
    try:
        found = at.astimezone(TEHRAN).date() if at is not None else None
    except OverflowError:
        return None
    return found.isoformat() if found is not None and found != date.min else None


def labels(text: str) -> tuple[str, ...] | None:
    """Read a list of labels, each once; None if there are too many, or one is too long."""
    read = tuple(dict.fromkeys(entries(text) or ())) if text.strip() else ()
    too_many = len(read) > LABELS_OF_CONTACT_MOST or (not read and entries(text) is None)
    return None if too_many or any(len(each) > TEXT_MOST for each in read) else read


READERS: Final[Mapping[str, Reader]] = {
    "ContactGroupID": long_number,
    "Active": flag,
    "Mobile": fold,
    "GenderType": flag,
    "Labels": labels,
    **dict.fromkeys(DATES, day),
}


def texts_of(call: Call) -> tuple[str, ...]:
    """Give the texts of a call in their order."""
    return tuple(call.text(name) for name in TEXTS)


def dates_of(call: Call) -> tuple[str, ...]:
    """Give the dates of a call in their order; what is no date is none."""
    return tuple(call.value(name) or "" for name in DATES)


def titles_of(call: Call) -> tuple[str, ...]:
    """Give the labels of a call."""
    return call.value("Labels") or ()


def too_much(call: Call) -> bool:
    """Whether a text is too long, or there are too many labels (`amoot.contact-too-long`)."""
    return call.values["Labels"] is None or any(len(text) > TEXT_MOST for text in texts_of(call))


def odd_fields(call: Call) -> Iterator[str]:
    """Say what of a call counts as not set, because nobody can read it."""
    for name in (*DATES, "GenderType", "Active"):
        if name in call.values and call.values[name] is None:
            what = "no date" if name in DATES else "neither true nor false"
            yield f"{name}={shown(call.text(name))} is {what}: it counts as not set"


def write_contact(call: Call, contact: Contact) -> dict[str, Any]:
    """Write a contact."""
    written: dict[str, Any] = {
        "ID": contact.id,
        "Active": contact.active,
        "ContactGroupID": 0,
        "Mobile": _write_mobile(call, contact),
    }
    texts = dict(zip(TEXTS, (each or None for each in contact.texts), strict=True))
    dates: dict[str, Any] = {}
    for name, text in zip(DATES, contact.dates, strict=True):
        dates[name] = f"{text}T00:00:00" if text else None
        dates[f"{name}Per"] = _in_jalali(text)
    custom_texts = {name: texts.pop(name) for name in TEXTS if name.startswith("Custom")}
    custom_dates = {name: dates.pop(name) for name in list(dates) if name.startswith("Custom")}
    names = {name: texts.pop(name) for name in ("FName", "LName")}
    gender = {"GenderType": contact.gender, "GenderTypeStr": _GENDERS[contact.gender]}
    end = {"Deleted": False, "UpdateDateTime": write_time(contact.updated_at)}
    return written | names | gender | texts | dates | custom_texts | custom_dates | end


def write_one(call: Call, row: Outcome, facts: Facts) -> Any:
    """Write the contact that was made or changed; a refusal has one without any values."""
    contact: Any = facts.get("item", NOBODY)
    return {"Status": write_status(call, row), "Data": write_contact(call, contact)}


def _write_mobile(call: Call, contact: Contact) -> int:
    if not contact.mobile:
        return 0
    abroad = _ABROAD if call.dialect.option("contact-mobile") == "international" else 0
    return national(contact.mobile) + abroad


@lru_cache(maxsize=4096)
def _in_jalali(text: str) -> str:
    """Write an ISO day in the Iranian calendar; a day before that calendar began has none."""
    if not text or int(text[:4]) < _FIRST_JALALI_YEAR:
        return ""
    import jdatetime  # noqa: PLC0415  (slow to import, and seldom needed)

    found: str = jdatetime.date.fromgregorian(date=date.fromisoformat(text)).strftime("%Y/%m/%d")
    return found
