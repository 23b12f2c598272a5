"""The customer's own id of a request at eSMS."""

from __future__ import annotations

from functools import partial
from typing import Any

from otp_conformance.case import Feature, Level, Tier, case
from otp_conformance.driver import Driver
from otp_conformance.expect import equal, expect
from otp_conformance.providers.esms.names import FORM_SEND, GET_SEND, JSON_SEND, PHONE, TRANSPORTS, XML_SEND
from otp_conformance.providers.esms.steps import DUPLICATE, MOVED, is_duplicate, multi, send_message, sms_id_of

request_id_case = partial(case, "esms", "request id")

ID = "c82cd356-bf49-4113-9466-65a7f6359c96"


@request_id_case(
    rule="A used RequestId is refused without SMSID; JSON alone tells the state of the first message, as text.",
    sources=["V2, OTP and customer-care page, tab 124", "V2, GET page and XML page, tab 124"],
    sends=2,
    covers=["esms:duplicate_request", "esms.request-id", "esms.duplicate-state", "esms.form-request-id"],
    kills=["esms.ids-state-everywhere"],
    rows={name: (name,) for name in TRANSPORTS},
)
async def duplicate(esms: Driver, name: str) -> None:
    await send_message(esms, name, RequestId=ID)

    answer = expect(await esms.call(name, RequestId=ID), "duplicate_request")
    text = answer.text.replace(',"SendStatus":"2"', ',"SendStatus":"5"')  # it may be delivered already
    equal(text, f'{DUPLICATE[:-1]},"SendStatus":"5"}}' if name == JSON_SEND else DUPLICATE, "body")


@request_id_case(
    rule="The state in the refusal is that of the first message: 2 while it waits, 5 when it is finished.",
    level=Level.SHOULD,
    needs=MOVED,
    covers=["esms.duplicate-state"],
    kills=["esms.ids-state-constant"],
)
async def state_of_the_first(esms: Driver) -> None:
    await esms.stop_clock("2031-05-02T05:00:00Z")
    await send_message(esms, RequestId=ID)
    states = [(await esms.call(JSON_SEND, RequestId=ID)).json["SendStatus"]]
    await esms.advance("2s")
    states.append((await esms.call(JSON_SEND, RequestId=ID)).json["SendStatus"])

    equal(states, ["2", "5"], "SendStatus")


@request_id_case(
    rule="A RequestId is known to the account, whichever operation, phone or type it comes with.",
    level=Level.SHOULD,
    covers=["esms.request-id-scope"],
    kills=["esms.ids-per-operation", "esms.ids-per-phone"],
    rows={name: (name,) for name in TRANSPORTS},
)
async def one_account(esms: Driver, name: str) -> None:
    await send_message(esms, name, RequestId=ID)

    for other in TRANSPORTS:
        equal(await is_duplicate(esms, ID, other, Phone="0918238965"), True, f"duplicate at {other}")
    equal(await is_duplicate(esms, ID, SmsType="8", Content="1234"), True, "duplicate as a call")
    expect(await multi(esms, {"RequestId": ID}), "duplicate_request")
    expect(await multi(esms, {}, {"RequestId": ID}), "duplicate_request")


@request_id_case(
    rule="Without a RequestId, or with an empty one, the same request may be sent again.",
    sends=2,
    covers=["esms.request-id", "esms:accepted"],
    kills=["esms.ids-of-content"],
    rows={f"{name}-{what}": (name, text) for name in TRANSPORTS for what, text in {"none": None, "empty": ""}.items()},
)
async def no_id(esms: Driver, name: str, request_id: str | None) -> None:
    for _ in range(2):
        await send_message(esms, name, RequestId=request_id)


@request_id_case(
    rule="A refused request does not use its RequestId up.",
    level=Level.SHOULD,
    covers=["esms.request-id-accepted-only"],
    kills=["esms.ids-refused-too"],
    rows={
        f"{name}-{what}": (name, *row)
        for name in TRANSPORTS
        for what, row in {
            "keys": ({"SecretKey": "x"}, "authorize_failed"),
            "phone": ({"Phone": "x"}, "phone_invalid"),
            "name": ({"Brandname": "x"}, "brandname_unknown"),
            "text": ({"Content": "x"}, "template_mismatch"),
        }.items()
    },
)
async def refused_is_free(esms: Driver, name: str, changes: dict[str, Any], outcome: str) -> None:
    expect(await esms.call(name, RequestId=ID, **changes), outcome)

    equal(await is_duplicate(esms, ID, name), False, "duplicate")


