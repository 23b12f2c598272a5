"""Settings: flags > environment `OTP_SANDBOX_*` > TOML file > defaults. A wrong key or value stops start-up."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from otp_sandbox.environment import PREFIX, own
from otp_sandbox.lanes.registry import CREDENTIAL_MOST
from otp_sandbox.redis_address import RedisAddress
from otp_sandbox.setting_values import (
    IN_FILE,
    Reader,
    duration,
    flag,
    names,
    one_of,
    origins,
    password,
    patterns,
    prefix,
    store,
    sync,
    targets,
    text,
    token,
    whole,
)

PORT: Final = 6877


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
    store: str | RedisAddress = "memory"
    store_password: str = field(default="", repr=False)
    store_prefix: str = "otp-sandbox:"
    store_sync: timedelta = timedelta(seconds=1)
    seed: int = 0
    control_token: str = field(default="", repr=False)
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
    def redis(self) -> RedisAddress | None:
        """The Redis that keeps the lanes, with its password; None where something else keeps them."""
        return self.store.with_password(self.store_password) if isinstance(self.store, RedisAddress) else None

    @property
    def beyond_loopback(self) -> bool:
        """Whether others than this machine can reach the server."""
        if not self.host or self.host == "localhost":
            return False
        try:
            return not ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return True


READERS: Final[Mapping[str, Reader[Any]]] = {
    "host": text,
    "port": whole(0, 65535),
    "proxy_port": whole(0, 65535),
    "proxy_allow": patterns,
    "tls_port": whole(0, 65535),
    "state": text,
    "store": store,
    "store_password": password,
    "store_prefix": prefix,
    "store_sync": sync,
    "seed": whole(-(2**63), 2**63 - 1),
    "control_token": token,
    "control_open": flag,
    "allowed_hosts": names,
    "allowed_origins": origins,
    "callback_targets": targets,
    "any_credentials": flag,
    "any_sender": flag,
    "log_format": one_of("text", "json"),
    "log_requests": flag,
    "ring": whole(1, 10_000_000),
    "journal_bytes": whole(1, 2**40),
    "phone_records": whole(1, 2**40),
    "lanes_most": whole(1, 10_000_000),
    "lane_idle": duration,
    "body_most": whole(1, 2**30),
}


_SECRET: Final = frozenset({"control_token", "store_password"})
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
        shown = "its value" if key in _SECRET or _may_hold_password(key, value) else repr(value)
        raise SettingError(f"{place}: {shown} is not right; it takes {error}") from error


def _may_hold_password(key: str, value: Any) -> bool:
    """Tell whether it is a URL, or was meant as one."""
    return key == "store" and isinstance(value, str) and ":" in value and not value.startswith(IN_FILE)


def process_environment() -> Mapping[str, str]:
    """Give this process's environment."""
    return os.environ
