"""Says in words on what a run was made: nothing that names a host or a folder."""

from __future__ import annotations

import os
import platform
import re
import sysconfig
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("otp-sandbox", "aiohttp", "uvloop", "orjson", "pydantic")


def described() -> dict[str, str]:
    """Describe the machine, the interpreter and what the sandbox runs on."""
    flags = sysconfig.get_config_var("CONFIG_ARGS") or ""
    optimised = "with" if "--enable-optimizations" in flags else "without"
    return {
        "machine": f"{os.cpu_count()} cores ({_processor()}), {_memory()} GB of memory, {platform.system()}",
        "python": (
            f"{platform.python_implementation()} {platform.python_version()}, built {optimised} optimisation by profile"
        ),
        "load": f"{os.getloadavg()[0]:.1f}",
        "packages": ", ".join(f"{name} {found}" for name in PACKAGES if (found := _version(name))),
    }


def _processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
    return re.sub(r"\((R|TM)\)", "", found[1]) if found else platform.machine()


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
