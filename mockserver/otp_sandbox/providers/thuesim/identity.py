"""How a request says which thuesim account it comes from: the token, and nothing else."""

from __future__ import annotations

from typing import Final

from otp_sandbox.contract import Identity
from otp_sandbox.domain.seeds import draw, hexadecimal
from otp_sandbox.providers.thuesim.recordings import mark_in, mark_of
from otp_sandbox.renting.tokens import token_identity


def _mint(number: int) -> str:
    user = 10_000 + draw(number, "thuesim user") % 90_000
    return f"{user}-{hexadecimal(draw(number, 'thuesim token'), 32)}"


IDENTITY: Final[Identity] = token_identity(_mint, mark_in, mark_of)
