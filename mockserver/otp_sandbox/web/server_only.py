"""Imports aiohttp's server without its client, which takes as long again and is used for callbacks only.

`import aiohttp` runs the package's own file first, and that imports the client, which reads the certificates of all
authorities. Here the package stands in `sys.modules` unrun, so that `aiohttp.web` and what it needs can be imported
from it. The first name that it then lacks (`aiohttp.ClientSession`) runs its file, by the module's `__getattr__`.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

_VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)


def import_server_only() -> bool:
    """Import `aiohttp.web` alone. Where that does not work, or aiohttp is there already, everything is as without it.

    Returns: whether the client is left for later.
    """
    if "aiohttp" in sys.modules:
        return False
    try:
        _import_unrun()
        importlib.import_module("aiohttp.web")
    except Exception:  # noqa: BLE001  (an aiohttp that is made otherwise is imported as anybody does)
        for name in [each for each in sys.modules if each.partition(".")[0] == "aiohttp"]:
            del sys.modules[name]
        return False
    return "aiohttp.client" not in sys.modules


def _import_unrun() -> None:
    spec = importlib.util.find_spec("aiohttp")
    if spec is None or spec.loader is None or spec.origin is None:
        raise ImportError("aiohttp is no package with a file")
    loader, file = spec.loader, Path(spec.origin)
    version = _VERSION.search(file.read_text("utf-8"))
    if version is None:
        raise ImportError("aiohttp does not say its version where it did")
    package: Any = importlib.util.module_from_spec(spec)

    def run(name: str) -> Any:
        if (file.parent / f"{name}.py").exists():
            raise AttributeError(name)  # a module of its own, which the import goes on to look for
        del package.__getattr__
        loader.exec_module(package)
        return getattr(package, name)

    package.__version__ = version[1]  # aiohttp.http asks for it
    package.__getattr__ = run
    sys.modules["aiohttp"] = package
