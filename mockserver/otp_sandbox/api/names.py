"""How credentials are called in code and in the environment: `ApiKey` is `api_key` and `…_API_KEY`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from otp_sandbox.api.exchange import URL
from otp_sandbox.environment import TOKEN

__tracebackhide__ = True  # pytest ends a traceback in the test that asked
_BETWEEN: Final = re.compile("(?<=[a-z])(?=[A-Z])")


def snake(name: str) -> str:
    """Spell a name as Python spells it."""
    return _BETWEEN.sub("_", name).lower()


def variables(base_url: str, credentials: Mapping[str, Mapping[str, str]], token: str = "") -> dict[str, str]:
    """Give the environment variables that point an application at a lane."""
    told = {URL: base_url} | ({TOKEN: token} if token else {})
    for provider, held in credentials.items():
        told[f"{provider.upper()}_BASE_URL"] = base_url
        told |= {f"{provider.upper()}_{snake(name).upper()}": value for name, value in held.items()}
    return told


class Keys:
    """The credentials of a lane at one provider, as attributes in lower case: `keys.api_key`."""

    def __init__(self, provider: str, held: Mapping[str, str]) -> None:
        """Take them as the sandbox tells them."""
        self._provider = provider
        self._held = {snake(name): value for name, value in held.items()}

    def __getattr__(self, name: str) -> str:
        if name.startswith("_") or name not in self._held:
            known = ", ".join(self.__dict__.get("_held", ()))
            raise AttributeError(f"there is no {name}; it is one of {known}")
        return self._held[name]

    def __dir__(self) -> list[str]:
        return sorted(self._held)

    def __repr__(self) -> str:
        return f"<keys of {self._provider}: {', '.join(self._held)}>"
