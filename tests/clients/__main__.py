"""`PYTHONPATH=tests python -m clients` installs what the clients need, if we are root on Debian or its like."""

from __future__ import annotations

import sys

from clients.runtimes import LANGUAGES
from equipment.packages import install

if __name__ == "__main__":
    missing = install(*(need for language in LANGUAGES for need in language.needs))
    sys.exit(f"not installed: {', '.join(missing)}" if missing else 0)
