"""What the suite cannot see: why a rent was refused, what was odd about it, and rentals of others in the lane."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

import otp_specs
from equipment.thin_lane import KEY as LANE
from equipment.thin_lane import ThinLane
from otp_sandbox.checks import check_provider
from otp_sandbox.contract import Provider
from otp_sandbox.domain.accounts import ACCOUNTS
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.rentals import RENTALS, Rental
from otp_sandbox.providers.viotp import provider
from otp_sandbox.providers.viotp.phones import MAGIC

VIOTP: Provider = provider(otp_specs.load("viotp"))


class World(ThinLane):
    """A lane of viotp. Nothing falls due by itself."""

    provider = VIOTP
    start = datetime(2026, 3, 1, 5, 0, 0, tzinfo=UTC)
    warnings: tuple[str, ...] = ()

    async def call(self, operation: str, **fields: str) -> tuple[dict[str, Any], Any]:
        """Make a call with the token; gives the body and what was decided."""
        played = await self.play(operation, {"token": "SANDBOX-TOKEN", **fields})
        self.warnings = played.warnings
        return orjson.loads(played.reply.body), played.verdict

    async def newest(self) -> Rental:
        return (await self.store.entries(LANE, RENTALS))[-1].entry


@pytest.fixture
async def world() -> World:
    """A lane with the account that every lane starts with."""
    check_provider(VIOTP)
    made = World()
    await made.write({(ACCOUNTS, "viotp"): VIOTP.accounts.new()})
    return made


@pytest.mark.parametrize(
    ("patch", "fields", "cause", "words"),
    [
        ({}, {"serviceId": "9"}, "service_unknown", "1 (Momo), 4 (Yahoo), 7 (Facebook)"),
        ({}, {"serviceId": "01"}, "service_malformed", ""),
        ({"balance": 1}, {}, "not_enough_balance", "the balance is 1, the price of 4 470"),
        ({}, {"network": "METFONE"}, "out_of_stock", 'network="METFONE"'),
        ({}, {"number": "0912345678"}, "number_unknown", 'no rental of this account was of "0912345678"'),
        ({"waiting_limit": 0}, {}, "waiting_limit_reached", "0 numbers wait, of 0"),
    ],
)
async def test_a_refusal_says_why(
    world: World, patch: Mapping[str, Any], fields: Mapping[str, str], cause: str, words: str
) -> None:
    """And, where there is one, what would let it pass."""
    await world.write({(ACCOUNTS, "viotp"): replace(VIOTP.accounts.new(), **patch)})

    _, verdict = await world.call("rent", **{"serviceId": "4", **fields})

    assert verdict.cause == cause
    assert words in (verdict.reason or "")


async def test_odd_filters_are_told(world: World) -> None:
    """A list with commas is one name that there is not."""
    _, verdict = await world.call("rent", serviceId="4", exceptPrefix="90,91")

    assert verdict.cause == "rented"
    assert any("exceptPrefix" in each for each in world.warnings)


async def test_rentals_of_others_in_the_lane_are_not_its_own(world: World) -> None:
    """Neither read, nor listed, nor rented again."""
    await world.call("rent", serviceId="4")
    own = await world.newest()
    other = replace(own, id="700000001", provider="other", phone="+84912345678")
    await world.write({(RENTALS, other.id): other})

    told = [
        (await world.call("code", requestId=other.id))[1].cause,
        (await world.call("rent", serviceId="4", number="0912345678"))[1].cause,
        [row["ID"] for row in (await world.call("history"))[0]["data"]],
    ]

    assert told == ["session_unknown", "number_unknown", [int(own.id)]]


@pytest.mark.parametrize("number", [-1, -2, -3, -4, 401, 429])
def test_magic_values_name_each_number_once(number: int) -> None:
    """There and back; what looks alike is an ordinary service."""
    value = MAGIC.value_of(number)

    assert value is not None
    assert MAGIC.code_of(value) == str(number)
    assert MAGIC.code_of(value[1:]) is None
