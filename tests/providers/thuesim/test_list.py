"""The second schema of the page, choice profile: exact bodies, refusals, and ids without a server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import orjson
import pytest

from otp_sandbox.providers.thuesim.account import Service

if TYPE_CHECKING:
    from tests.providers.thuesim.conftest import World

    from otp_sandbox.domain.rentals import Rental

LIST = {"thuesim.profile": "list"}
MESSAGE = "486460 la ma xac thuc OTP dang ky vi MoMo. De tranh bi mat tien"


@pytest.fixture(autouse=True)
def second_schema(world: World) -> None:
    """Every test here is about the second schema."""
    world.choices = dict(LIST)


def refusal(code: int, message: str, key: str = "status_code") -> str:
    """Write a refusal."""
    return f'{{"{key}":{code},"success":false,"message":"{message}"}}'


ERROR = refusal(-1, "Có lỗi")
NO_RENTAL = refusal(-2, "Mã phiên không đúng")
UNKNOWN = refusal(-4, "Ứng dụng không tồn tại hoặc đang tạm ngưng")


async def rented(world: World, service: str = "4") -> Rental:
    """Rent a number, and give the rental."""
    body = await world.call("register_service", serviceId=service)
    assert world.cause == "rented_list", body
    return await world.newest()


def bare(rental: Rental) -> str:
    return rental.id.partition(".")[0]


def shown(rental: Rental, status: int, sms: str = "null", code: str = "null", *, sound: str = "false") -> str:
    """Write what the code query answers about a rental of Momo at noon."""
    return (
        '{"status_code":200,"success":true,"message":"successful","data":'
        f'{{"ID":"{bare(rental)}","Phone":"{rental.phone[3:]}","ServiceID":1,"ServiceName":"Momo","Status":{status},'
        f'"Price":350,"CreatedTime":"2026-03-01T12:00:00","IsSound":{sound},"SmsContent":{sms},"Code":{code}}}}}'
    )


async def momo(world: World) -> Rental:
    """Rent a number for the service of the page's sample; nothing arrives by itself."""
    await world.change(services=(Service(1, "01", "Momo", 350, "300"),), arrival="manual")
    return await rented(world, "1")


async def test_services_have_small_letters_a_price_as_text_and_no_server(world: World) -> None:
    """The list of 2.2."""
    await world.change(services=(Service(7, "01", "Facebook", 800, "300"), Service(1, "01", "Momo", 350, "300")))

    body = await world.call("service", show="service")

    assert body == (
        '{"ResponseCode":1,"success":true,"message":"successful",'
        '"data":[{"id":7,"name":"Facebook","price":"800"},{"id":1,"name":"Momo","price":"350"}]}'
    )


async def test_a_rent_tells_number_balance_and_request(world: World) -> None:
    """Nine digits, the balance after the charge, an id without the server."""
    await world.change(balance=50_470)

    body = await world.call("register_service", serviceId="01.4")

    rental = await world.newest()
    assert rental.id == f"{bare(rental)}.01"
    assert body == (
        '{"status_code":200,"success":true,"message":"Tạo yêu cầu thành công !","data":'
        f'{{"phone_number":"{rental.phone[3:]}","balance":50000,"request_id":"{bare(rental)}"}}}}'
    )


async def test_renting_again_answers_like_a_rent(world: World) -> None:
    """With the ids that the client was told: no server in any of them."""
    first = await rented(world)
    await world.arrive(first, "1234")

    body = await world.call("rephone", phone=f"0{first.phone[3:]}", serviceId="1", thuesim1=bare(first))

    again = await world.newest()
    assert (again.service, again.phone) == ("01.1", first.phone)
    assert body == (
        '{"status_code":200,"success":true,"message":"Tạo yêu cầu thành công !","data":'
        f'{{"phone_number":"{first.phone[3:]}","balance":122386,"request_id":"{bare(again)}"}}}}'
    )


