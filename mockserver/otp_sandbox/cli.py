"""The command `otp-sandbox`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from otp_sandbox.command_line import make_parser
from otp_sandbox.streams import Unwritable, complain, open_missing


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status says how it went."""
    open_missing()
    try:
        parsed = make_parser().parse_args(arguments)
        status: int = parsed.run(parsed)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1
    except Unwritable as error:
        complain(str(error))
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
