"""All names that the library offers. Nobody imports this but the package itself, when one of them is asked for."""

from otp_sandbox.api.client import AsyncClient
from otp_sandbox.api.errors import NoCode, Problem, SandboxError, UnexpectedCode, Unreachable, WrongField
from otp_sandbox.api.lane import AsyncLane
from otp_sandbox.api.process import NotStarted
from otp_sandbox.api.without_loop import Client, Lane

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
