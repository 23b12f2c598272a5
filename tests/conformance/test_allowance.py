"""What passes on its way to a real provider: whose number, how much, and what never."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from otp_conformance.case import Case, Feature, Level, Tier
from otp_conformance.live.allowance import Allowance
from otp_conformance.live.numbers import find_recipients
from otp_conformance.live.spending import Spending
from otp_conformance.rooms import find_rental, spec_of
from otp_conformance.stops import CouldNotRun, NotApplicable
from otp_conformance.suite import Suite
from otp_conformance.target import Target
from otp_conformance.transport import Reply, Request
from otp_specs import Operation

GENCODE = next(each for each in spec_of("esms").operations if each.role == "send")
CHECKCODE = next(each for each in spec_of("esms").operations if each.role == "verify")
ALLOWED = "+84909123456"


async def _nothing(_: object) -> None:
    """Drive nothing."""


CASE = Case(
    id="esms.a.b",
    provider="esms",
    family="a",
    rule="A rule.",
    level=Level.MUST,
    tier=Tier.SENDS,
    needs=frozenset(),
    sources=["I"],
    covers=(),
    kills=(),
    choices={},
    sends=1,
    run=_nothing,
)


class Host:
    """Answers every request with the same text, and keeps what came."""

    def __init__(self, text: str = "{}") -> None:
        self.text = text
        self.came: list[Request] = []

    async def send(self, request: Request) -> Reply:
        self.came.append(request)
        return Reply(request, 200, {}, self.text)


def _request(operation: Operation = GENCODE, phone: str = "0901888484") -> Request:
    return Request("esms", operation, "GET", f"http://h/x?Phone={phone}", {}, "", costs=operation.role == "send")


def _allowance(tier: Tier = Tier.SENDS, max_sends: int = 10) -> Allowance:
    return Allowance(tier=tier, allowed=(ALLOWED,), max_sends=max_sends)


async def test_the_suites_own_number_is_replaced_on_the_way_out_and_put_back_on_the_way_in() -> None:
    """A case reads what it wrote; the report shows what was sent."""
    host, allowance = Host('{"Phone":"0909123456"}'), _allowance()
    allowance.begin(CASE)

    reply = await allowance.wrap(host).send(_request())

    assert host.came[0].url == "http://h/x?Phone=0909123456"
    assert reply.text == '{"Phone":"0901888484"}'
    assert reply.request.url == host.came[0].url


async def test_nothing_goes_to_a_number_that_is_not_allowed() -> None:
    host, allowance = Host(), _allowance()
    allowance.begin(CASE)

    with pytest.raises(NotApplicable, match="not allowed"):
        await allowance.wrap(host).send(_request(phone="0912345678"))

    assert host.came == []


async def test_a_case_sends_no_more_than_it_says_and_a_run_no_more_than_was_asked() -> None:
    host, allowance = Host(), _allowance(max_sends=2)
    transport = allowance.wrap(host)
    allowance.begin(CASE)
    await transport.send(_request())
    with pytest.raises(NotApplicable, match="more than it says"):
        await transport.send(_request())
    allowance.begin(replace(CASE, sends=5))
    await transport.send(_request())

    with pytest.raises(NotApplicable, match="--max-sends are used up"):
        await transport.send(_request())

    assert len(host.came) == allowance.spent == 2


async def test_a_success_where_nothing_was_to_be_sent_stops_everything_that_costs() -> None:
    """What is free goes on; the interval is not kept for what cannot cost."""
    host, allowance = Host('{"CodeResult":"100"}'), _allowance()
    transport = allowance.wrap(host)
    allowance.begin(replace(CASE, tier=Tier.NOTHING))
    await transport.send(_request())

    with pytest.raises(CouldNotRun, match="nothing paid is called again"):
        await transport.send(_request())
    await transport.send(_request(CHECKCODE))

    assert [each.costs for each in host.came] == [False, False]


async def test_requests_are_bounded_by_the_plan() -> None:
    allowance = _allowance()
    transport = allowance.wrap(Host())
    allowance.begin(replace(CASE, requests=2))
    for _ in range(2):
        await transport.send(_request(CHECKCODE))

    with pytest.raises(NotApplicable, match="more requests than the plan says"):
        await transport.send(_request(CHECKCODE))


def test_a_case_that_is_never_tried_says_why() -> None:
    assert _allowance().refuse(replace(CASE, never_live="not here")) == "not here"


def test_a_rental_is_made_for_who_sends_to_its_country_and_reads_a_code() -> None:
    """And it may be sent to while the case runs."""
    _, rental = find_rental() or pytest.fail("nobody rents")
    allowance = Allowance(tier=Tier.SENDS, allowed=(), max_sends=3, rental=rental)
    reads = replace(CASE, needs=frozenset({Feature.READ_CODE}))

    assert (allowance.rents(CASE), allowance.rents(reads), allowance.sends_of(reads)) == (False, True, 2)
    assert not allowance.rents(replace(reads, provider="amoot"))
    allowance.begin(reads)
    allowance.allow("0355555555")
    assert allowance.phone_of("esms") == "0355555555"
    allowance.begin(reads)
    assert allowance.phone_of("esms") == "0901888484"


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("http://h/?pHone=1", ""),
        ("http://h/", "Mobiles=1"),
        ("http://h/", '{"Input":[{"Number":1}]}'),
        ("http://h/", "<PHONE>1</PHONE>"),
        ("http://h/", '--b\r\nContent-Disposition: form-data; name="Mobile"\r\n\r\n1\r\n--b--'),
    ],
)
def test_a_recipient_is_found_wherever_it_stands(url: str, body: str) -> None:
    assert "1" in find_recipients(url, body)


# What is paid for first


def _plan(cases: list[Case], max_sends: int) -> list[str]:
    """Plan cases that apply, and give the ids of those that fit, in the order of the suite."""
    allowance = _allowance(max_sends=max_sends)
    target = Target(url="live", credentials={"esms": {"ApiKey": "k"}}, has_control=False, terms=allowance)
    suite = Suite(target)
    spending = Spending({}, allowance, 6.0, {})
    spending.plan(suite, cases)
    suite.close()
    assert spending.total <= max_sends
    return [each.id.rpartition(".")[2] for each in cases if each.id not in allowance.refused]


def _paid(name: str, *covers: str, **more: Any) -> Case:
    return replace(CASE, id=f"esms.a.{name}", covers=covers, **more)


def test_what_is_about_codes_is_paid_for_first_and_more_of_the_same_last() -> None:
    """Then musts before what is assumed, and notes; each only as far as it proves something new."""
    cases = [
        _paid("other", "x"),
        _paid("assumed", "a", level=Level.SHOULD),
        _paid("code", "c", family="one-time use"),
        _paid("same-code", "c", family="one-time use"),
        _paid("assumed-code", "d", family="supersede", level=Level.SHOULD),
        _paid("note", "n", level=Level.NOTE),
    ]
    order = ["code", "assumed-code", "other", "assumed", "note", "same-code"]

    for count in range(len(order) + 1):
        assert sorted(_plan(cases, count)) == sorted(order[:count])


def test_whoever_proves_more_for_a_send_is_taken_and_what_does_not_fit_makes_room() -> None:
    """Two sends prove three things here, and one of them a thing of its own."""
    cases = [_paid("one", "a"), _paid("two", "b", "c", "d", sends=2), _paid("many", "e", "f", "g", "h", "i", sends=3)]

    assert _plan(cases, 1) == ["one"]
    assert _plan(cases, 2) == ["two"]
    assert _plan(cases, 3) == ["many"]
    assert _plan(cases, 6) == ["one", "two", "many"]


def test_what_costs_nothing_always_fits() -> None:
    free = _paid("free", tier=Tier.READS, sends=0)

    assert _plan([_paid("one"), free], 0) == ["free"]
