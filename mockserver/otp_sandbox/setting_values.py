"""How the value of a setting is read, from a file or the environment, and what a JSON Schema says of it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Generic, TypeVar

from otp_sandbox import redis_address
from otp_sandbox.domain.clock import TEN_YEARS
from otp_sandbox.environment import control_token
from otp_sandbox.interception.patterns import Patterns
from otp_sandbox.lanes import durations

_T = TypeVar("_T")
_PRINTABLE: Final = r"^[^\u0000-\u001f\u007f-\u009f]*$"


@dataclass(frozen=True, slots=True)
class Reader(Generic[_T]):
    """Reads a value of a setting, and says as JSON Schema what it takes from a file.

    A file has numbers, true and false, and arrays; the texts that stand for them are for the environment.
    """

    read: Callable[[Any], _T]
    schema: Mapping[str, Any]

    def __call__(self, value: Any) -> _T:
        """Read a value.

        Raises:
            ValueError: it cannot be read; the text says what would be right.
        """
        return self.read(value)


def _taking(**schema: Any) -> Callable[[Callable[[Any], _T]], Reader[_T]]:
    return lambda read: Reader(read, schema)


@_taking(type="string", pattern=_PRINTABLE)
def text(value: Any) -> str:
    """Read a text."""
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError("a text of printable characters")  # others may be no Unicode, or end a line
    return value


@_taking(type="string", pattern=r"^\s*[ -~]*\s*$")
def token(value: Any) -> str:
    """Read a control token."""
    if not isinstance(value, str):
        raise ValueError("a text")  # noqa: TRY004  (one kind of error for all readers)
    return control_token(value)


def whole(least: int, most: int) -> Reader[int]:
    """Make what reads a whole number in bounds."""

    @_taking(type="integer", minimum=least, maximum=most)
    def read(value: Any) -> int:
        try:
            number = int(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
        except ValueError:
            number = None
        if number is None or not least <= number <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return number

    return read


@_taking(type="boolean")
def flag(value: Any) -> bool:
    """Read true or false."""
    known = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in known:
        return known[value.lower()]
    raise ValueError("true or false")


def _texts(pattern: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string", "pattern": pattern}}


@_taking(**_texts(_PRINTABLE))
def names(value: Any) -> tuple[str, ...]:
    """Read a list of texts."""
    if isinstance(value, str) and value.isprintable():
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(value, list) and all(isinstance(each, str) and each.isprintable() for each in value):
        return tuple(value)
    raise ValueError("a list of texts (in the environment separated by commas)")


def _origin(text: str) -> str:
    origin = text.lower()
    read = _ORIGIN.fullmatch(origin)
    if read is None:
        raise ValueError('origins like "http://localhost:3000": scheme, host and port, without a path')
    return origin.removesuffix(_USUAL.get(read[1], ""))


_ORIGIN: Final = re.compile(r"([a-z][a-z0-9+.-]*)://(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?")
_USUAL: Final = {"http": ":80", "https": ":443"}


@_taking(**_texts(f"^{_ORIGIN.pattern.replace('a-z', 'A-Za-z').replace('a-f', 'A-Fa-f')}$"))
def origins(value: Any) -> tuple[str, ...]:
    """Read origins, and give them as browsers write them: in lower case, without a port that goes without saying."""
    return tuple(map(_origin, names(value)))


# Whether bits beyond the mask are set is no matter of a pattern: that is told at the start alone.
@_taking(**_texts(r"^(?:[0-9A-Fa-f.:]+(?:/[0-9]{1,3})?|[^\W_](?:[\w-]*[^\W_])?(?:\.[\w-]*[^\W_][\w-]*)*)$"))
def targets(value: Any) -> tuple[str, ...]:
    """Read where callbacks may go."""
    read = names(value)
    for name in read:
        if name not in ("loopback", "private", "any") and not _is_network(name) and not _is_host(name):
            raise ValueError('"loopback", "private", "any", host names or networks like "10.0.0.0/8"')
    return read


_LABEL: Final = "[A-Za-z0-9_-]*[A-Za-z0-9][A-Za-z0-9_-]*"


@_taking(**_texts(rf"^(?:(?:\*\.)?{_LABEL}(?:\.{_LABEL})*\.?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$"))
def patterns(value: Any) -> tuple[str, ...]:
    """Read names and addresses of hosts."""
    return Patterns(names(value)).texts


def _is_network(name: str) -> bool:
    try:
        ipaddress.ip_network(name)
    except ValueError:
        return False
    return True


def _is_host(name: str) -> bool:
    return all(part.replace("-", "").replace("_", "").isalnum() for part in name.split("."))


def one_of(*allowed: str) -> Reader[str]:
    """Make what reads one of some texts."""

    @_taking(enum=list(allowed))
    def read(value: Any) -> str:
        if value not in allowed:
            raise ValueError(" or ".join(allowed))
        return str(value)

    return read


@_taking(type="string", pattern=durations.PATTERN)
def duration(value: Any) -> timedelta:
    """Read a length of time."""
    length = durations.parse(value)
    if not timedelta(0) < length <= TEN_YEARS:
        raise ValueError(f'a duration longer than 0s and no longer than {TEN_YEARS.days}d, like "24h"')
    return length


_SYNC_MOST: Final = timedelta(minutes=1)


@_taking(type="string", pattern=durations.PATTERN)
def sync(value: Any) -> timedelta:
    """Read how old what is lost can be."""
    length = durations.parse(value)
    if not timedelta(0) <= length <= _SYNC_MOST:
        raise ValueError('a duration from 0s to 1m, like "1s"')
    return length


IN_FILE: Final = "sqlite:"
"""How the name of a store in a file begins; the path follows."""


@_taking(type="string", pattern=rf"^(?:memory|sqlite:[^\u0000-\u001f\u007f-\u009f]+|{redis_address.PATTERN})$")
def store(value: Any) -> str | redis_address.RedisAddress:
    """Read where lanes are kept."""
    if value == "memory" or (isinstance(value, str) and value.isprintable() and value.startswith(IN_FILE)):
        name: str = value
        if name != IN_FILE:
            return name
    if isinstance(value, str) and "://" in value:
        return redis_address.read(value)
    raise ValueError('"memory", "sqlite:PATH" or "redis://HOST:PORT/0"')


@_taking(type="string", pattern=r"^(?:[^\u0000-\u001f\u007f-\u009f]*)[\r\n]*$")
def password(value: Any) -> str:
    """Read a password; the end of the line of a file that it comes from is none of it."""
    if not isinstance(value, str) or not value.rstrip("\r\n").isprintable():
        raise ValueError("a text of printable characters")
    return value.rstrip("\r\n")


_PREFIX: Final = r"[!-)+->@-Z^-z|~]{1,100}"
"""Braces and glob characters mean something to the server."""


@_taking(type="string", pattern=f"^{_PREFIX}$")
def prefix(value: Any) -> str:
    """Read what the names of all keys begin with."""
    if not isinstance(value, str) or not re.fullmatch(_PREFIX, value):
        raise ValueError("1 to 100 printable ASCII characters without blanks, { } * ? [ ] and \\")
    return value
