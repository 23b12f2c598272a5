"""`otp-sandbox ca`: the certificate that clients trust, in the form that they want."""

from __future__ import annotations

import argparse
import os

from otp_sandbox import settings
from otp_sandbox.interception import AuthorityError
from otp_sandbox.interception.opening import open_authority
from otp_sandbox.streams import complain, failed, say, say_bytes


def ca(parsed: argparse.Namespace) -> int:
    """Print the certificate, or where it is; make the CA first where there is none, or anew on request."""
    from otp_sandbox.web.server_only import import_server_only  # noqa: PLC0415  (so it is here soonest)

    import_server_only()
    from otp_sandbox.app import Unusable, find_providers  # noqa: PLC0415  (loads much)

    try:
        chosen = settings.some(("state",), parsed.config, os.environ, {"state": parsed.state})
        authority = open_authority(chosen.state, os.environ, find_providers().values(), remake=parsed.remake)
        if parsed.remake:
            complain("the CA was made anew: restart what runs with the old one, and let clients trust the new one")
        if parsed.path:
            say(str(authority.path(parsed.format)), exact=True)
        elif parsed.format == "pem":
            say(authority.certificate_pem.decode().rstrip(), exact=True)
        else:
            say_bytes(authority.export(parsed.format))
    except (settings.SettingError, Unusable, AuthorityError) as error:
        return failed(str(error), 2)
    return 0
