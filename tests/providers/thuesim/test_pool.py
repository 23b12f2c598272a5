"""Numbers: filters, the draw, and spellings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_sandbox.providers.thuesim.pool import POOL
from otp_sandbox.renting import pool
from otp_sandbox.renting.phones import fold
from otp_sandbox.renting.pool import pieces

if TYPE_CHECKING:
    from tests.providers.thuesim.conftest import World

    from otp_sandbox.contract import Provider
    from otp_sandbox.renting.pool import Number

OF = {prefix: carrier.name for carrier in POOL.carriers for prefix in carrier.prefixes}


def drawn(taken: int, carries: str = "", wanted: str = "", unwanted: str = "", waiting: tuple[str, ...] = ()) -> Number:
    """Draw with filters as they are sent."""
    number = POOL.find(
        1,
        taken,
        carriers=pieces(carries),
        wanted=pieces(wanted),
        unwanted=pieces(unwanted),
        waiting=waiting,
    )
    assert number is not None
    return number


@given(st.integers(0, 10**9), st.sampled_from(sorted(OF)))
def test_a_number_has_the_wanted_prefix_and_its_carrier(taken: int, prefix: str) -> None:
    """089 and 052 are drawn from their assigned parts, and nothing is drawn from 0900000…."""
    number = drawn(taken, wanted=prefix)

    national = number.phone.removeprefix("+84")
    assert len(national) == 9
    assert national.startswith(prefix)
    assert number.carrier == OF[prefix]
    assert prefix != "89" or national[:3] in ("896", "897", "898", "899")
    assert prefix != "52" or national[:3] in ("522", "523", "528")
    assert not national.startswith("900")


@pytest.mark.parametrize("carries", ["VIETTEL", "VIETTEL|", "|VIETTEL||", "VIETTEL|ITELECOM|", "NOBODY|VIETTEL"])
def test_carriers_are_named_alone_or_between_bars(carries: str) -> None:
    """Empty pieces are dropped, an unknown name matches nothing."""
    found = {drawn(taken, carries=carries).carrier for taken in range(200)}

    assert found == {"VIETTEL", "ITELECOM"} if "ITELECOM" in carries else {"VIETTEL"}


def test_prefixes_are_wanted_and_unwanted(world: World) -> None:
    """What is both is left out."""
    found = {drawn(taken, wanted="96|97|98|", unwanted="97|98").phone[3:5] for taken in range(200)}
    rest = {drawn(taken, carries="MOBIFONE", unwanted="70|76|77|").phone[3:5] for taken in range(500)}

    assert found == {"96"}
    assert rest == {"78", "79", "89", "90", "93"}


@pytest.mark.parametrize(
    "filters",
    [
        {"carries": "ITELECOM", "yPrefix": "90"},
        {"yPrefix": "90", "nPrefix": "90"},
        {"carries": "ITELECOM", "nPrefix": "87|"},
    ],
)
async def test_filters_that_leave_nothing_are_out_of_stock(world: World, filters: dict[str, str]) -> None:
    """-3, and nothing is charged."""
    await world.call("register_service", serviceId="01.4", **filters)

    assert world.cause == "out_of_stock"
    assert (await world.account()).balance == 123_456


CARRIER = (-1, "Nhà mạng không hợp lệ, chỉ chấp nhận: MOBIFONE, VINAPHONE, VIETTEL, VIETNAMOBILE, ITELECOM")
PREFIX = (-1, "Đầu số muốn lấy không hợp lệ")
UNKNOWN: dict[str, tuple[dict[str, str], tuple[int, str]]] = {
    "carrier": ({"carries": "NOBODY"}, CARRIER),
    "carrier in small letters": ({"carries": "mobifone"}, CARRIER),
    "carrier by number": ({"carries": "1"}, CARRIER),
    "a list with commas": ({"carries": "VIETTEL,MOBIFONE"}, CARRIER),
    "prefix of nobody": ({"yPrefix": "99"}, PREFIX),
    "prefix with its zero": ({"yPrefix": "090"}, PREFIX),
    "prefix of three digits": ({"yPrefix": "903"}, PREFIX),
    "carrier before prefix": ({"carries": "NOBODY", "yPrefix": "99"}, CARRIER),
}
AMONG_OTHERS: tuple[tuple[dict[str, str], tuple[int, str]], ...] = (
    ({"carries": "NOBODY|VIETTEL"}, CARRIER),
    ({"carries": "VIETTEL|NOBODY|"}, CARRIER),
    ({"yPrefix": "99|96|"}, PREFIX),
)


@pytest.mark.parametrize(("filters", "refused"), [*UNKNOWN.values(), *AMONG_OTHERS])
async def test_filters_that_name_what_is_not_there_are_refused(
    world: World, filters: dict[str, str], refused: tuple[int, str]
) -> None:
    """With a text of their own, also among others that are there; nothing is charged."""
    body = await world.call("register_service", serviceId="01.4", **filters)

    number, text = refused
    assert body == f'{{"RequestLog":null,"Balance":123456,"ResponseCode":{number},"Message":"{text}"}}'
    assert (await world.account()).balance == 123_456


def test_the_text_of_an_unknown_carrier_names_those_that_there_are(thuesim: Provider) -> None:
    """They stand in the table of the provider, and in the plan that numbers are drawn from."""
    text = thuesim.spec.outcomes["carrier_unknown"].message or ""

    assert text.rpartition(": ")[2].split(", ") == [carrier.name for carrier in POOL.carriers]


OLD_WAY = {"thuesim.unknown-carrier": "no-number", "thuesim.unknown-prefix": "no-number"}


@pytest.mark.parametrize("filters", [filters for filters, _ in UNKNOWN.values()])
async def test_filters_that_name_what_is_not_there_can_match_no_number(world: World, filters: dict[str, str]) -> None:
    """The old way, choices unknown-carrier and unknown-prefix: -3, each switched by its own choice."""
    world.choices = OLD_WAY
    await world.call("register_service", serviceId="01.4", **filters)
    assert world.cause == "out_of_stock"

    (field, *_) = filters
    other = "prefix" if field == "carries" else "carrier"
    world.choices = {f"thuesim.unknown-{other}": "no-number"}
    await world.call("register_service", serviceId="01.4", **filters)
    assert world.cause == ("carrier_unknown" if field == "carries" else "prefix_unknown")


@pytest.mark.parametrize("filters", [filters for filters, _ in AMONG_OTHERS])
async def test_what_is_not_there_can_be_passed_over_among_others(world: World, filters: dict[str, str]) -> None:
    """The old way: the others are looked for."""
    world.choices = OLD_WAY

    assert (await world.rent(**filters)).carrier == "VIETTEL"


@pytest.mark.parametrize("filters", [{"carries": ""}, {"carries": "|"}, {"nPrefix": "99|1234|x"}])
async def test_filters_that_say_nothing_let_everything_through(world: World, filters: dict[str, str]) -> None:
    """Absent, empty, a bar alone, and unwanted prefixes that do not exist."""
    await world.rent(**filters)


@pytest.mark.parametrize(("count", "told"), [(10, 10), (11, 11), (3_000, 11)])
async def test_a_list_of_oddities_is_told_in_part(world: World, count: int, told: int) -> None:
    """Ten of them and how many more: else one request could fill the journal."""
    await world.call("register_service", serviceId="01.4", carries="|".join(f"x{number}" for number in range(count)))

    assert len(world.warnings) == told
    assert count == told or world.warnings[-1] == f"carries has {count - 10} more that are none"


def test_a_number_that_waits_is_not_drawn_again() -> None:
    """The next one is taken; and when all are waiting, there is none."""
    first = drawn(0)
    second = drawn(0, waiting=(first.phone,))

    assert int(second.phone) - int(first.phone) == 1


def test_the_draw_goes_round_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan of two blocks with ten numbers each: twenty rents, then nothing."""
    monkeypatch.setattr(pool, "_BLOCKS", {"87": ("87000000", "87000005")})
    waiting: set[str] = set()
    for _ in range(20):
        waiting.add(drawn(3, carries="ITELECOM", waiting=tuple(waiting)).phone)

    left = POOL.find(1, 3, carriers={"ITELECOM"}, wanted=(), unwanted=(), waiting=waiting)

    assert len(waiting) == 20
    assert left is None


async def test_the_same_seed_gives_the_same_world_again(world: World) -> None:
    """Ids, numbers, codes and texts; another seed gives others."""

    async def story(seed: int) -> list[str]:
        await world.store.clear(world.lane, ["rentals", "rental_books"])
        world.seed = seed
        rental = await world.rent()
        await world.fired(world.now.replace(second=30))
        ended = await world.rental(rental.id)
        return [ended.id, ended.phone, ended.code or "", ended.sms or ""]

    first, second, other = await story(7), await story(7), await story(8)

    assert first == second
    assert all(one != another for one, another in zip(first, other, strict=True))


@pytest.mark.parametrize(
    "text", ["0852222127", " 0852222127", "852222127", "84852222127", "+84852222127", "085 222.21-27"]
)
def test_every_spelling_of_a_number_folds_to_the_same_phone(text: str) -> None:
    assert fold(text) == "+84852222127"


@pytest.mark.parametrize(
    "text", ["", "85222212", "08522221270", "0052222127", "x852222127", "+85852222127", "٨٥٢٢٢٢١٢٧"]
)
def test_what_is_no_number_folds_to_nothing(text: str) -> None:
    assert fold(text) is None
