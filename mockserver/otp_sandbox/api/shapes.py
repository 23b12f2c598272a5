"""What the control API answers, as types. They are those that the server itself is checked with."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, TypeAlias

from otp_sandbox.web.control.fault_shapes import ActionShape as Action
from otp_sandbox.web.control.fault_shapes import FaultShape as Fault
from otp_sandbox.web.control.fault_shapes import FaultsShape as Faults
from otp_sandbox.web.control.lint_shapes import FindingShape as Finding
from otp_sandbox.web.control.lint_shapes import FindingsShape as Findings
from otp_sandbox.web.control.lint_shapes import RulesShape as Rules
from otp_sandbox.web.control.provider_shapes import BehavioursShape as Behaviours
from otp_sandbox.web.control.provider_shapes import MagicsShape as Magics
from otp_sandbox.web.control.provider_shapes import OperationsShape as Operations
from otp_sandbox.web.control.provider_shapes import OutcomesShape as Outcomes
from otp_sandbox.web.control.provider_shapes import ProvidersShape as Providers
from otp_sandbox.web.control.schemas import AdvanceShape as Advance
from otp_sandbox.web.control.schemas import CallbackShape as Callback
from otp_sandbox.web.control.schemas import CallbacksShape as Callbacks
from otp_sandbox.web.control.schemas import ClockShape as Clock
from otp_sandbox.web.control.schemas import CodesShape as Codes
from otp_sandbox.web.control.schemas import ExplainedShape as Explained
from otp_sandbox.web.control.schemas import InboundShape as Inbound
from otp_sandbox.web.control.schemas import InboundsShape as Inbounds
from otp_sandbox.web.control.schemas import InfoShape as Info
from otp_sandbox.web.control.schemas import LaneShape as LaneTold
from otp_sandbox.web.control.schemas import LanesShape as Lanes
from otp_sandbox.web.control.schemas import LimitsShape as Limits
from otp_sandbox.web.control.schemas import MessageShape as Message
from otp_sandbox.web.control.schemas import MessagesShape as Messages
from otp_sandbox.web.control.schemas import PhoneCodesShape as PhoneCodes
from otp_sandbox.web.control.schemas import RentalShape as Rental
from otp_sandbox.web.control.schemas import RentalsShape as Rentals
from otp_sandbox.web.control.schemas import RequestShape as Request
from otp_sandbox.web.control.schemas import RequestsShape as Requests
from otp_sandbox.web.control.schemas import WaitShape as Waited

Json: TypeAlias = dict[str, Any]
Length: TypeAlias = str | float | timedelta
"""A length of time: `"2m1s"`, seconds, or a timedelta."""
Instant: TypeAlias = str | datetime
"""An instant: ISO 8601 with offset, or an aware datetime."""
State: TypeAlias = Literal["sending", "sent", "delivered", "failed", "rejected", "deleted"]
What: TypeAlias = Literal[
    "messages", "codes", "rentals", "accounts", "callbacks", "requests", "faults", "clock", "choices", "limits"
]


class Event(NamedTuple):
    """Something that happened: what kind of entry `data` is, and the place in the log."""

    kind: str
    cursor: str
    data: Json


__all__ = [
    "Action",
    "Advance",
    "Behaviours",
    "Callback",
    "Callbacks",
    "Clock",
    "Codes",
    "Event",
    "Explained",
    "Fault",
    "Faults",
    "Finding",
    "Findings",
    "Inbound",
    "Inbounds",
    "Info",
    "Instant",
    "Json",
    "LaneTold",
    "Lanes",
    "Length",
    "Limits",
    "Magics",
    "Message",
    "Messages",
    "Operations",
    "Outcomes",
    "PhoneCodes",
    "Providers",
    "Rental",
    "Rentals",
    "Request",
    "Requests",
    "Rules",
    "State",
    "Waited",
    "What",
]
