"""A rented number waits for a code until it is done or expired."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from otp_sandbox.domain.messages import RENTED
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.rentals import (
    EMPTY_BOOK,
    RENTAL_BOOKS,
    RENTALS,
    Rental,
    RentalBook,
    end_rental,
    rent,
)
from otp_sandbox.domain.store import Change, Event

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
END = NOW + timedelta(minutes=5)


def rental(rental_id: str = "1.02", phone: str = "+84900000001") -> Rental:
    return Rental(
        id=rental_id,
        provider="thuesim",
        phone=phone,
        service="02.97",
        service_name="TEST",
        carrier="VIETTEL",
        price=1450,
        state="waiting",
        created_at=NOW,
        expires_at=END,
        origin="http://localhost",
    )


def test_renting_makes_a_number_wait() -> None:
    """It is logged, counted, known to whoever sends, and has an end."""
    change: Change[None] = Change(None)

    rent(change, EMPTY_BOOK, rental())

    assert change.writes == {
        (RENTAL_BOOKS, "thuesim"): RentalBook(1, NOW, (("1.02", "+84900000001"),)),
        (RENTALS, "1.02"): rental(),
        (RENTED, "+84900000001"): "thuesim 1.02",
    }
    assert change.due == [Event(END, "expiry", "thuesim", "1.02")]


def test_a_second_number_waits_beside_the_first() -> None:
    """The book knows both."""
    book = RentalBook(1, NOW, (("1.02", "+84900000001"),))
    change: Change[None] = Change(None)

    rent(change, book, rental("2.02", "+84900000002"))

    assert change.writes[RENTAL_BOOKS, "thuesim"].waiting == (("1.02", "+84900000001"), ("2.02", "+84900000002"))
    assert book.waiting == (("1.02", "+84900000001"),)


def test_a_rental_that_has_ended_waits_no_longer() -> None:
    """Only it leaves the book, and its number takes nothing more."""
    book = RentalBook(2, NOW, (("1.02", "+84900000001"), ("2.02", "+84900000002")))
    done = replace(rental(), state="done", sms="1234", code="1234")

    writes = end_rental(done, book)

    assert writes == {
        (RENTALS, "1.02"): done,
        (RENTAL_BOOKS, "thuesim"): RentalBook(2, NOW, (("2.02", "+84900000002"),)),
        (RENTED, "+84900000001"): None,
    }


def test_a_desk_knows_which_numbers_are_busy() -> None:
    """A number is busy while a rental waits on it."""
    book = RentalBook(1, NOW, (("1.02", "+84900000001"),))

    busy = book.busy("+84900000001"), book.busy("+84900000002"), book.without("1.02").busy("+84900000001")

    assert busy == (True, False, False)
