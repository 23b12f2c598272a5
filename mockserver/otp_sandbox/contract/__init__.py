"""What a provider package offers, and what it is handed. Everything else knows providers only so."""

from otp_sandbox.contract.call import MISSING, Call, Credentials, Facts, Fields, Source
from otp_sandbox.contract.came import LOOKS_REAL, SECRET_IN_QUERY
from otp_sandbox.contract.dialect import Dialect
from otp_sandbox.contract.events import EventContext, EventHandler
from otp_sandbox.contract.handler import Check, Handler, Reader, handlers_in
from otp_sandbox.contract.provider import Accounts, Identity, Inbound, Magic, Phones, Provider, Reading, Wire
from otp_sandbox.contract.query import Body, Query
from otp_sandbox.contract.reasons import Reason, Why, added, listed, shown
from otp_sandbox.contract.reply import Reply, write_json

__all__ = [
    "LOOKS_REAL",
    "MISSING",
    "SECRET_IN_QUERY",
    "Accounts",
    "Body",
    "Call",
    "Check",
    "Credentials",
    "Dialect",
    "EventContext",
    "EventHandler",
    "Facts",
    "Fields",
    "Handler",
    "Identity",
    "Inbound",
    "Magic",
    "Phones",
    "Provider",
    "Query",
    "Reader",
    "Reading",
    "Reason",
    "Reply",
    "Source",
    "Why",
    "Wire",
    "added",
    "handlers_in",
    "listed",
    "shown",
    "write_json",
]
