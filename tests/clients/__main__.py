"""`PYTHONPATH=tests python -m clients` installs what the clients need, if we are root on Debian or its like."""

from __future__ import annotations

import sys

from clients.runtimes import LANGUAGES
from equipment.packages import install

if __name__ == "__main__":
    missing = install(*(need for language in LANGUAGES for need in language.needs))
    if missing:  # the tests say what is left unproven, and whether that is an error
        sys.stderr.write(f"not installed: {', '.join(missing)}\n")
