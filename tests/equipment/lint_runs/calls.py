"""Runs for the rules about calls."""

from __future__ import annotations

from equipment.lint_runs.kit import CHECKCODE, GENCODE, JSON, Caller, Run


async def _checks_after_a_refusal(caller: Caller) -> None:
    await caller.gencode(Brandname="Nobody")
    await caller.check("123456")


async def _stops_after_a_refusal(caller: Caller) -> None:
    """And a refused resend does not make the first code bad."""
    await caller.gencode(Brandname="Nobody")
    await caller.gencode()
    await caller.control("PATCH", "/accounts/esms", {"balance": 0})
    await caller.gencode()
    await caller.check((await caller.latest())["code"])


async def _insists(caller: Caller) -> None:
    for _ in range(3):
        await caller.gencode(Brandname="Nobody")


async def _takes_its_time(caller: Caller) -> None:
    for _ in range(3):
        await caller.gencode(Brandname="Nobody")
        await caller.wait("11s")
    await caller.gencode(Brandname="Nobody")
    await caller.gencode(Brandname="Nobody", TimeAlive="6")


async def _sends_twice(caller: Caller) -> None:
    await caller.gencode()
    await caller.wait("9s")
    await caller.gencode()


async def _sends_again_when_asked(caller: Caller) -> None:
    """After ten seconds; and with one RequestId, under which the second is refused."""
    await caller.gencode()
    await caller.wait("10s")
    await caller.gencode()
    await caller.gencode(Phone="0901888484")
    await caller.send(RequestId="order-1")
    await caller.send(RequestId="order-1")
    await caller.send(RequestId="try-1", Sandbox="1")
    await caller.send(RequestId="try-2", Sandbox="1")


async def _checks_used(caller: Caller) -> None:
    await caller.gencode()
    code = (await caller.latest())["code"]
    await caller.check(code)
    await caller.check(code)


async def _checks_once(caller: Caller) -> None:
    await caller.gencode()
    await caller.check((await caller.latest())["code"])


async def _polls_a_code(caller: Caller) -> None:
    await caller.gencode()
    for _ in range(3):
        await caller.check("WRONG1")
        await caller.wait("29s")


async def _mistypes_twice(caller: Caller) -> None:
    await caller.gencode(TimeAlive="10")
    for _ in range(3):
        await caller.check("WRONG1")
        await caller.wait("30s")
    await caller.check((await caller.latest())["code"])


async def _guesses(caller: Caller) -> None:
    await caller.gencode()
    for number in range(6):
        await caller.check(f"WRONG{number}")


async def _gives_up_after_five(caller: Caller) -> None:
    for _ in range(2):
        await caller.gencode()
        for number in range(5):
            await caller.check(f"WRONG{number}")
        await caller.wait("1m")


async def _goes_astray(caller: Caller) -> None:
    await caller.esms(f"{JSON}/SendMessageAutoGenCode_V3_get")
    await caller.client.send("DELETE", CHECKCODE)


async def _writes_paths_as_it_likes(caller: Caller) -> None:
    """Slashes and, at this provider, the case make no difference."""
    await caller.gencode()
    await caller.esms(GENCODE.lower().replace("/json", "//json"), Phone="0912345678", Type="2", Brandname="Sandbox")


GENERAL = {
    "refusal-ignored": Run(
        _checks_after_a_refusal,
        "CheckCodeGen_V4_get although the call before it was refused with brandname_unknown",
        ("req-2",),
        _stops_after_a_refusal,
    ),
    "refusal-repeated": Run(
        _insists,
        "SendMessageAutoGenCode_V4_get again and again, refused with brandname_unknown each time",
        ("req-3",),
        _takes_its_time,
    ),
    "send-repeated": Run(
        _sends_twice,
        "SendMessageAutoGenCode_V4_get with the same fields within 10 s: two messages were sent",
        ("req-2",),
        _sends_again_when_asked,
    ),
    "code-reused": Run(
        _checks_used, "CheckCodeGen_V4_get with a code that was accepted before", ("req-3",), _checks_once
    ),
    "verify-polled": Run(
        _polls_a_code, "CheckCodeGen_V4_get with the same code 3 times within a minute", ("req-4",), _mistypes_twice
    ),
    "code-guessed": Run(
        _guesses, "CheckCodeGen_V4_get with 6 and more wrong codes for one phone", ("req-7",), _gives_up_after_five
    ),
    "path-unknown": Run(
        _goes_astray,
        f"GET {JSON}/SendMessageAutoGenCode_V3_get; DELETE {CHECKCODE}",
        ("req-1", "req-2"),
        _writes_paths_as_it_likes,
    ),
}
