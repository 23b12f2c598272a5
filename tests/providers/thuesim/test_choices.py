"""Contested points of the wire, history filters, and what else the package offers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import orjson
import pytest
from pydantic import TypeAdapter, ValidationError

from otp_sandbox.domain.limits import Limit
from otp_sandbox.domain.record import replace
from otp_sandbox.domain.store import Change
from otp_sandbox.domain.verdict import Verdict
from otp_sandbox.providers.thuesim.account import Account, Service

if TYPE_CHECKING:
    from tests.providers.thuesim.conftest import World

    from otp_sandbox.contract import Provider
    from otp_sandbox.domain.rentals import Rental


async def rows(world: World, **filters: str) -> list[dict[str, object]]:
    """Ask for the history and give its rows."""
    found: list[dict[str, object]] = orjson.loads(await world.call("history", **filters))["data"]
    return found


async def three(world: World) -> list[Rental]:
    """Rent three numbers: one done, one expired but not yet noted, one waiting."""
    await world.change(arrival="manual")
    done = await world.rent("02.97")
    expired = await world.rent("01.4")
    await world.arrive(done, "1234")
    world.pause(300)
    return [done, expired, await world.rent("01.4")]


def bases(found: list[dict[str, object]]) -> list[object]:
    return [each["ID"] for each in found]


def base(rental: Rental) -> int:
    return int(rental.id.partition(".")[0])


async def test_the_newest_rental_comes_first(world: World) -> None:
    """A rental that ends keeps its place; the states are those of now."""
    done, expired, waiting = await three(world)

    found = await rows(world)

    assert bases(found) == [base(waiting), base(expired), base(done)]
    assert [each["Status"] for each in found] == [0, 2, 1]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"service": "97"}, [0]),
        ({"service": "02.97"}, [0]),
        ({"service": "01.97"}, []),
        ({"service": "4"}, [2, 1]),
        ({"service": "x"}, []),
        ({"status": "1"}, [0]),
        ({"status": "0"}, [2]),
        ({"status": "2"}, [1]),
        ({"status": "3"}, []),
        ({"status": "done"}, []),
        ({"service": "4", "status": "1"}, []),
        ({"service": "", "status": ""}, [2, 1, 0]),
        ({"limit": "1", "fromDate": "2030-01-01"}, [2, 1, 0]),
    ],
)
async def test_the_history_is_filtered_by_service_and_state(
    world: World, filters: dict[str, str], expected: list[int]
) -> None:
    """Empty filters let everything through, unknown values match nothing, and the sister's filters are ignored."""
    rentals = await three(world)

    found = await rows(world, **filters)

    assert bases(found) == [base(rentals[index]) for index in expected]


@pytest.mark.parametrize(
    ("filters", "expected", "warned"),
    [
        ({"limit": "2"}, [2, 1], False),
        ({"limit": "0"}, [], False),
        ({"limit": "9"}, [2, 1, 0], False),
        ({"limit": "x"}, [2, 1, 0], True),
        ({"fromDate": "2026-03-02"}, [2, 1], False),
        ({"toDate": "2026-03-02"}, [1, 0], False),
        ({"fromDate": "2026-03-02", "toDate": "2026-03-02"}, [1], False),
        ({"fromDate": "20260302"}, [2, 1, 0], True),
        ({"fromDate": "2026-02-30"}, [2, 1, 0], True),
    ],
)
async def test_the_filters_of_the_sister_service_can_be_honoured(
    world: World,
    filters: dict[str, str],
    expected: list[int],
    warned: bool,  # noqa: FBT001
) -> None:
    """Choice history-filters; both days count whole, and midnight is Vietnam's."""
    world.choices = {"thuesim.history-filters": "honour-extra"}
    rentals = []
    for hour in (16, 17, 41):  # 23:00 on 1 March in Vietnam, midnight after it, midnight after that
        world.now = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hour)
        rentals.append(await world.rent())

    found = await rows(world, **filters)

    assert bases(found) == [base(rentals[index]) for index in expected]
    assert bool(world.warnings) == warned


async def test_the_history_can_be_capped(world: World) -> None:
    """Choice history-cap: a hundred rows, the newest; a smaller limit still counts."""
    first = await world.rent()
    await world.put(*(replace(first, id=f"{number}.01") for number in range(101)))
    assert len(await rows(world)) == 102

    world.choices = {"thuesim.history-cap": "capped", "thuesim.history-filters": "honour-extra"}
    found = await rows(world)

    assert bases(found) == list(range(100, 0, -1))
    assert len(await rows(world, limit="3")) == 3


