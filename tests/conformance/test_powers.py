"""What a target lends is what its control API offers, whatever it calls itself; its shapes are no provider's fault."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from otp_conformance.case import Case, Feature, Level, Tier
from otp_conformance.control import PREFIX
from otp_conformance.driver import Driver
from otp_conformance.results import Kind, Result
from otp_conformance.stops import CouldNotRun, NotApplicable, UsageError
from otp_conformance.suite import Suite
from otp_conformance.target import Target

LANE = "/lanes/{lane}"
CALLS = [
    "POST /lanes",
    "DELETE /lanes/{lane}",
    "GET /choices",
    *(
        f"{method} {LANE}{path}"
        for method, path in [
            ("GET", "/clock"),
            ("PUT", "/clock"),
            ("POST", "/clock/advance"),
            ("GET", "/accounts/{provider}"),
            ("PATCH", "/accounts/{provider}"),
            ("GET", "/choices"),
            ("PATCH", "/choices"),
            ("GET", "/messages"),
            ("POST", "/messages/{message}/status"),
            ("GET", "/rentals"),
            ("POST", "/rentals/{rental}/sms"),
            ("POST", "/rentals/{rental}/call"),
            ("GET", "/callbacks"),
        ]
    ),
]
MESSAGE = {"id": "1", "text": "482913 la ma", "code": "482913"}
URL = "http://target"


class Api:
    """A control API by its answers: status and body by call; what is not there is 404."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {
            "GET /info": (200, {"name": "somebody's own", "providers": ["esms", "amoot"]}),
            "GET /choices": (200, {"esms.code-case": "exact"}),
            "GET /providers/esms/behaviours": (
                200,
                {
                    "behaviours": [
                        {"id": "esms.code-case", "options": {"exact": "", "ignore": ""}},
                        {"id": "esms.other"},
                    ]
                },
            ),
            "POST /lanes": (201, {"id": "a", "credentials": {"esms": {"ApiKey": "a-key", "SecretKey": "a-secret"}}}),
            "DELETE /lanes/a": (204, None),
        }
        self.offer(*CALLS)

    def offer(self, *calls: str) -> None:
        """Offer so many calls."""
        paths: dict[str, Any] = {}
        for call in calls:
            method, _, path = call.partition(" ")
            paths.setdefault(PREFIX + path, {})[method.lower()] = {}
        self.answers["GET /openapi.json"] = (200, {"paths": paths})

    async def look(self, url: str) -> None:
        """Somebody is there."""

    async def close(self) -> None:
        """Cut nothing."""

    async def fetch(self, method: str, url: str, **_: Any) -> tuple[int, Any]:
        """Give the answer of a call."""
        return copy.deepcopy(self.answers.get(f"{method} {url.removeprefix(URL + PREFIX)}", (404, None)))


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def suite(api: Api) -> Iterator[Suite]:
    """A suite for that target; it is not looked at yet."""
    target = Target(url=URL, credentials={})
    target.http = target.api.http = api  # type: ignore[assignment]  # as much of it as is needed
    made = Suite(target)
    yield made
    made.close()


def _case(run: Callable[[Driver], Awaitable[None]], *needs: Feature, **choices: str) -> Case:
    return Case(
        id="esms.a.b",
        provider="esms",
        family="a",
        rule="A rule.",
        level=Level.MUST,
        tier=Tier.NOTHING,
        needs=frozenset(needs),
        sources=("I",),
        covers=(),
        kills=(),
        choices={f"esms.{name.replace('_', '-')}": option for name, option in choices.items()},
        sends=0,
        run=run,
    )


async def _nothing(_: Driver) -> None:
    """Drive nothing."""


def _told(result: Result) -> tuple[str, str]:
    return result.kind, result.reason


# Powers


def test_whoever_offers_everything_lends_everything(suite: Suite) -> None:
    """It has another name than ours."""
    suite.discover()

    assert suite.target.features == frozenset(Feature)


@pytest.mark.parametrize(
    ("gone", "power"),
    [
        ("/clock", Feature.CLOCK),
        ("/clock/advance", Feature.CLOCK),
        ("/accounts/", Feature.ACCOUNTS),
        ("/callbacks", Feature.CALLBACKS),
        ("/rentals/{rental}/call", Feature.RENTALS),
        ("/messages/{message}/status", Feature.MESSAGES),
    ],
)
def test_a_call_that_is_not_offered_takes_its_power_alone(gone: str, power: Feature, api: Api, suite: Suite) -> None:
    api.offer(*(call for call in CALLS if gone not in call))
    suite.discover()

    assert frozenset(Feature) - suite.target.features == {power}
    assert _told(suite.run(_case(_nothing, power))) == ("not applicable", f"the target cannot {power}")
    assert suite.run(_case(_nothing)).kind == Kind.PASSED


def test_without_lanes_a_code_is_read_and_nothing_is_changed(api: Api, suite: Suite) -> None:
    """What is offered for the lane that all share would disturb them."""
    api.offer(*(call.replace(LANE, "") for call in CALLS if call.partition(" ")[2].startswith(f"{LANE}/")))
    suite.discover()

    assert suite.target.features == {Feature.READ_CODE}


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ("GET /info", (404, None)),
        ("GET /info", (200, None)),
        ("GET /info", (200, [])),
        ("GET /openapi.json", (404, None)),
        ("GET /openapi.json", (200, {"paths": []})),
        ("GET /openapi.json", (200, {"paths": {f"{PREFIX}/lanes": None, "/other": {"post": {}}}})),
    ],
)
def test_what_tells_of_no_calls_lends_nothing(call: str, answer: tuple[int, Any], api: Api, suite: Suite) -> None:
    api.answers[call] = answer
    suite.discover()

    assert suite.target.features == frozenset()


