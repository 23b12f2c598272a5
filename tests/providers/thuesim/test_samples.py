"""Every documented sample body comes out token for token; ids, numbers and times are the world's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from otp_sandbox.domain.rentals import Rental
from otp_sandbox.providers.thuesim.account import Service

if TYPE_CHECKING:
    from tests.providers.thuesim.conftest import World


def done(rental_id: str, phone: str, service: str, name: str, **more: object) -> Rental:
    """Give a rental whose message has come."""
    at = datetime(2020, 8, 6, 10, 13, 24, 880_000, tzinfo=UTC)
    facts: dict[str, object] = {"price": 600, "created_at": at, "origin": "https://thuesim.com.vn"} | more
    return Rental(
        id=rental_id,
        provider="thuesim",
        phone=phone,
        service=service,
        service_name=name,
        carrier="MOBIFONE",
        state="done",
        expires_at=at + timedelta(seconds=300),
        **facts,  # type: ignore[arg-type]  # whatever a test says
    )


async def test_the_balance_reads_as_printed(world: World) -> None:
    """Sample of 2.0."""
    body = await world.call("balance", show="balance")

    assert body == '{"status_code":200,"success":true,"message":"successful","data":{"balance":123456}}'


async def test_the_carriers_read_as_printed(world: World) -> None:
    """Sample of 2.1."""
    body = await world.call("networks", show="networks")

    assert body == (
        '{"status_code":200,"success":true,"message":"successful","data":[{"id":1,"name":"MOBIFONE"},'
        '{"id":2,"name":"VINAPHONE"},{"id":3,"name":"VIETTEL"},{"id":4,"name":"VIETNAMOBILE"},'
        '{"id":5,"name":"ITELECOM"}]}'
    )


async def test_the_services_read_as_printed(world: World) -> None:
    """Sample of 2.2."""
    await world.change(services=(Service(97, "02", "DV KHÁC (TEST)", 1450, "300"),))

    body = await world.call("service", show="service")

    assert body == (
        '{"ResponseCode":1,"Data":[{"ID":97,"SV":"02","SERVICE_NAME":"DV KHÁC (TEST)","PRICE":1450,"Time":"300"}]}'
    )


async def test_a_rent_reads_as_printed(world: World) -> None:
    """Sample of 2.3: the balance in it is the one after the charge."""
    await world.change(balance=123_926)
    world.now = datetime(2021, 10, 16, 2, 27, 1, 999_999, tzinfo=UTC)

    body = await world.call("register_service", serviceId="01.4", carries="VINAPHONE")

    rental = await world.newest()
    sample = (
        '{"RequestLog":{"ID":88237016.01,"ServiceID":4,"ServiceName":"Yahoo","IMG":"Yahoo.ico","Price":470,'
        '"Phone":" 0852222127","SmsContent":null,"StatusStr":"Đợi tin nhắn","CreatedTime":"2021-10-16T09:27:01",'
        '"IsSound":false,"Code":null},"Balance":123456,"ResponseCode":1,"Message":"Tạo yêu cầu Yahoo thành công !"}'
    )
    assert body == sample.replace("88237016.01", rental.id).replace("852222127", rental.phone[3:])


async def test_renting_again_reads_like_a_rent(world: World) -> None:
    """2.4 has no sample; the envelope is that of 2.3."""
    first = await world.rent("01.4")
    await world.arrive(first, "code 123456")
    phone = "0" + first.phone[3:]

    body = await world.call("rephone", phone=phone, serviceId="4", thuesim1=first.id)

    again = await world.newest()
    assert again.id != first.id
    assert body == (
        f'{{"RequestLog":{{"ID":{again.id},"ServiceID":4,"ServiceName":"Yahoo","IMG":"Yahoo.ico","Price":470,'
        f'"Phone":" {phone}","SmsContent":null,"StatusStr":"Đợi tin nhắn","CreatedTime":"2026-03-01T12:00:00",'
        '"IsSound":false,"Code":null},"Balance":122516,"ResponseCode":1,"Message":"Tạo yêu cầu Yahoo thành công !"}'
    )


async def test_a_message_reads_as_printed(world: World) -> None:
    """First sample of 2.5."""
    rental = await world.rent()
    text = (
        "[VU KHUYEN] Trung tam thong bao ma kich hoat tai khoan dang ky tu van du hoc: 529310. "
        "Vui long khong chia se cho bat ky ai"
    )
    await world.arrive(rental, text)

    body = await world.call("code", show="code", ID=rental.id)

    assert body == (
        f'{{"ResponseCode":0,"Msg":"OK","Result":{{"SMS":"{text}","Code":"529310","IsCall":false,"CallFile":null}}}}'
    )


async def test_a_call_reads_as_printed(world: World) -> None:
    """Second sample of 2.5: the twelve hex digits are drawn, host and scheme are those of the rent."""
    world.origin = "https://thuesim.com.vn"
    await world.change(services=(Service(3, "01", "Man.Club", 500, "300"),))
    rental = await world.rent("01.3", carries="MOBIFONE", yPrefix="76")
    await world.arrive(rental, "", "059809", is_call=True)

    body = await world.call("code", show="code", ID=rental.id)

    hexadecimal = body.partition("Man.Club_")[2][:12]
    sample = (
        '{"ResponseCode":0,"Msg":"OK","Result":{"SMS":"[Call]mã otp của bạn là 059809mã otp của bạn là 059809",'
        '"Code":"059809","IsCall":true,'
        '"CallFile":"https://thuesim.com.vn/audio/play.php?01=769652844_Man.Club_6645fe035042.wav&phone=769652844"}}'
    )
    assert body == sample.replace("769652844", rental.phone[3:]).replace("6645fe035042", hexadecimal)
    assert set(hexadecimal) <= set("0123456789abcdef")


async def test_the_history_reads_as_printed(world: World) -> None:
    """Sample of 2.6: the newest first, a call with the address of its recording."""
    text = (
        "486460 la ma xac thuc OTP dang ky vi MoMo. De tranh bi mat tien, tuyet doi KHONG chia se ma nay voi bat ky "
        "ai. zniHFS3HBXG"
    )
    spoken = done("58060.01", "+84987654321", "01.1", "Momo", sms="[Call]…", code="486460", is_call=True)
    await world.put(spoken, done("58098.01", "+84987654321", "01.1", "Momo", sms=text, code="486460"))

    body = await world.call("history", show="history")

    recording = body.rpartition('"SmsContent":"')[2].partition('"')[0]
    assert recording.startswith("https://thuesim.com.vn/audio/play.php?01=987654321_Momo_")
    assert body == (
        '{"status_code":200,"success":true,"message":"successful","data":[{"ID":58098,"ServiceID":1,'
        f'"ServiceName":"Momo","Status":1,"Price":600,"Phone":"987654321","SmsContent":"{text}","IsSound":"false",'
        '"CreatedTime":"2020-08-06T17:13:24.88","Code":"486460"},{"ID":58060,"ServiceID":1,"ServiceName":"Momo",'
        f'"Status":1,"Price":600,"Phone":"987654321","SmsContent":"{recording}","IsSound":"true",'
        '"CreatedTime":"2020-08-06T17:13:24.88","Code":"486460"}]}'
    )


async def test_an_id_that_ends_in_zero_keeps_its_zero(world: World) -> None:
    """`88237016.10` is neither 88237016.1 in a rent nor another rental in a read."""
    await world.change(services=(Service(4, "10", "Yahoo", 470, "300"),), arrival="manual")

    body = await world.call("register_service", serviceId="10.4")
    rental = await world.newest()

    assert rental.id.endswith(".10")
    assert f'{{"ID":{rental.id},' in body
    assert '"ResponseCode":1,' in await world.call("code", ID=rental.id)
    assert '"ResponseCode":3,' in await world.call("code", ID=rental.id.removesuffix("0"))