@pytest.mark.parametrize(
    ("microsecond", "written"),
    [
        (0, "12:00:00"),
        (880_000, "12:00:00.88"),
        (999, "12:00:00"),
        (2_999, "12:00:00"),
        (3_000, "12:00:00.003"),
        (6_999, "12:00:00.003"),
        (7_000, "12:00:00.007"),
        (9_999, "12:00:00.007"),
        (10_000, "12:00:00.01"),
        (123_456, "12:00:00.123"),
        (999_999, "12:00:00.997"),
    ],
)
async def test_times_in_the_history_cut_the_zeros_at_their_end(world: World, microsecond: int, written: str) -> None:
    """Up to three digits, the third 0, 3 or 7, and no dot without one."""
    world.now = world.now.replace(microsecond=microsecond)
    await world.rent()

    assert (await rows(world))[0]["CreatedTime"] == f"2026-03-01T{written}"


async def test_the_history_of_a_fresh_account_is_an_empty_list(world: World) -> None:
    assert await world.call("history") == '{"status_code":200,"success":true,"message":"successful","data":[]}'


async def test_the_space_before_the_number_can_be_dropped(world: World) -> None:
    """Choice phone-space."""
    world.choices = {"thuesim.phone-space": "drop"}

    body = await world.call("register_service", serviceId="01.4")

    assert f'"Phone":"0{(await world.newest()).phone[3:]}"' in body


async def test_answers_can_be_labelled_as_html(world: World) -> None:
    """Choice content-type: only the header changes, refusals included."""
    plain = await world.reply("balance", {"token": "SANDBOX-TOKEN"})
    world.choices = {"thuesim.content-type": "html"}

    labelled = await world.reply("balance", {"token": "SANDBOX-TOKEN"})

    assert plain.content_type == "application/json; charset=utf-8"
    assert labelled.content_type == "text/html; charset=UTF-8"
    assert labelled.body == plain.body
    assert (await world.reply("code", {})).content_type == "text/html; charset=UTF-8"


async def test_the_code_can_be_read_in_the_envelope_of_viotp(world: World) -> None:
    """Choice code-numbers: a Status instead of a number, and -2 for a wrong id."""
    world.choices = {"thuesim.code-numbers": "viotp"}
    done, expired, waiting = await three(world)

    def expected(rental: Rental, status: int, time: str, sms: str, code: str) -> str:
        service, name, price = (97, "DV KHÁC (TEST)", 1450) if rental is done else (4, "Yahoo", 470)
        return (
            f'{{"status_code":200,"success":true,"message":"successful","data":{{"ID":"{rental.id}",'
            f'"Phone":"{rental.phone[3:]}","ServiceID":{service},"ServiceName":"{name}","Status":{status},'
            f'"Price":{price},"CreatedTime":"2026-03-01T{time}","IsSound":false,"SmsContent":{sms},"Code":{code}}}}}'
        )

    assert await world.call("code", ID=done.id) == expected(done, 1, "12:00:00", '"1234"', '"1234"')
    assert await world.call("code", ID=expired.id) == expected(expired, 2, "12:00:00", "null", "null")
    assert await world.call("code", ID=waiting.id) == expected(waiting, 0, "12:05:00", "null", "null")
    wrong = '{"status_code":-2,"success":false,"message":"Mã phiên không đúng"}'
    assert [await world.call("code", ID=each) for each in ("", "x", "1.01")] == [wrong] * 3
    auth_failed = '{"status_code":401,"success":false,"message":"Lỗi xác thực"}'
    assert await world.call("code", ID=done.id, token="WRONG") == auth_failed
    assert await world.call("balance", token="WRONG") == f'{auth_failed[:-1]},"data":null}}'
    world.choices["thuesim.list-refusals"] = "null"
    assert await world.call("code", ID="x") == f'{wrong[:-1]},"data":null}}'


async def test_a_rental_that_waits_can_have_a_result_without_a_code(world: World) -> None:
    """Choice waiting-result: an object while nothing has come; expired, refused and done are as before."""
    world.choices = {"thuesim.waiting-result": "object"}
    done, expired, waiting = await three(world)

    result = '{"SMS":null,"Code":null,"IsCall":false,"CallFile":null}'
    assert await world.call("code", ID=waiting.id) == f'{{"ResponseCode":1,"Msg":"Đợi tin nhắn","Result":{result}}}'
    assert '"Result":{"SMS":"1234","Code":"1234",' in await world.call("code", ID=done.id)
    for sent in ({"ID": expired.id}, {"ID": "1.01"}, {"ID": waiting.id, "token": "WRONG"}):
        assert (await world.call("code", **sent)).endswith('"Result":null}')


