"""Settings: flags > environment `OTP_SANDBOX_*` > TOML file > defaults. A wrong key or value stops start-up."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from otp_sandbox.domain.clock import TEN_YEARS
from otp_sandbox.environment import PREFIX, control_token, own
from otp_sandbox.interception.patterns import Patterns
from otp_sandbox.lanes import durations
from otp_sandbox.lanes.registry import CREDENTIAL_MOST

_T = TypeVar("_T")
PORT: Final = 6877
_PRINTABLE: Final = r"^[^\u0000-\u001f\u007f-\u009f]*$"


class SettingError(Exception):
    """A setting is wrong. The text names the key and what would be right."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server is started with."""

    host: str = ""  # empty: loopback, IPv4 and IPv6
    port: int = PORT
    proxy_port: int | None = None  # none: no proxy
    proxy_allow: tuple[str, ...] = ()
    tls_port: int | None = None  # none: no TLS
    state: str = ""  # empty: the platform's folder for it
    seed: int = 0
    control_token: str = ""
    control_open: bool = False
    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    callback_targets: tuple[str, ...] = ("loopback", "private")
    any_credentials: bool = False
    any_sender: bool = False
    log_format: str = "text"
    log_requests: bool = True
    ring: int = 10_000
    journal_bytes: int = 256 * 1024 * 1024
    phone_records: int = 4_000_000
    lanes_most: int = 10_000
    lane_idle: timedelta = timedelta(hours=24)
    body_most: int = 8 * 1024 * 1024
    credentials: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lanes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def beyond_loopback(self) -> bool:
        """Whether others than this machine can reach the server."""
        if not self.host or self.host == "localhost":
            return False
        try:
            return not ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return True


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
def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError("a text of printable characters")  # others may be no Unicode, or end a line
    return value


