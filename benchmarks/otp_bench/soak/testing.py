"""What tests do over the control API: read, wait, and make lanes and delete them."""

from __future__ import annotations

import json
from random import Random
from urllib.parse import urlencode

from otp_bench.soak.calls import ESMS, GENCODE, gencode
from otp_bench.soak.deeds import Deed, expect, phone
from otp_bench.soak.wire import Wire

READS = (
    "/messages?limit=20",
    "/codes?limit=20",
    "/requests?limit=20",
    "/requests/unmatched?limit=5",
    "/callbacks?limit=5",
    "/rentals?limit=5",
    "/inbound?limit=5",
    "/accounts/esms",
    "/limits",
    "/clock",
    "/choices",
    "/lanes",
    "/info",
    "/providers/esms/outcomes",
)


async def read(wire: Wire, dice: Random) -> None:
    """Read a list or something like it."""
    status, body = await wire.ask("GET", f"/_sandbox/v1{dice.choice(READS)}")
    expect(status, body, b"")


async def explained(wire: Wire, dice: Random) -> None:
    """Read the newest request with its explanation."""
    del dice
    _, known = await wire.control("GET", "/requests?limit=1")
    for entry in known["requests"]:
        status, body = await wire.ask("GET", f"/_sandbox/v1/requests/{entry['id']}")
        expect(status, body, b"explanation", also=(404,))


async def waited(wire: Wire, dice: Random) -> None:
    """Have a code sent and wait for it."""
    to = await gencode(wire, dice)
    status, body = await wire.ask("GET", f"/_sandbox/v1/messages/wait?to={to}&timeout=10s")
    expect(status, body, b'"matched":true')


async def waited_in_vain(wire: Wire, dice: Random) -> None:
    """Wait for what does not come."""
    status, body = await wire.ask("GET", f"/_sandbox/v1/messages/wait?to={phone(dice)}&timeout=50ms")
    expect(status, body, b'"matched":false')


async def pinned(wire: Wire, dice: Random) -> None:
    """Pin a code and remove it."""
    to = phone(dice)
    status, _ = await wire.control("PUT", f"/codes/{to}", {"code": "135790", "times": 2})
    expect(status, b"", b"")
    status, body = await wire.ask("DELETE", f"/_sandbox/v1/codes/{to}")
    expect(status, body, b"")


async def inbound(wire: Wire, dice: Random) -> None:
    """Let a phone write to a line of the account."""
    body = {"from": f"091{dice.randrange(10**8):08}", "to": "30001234", "text": "1"}
    status, answer = await wire.control("POST", "/inbound", body)
    expect(status, json.dumps(answer).encode(), b"")


async def lane(wire: Wire, dice: Random) -> None:
    """Make a lane, live in it, delete it; leave a waiting client behind now and then."""
    key = f"SOAK-{dice.randrange(10**12)}"
    body = {
        "accounts": {"esms": {"balance": 10**6}},
        "clock": {"mode": "frozen"} if dice.random() < 0.5 else {"mode": "real"},  # noqa: PLR2004
        "credentials": {"esms": {"ApiKey": key, "SecretKey": key}},
    }
    status, made = await wire.control("POST", "/lanes", body)
    expect(status, json.dumps(made).encode(), b"")
    path = f"/lanes/{made['id']}"
    fields = GENCODE | {"ApiKey": key, "SecretKey": key}
    for _ in range(dice.randrange(1, 5)):
        sent = urlencode(fields | {"Phone": phone(dice)})
        expect(*await wire.ask("GET", f"{ESMS}/SendMessageAutoGenCode_V4_get?{sent}"), b'"100"')
    status, answer = await wire.control("POST", f"{path}/clock/advance", {"by": "5m"})
    expect(status, json.dumps(answer).encode(), b"fired")
    if dice.random() < 0.3:  # noqa: PLR2004
        status, _ = await wire.control("POST", f"{path}/reset", {})
        expect(status, b"", b"")
    status, answer = await wire.ask("DELETE", f"/_sandbox/v1{path}")
    expect(status, answer, b"")


TESTING: tuple[Deed, ...] = (
    Deed(10, read),
    Deed(5, explained),
    Deed(5, waited),
    Deed(2, waited_in_vain),
    Deed(3, pinned),
    Deed(3, inbound),
    Deed(8, lane),
)