async def test_a_call_in_the_envelope_of_viotp_has_the_recording_as_content(world: World) -> None:
    world.choices = {"thuesim.code-numbers": "viotp"}
    rental = await world.rent()
    await world.arrive(rental, "", "059809", is_call=True)

    body = await world.call("code", ID=rental.id)

    assert '"IsSound":true,"SmsContent":"http://127.0.0.1:6877/audio/play.php?01=' in body


async def test_limits_tell_how_much_is_used_and_when_it_frees_up(world: World) -> None:
    """The pause is over exactly after the interval."""
    await world.change(min_interval=timedelta(seconds=5))
    account = await world.account()

    async def limits() -> list[Limit]:
        accounts = world.provider.accounts
        change = await world.store.decide(
            world.lane, lambda state: Change(list(accounts.limits(account, state, world.now)))
        )
        return change.verdict

    pause = Limit("thuesim", "taking_numbers", "account", 0, 1, None)
    assert await limits() == [Limit("thuesim", "waiting_numbers", "account", 0, 5, None), pause]
    frees_at = world.now + timedelta(seconds=5)
    await world.rent()
    assert await limits() == [
        Limit("thuesim", "waiting_numbers", "account", 1, 5, None),
        Limit("thuesim", "taking_numbers", "account", 1, 1, frees_at),
    ]
    world.now = frees_at
    assert (await limits())[1] == pause


@pytest.mark.parametrize(("allowed", "status"), [((), 404), (("GET",), 405)])
def test_what_is_not_there_is_answered_like_a_php_host(
    thuesim: Provider, allowed: tuple[str, ...], status: int
) -> None:
    """405 names the methods that are allowed."""
    reply = thuesim.wire.unmatched("POST", "http://127.0.0.1/api/", allowed)

    assert (reply.status, reply.content_type) == (status, "text/html; charset=UTF-8")
    assert reply.headers == ({"Allow": "GET"} if allowed else {})


def test_a_token_is_minted_from_a_number_and_finds_its_lane(thuesim: Provider) -> None:
    """Five digits and 32 hex digits; the same number gives the same token."""
    token = thuesim.identity.mint(5)["token"]

    user, _, secret = token.partition("-")
    assert (len(user), len(secret)) == (5, 32)
    assert thuesim.identity.mint(5) == {"token": token}
    assert thuesim.identity.mint(6) != {"token": token}
    assert list(thuesim.identity.candidates({"token": token}, {})) == [token]
    assert thuesim.identity.adopt({"token": token}, {}) == {"token": token}
    assert thuesim.identity.adopt({}, {}) is None


def test_an_account_is_read_strictly_and_refuses_what_would_break_the_wire() -> None:
    """A server becomes the decimals of a number, so it has two digits; keys that nobody knows are errors."""
    service = {"ID": 5, "SV": "10", "SERVICE_NAME": "X", "PRICE": 1, "Time": "60"}
    account = {"balance": 1, "services": [service], "min_interval": "PT0S"}
    kind = TypeAdapter(Account)

    read = kind.validate_json(orjson.dumps(account), strict=True)

    assert read == Account(1, (Service(5, "10", "X", 1, "60"),), min_interval=timedelta(0))
    for wrong in (
        {"services": [service | {"SV": "1"}]},
        {"services": [service | {"SV": "x1"}]},
        {"services": [service | {"more": 1}]},
        {"nothing": 1},
        {"arrival": "never"},
        {"balance": None},
    ):
        with pytest.raises(ValidationError):
            kind.validate_json(orjson.dumps(account | wrong), strict=True)


@pytest.mark.parametrize("outcome", ["rented", "success", "service_listed", "code_received", "audio_not_found"])
async def test_every_row_can_be_written_by_every_operation_without_facts(world: World, outcome: str) -> None:
    """A planned outcome knows nothing but its name; what comes out is still the operation's envelope."""
    for operation in world.provider.spec.operations:
        call = world.judgement(operation.name, {}).unjudged()
        handler = world.provider.handlers[operation.name]
        reply = world.provider.wire.render(handler, call, world.dialect.spec.outcomes[outcome], Verdict(outcome))

        if operation.role != "audio":
            orjson.loads(reply.body)
