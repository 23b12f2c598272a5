"""The life of a rental: waiting, then done or expired; money, messages, calls, callbacks."""

from __future__ import annotations

import io
import wave
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest

from otp_sandbox.domain.code_in_text import find_code
from otp_sandbox.domain.rentals import RENTALS
from otp_sandbox.domain.store import Change, Event
from otp_sandbox.providers.thuesim.account import Service
from otp_sandbox.providers.thuesim.recordings import file_name

if TYPE_CHECKING:
    from tests.providers.thuesim.conftest import World

WAITING = '{"ResponseCode":1,"Msg":"Đợi tin nhắn","Result":null}'
EXPIRED = '{"ResponseCode":2,"Msg":"không nhận được code, quá thời gian chờ","Result":null}'
HOOK = "http://127.0.0.1:9/hook"


async def test_an_invented_message_comes_after_the_delay(world: World) -> None:
    """Nothing before it; then a text with the code in it and the service named, the same at every read."""
    rental = await world.rent("01.1")
    world.pause(1.999)
    assert await world.fired() == []
    assert await world.call("code", ID=rental.id) == WAITING

    world.pause(0.001)
    assert await world.fired() == ["arrival"]

    ended = await world.rental(rental.id)
    assert ended.code is not None
    assert ended.sms is not None
    assert len(ended.code) == 6
    assert find_code(ended.sms) == ended.code
    assert "Momo" in ended.sms
    first = await world.call("code", ID=rental.id)
    assert f'"Code":"{ended.code}","IsCall":false,"CallFile":null' in first
    assert await world.call("code", ID=rental.id) == first


async def test_an_invented_message_takes_the_pinned_code_and_uses_it_up(world: World) -> None:
    """A pin for two times serves two rentals; the message of the closed line does not take it."""
    rental = await world.rent()
    await world.pin(rental.phone, "007", times=2)
    world.pause(2)
    await world.fired()

    ended = await world.rental(rental.id)
    assert ended.code == "007"
    assert "007" in (ended.sms or "")
    pin = await world.pinned(rental.phone)
    assert pin is not None
    assert pin.times == 1


async def test_nothing_comes_by_itself_when_arrival_is_manual(world: World) -> None:
    """Only its expiry falls due."""
    await world.change(arrival="manual")
    rental = await world.rent()
    world.pause(299.999)

    assert await world.fired() == []
    assert await world.call("code", ID=rental.id) == WAITING


@pytest.mark.parametrize("delay", [timedelta(seconds=300), timedelta.max])
async def test_a_delay_that_is_not_shorter_than_the_lifetime_lets_the_rental_expire(
    world: World, delay: timedelta
) -> None:
    """Even when it is longer than time can be counted."""
    await world.change(arrival_delay=delay)
    await world.rent()
    world.pause(300)

    assert await world.fired() == ["expiry"]


@pytest.mark.parametrize(("passed", "body"), [(299.999, WAITING), (300, EXPIRED), (301, EXPIRED)])
@pytest.mark.parametrize("fired", [True, False])
async def test_a_rental_expires_at_the_very_second(world: World, passed: float, body: str, fired: bool) -> None:  # noqa: FBT001
    """The lifetime is half-open, and a read knows even if no background job ran."""
    await world.change(arrival="manual")
    rental = await world.rent()
    world.pause(passed)
    if fired:
        await world.fired()

    assert await world.call("code", ID=rental.id) == body


@pytest.mark.parametrize(("time", "seconds"), [("60", 60), ("", 300), ("x", 300), ("9" * 10, 300), ("-5", 300)])
async def test_a_rental_lives_as_long_as_its_service_says(world: World, time: str, seconds: int) -> None:
    """What is no number of seconds counts as 300."""
    await world.change(services=(Service(4, "01", "Yahoo", 470, time),))

    rental = await world.rent()

    assert rental.expires_at - rental.created_at == timedelta(seconds=seconds)


async def test_the_price_comes_back_once_when_a_rental_expires(world: World) -> None:
    """And never when a message came."""
    await world.change(arrival="manual")
    rental = await world.rent()
    done = await world.rent()
    assert await world.arrive(done, "1234")
    assert (await world.account()).balance == 123_456 - 940
    world.pause(300)
    assert await world.fired() == ["expiry"]
    assert (await world.account()).balance == 123_456 - 470

    expiry = world.provider.events["expiry"]
    for each in (rental, done):
        assert not await world.decide(expiry, Event(world.now, "expiry", "thuesim", each.id))

    assert (await world.account()).balance == 123_456 - 470