@pytest.mark.parametrize("numbers", ["chothuesim", "viotp"])
async def test_a_rental_is_shown_with_its_status(world: World, numbers: str) -> None:
    """The list of 2.5, by either spelling of the id; code-numbers changes nothing here."""
    world.choices["thuesim.code-numbers"] = numbers
    rental = await momo(world)

    by_bare = await world.call("code", ID=bare(rental))
    assert by_bare == await world.call("code", ID=rental.id) == shown(rental, 0)
    await world.arrive(rental, MESSAGE)
    assert await world.call("code", ID=bare(rental)) == shown(rental, 1, f'"{MESSAGE}"', '"486460"')
    assert world.cause == "rental_shown"


async def test_an_expired_rental_is_shown_with_status_two(world: World) -> None:
    """Reading it is still a success, from the last instant of its lifetime on."""
    rental = await momo(world)
    world.pause(299.999)
    assert await world.call("code", ID=bare(rental)) == shown(rental, 0)

    world.pause(0.001)

    assert await world.call("code", ID=bare(rental)) == shown(rental, 2)


async def test_a_call_is_shown_with_the_address_of_its_recording(world: World) -> None:
    """IsSound is a boolean here."""
    rental = await momo(world)
    await world.arrive(rental, "", "059809", is_call=True)

    body = await world.call("code", ID=bare(rental))

    address = orjson.loads(body)["data"]["SmsContent"]
    assert address.startswith(f"http://127.0.0.1:6877/audio/play.php?01={rental.phone[3:]}_Momo_")
    assert body == shown(rental, 1, f'"{address}"', '"059809"', sound="true")


@pytest.mark.parametrize("operation", ["service", "register_service", "rephone", "code"])
@pytest.mark.parametrize("token", ["", "WRONG"])
async def test_a_wrong_token_is_refused_in_the_second_schema(world: World, operation: str, token: str) -> None:
    """Services keep ResponseCode, also here."""
    key = "ResponseCode" if operation == "service" else "status_code"

    assert await world.call(operation, token=token) == refusal(401, "Lỗi xác thực", key)


@pytest.mark.parametrize("numbers", ["chothuesim", "viotp"])
@pytest.mark.parametrize("spelled", ["", "x", "1", "1.01", "{bare}.02", "{bare}.1", "0{bare}", "{bare}."])
async def test_an_id_of_no_rental_is_minus_two(world: World, numbers: str, spelled: str) -> None:
    """The number of 3.1, whatever code-numbers says."""
    world.choices["thuesim.code-numbers"] = numbers
    rental = await rented(world)

    assert await world.call("code", ID=spelled.format(bare=bare(rental))) == NO_RENTAL


async def test_refusals_of_a_rent_have_the_numbers_of_the_page(world: World) -> None:
    """No balance in any of them; everything is wrong at once, then one thing less each time."""
    await rented(world)
    service = Service(97, "02", "Test", 1, "300", stock=0)
    await world.change(min_interval=timedelta(seconds=5), waiting_limit=1, balance=0, services=(service,))

    soon = "Vui lòng lấy số cách nhau ít nhất 5 giây"
    assert await world.call("register_service", serviceId="98") == refusal(429, soon)
    world.choices["thuesim.too-soon-answer"] = "-1"
    assert await world.call("register_service", serviceId="98") == refusal(-1, soon)
    await world.change(min_interval=timedelta(0))
    assert await world.call("register_service") == ERROR
    assert await world.call("register_service", serviceId="98") == UNKNOWN
    assert await world.call("register_service", serviceId="x") == UNKNOWN
    limit = refusal(429, "Limit exceeded, tối đa 1 số chờ tin nhắn")
    assert await world.call("register_service", serviceId="97") == limit
    await world.change(waiting_limit=2)
    assert await world.call("register_service", serviceId="97") == refusal(-2, "Số dư tài khoản không đủ")
    await world.change(balance=1)
    no_stock = refusal(-3, "Kho số đang tạm hết, vui lòng liên hệ hỗ trợ")
    assert await world.call("register_service", serviceId="97") == no_stock


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"thuesim1": ""}, "rental_missing"),
        ({"thuesim1": "x"}, "rental_malformed"),
        ({"thuesim1": "1"}, "rental_unknown"),
        ({"thuesim1": "{bare}.02"}, "rental_unknown"),
        ({"phone": "0912345678"}, "rental_unknown"),
    ],
)
async def test_number_and_earlier_rental_must_belong_together(
    world: World, changed: dict[str, str], cause: str
) -> None:
    first = await rented(world)
    await world.arrive(first, "1234")
    fields = {"phone": f"0{first.phone[3:]}", "serviceId": "4", "thuesim1": bare(first)} | changed

    sent = {name: text.format(bare=bare(first)) for name, text in fields.items()}
    body = await world.call("rephone", **sent)

    assert (body, world.cause) == (ERROR, cause)


