"""Runs cases against a target, each in a world of its own, and keeps what came out."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from otp_conformance.case import Case, Feature, Tier
from otp_conformance.codes import CodeChannel, NoChannel
from otp_conformance.driver import Driver
from otp_conformance.expect import Unexpected
from otp_conformance.response import option_in_force
from otp_conformance.results import Kind, Result
from otp_conformance.rooms import spec_of
from otp_conformance.stops import CouldNotRun, NotApplicable
from otp_conformance.target import Target, World

T = TypeVar("T")


class Suite:
    """A target with everything that is needed to run cases against it. Owns an event loop of its own.

    Args:
        target: what cases are run against.
        tier: the highest that is run.
        codes: how codes are read.
    """

    def __init__(self, target: Target, tier: Tier = Tier.WAITS, codes: CodeChannel | None = None) -> None:
        self.target = target
        self.tier = tier
        self.codes: CodeChannel = codes or NoChannel()
        self.unreachable = ""
        self._loop = asyncio.new_event_loop()

    def await_(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something on the suite's loop."""
        return self._loop.run_until_complete(work)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Use the target's control API, outside of any lane.

        Raises:
            CouldNotRun: it does not answer, or refuses.
        """
        return self.await_(self.target.control(method, path, body))

    def close(self) -> None:
        """Cut the connections."""
        self.await_(self.target.http.close())
        self._loop.close()

    def not_applicable(self, each: Case) -> str | None:
        """Say why a case does not apply to the target, or None if it does."""
        target, terms = self.target, self.target.terms
        if each.provider not in target.credentials and Feature.LANES not in target.features:
            return f"no credentials for {each.provider}"
        if each.tier > self.tier:
            return f"tier {each.tier:d} is above {self.tier:d}"
        reason = terms.refuse(each)
        if reason is not None:
            return reason
        missing = each.needs - target.features
        if terms.judges_every_option and each.choices:
            missing -= {Feature.CHOICES}  # whether they are in force there is what the case finds out
        if missing:
            return "the target cannot " + ", ".join(sorted(missing))
        if Feature.CHOICES not in target.features and not terms.judges_every_option:
            for choice, option in each.choices.items():
                held = option_in_force(spec_of(each.provider), target.choices, choice)
                if held != option:
                    return f"{choice} is {held} here, the case is about {option}"
        return None

    def run(self, each: Case, layer: str = "behaviour") -> Result:
        """Run a case and give its result."""
        terms = self.target.terms
        result = Result(
            id=each.id,
            provider=each.provider,
            family=each.family,
            layer=layer,
            rule=each.rule,
            level=terms.level_of(each),
            tier=terms.tier_of(each),
            sources=list(each.sources),
            covers=list(each.covers),
            kind=Kind.PASSED,
            choices=dict(each.choices) if terms.judges_every_option else {},
        )
        if self.unreachable:
            result.kind, result.reason = Kind.COULD_NOT_RUN, self.unreachable
            return result
        former = terms.former_result(each.id)
        if former is not None:
            return Result(**former)
        reason = self.not_applicable(each)
        if reason is not None:
            result.kind, result.reason = Kind.NOT_APPLICABLE, reason
            return result
        self.await_(self._run(each, result))
        return result

    async def _run(self, each: Case, result: Result) -> None:
        driver = None
        try:
            world = await self.target.make_world(each.choices)
            driver = self.driver(each.provider, world, each.choices)
            try:
                await self._prepare(each, driver)
                await each.run(driver, *each.arguments)
            except BaseException:
                with suppress(CouldNotRun):  # what the case found out is worth more
                    await self.target.release(world)
                raise
            await self.target.release(world)
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
            result.operations = list(dict.fromkeys(driver.operations))
            result.codes_read, result.clock_moves = driver.codes_read, driver.clock_moves
            if result.kind == Kind.FAILED:
                result.exchanges = [exchange.as_json() for exchange in driver.exchanges[-10:]]
                result.reason = driver.mask(result.reason)
                result.actual = driver.mask(result.actual)
                result.expected = [driver.mask(each) for each in result.expected]

    async def _prepare(self, each: Case, driver: Driver) -> None:
        terms = self.target.terms
        terms.begin(each)
        rented = await self.codes.prepare(driver, rents=terms.rents(each))
        if rented:
            terms.allow(rented)

    def driver(self, provider: str, world: World, choices: Mapping[str, str]) -> Driver:
        """Make a driver for a world."""
        return Driver(provider, self.target, world, self.codes, {**self.target.choices, **choices})