async def test_the_refund_is_what_was_charged_although_the_price_has_changed(world: World) -> None:
    await world.change(arrival="manual")
    await world.rent()
    await world.change(services=())
    world.pause(300)
    await world.fired()

    assert (await world.account()).balance == 123_456


async def test_a_message_of_another_provider_arrives_and_cancels_the_invented_one(world: World) -> None:
    """The line is closed: a backend sends, the client reads it here."""
    rental = await world.rent()
    await world.somebody_sends(rental.phone, "Ma cua ban la AB12CD", "AB12CD")
    assert await world.fired() == ["arrival"]
    body = await world.call("code", ID=rental.id)
    assert '"SMS":"Ma cua ban la AB12CD","Code":"AB12CD"' in body

    world.pause(2)
    await world.somebody_sends(rental.phone, "second 9999", None)
    assert await world.fired() == []

    assert await world.call("code", ID=rental.id) == body


@pytest.mark.parametrize("text", ["so 1234 nhe", "xin chao"])
async def test_a_message_without_a_code_arrives_without_one(world: World, text: str) -> None:
    """The code is empty text; nobody guesses a second time."""
    rental = await world.rent()

    await world.somebody_sends(rental.phone, text, None)
    await world.fired()

    assert (await world.rental(rental.id)).code == ""


async def test_a_message_that_is_forgotten_before_it_arrives_leaves_the_rental_waiting(world: World) -> None:
    rental = await world.rent()

    event = Event(world.now, "arrival", "thuesim", rental.id, "no-such-message")

    assert not await world.decide(world.provider.events["arrival"], event)
    assert (await world.rental(rental.id)).state == "waiting"


@pytest.mark.parametrize("is_call", [True, False])
async def test_nothing_arrives_when_the_lifetime_is_over(world: World, is_call: bool) -> None:  # noqa: FBT001
    """Not even before the expiry was noted."""
    rental = await world.rent()
    world.pause(300)

    assert not await world.arrive(rental, "1234", is_call=is_call)


async def test_what_belongs_to_a_forgotten_rental_does_nothing(world: World) -> None:
    """A reset of the rentals leaves their events behind."""
    rental = await world.rent()
    await world.store.decide(world.lane, lambda _: Change(None, {(RENTALS, rental.id): None}))
    world.pause(300)

    assert await world.fired() == []
    assert not await world.arrive(rental, "1234")
    assert (await world.account()).balance == 123_456 - 470


async def test_a_given_code_wins_over_the_one_in_the_text(world: World) -> None:
    rental = await world.rent()

    await world.arrive(rental, "order 4711, code 0815", "0815")

    assert (await world.rental(rental.id)).code == "0815"


async def test_a_number_can_be_rented_again_for_another_service_and_waits_anew(world: World) -> None:
    """The two rentals are told apart; the server is that of the earlier one."""
    first = await world.rent("01.4")
    await world.arrive(first, "1111")

    await world.call("rephone", phone="0" + first.phone[3:], serviceId="7", thuesim1=first.id)
    again = await world.newest()
    await world.somebody_sends(first.phone, "2222", "2222")
    await world.fired()

    assert (again.service, again.phone, again.carrier) == ("01.7", first.phone, first.carrier)
    assert (await world.rental(first.id)).code == "1111"
    assert (await world.rental(again.id)).code == "2222"


async def test_ids_of_rentals_are_unique_over_servers(world: World) -> None:
    """Eight digits, counted up, and the server behind the dot."""
    ids = [(await world.rent(service)).id for service in ("02.97", "01.4", "02.97")]

    bases = [int(each.partition(".")[0]) for each in ids]
    assert bases == [bases[0], bases[0] + 1, bases[0] + 2]
    assert [each.rpartition(".")[2] for each in ids] == ["02", "01", "02"]
    assert all(len(str(base)) == 8 for base in bases)


async def test_the_recording_of_a_call_can_be_played_by_its_link(world: World) -> None:
    """A real WAV, found by every part of the link; a service name with odd letters is percent-encoded."""
    rental = await world.rent("02.97")
    await world.arrive(rental, "", "059809", is_call=True)
    link = (await world.call("code", ID=rental.id)).partition('"CallFile":"')[2].partition('"')[0]
    assert link.startswith("http://127.0.0.1:6877/audio/play.php?02=")
    assert "_DV%20KH%C3%81C%20%28TEST%29_" in link
    fields = dict(parse_qsl(urlsplit(link).query))

    reply = await world.reply("audio", fields)

    assert (reply.status, reply.content_type) == (200, "audio/wav")
    with wave.open(io.BytesIO(reply.body)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 8000)
        assert sound.getnframes() == 8000
    for name in fields:
        wrong = await world.reply("audio", fields | {name: "x"})
        assert (wrong.status, wrong.content_type) == (404, "text/html; charset=UTF-8")
    assert (await world.reply("audio", {"phone": rental.phone[3:]})).status == 404
    assert (await world.reply("audio", {})).status == 404