WINDOW = [Feature.CLOCK]


@request_id_case(
    rule="A RequestId blocks for 24 hours since its use, and is free again after that.",
    sources=["N24 O2", "V2 and EN, RequestId"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=WINDOW,
    choices={"esms.request-id-window": "rolling"},
    sends=3,
    covers=["esms.request-id-window=rolling"],
    rows={name: (name,) for name in TRANSPORTS},
)
async def rolling_window(esms: Driver, name: str) -> None:
    await esms.stop_clock("2031-05-02T10:00:00Z")
    await send_message(esms, name, RequestId=ID)
    seen = []
    for by in ("23h59m59s", "1s", "23h59m59s", "1s"):
        await esms.advance(by)
        seen.append(await is_duplicate(esms, ID, name))

    equal(seen, [True, False, True, False], "duplicates")


@request_id_case(
    rule="Where the calendar counts, a RequestId blocks until the day ends in Vietnam.",
    sources=["HIST, RequestId"],
    level=Level.SHOULD,
    tier=Tier.WAITS,
    needs=[*WINDOW, Feature.CHOICES],
    choices={"esms.request-id-window": "calendar-day"},
    sends=3,
    covers=["esms.request-id-window=calendar-day"],
    kills=["esms.ids-utc-day"],
    rows={name: (name,) for name in TRANSPORTS},
)
async def calendar_day(esms: Driver, name: str) -> None:
    await esms.stop_clock("2025-04-01T10:00:00Z")
    await send_message(esms, name, RequestId=ID)
    seen = []
    for by in ("6h59m59s", "1s", "23h59m59s", "1s"):
        await esms.advance(by)
        seen.append(await is_duplicate(esms, ID, name))

    equal(seen, [True, False, True, False], "duplicates")


@request_id_case(
    rule="Of many equal requests at the same time, exactly one is accepted.",
    needs=[Feature.CONCURRENCY],
    sends=20,
    covers=["esms.request-id", "esms:duplicate_request"],
    rows={name: (name,) for name in TRANSPORTS},
)
async def only_one(esms: Driver, name: str) -> None:
    answers = await esms.at_once(name, 20, RequestId=ID)

    equal(sorted("SMSID" in each.json for each in answers), [False] * 19 + [True], "accepted requests")


@request_id_case(
    rule="A RequestId or a campaign that is longer than documented is taken, and counts whole.",
    level=Level.SHOULD,
    sends=3,
    covers=["esms.long-ids"],
    kills=["esms.ids-cut", "esms.ids-too-long"],
    rows={name: (name,) for name in (JSON_SEND, GET_SEND, FORM_SEND, XML_SEND)},
)
async def long_ids(esms: Driver, name: str) -> None:
    more = {} if name == FORM_SEND else {"campaignid": "x" * 300}
    await send_message(esms, name, RequestId="x" * 60 + "a", **more)

    equal(await is_duplicate(esms, "x" * 60 + "b", name), False, "duplicate of one with another end")
    equal(await is_duplicate(esms, "x" * 60 + "a", name), True, "duplicate of itself")


@request_id_case(
    rule="Each channel has its own RequestId, and a request is a duplicate when either was used before.",
    level=Level.SHOULD,
    sends=3,
    covers=["esms.channels-request-ids", "esms:duplicate_request"],
    kills=["esms.channels-first-id"],
)
async def ids_of_channels(esms: Driver) -> None:
    sms_id_of(await multi(esms, {"RequestId": "zalo-1"}, {"RequestId": "sms-1"}))

    answer = expect(await multi(esms, {"RequestId": "zalo-1"}, {"RequestId": "sms-2"}), "duplicate_request")
    equal(answer.text, DUPLICATE, "body")
    expect(await multi(esms, {"RequestId": "zalo-2"}, {"RequestId": "sms-1"}), "duplicate_request")
    equal(await is_duplicate(esms, "sms-1", Phone=PHONE), True, "duplicate in a message")
    sms_id_of(await multi(esms, {"RequestId": "zalo-2"}, {"RequestId": "sms-2"}))