@_taking(type="string", pattern=r"^\s*[ -~]*\s*$")
def _token(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a text")  # noqa: TRY004  (one kind of error for all readers)
    return control_token(value)


def _whole(least: int, most: int) -> Reader[int]:
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
def _flag(value: Any) -> bool:
    known = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in known:
        return known[value.lower()]
    raise ValueError("true or false")


def _texts(pattern: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string", "pattern": pattern}}


@_taking(**_texts(_PRINTABLE))
def _names(value: Any) -> tuple[str, ...]:
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
def _origins(value: Any) -> tuple[str, ...]:
    """Read origins, and give them as browsers write them: in lower case, without a port that goes without saying."""
    return tuple(map(_origin, _names(value)))


# Whether bits beyond the mask are set is no matter of a pattern: that is told at the start alone.
@_taking(**_texts(r"^(?:[0-9A-Fa-f.:]+(?:/[0-9]{1,3})?|[^\W_](?:[\w-]*[^\W_])?(?:\.[\w-]*[^\W_][\w-]*)*)$"))
def _targets(value: Any) -> tuple[str, ...]:
    names = _names(value)
    for name in names:
        if name not in ("loopback", "private", "any") and not _is_network(name) and not _is_host(name):
            raise ValueError('"loopback", "private", "any", host names or networks like "10.0.0.0/8"')
    return names


_LABEL: Final = "[A-Za-z0-9_-]*[A-Za-z0-9][A-Za-z0-9_-]*"


@_taking(**_texts(rf"^(?:(?:\*\.)?{_LABEL}(?:\.{_LABEL})*\.?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$"))
def _patterns(value: Any) -> tuple[str, ...]:
    return Patterns(_names(value)).texts


def _is_network(name: str) -> bool:
    try:
        ipaddress.ip_network(name)
    except ValueError:
        return False
    return True


def _is_host(name: str) -> bool:
    return all(part.replace("-", "").replace("_", "").isalnum() for part in name.split("."))


def _one_of(*allowed: str) -> Reader[str]:
    @_taking(enum=list(allowed))
    def read(value: Any) -> str:
        if value not in allowed:
            raise ValueError(" or ".join(allowed))
        return str(value)

    return read


@_taking(type="string", pattern=durations.PATTERN)
def _duration(value: Any) -> timedelta:
    length = durations.parse(value)
    if not timedelta(0) < length <= TEN_YEARS:
        raise ValueError(f'a duration longer than 0s and no longer than {TEN_YEARS.days}d, like "24h"')
    return length


READERS: Final[Mapping[str, Reader[Any]]] = {
    "host": _text,
    "port": _whole(0, 65535),
    "proxy_port": _whole(0, 65535),
    "proxy_allow": _patterns,
    "tls_port": _whole(0, 65535),
    "state": _text,
    "seed": _whole(-(2**63), 2**63 - 1),
    "control_token": _token,
    "control_open": _flag,
    "allowed_hosts": _names,
    "allowed_origins": _origins,
    "callback_targets": _targets,
    "any_credentials": _flag,
    "any_sender": _flag,
    "log_format": _one_of("text", "json"),
    "log_requests": _flag,
    "ring": _whole(1, 10_000_000),
    "journal_bytes": _whole(1, 2**40),
    "phone_records": _whole(1, 2**40),
    "lanes_most": _whole(1, 10_000_000),
    "lane_idle": _duration,
    "body_most": _whole(1, 2**30),
}


_SECRET: Final = frozenset({"control_token"})
"""Settings whose values are never shown."""


def gathered(
    flags: Mapping[str, Any],
    environment: Mapping[str, str],
    credential_keys: Mapping[str, tuple[str, str]],
) -> Settings:
    """Put settings together.

    Args:
        flags: settings given on the command line, by name; `config` names the TOML file.
        environment: the environment.
        credential_keys: environment keys (without prefix) of the default lane's credentials → (provider, credential).

    Raises:
        SettingError: an unknown key, or a value that cannot be read.
    """
    values: dict[str, Any] = {}
    credentials: dict[str, dict[str, str]] = {}
    lanes: Mapping[str, Mapping[str, Any]] = {}
    config = flags.get("config") or environment.get(PREFIX + "CONFIG")
    if config:
        document = _toml(Path(config))
        lanes = document.pop("lanes", {})
        if not isinstance(lanes, dict) or not all(isinstance(each, dict) for each in lanes.values()):
            raise SettingError(f"{config}: lanes: write [lanes.NAME] tables")
        for key, value in document.items():
            values[key] = _read(key, value, f"{config}: {key}")
    for name, value in own(environment):
        if name in (PREFIX + "CONFIG", PREFIX + "URL"):
            continue
        bare = name.removeprefix(PREFIX)
        if bare in credential_keys:
            if not value.strip() or not value.isprintable() or len(value) > CREDENTIAL_MOST:
                raise SettingError(f"{name}: is not right; it takes 1 to {CREDENTIAL_MOST} printable characters")
            provider, credential = credential_keys[bare]
            credentials.setdefault(provider, {})[credential] = value
        else:
            values[bare.lower()] = _read(bare.lower(), value, name, [*credential_keys])
    for key, value in flags.items():
        if key != "config" and value is not None:
            values[key] = _read(key, value, "--" + key.replace("_", "-"))
    return replace(Settings(), **values, credentials=credentials, lanes=lanes)


def some(
    names: Iterable[str], config: str | None, environment: Mapping[str, str], flags: Mapping[str, Any] | None = None
) -> Settings:
    """Put some settings together, and leave the others alone: for commands that are no server.

    Args:
        names: the settings that are read.
        config: the TOML file, as the command line names it.
        environment: the environment; it may name the file too.
        flags: settings given on the command line, by name.

    Raises:
        SettingError: one of these settings, or the file, cannot be read.
    """
    environment = dict(own(environment))
    config = config or environment.get(PREFIX + "CONFIG")
    document = _toml(Path(config)) if config else {}
    values: dict[str, Any] = {}
    for key in names:
        name = PREFIX + key.upper()
        if flags is not None and flags.get(key) is not None:
            values[key] = _read(key, flags[key], "--" + key.replace("_", "-"))
        elif name in environment:
            values[key] = _read(key, environment[name], name)
        elif key in document:
            values[key] = _read(key, document[key], f"{config}: {key}")
    return replace(Settings(), **values)


def _toml(path: Path) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415  (most starts have no file)

    try:
        return tomllib.loads(path.read_text("utf-8-sig"))  # Windows writes a mark
    except RecursionError as error:
        raise SettingError(f"{path}: is nested too deep") from error
    except OSError as error:
        raise SettingError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise SettingError(f"{path}: is not TOML ({error}); save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{path}: is not TOML ({error})") from error


def _read(key: str, value: Any, place: str, also: list[str] | None = None) -> Any:
    reader = READERS.get(key)
    if reader is None:
        import difflib  # noqa: PLC0415  (only to say what is wrong)

        known = sorted({each.name for each in fields(Settings)} & set(READERS))
        close = difflib.get_close_matches(key, [*known, *map(str.lower, also or [])], n=1)
        hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
        raise SettingError(f"{place}: unknown setting; {hint}")
    try:
        return reader(value)
    except ValueError as error:
        shown = "its value" if key in _SECRET else repr(value)
        raise SettingError(f"{place}: {shown} is not right; it takes {error}") from error


def process_environment() -> Mapping[str, str]:
    """Give this process's environment."""
    return os.environ
