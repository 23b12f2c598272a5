"""Runs cases against a target, one lane each, and keeps what came out."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import aiohttp

from otp_conformance.case import Case, Feature, Tier
from otp_conformance.driver import Driver
from otp_conformance.expect import Unexpected
from otp_conformance.results import Kind, Result
from otp_conformance.targets import CouldNotRun, Lane, NotApplicable, Target
from otp_specs import Spec, load

T = TypeVar("T")
TIMEOUT = aiohttp.ClientTimeout(total=30)


class Suite:
    """A target with everything that is needed to run cases against it. Owns an event loop of its own."""

    def __init__(self, target: Target, tier: Tier = Tier.WAITS) -> None:
        self.target = target
        self.tier = tier
        self.unreachable = ""
        self._loop = asyncio.new_event_loop()
        self._session: aiohttp.ClientSession | None = None
        self._specs: dict[str, Spec] = {}

    def await_(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something on the suite's loop."""
        return self._loop.run_until_complete(work)

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connections to the target."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=100)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Use the target's control API, outside of any lane.

        Raises:
            CouldNotRun: it does not answer, or refuses.
        """

        async def ask() -> Any:
            return await self.target.control(self.session, None, method, path, body)

        return self.await_(ask())

    def spec(self, provider: str) -> Spec:
        """Give a provider's spec, read once."""
        if provider not in self._specs:
            self._specs[provider] = load(provider)
        return self._specs[provider]

    def close(self) -> None:
        """Cut the connections."""
        if self._session is not None:
            self.await_(self._session.close())
        self._loop.close()

    def not_applicable(self, each: Case) -> str | None:
        """Say why a case does not apply to the target, or None if it does."""
        live = self.target.live
        reason = self.cannot(each.provider, each.tier)
        if reason is None and live is not None:
            reason = live.cannot(each)
        if reason is not None:
            return reason
        missing = each.needs - self.target.features
        if live is not None and each.choices:
            missing -= {Feature.CHOICES}  # whether they are in force there is what the case finds out
        if missing:
            return "the target cannot " + ", ".join(sorted(missing))
        if Feature.CHOICES not in self.target.features and live is None:
            for choice, option in each.choices.items():
                held = self.target.choices.get(choice, self._default(choice))
                if held != option:
                    return f"{choice} is {held} here, the case is about {option}"
        return None

    def cannot(self, provider: str, tier: int) -> str | None:
        """Say why nothing of a provider, or of a tier, can be run."""
        if provider not in self.target.credentials and Feature.LANES not in self.target.features:
            return f"no credentials for {provider}"
        if tier > self.tier:
            return f"tier {tier:d} is above {self.tier:d}"
        return None

    @contextmanager
    def lane(self) -> Iterator[Lane]:
        """Lend a lane to something that is no case.

        Raises:
            CouldNotRun: the target gives none.
        """

        async def take() -> Lane:
            return await self.target.lane_for(self.session, {})

        async def release(lane: Lane) -> None:
            await self.target.release(self.session, lane)

        lane = self.await_(take())
        try:
            yield lane
        finally:
            self.await_(release(lane))

    def run(self, each: Case, layer: str = "behaviour") -> Result:
        """Run a case and give its result."""
        result = Result(
            id=each.id,
            provider=each.provider,
            family=each.family,
            layer=layer,
            rule=each.rule,
            level=each.level,
            tier=each.tier,
            sources=list(each.sources),
            covers=list(each.covers),
            kind=Kind.PASSED,
        )
        if self.unreachable:
            result.kind, result.reason = Kind.COULD_NOT_RUN, self.unreachable
            return result
        live = self.target.live
        if live is not None:
            result.level, result.tier = live.level(each), live.tier_of(each)
            result.choices = dict(each.choices)
            if each.id in live.resumed:
                return Result(**live.resumed[each.id])
        reason = self.not_applicable(each)
        if reason is not None:
            result.kind, result.reason = Kind.NOT_APPLICABLE, reason
            return result
        self.await_(self._run(each, result))
        return result

    async def _run(self, each: Case, result: Result) -> None:
        driver = None
        try:
            lane = await self.target.lane_for(self.session, each.choices)
            driver = self.driver(each.provider, lane, each.choices)
            try:
                if self.target.live is not None:
                    self.target.live.begin(each)
                    await self.target.codes.prepare(driver, each)
                await each.run(driver, *each.arguments)
            except BaseException:
                with suppress(CouldNotRun):  # what the case found out is worth more
                    await self.target.release(self.session, lane)
                raise
            await self.target.release(self.session, lane)
        except Unexpected as unexpected:
            result.kind, result.reason = Kind.FAILED, str(unexpected)
            result.expected, result.actual = unexpected.expected, unexpected.actual
        except CouldNotRun as failure:
            result.kind, result.reason = Kind.COULD_NOT_RUN, str(failure)
        except NotApplicable as reason:
            result.kind, result.reason = Kind.NOT_APPLICABLE, str(reason)
        except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, RuntimeError) as error:
            # The answer has not the shape that the case reads: that is a word about the target, not about the case.
            result.kind = Kind.FAILED
            result.reason = f"the answer has another shape ({type(error).__name__}: {error})"
            result.expected = ["an answer of the documented shape"]
            if driver is not None and driver.exchanges:
                result.actual = driver.exchanges[-1].answer[:500]
        if driver is not None:
            result.operations = list(dict.fromkeys(exchange.operation for exchange in driver.exchanges))
            result.codes_read, result.clock_moves = driver.codes_read, driver.clock_moves
            if result.kind == Kind.FAILED:
                result.exchanges = [exchange.shown() for exchange in driver.exchanges[-10:]]
                result.reason = driver.lane_masked(result.reason)
                result.actual = driver.lane_masked(result.actual)
                result.expected = [driver.lane_masked(each) for each in result.expected]

    def driver(self, provider: str, lane: Any, choices: Mapping[str, str]) -> Driver:
        """Make a driver for a lane."""
        in_force = {**self.target.choices, **choices}
        return Driver(provider, self.spec(provider), self.target, lane, self.session, in_force)

    def _default(self, choice: str) -> str:
        return self.spec(choice.partition(".")[0]).choices[choice].default or ""
