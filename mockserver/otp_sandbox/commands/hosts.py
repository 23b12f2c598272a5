"""`otp-sandbox hosts`: lines of a hosts file, so that a machine finds the providers' hosts at a sandbox."""

from __future__ import annotations

import argparse
from pathlib import Path

from otp_sandbox.interception import hosts_file
from otp_sandbox.interception.hosts import HOSTS_FILE, played
from otp_sandbox.streams import complain, failed, say

LOOPBACK = ("127.0.0.1", "::1")


def hosts(parsed: argparse.Namespace) -> int:
    """Print the lines, put them into the file, or take them out."""
    path = Path(parsed.file) if parsed.file is not None else HOSTS_FILE
    try:
        if parsed.remove:
            changed = hosts_file.change(path, None)
        else:
            lines = hosts_file.lines(_played(), parsed.address or LOOPBACK)
            if not parsed.write:
                for line in lines:
                    say(line)
                return 0
            changed = hosts_file.change(path, lines)
    except hosts_file.HostsFileError as error:
        return failed(str(error))
    complain(f"{path} was changed" if changed else f"{path} is so already")
    return 0


def _played() -> frozenset[str]:
    from otp_sandbox.web.server_only import import_server_only  # noqa: PLC0415  (so it is here soonest)

    import_server_only()
    from otp_sandbox.app import find_providers  # noqa: PLC0415  (loads much)

    return played(find_providers().values())
