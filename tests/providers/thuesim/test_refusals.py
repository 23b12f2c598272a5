"""Refusals: each in its operation's envelope, in the order of `thuesim.rent-check-order`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import orjson
import pytest

from otp_sandbox.providers.thuesim.account import Service
from otp_sandbox.providers.thuesim.services import MAGIC

if TYPE_CHECKING:
    from tests.providers.thuesim.conftest import World

AUTH_FAILED = {
    "balance": '{"status_code":401,"success":false,"message":"Lỗi xác thực","data":null}',
    "networks": '{"status_code":401,"success":false,"message":"Lỗi xác thực","data":null}',
    "history": '{"status_code":401,"success":false,"message":"Lỗi xác thực","data":null}',
    "service": '{"ResponseCode":401,"Message":"Lỗi xác thực","Data":null}',
    "register_service": '{"RequestLog":null,"ResponseCode":401,"Message":"Lỗi xác thực"}',
    "rephone": '{"RequestLog":null,"ResponseCode":401,"Message":"Lỗi xác thực"}',
    "code": '{"ResponseCode":401,"Msg":"Lỗi xác thực","Result":null}',
}


def refusal(code: int, message: str, balance: int = 123_456) -> str:
    """Write a refused rent."""
    return f'{{"RequestLog":null,"Balance":{balance},"ResponseCode":{code},"Message":"{message}"}}'


SOON = refusal(429, "Vui lòng lấy số cách nhau ít nhất 5 giây")
ERROR = refusal(-1, "Có lỗi")
UNKNOWN = refusal(-4, "Ứng dụng không tồn tại hoặc đang tạm ngưng")
NO_MONEY = refusal(-2, "Số dư tài khoản không đủ", 0)
NO_STOCK = refusal(-3, "Kho số đang tạm hết, vui lòng liên hệ hỗ trợ")
CARRIERS = "MOBIFONE, VINAPHONE, VIETTEL, VIETNAMOBILE, ITELECOM"
NO_CARRIER = refusal(-1, f"Nhà mạng không hợp lệ, chỉ chấp nhận: {CARRIERS}", 0)
NO_PREFIX = refusal(-1, "Đầu số muốn lấy không hợp lệ", 0)


@pytest.mark.parametrize("operation", AUTH_FAILED)
@pytest.mark.parametrize("token", ["", "WRONG", "sandbox-token"])
async def test_a_wrong_token_is_refused_in_the_envelope_of_the_operation(
    world: World, operation: str, token: str
) -> None:
    """A rent shows no balance then; and the token comes before everything, magic values too."""
    body = await world.call(operation, token=token, serviceId="99.4")

    assert body == AUTH_FAILED[operation]


@pytest.mark.parametrize("token", ["", "WRONG", "SANDBOX-TOKEN"])
async def test_an_unknown_query_is_a_general_error_whatever_the_token(world: World, token: str) -> None:
    """`thuesim.unknown-show`."""
    body = await world.call("unknown_show", show="nothing", token=token)

    assert body == '{"status_code":-1,"success":false,"message":"Có lỗi","data":null}'


@pytest.mark.parametrize(
    "service", ["02.98", "01.97", "2.97", "97", "02.", ".97", "02,97", "02.097", "02.97 ", "٠٢.٩٧", "x" * 5000, "0.1e3"]
)
async def test_a_service_that_is_not_exactly_one_of_the_account_is_unknown(world: World, service: str) -> None:
    """Unknown, on another server, or unreadable: the same answer."""
    assert await world.call("register_service", serviceId=service) == UNKNOWN


async def test_a_suspended_service_is_unknown_and_not_listed(world: World) -> None:
    """-4 names both."""
    await world.change(services=(Service(97, "02", "Test", 1, "300", suspended=True),))

    assert await world.call("register_service", serviceId="02.97") == UNKNOWN
    assert await world.call("service") == '{"ResponseCode":1,"Data":[]}'


@pytest.mark.parametrize("fields", [{}, {"serviceId": ""}])
async def test_a_rent_without_service_is_a_general_error(world: World, fields: dict[str, str]) -> None:
    """4.5; an empty field is a missing one."""
    assert await world.call("register_service", **fields) == ERROR


async def test_a_balance_of_exactly_the_price_is_enough_and_one_less_is_not(world: World) -> None:
    """The boundary; a failed rent costs nothing."""
    await world.change(balance=469)
    short = await world.call("register_service", serviceId="01.4")
    assert short == refusal(-2, "Số dư tài khoản không đủ", 469)
    assert (await world.account()).balance == 469

    await world.change(balance=470)
    await world.rent("01.4")
    assert (await world.account()).balance == 0


async def test_the_last_number_in_stock_can_be_rented_once(world: World, limited_service: Service) -> None:
    """Stock counts down to nothing."""
    await world.change(services=(limited_service,))

    await world.rent("01.4")

    assert (await world.account()).services[0].stock == 0
    assert await world.call("register_service", serviceId="01.4") == NO_STOCK.replace("123456", "122986")


async def test_checks_of_a_rent_come_in_the_order_of_the_reference(world: World) -> None:
    """Everything is wrong at once, then one thing less each time."""
    await world.rent()
    pause = timedelta(seconds=5)
    service = Service(97, "02", "Test", 1, "300", stock=0)
    await world.change(min_interval=pause, waiting_limit=1, balance=0, services=(service,))
    wrong = {"serviceId": "02.98", "carries": "NOBODY"}

    body = await world.call("register_service", **wrong)
    assert body == SOON.replace("123456", "0")
    assert await world.call("register_service") == body

    await world.change(min_interval=timedelta(0))
    assert await world.call("register_service") == ERROR.replace("123456", "0")
    assert await world.call("register_service", **wrong) == UNKNOWN.replace("123456", "0")

    wrong["serviceId"] = "02.97"
    assert await world.call("register_service", **wrong, yPrefix="11") == NO_CARRIER
    del wrong["carries"]
    assert await world.call("register_service", **wrong, yPrefix="11") == NO_PREFIX

    limit = refusal(429, "Limit exceeded, tối đa 1 số chờ tin nhắn", 0)
    assert await world.call("register_service", **wrong) == limit

    await world.change(waiting_limit=2)
    assert await world.call("register_service", **wrong) == NO_MONEY

    await world.change(balance=1)
    assert await world.call("register_service", **wrong) == NO_STOCK.replace("123456", "1")


async def test_checks_of_renting_again_come_in_the_order_of_the_reference(world: World) -> None:
    """As for a rent; number and earlier rental come between the pause and the service."""
    first = await world.rent()
    phone = "0" + first.phone[3:]
    await world.change(min_interval=timedelta(seconds=5), waiting_limit=1, balance=0)

    async def again(phone: str, service: str, earlier: str = first.id) -> str:
        body = await world.call("rephone", phone=phone, serviceId=service, thuesim1=earlier)
        return f"{world.cause} {orjson.loads(body)['ResponseCode']}"

    assert await again("1", "x") == "too_soon 429"
    await world.change(min_interval=timedelta(0))
    assert await again("1", "") == "service_missing -1"
    assert await again("1", "x") == "phone_malformed -1"
    assert await again("0912345678", "x") == "rental_unknown -1"
    assert await again(phone, "x") == "service_malformed -4"
    assert await again(phone, "98") == "service_unknown -4"
    assert await again(phone, "4") == "waiting_limit_reached 429"
    await world.change(waiting_limit=2)
    assert await again(phone, "4") == "not_enough_balance -2"
    await world.change(balance=470)
    assert await again(phone, "4") == "number_busy -3"
    await world.arrive(first, "1234")
    assert await again(phone, "4") == "rented 1"


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"phone": ""}, "phone_missing"),
        ({"thuesim1": ""}, "rental_missing"),
        ({"serviceId": ""}, "service_missing"),
        ({"phone": "912345678"}, "phone_malformed"),
        ({"phone": "+84912345678"}, "phone_malformed"),
        ({"phone": "09123456789"}, "phone_malformed"),
        ({"phone": "0012345678"}, "phone_malformed"),
        ({"phone": "09١2345678"}, "phone_malformed"),
        ({"thuesim1": "215978"}, "rental_malformed"),
        ({"thuesim1": "215978.2"}, "rental_malformed"),
        ({"thuesim1": "x.02"}, "rental_malformed"),
        ({"thuesim1": "215978.02"}, "rental_unknown"),
        ({"phone": "0912345678"}, "rental_unknown"),
    ],
)
async def test_number_and_earlier_rental_must_be_there_and_belong_together(
    world: World, changed: dict[str, str], cause: str
) -> None:
    """Each is a general error, and the journal knows which."""
    first = await world.rent()
    await world.arrive(first, "1234")
    fields = {"phone": "0" + first.phone[3:], "serviceId": "4", "thuesim1": first.id} | changed

    body = await world.call("rephone", **fields)

    assert (body, world.cause) == (ERROR.replace("123456", "122986"), cause)


async def test_the_waiting_limit_lets_exactly_so_many_wait(world: World) -> None:
    """Just below, at, and free again when one is done; the text names the limit."""
    await world.change(waiting_limit=2)
    first = await world.rent()
    await world.rent()

    body = await world.call("register_service", serviceId="01.4")
    assert body == refusal(429, "Limit exceeded, tối đa 2 số chờ tin nhắn", 123_456 - 2 * 470)

    await world.arrive(first, "1234")
    await world.rent()


@pytest.mark.parametrize(("passed", "cause"), [(0, "too_soon"), (4.999, "too_soon"), (5, "rented"), (5.001, "rented")])
async def test_numbers_are_taken_at_least_five_seconds_apart(world: World, passed: float, cause: str) -> None:
    """Exactly five seconds later is allowed."""
    await world.change(min_interval=timedelta(seconds=5))
    await world.rent()
    world.pause(passed)

    await world.call("register_service", serviceId="01.4")

    assert world.cause == cause


async def test_both_kinds_of_rent_share_the_pause_and_failed_ones_do_not_restart_it(world: World) -> None:
    """4.3."""
    await world.change(min_interval=timedelta(seconds=5))
    first = await world.rent()
    await world.arrive(first, "1234")
    again = {"phone": "0" + first.phone[3:], "serviceId": "4", "thuesim1": first.id}

    world.pause(4)
    await world.call("rephone", **again)
    assert world.cause == "too_soon"

    world.pause(1)
    await world.call("register_service", serviceId="02.98")
    assert world.cause == "service_unknown"
    await world.call("rephone", **again)
    assert world.cause == "rented"


async def test_the_text_of_the_pause_rounds_its_seconds_up(world: World) -> None:
    """A client that waits as long as it is told is not refused again."""
    await world.change(min_interval=timedelta(milliseconds=1500))
    await world.rent()

    body = await world.call("register_service", serviceId="01.4")

    assert "ít nhất 2 giây" in body


async def test_the_pause_can_be_told_as_a_general_error(world: World) -> None:
    """Choice too-soon-answer."""
    world.choices = {"thuesim.too-soon-answer": "-1"}
    await world.change(min_interval=timedelta(seconds=5))
    await world.rent()

    body = await world.call("register_service", serviceId="01.4")

    assert body == refusal(-1, "Vui lòng lấy số cách nhau ít nhất 5 giây", 122_986)


@pytest.mark.parametrize(
    ("session", "cause"),
    [("", "session_missing"), ("1", "session_malformed"), ("1.1", "session_malformed"), ("1.01", "session_unknown")],
)
async def test_a_read_of_no_rental_is_a_wrong_session(world: World, session: str, cause: str) -> None:
    """3, whatever is wrong with the id."""
    body = await world.call("code", ID=session)

    assert body == '{"ResponseCode":3,"Msg":"Mã phiên không đúng","Result":null}'
    assert world.cause == cause


async def test_the_longer_service_id_rents_again_only_if_the_choice_says_so(world: World) -> None:
    """Choice rephone-service-id; the server must be that of the earlier rental."""
    first = await world.rent("01.4")
    await world.arrive(first, "1234")
    again = {"phone": "0" + first.phone[3:], "thuesim1": first.id}

    await world.call("rephone", serviceId="01.4", **again)
    assert world.cause == "service_malformed"

    world.choices = {"thuesim.rephone-service-id": "both"}
    await world.call("rephone", serviceId="02.97", **again)
    assert world.cause == "service_unknown"
    await world.call("rephone", serviceId="01.1", **again)
    assert world.cause == "rented"
    assert (await world.newest()).service == "01.1"


@pytest.mark.parametrize(
    ("service", "body"),
    [
        ("99.1", ERROR),
        ("99.2", refusal(-2, "Số dư tài khoản không đủ")),
        ("99.3", NO_STOCK),
        ("99.4", UNKNOWN),
        ("99.04", UNKNOWN),
        ("99.401", '{"RequestLog":null,"ResponseCode":401,"Message":"Lỗi xác thực"}'),
        ("99.429", refusal(429, "Limit exceeded, tối đa 5 số chờ tin nhắn")),
    ],
)
@pytest.mark.parametrize("operation", ["register_service", "rephone"])
async def test_a_magic_service_gives_the_row_it_names_before_every_other_check(
    world: World, operation: str, service: str, body: str
) -> None:
    """In the shape of a rent, with the account's own limit in the text."""
    assert await world.call(operation, serviceId=service) == body
    assert world.magic


@pytest.mark.parametrize("service", ["99.200", "99.5", "99.0", "99.12345"])
async def test_a_magic_service_that_names_no_refusal_is_an_ordinary_one(world: World, service: str) -> None:
    """Success cannot be asked for."""
    assert await world.call("register_service", serviceId=service) == UNKNOWN
    assert not world.magic


def test_magic_values_and_codes_belong_together() -> None:
    """What `value_of` writes, `code_of` reads; small positive codes cannot be written."""
    for code in (-9, -4, -1, 10, 401, 429):
        text = MAGIC.value_of(code)
        assert text is not None
        assert MAGIC.code_of(text) == str(code)
    assert [MAGIC.value_of(code) for code in (-10, 0, 3, 9)] == [None] * 4
    assert [MAGIC.code_of(text) for text in ("", "99", "99.", "98.4", "099.4", "99.4x")] == [None] * 6
