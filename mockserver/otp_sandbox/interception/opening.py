"""Opens the CA of a sandbox: where it is kept, and for which hosts it is good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from otp_sandbox.contract import Provider
from otp_sandbox.interception import AuthorityError
from otp_sandbox.interception.hosts import played
from otp_sandbox.interception.state import state_folder

if TYPE_CHECKING:
    from otp_sandbox.interception.authority import Authority


def open_authority(
    state: str, environment: Mapping[str, str], providers: Iterable[Provider], *, remake: bool = False
) -> Authority:
    """Open the CA of a state folder, good for the hosts that are played; make it, if there is none yet.

    Args:
        state: the folder as the settings name it; empty: the platform's for this user.
        environment: the environment.
        providers: those that are played.
        remake: make the CA anew, whatever is there.

    Raises:
        AuthorityError: it cannot be used, or nothing can be kept.
    """
    from otp_sandbox.interception.authority import Authority  # noqa: PLC0415  (loads cryptography)

    folder = state_folder(state, environment)
    if folder is None:
        raise AuthorityError("this user has no home to keep the CA in: name a folder with --state or OTP_SANDBOX_STATE")
    return Authority.open(folder, played(providers), remake=remake)