@pytest.mark.parametrize("operation", ["register_service", "rephone"])
async def test_a_magic_service_gives_its_row_in_the_second_schema(world: World, operation: str) -> None:
    """Without the server it is an ordinary number."""
    no_stock = refusal(-3, "Kho số đang tạm hết, vui lòng liên hệ hỗ trợ")

    assert await world.call(operation, serviceId="99.3") == no_stock
    assert world.magic
    await world.call(operation, serviceId="99")
    assert not world.magic


async def test_a_service_without_its_server_is_the_first_that_can_be_rented(world: World) -> None:
    """The suspended one is passed over; with its server, another one is rented."""
    await world.change(
        services=(
            Service(4, "01", "First", 1, "300", suspended=True),
            Service(4, "02", "Second", 1, "300"),
            Service(4, "03", "Third", 1, "300"),
        )
    )

    assert (await rented(world, "4")).service == "02.4"
    assert (await rented(world, "03.4")).service == "03.4"
    assert await world.call("register_service", serviceId="01.4") == UNKNOWN
    assert await world.call("register_service", serviceId="04") == UNKNOWN


async def test_a_server_that_ends_in_zero_is_found_again(world: World) -> None:
    """All hundred servers are looked at."""
    await world.change(services=(Service(1, "10", "Ten", 1, "300"), Service(2, "99", "Last", 1, "300")))

    for service in ("1", "2"):
        rental = await rented(world, service)
        assert f'"ID":"{bare(rental)}"' in await world.call("code", ID=bare(rental))


async def test_with_the_first_schema_ids_have_their_server(world: World) -> None:
    """A rental made under one schema is read under the other, by the full id only."""
    rental = await rented(world)
    world.choices = {}

    await world.call("code", ID=bare(rental))
    assert world.cause == "session_malformed"
    await world.call("code", ID=rental.id)
    assert world.cause == "waiting_for_message"
    await world.call("rephone", phone=f"0{rental.phone[3:]}", serviceId="4", thuesim1=bare(rental))
    assert world.cause == "rental_malformed"
    await world.call("register_service", serviceId="4")
    assert world.cause == "service_malformed"


@pytest.mark.parametrize(
    "operation", ["balance", "networks", "service", "history", "register_service", "rephone", "code", "unknown_show"]
)
async def test_refusals_have_data_null_where_that_is_chosen(world: World, operation: str) -> None:
    """The old way, choice list-refusals; without it they have no data, whatever was asked for."""
    usual = await world.call(operation, token="WRONG")
    world.choices["thuesim.list-refusals"] = "null"

    assert "data" not in orjson.loads(usual)
    assert await world.call(operation, token="WRONG") == f'{usual[:-1]},"data":null}}'


