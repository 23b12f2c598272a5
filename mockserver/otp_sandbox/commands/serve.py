"""`otp-sandbox serve`: run a sandbox."""

from __future__ import annotations

import argparse
from typing import Final

_FLAGS: Final = (
    *("host", "port", "tls_port", "proxy_port", "state", "store", "config", "seed"),
    *("any_sender", "control_open", "log_format"),
)


def serve(parsed: argparse.Namespace) -> int:
    """Serve until it is stopped."""
    from otp_sandbox.web.server_only import import_server_only  # noqa: PLC0415  (before all that it makes do with)

    import_server_only()
    from otp_sandbox.serve import serve as run  # noqa: PLC0415  (as above)

    return run({name: getattr(parsed, name) for name in _FLAGS}, until_eof=parsed.until_eof)
