"""A server that plays SMS one-time-code providers, and a client library for tests, which is loaded when it is used."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from otp_sandbox.api.public import (
        AsyncClient,
        AsyncLane,
        Client,
        Lane,
        NoCode,
        NotStarted,
        Problem,
        SandboxError,
        UnexpectedCode,
        Unreachable,
        WrongField,
    )

__all__ = [
    "AsyncClient",
    "AsyncLane",
    "Client",
    "Lane",
    "NoCode",
    "NotStarted",
    "Problem",
    "SandboxError",
    "UnexpectedCode",
    "Unreachable",
    "WrongField",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from otp_sandbox.api import public  # noqa: PLC0415  (a pytest plugin is in this package: it must cost nothing)

    return getattr(public, name)