@pytest.mark.parametrize("profile", ["wire", "list"])
@pytest.mark.parametrize("fields", [{}, {"token": "WRONG"}], ids=["success", "refusal"])
async def test_message_comes_before_success_where_that_is_chosen(
    world: World, profile: str, fields: dict[str, str]
) -> None:
    """Choice member-order: in every envelope that has both, and nothing else moves."""
    rental = await rented(world)
    world.choices["thuesim.profile"] = profile
    calls = {
        "balance": {},
        "networks": {},
        "service": {},
        "history": {},
        "register_service": {"serviceId": "01.4"},
        "code": {"ID": rental.id},
        "unknown_show": {},
    }
    for operation, sent in calls.items():
        world.choices["thuesim.member-order"] = "printed"
        printed = orjson.loads(await world.call(operation, **{**sent, **fields}))
        world.choices["thuesim.member-order"] = "observed"
        observed = orjson.loads(await world.call(operation, **{**sent, **fields}))

        names = list(printed)
        if "success" in names:
            assert names[:3] == [names[0], "success", "message"]
            names[1:3] = ["message", "success"]
        assert list(observed) == names


async def test_a_rent_has_the_members_that_were_seen_where_that_is_chosen(world: World) -> None:
    """Choice list-rent, with the order of the envelope and the number that go with it."""
    world.choices |= {
        "thuesim.list-rent": "observed",
        "thuesim.list-request-id": "number",
        "thuesim.member-order": "observed",
    }

    body = await world.call("register_service", serviceId="4")

    rental = await world.newest()
    assert body == (
        '{"status_code":200,"message":"Tạo yêu cầu thành công !","success":true,"data":'
        f'{{"phone_number":"{rental.phone[3:]}","re_phone_number":"0{rental.phone[3:]}","countryISO":"VN",'
        f'"countryCode":"84","request_id":{bare(rental)},"balance":122986}}}}'
    )


async def test_a_request_can_be_a_number(world: World) -> None:
    """Choice list-request-id alone; it is read as it was, and stays text in the code query."""
    world.choices["thuesim.list-request-id"] = "number"

    body = await world.call("register_service", serviceId="4")

    rental = await world.newest()
    assert body.endswith(f'"balance":122986,"request_id":{bare(rental)}}}}}')
    assert f'"ID":"{bare(rental)}"' in await world.call("code", ID=bare(rental))


async def test_the_code_query_has_the_members_that_were_seen_where_that_is_chosen(world: World) -> None:
    """Choice list-code: waiting and done."""
    world.choices["thuesim.list-code"] = "observed"
    rental = await momo(world)

    def seen(status: int, sms: str, code: str) -> str:
        return (
            f'{{"status_code":200,"success":true,"message":"successful","data":{{"ID":"{bare(rental)}","ServiceID":1,'
            f'"ServiceName":"Momo","Price":350,"SmsContent":{sms},"Status":{status},"CreatedTime":"2026-03-01T12:00:00",'
            f'"IsSound":false,"Code":{code},"PhoneOriginal":"0{rental.phone[3:]}","Phone":"{rental.phone[3:]}",'
            '"CountryISO":"VN","CountryCode":"84"}}'
        )

    assert await world.call("code", ID=bare(rental)) == seen(0, "null", "null")
    await world.arrive(rental, MESSAGE)
    assert await world.call("code", ID=bare(rental)) == seen(1, f'"{MESSAGE}"', '"486460"')


@pytest.mark.parametrize("operation", ["balance", "networks", "history"])
async def test_the_other_queries_have_one_schema(world: World, operation: str) -> None:
    """Balance and carriers are listed as they are sent; the list of the history is no body."""
    await rented(world)

    listed = await world.call(operation)

    world.choices = {}
    assert listed == await world.call(operation)


async def test_the_callback_names_the_request_as_the_rent_did(world: World) -> None:
    """Without the server, like the page's sample."""
    world.now = datetime(2026, 3, 1, 5, tzinfo=UTC)
    await world.change(callback_url="http://127.0.0.1:9/", arrival="manual")
    rental = await rented(world)
    await world.arrive(rental, "1234 la ma")

    (callback,) = await world.callbacks()

    assert callback.body == (
        f'{{"data":{{"status":1,"requestId":"{bare(rental)}","code":"1234","smsContent":"1234 la ma",'
        '"isSound":"false"}}'
    )