def test_a_provider_that_is_not_played_is_not_applicable(api: Api, suite: Suite) -> None:
    api.answers["GET /info"] = (200, {"providers": ["amoot"]})
    suite.discover()

    assert _told(suite.run(_case(_nothing))) == ("not applicable", "the target does not play esms")


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_not_taken_is_refused(status: int, api: Api, suite: Suite) -> None:
    api.answers["GET /info"] = (status, {"detail": "no"})
    suite.discover()
    assert suite.target.features == frozenset()

    suite.target.token = suite.target.api.token = "wrong"
    with pytest.raises(UsageError, match="--control-token"):
        suite.discover()


# Choices


@pytest.mark.parametrize(
    ("choices", "told"),
    [
        ({"code_case": "exact"}, ("passed", "")),
        ({"code_case": "both"}, ("not applicable", "the target knows no esms.code-case=both")),
        ({"wrong_tries": "unlimited"}, ("not applicable", "the target knows no choice esms.wrong-tries")),
    ],
)
def test_a_choice_that_is_not_known_is_not_applicable(
    choices: dict[str, str], told: tuple[str, str], suite: Suite
) -> None:
    suite.discover()

    assert _told(suite.run(_case(_nothing, **choices))) == told


def test_whoever_tells_no_options_is_asked_for_them(api: Api, suite: Suite) -> None:
    """And what it does not understand is not applicable, too."""
    del api.answers["GET /providers/esms/behaviours"]
    suite.discover()
    assert suite.run(_case(_nothing, code_case="both")).kind == Kind.PASSED

    api.answers["POST /lanes"] = (422, {"detail": "a choice is not valid"})

    kind, reason = _told(suite.run(_case(_nothing, code_case="both")))
    assert (kind, reason) == (
        "not applicable",
        "the target does not take POST /lanes of the control API: a choice is not valid",
    )


# Shapes


async def _read_messages(driver: Driver) -> None:
    for message in await driver.messages():
        _ = message["text"].strip(), message["code"]


async def _read_account(driver: Driver) -> None:
    _ = (await driver.account_now())["balance"] + 1


async def _read_rentals(driver: Driver) -> None:
    for rental in (await driver.control("GET", "/rentals"))["rentals"]:
        _ = rental["state"], rental["id"].partition(".")


@pytest.mark.parametrize(
    ("call", "run", "document"),
    [
        ("GET /lanes/a/messages", _read_messages, {"items": []}),
        ("GET /lanes/a/messages", _read_messages, {"messages": None}),
        ("GET /lanes/a/messages", _read_messages, {"messages": {"1": MESSAGE}}),
        ("GET /lanes/a/messages", _read_messages, {"messages": [MESSAGE | {"text": None}]}),
        ("GET /lanes/a/messages", _read_messages, {"messages": [{"id": "1", "text": "a"}]}),
        ("GET /lanes/a/messages", _read_messages, None),
        ("GET /lanes/a/messages", _read_messages, []),
        ("GET /lanes/a/accounts/esms", _read_account, {"credit": 1}),
        ("GET /lanes/a/accounts/esms", _read_account, []),
        ("GET /lanes/a/rentals", _read_rentals, {"rentals": [{"id": 1, "state": "waiting"}]}),
        ("POST /lanes", _nothing, {"id": "a"}),
        ("POST /lanes", _nothing, {"id": 1, "credentials": {}}),
        ("POST /lanes", _nothing, {"id": "a", "credentials": {"esms": "k"}}),
    ],
)
def test_another_shape_of_the_control_api_is_no_providers_fault(
    call: str, run: Callable[[Driver], Awaitable[None]], document: Any, api: Api, suite: Suite
) -> None:
    suite.discover()
    api.answers[call] = (200, document)

    result = suite.run(_case(run))

    assert result.kind == Kind.COULD_NOT_RUN, result.reason
    assert "the control API" in result.reason


def test_a_shape_with_more_in_it_is_right(api: Api, suite: Suite) -> None:
    suite.discover()
    api.answers["GET /lanes/a/messages"] = (200, {"messages": [MESSAGE | {"new": 1}], "more": True})

    assert suite.run(_case(_read_messages)).kind == Kind.PASSED


@pytest.mark.parametrize("document", [None, [], "no", {"detail": "no"}])
@pytest.mark.parametrize(
    ("status", "stop"), [(404, CouldNotRun), (409, CouldNotRun), (500, CouldNotRun), (405, NotApplicable)]
)
def test_a_refusal_of_the_control_api_is_told_whatever_its_form(
    status: int, stop: type[Exception], document: Any, api: Api, suite: Suite
) -> None:
    suite.discover()
    api.answers["POST /lanes"] = (status, document)

    with pytest.raises(stop, match=r"POST /lanes of the control API: (no$|HTTP )"):
        suite.control("POST", "/lanes")


def test_a_call_that_is_not_offered_is_not_made(api: Api, suite: Suite) -> None:
    suite.discover()

    async def run(driver: Driver) -> None:
        await driver.control("POST", "/inbound", {})

    assert _told(suite.run(_case(run))) == ("not applicable", "the target has no POST /inbound")
