"""Ids of rentals are written as JSON numbers: what a client that reads them as floats makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otp_sandbox.contract import Provider
from otp_sandbox.domain.record import replace
from otp_sandbox.providers.thuesim.account import Service

if TYPE_CHECKING:
    from tests.providers.thuesim.conftest import World


def test_no_id_that_an_account_starts_with_ends_in_a_zero(thuesim: Provider) -> None:
    """So a float loses nothing, unless a test puts a server in that does."""
    assert [each.SV for each in thuesim.accounts.new().services if each.SV.endswith("0")] == []


@pytest.mark.parametrize(
    ("rental_id", "spelling"),
    [
        ("88237016.10", "88237016.1"),
        ("88237016.00", "88237016"),
        ("88237016.00", "88237016.0"),
        ("88237016.10", "88237016.100"),
        ("88237016.10", "8.82370161E7"),
        ("88237016.02", "8.823701602e+7"),
    ],
)
async def test_an_id_that_was_read_as_a_float_is_told(world: World, rental_id: str, spelling: str) -> None:
    """The answer is that of an unknown id; the journal names the rental."""
    rental = replace(await world.rent(), id=rental_id)
    await world.put(rental)

    await world.call("code", ID=spelling)
    assert world.cause in ("session_unknown", "session_malformed")
    assert world.warnings == (f"ID {spelling} is rental {rental_id}, read as a float: take ids as text",)

    await world.call("rephone", phone="0" + rental.phone[3:], thuesim1=spelling, serviceId="4")
    assert world.cause.startswith("rental_")
    assert world.warnings == (f"thuesim1 {spelling} is rental {rental_id}, read as a float: take ids as text",)


@pytest.mark.parametrize("spelling", ["88237016.10", "88237016.11", "88237017.1", "x", "", "1e99", "9" * 5000, "1e999"])
async def test_what_is_no_float_of_a_rental_is_not_told(world: World, spelling: str) -> None:
    """The right id, another one, and none at all."""
    await world.put(replace(await world.rent(), id="88237016.10"))

    await world.call("code", ID=spelling)

    assert world.warnings == ()


async def test_a_server_that_ends_in_a_zero_can_be_rented_from(world: World) -> None:
    """Then the answer has the zero, and a client that drops it is told."""
    await world.change(services=(Service(4, "10", "Yahoo", 470, "300"),))
    rental = await world.rent("10.4")

    await world.call("code", ID=rental.id)
    right = world.cause
    await world.call("code", ID=rental.id[:-1])

    assert rental.id.endswith(".10")
    assert right == "waiting_for_message"
    assert len(world.warnings) == 1
