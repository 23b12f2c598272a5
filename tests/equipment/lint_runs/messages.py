"""Runs for the rules about messages and callbacks."""

from __future__ import annotations

from equipment.lint_runs.kit import Caller, Run


async def _is_one_too_long(caller: Caller) -> None:
    await caller.send(Content="x" * 161)
    await caller.send(Content="x" * 307)
    await caller.send(Content="ă" * 71, IsUnicode="1")


async def _fits(caller: Caller) -> None:
    for length in (160, 162, 306, 308):
        await caller.send(Content="x" * length)
    await caller.send(Content="ă" * 70, IsUnicode="1")


async def _is_fancy(caller: Caller) -> None:
    await caller.send(Content=f"“Mã” – {'x' * 80}", IsUnicode="1")


async def _is_plain(caller: Caller) -> None:
    """A text that has no plain spelling is none either."""
    await caller.send(Content='"Ma" - 123456')
    await caller.send_otp(SMSMessageText="کد شما: %code%")


async def _refuses(caller: Caller) -> None:
    caller.hook.status = 500
    await caller.send(CallbackUrl=caller.hook.url)
    await caller.wait("2s")


async def _takes(caller: Caller) -> None:
    caller.hook.status = 204
    await caller.send(CallbackUrl=caller.hook.url)
    await caller.wait("2s")


async def _dawdles(caller: Caller) -> None:
    caller.hook.silent = True
    policy = {"callback_policy": {"timeout": "20ms", "retries": 0}}
    await caller.control("PATCH", "/accounts/esms", policy)
    await caller.send(CallbackUrl=caller.hook.url)
    await caller.wait("2s")


GENERAL = {
    "segment-wasted": Run(
        _is_one_too_long,
        "SendMultipleMessage_V4_post_json: 2 segments, and 1 with one character less (2 times); "
        "SendMultipleMessage_V4_post_json: 3 segments, and 2 with one character less",
        ("req-1", "req-2", "req-3"),
        _fits,
    ),
    "unicode-avoidable": Run(
        _is_fancy,
        "SendMultipleMessage_V4_post_json: 2 segments in UCS-2, 1 segment in GSM-7",
        ("req-1",),
        _is_plain,
    ),
    "callback-not-taken": Run(_refuses, "the callback delivered: HTTP 500", (), _takes),
    "callback-slow": Run(
        _dawdles, "the callback delivered took more than half of the 0.02 s that it may take", (), _takes
    ),
}