async def test_a_text_message_has_no_recording(world: World) -> None:
    """The link exists for calls only, although its name could be worked out."""
    rental = await world.rent()
    await world.arrive(rental, "1234")

    reply = await world.reply("audio", {"01": file_name(rental, world.seed), "phone": rental.phone[3:]})

    assert reply.status == 404


async def test_a_call_whose_words_are_given_is_said_twice(world: World) -> None:
    rental = await world.rent()

    await world.arrive(rental, "so 0815 ", is_call=True)

    ended = await world.rental(rental.id)
    assert (ended.sms, ended.code) == ("[Call]so 0815 so 0815 ", "0815")


async def test_no_callback_without_a_url(world: World) -> None:
    rental = await world.rent()
    await world.arrive(rental, "1234")

    assert await world.callbacks() == []


async def test_the_callback_of_a_message_reads_as_printed(world: World) -> None:
    """With the id as text; one POST, at once, and nothing for a rental that waits."""
    await world.change(callback_url=HOOK, arrival="manual")
    rental = await world.rent()
    assert await world.callbacks() == []
    text = '486460 la ma xac thuc OTP dang ky vi MoMo. "KHONG" chia se.'

    await world.arrive(rental, text)

    (callback,) = await world.callbacks()
    assert callback.body == (
        f'{{"data":{{"status":1,"requestId":"{rental.id}","code":"486460",'
        '"smsContent":"486460 la ma xac thuc OTP dang ky vi MoMo. \\"KHONG\\" chia se.","isSound":"false"}}'
    )
    assert (callback.method, callback.url, callback.headers) == ("POST", HOOK, {"Content-Type": "application/json"})
    assert (callback.event, callback.retries, callback.timeout) == ("done", 0, timedelta(seconds=5))


async def test_the_callback_of_a_call_carries_the_address_of_the_recording(world: World) -> None:
    await world.change(callback_url=HOOK)
    rental = await world.rent()

    await world.arrive(rental, "", "059809", is_call=True)

    (callback,) = await world.callbacks()
    link = (await world.call("code", ID=rental.id)).partition('"CallFile":"')[2].partition('"')[0]
    assert callback.body == (
        f'{{"data":{{"status":1,"requestId":"{rental.id}","code":"059809","smsContent":"{link}","isSound":"true"}}}}'
    )


@pytest.mark.parametrize(("option", "empty"), [("empty", '""'), ("null", "null")])
async def test_the_callback_of_an_expired_rental_has_no_code(world: World, option: str, empty: str) -> None:
    """Choice callback-empty."""
    world.choices = {"thuesim.callback-empty": option}
    await world.change(callback_url=HOOK, arrival="manual")
    rental = await world.rent()
    world.pause(300)
    await world.fired()

    (callback,) = await world.callbacks()
    assert callback.event == "expired"
    assert callback.body == (
        f'{{"data":{{"status":2,"requestId":"{rental.id}","code":{empty},"smsContent":{empty},"isSound":"false"}}}}'
    )


async def test_callbacks_are_retried_as_the_choice_says(world: World) -> None:
    """Choice callback-retries."""
    world.choices = {"thuesim.callback-retries": "three"}
    await world.change(callback_url=HOOK)
    await world.arrive(await world.rent(), "1234")

    (callback,) = await world.callbacks()
    assert (callback.retries, callback.retry_after) == (3, timedelta(seconds=60))


async def test_renting_again_reads_like_a_rent(world: World) -> None:
    """No sample of it is published."""
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


async def test_an_id_that_ends_in_zero_keeps_its_zero(world: World) -> None:
    """`88237016.10` is neither 88237016.1 in a rent nor another rental in a read."""
    await world.change(services=(Service(4, "10", "Yahoo", 470, "300"),), arrival="manual")

    body = await world.call("register_service", serviceId="10.4")
    rental = await world.newest()

    assert rental.id.endswith(".10")
    assert f'{{"ID":{rental.id},' in body
    assert '"ResponseCode":1,' in await world.call("code", ID=rental.id)
    assert '"ResponseCode":3,' in await world.call("code", ID=rental.id.removesuffix("0"))
