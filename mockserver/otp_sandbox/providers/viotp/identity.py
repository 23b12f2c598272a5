"""How a request says which viotp account it comes from: the token, and nothing else."""

from __future__ import annotations

from typing import Final

from otp_sandbox.contract import Identity
from otp_sandbox.domain.seeds import draw, hexadecimal
from otp_sandbox.providers.viotp.account import PROVIDER
from otp_sandbox.renting.recordings import mark_in, mark_of
from otp_sandbox.renting.tokens import token_identity

IDENTITY: Final[Identity] = token_identity(
    lambda number: hexadecimal(draw(number, "viotp token"), 32), mark_in, lambda seed: mark_of(PROVIDER, seed)
)
