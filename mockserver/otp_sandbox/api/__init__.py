"""The client library: the control API of a sandbox, with and without an event loop.

It needs the standard library and msgspec, and is loaded when somebody uses it.
"""

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
