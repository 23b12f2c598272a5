"""The address of a Redis or Valkey, as a URL says it: one server, sentinels that know it, or a cluster."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal
from urllib.parse import unquote

_SCHEME: Final = re.compile(r"(?:redis|valkey)(?P<tls>s?)(?:\+(?P<kind>sentinel|cluster))?://(?P<rest>.*)", re.ASCII)
_SOCKET: Final = "unix://"
PATTERN: Final = r"(?:(?:redis|valkey)s?(?:\+(?:sentinel|cluster))?|unix)://[^\u0000-\u0020\u007f-\u00a0]+"
"""What a schema can say of such a URL."""

_HOST: Final = re.compile(r"(?P<name>[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?", re.ASCII)
_HOSTS_MOST: Final = 100
_DATABASE: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_SERVICE: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}", re.ASCII)
_TIMEOUT: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3})?", re.ASCII)
_TIMEOUT_BOUNDS: Final = (0.05, 60.0)
_PORT: Final = 6379
_SENTINEL_PORT: Final = 26379
_ENCODE: Final = "in user and password write @ : / ? # & % as %40 %3A %2F %3F %23 %26 %25"

FORMS: Final = (
    '"redis://[user:password@]host[:port][/database]", "rediss://…" with TLS, '
    '"redis+sentinel://host:port,host:port/service[/database]", "redis+cluster://host:port,host:port" '
    'or "unix:///path/to/socket"'
)
"""How such URLs are written."""


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """Where a Redis is, who asks, and how long its answer may take. Its texts show neither user nor password."""

    kind: Literal["single", "sentinel", "cluster"]
    hosts: tuple[tuple[str, int], ...] = ()  # of sentinels: theirs; empty with a socket
    socket: str = ""  # path of a socket of this machine; empty: hosts
    tls: bool = False
    username: str = field(default="", repr=False)  # empty: Redis's `default`
    password: str = field(default="", repr=False)
    database: int = 0
    service: str = ""  # what sentinels call the server
    sentinel_username: str = field(default="", repr=False)
    sentinel_password: str = field(default="", repr=False)
    timeout: float = 2.0  # seconds until it counts as away
    ssl_ca_certs: str = ""  # file of the CA; empty: those of the system
    ssl_certfile: str = ""  # our certificate, where the server asks for one
    ssl_keyfile: str = ""
    ssl_cert_reqs: Literal["required", "none"] = "required"
    ssl_check_hostname: bool = True

    def __str__(self) -> str:
        """Give the URL, with a mask in place of what is secret."""
        scheme = "unix" if self.socket else "rediss" if self.tls else "redis"
        kind = "" if self.kind == "single" else f"+{self.kind}"
        user = "***@" if self.username or self.password else ""
        hosts = ",".join(f"[{name}]:{port}" if ":" in name else f"{name}:{port}" for name, port in self.hosts)
        if self.socket or self.kind == "cluster":
            path = self.socket
        else:
            path = f"/{self.service}/{self.database}" if self.service else f"/{self.database}"
        database = f"?db={self.database}" if self.socket and self.database else ""
        return f"{scheme}{kind}://{user}{hosts}{path}{database}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown anywhere."""
        return tuple(each for each in (self.password, self.sentinel_password) if each)

    @property
    def ssl(self) -> dict[str, Any]:
        """The arguments about TLS of a connection of redis-py; none without it."""
        if not self.tls:
            return {}
        return {
            "ssl": True,
            "ssl_ca_certs": self.ssl_ca_certs or None,
            "ssl_certfile": self.ssl_certfile or None,
            "ssl_keyfile": self.ssl_keyfile or None,
            "ssl_cert_reqs": self.ssl_cert_reqs,
            "ssl_check_hostname": self.ssl_check_hostname and self.ssl_cert_reqs == "required",
        }

    def with_password(self, password: str) -> RedisAddress:
        """Give the same with another password; the empty one changes nothing."""
        return replace(self, password=password) if password else self


def read(url: str) -> RedisAddress:
    """Read an address.

    Raises:
        ValueError: it is none. The text says what would be right and repeats nothing: any part may be a password.
    """
    found = _SCHEME.fullmatch(url)
    if not url.isprintable() or " " in url or (found is None and not url.startswith(_SOCKET)):
        raise ValueError(FORMS)
    if "#" in url:
        raise ValueError(f"a URL without #; {_ENCODE}")
    if found is None:
        return _read_socket(url.removeprefix(_SOCKET))
    kind: Literal["single", "sentinel", "cluster"] = "single"
    if found["kind"] is not None:
        kind = "sentinel" if found["kind"] == "sentinel" else "cluster"
    rest, _, query = found["rest"].partition("?")
    authority, _, path = rest.partition("/")
    user, _, hosts = authority.rpartition("@")
    username, password = _user(user)
    service, database = _path(kind, path)
    return RedisAddress(
        kind,
        _hosts(hosts, kind),
        tls=bool(found["tls"]),
        username=username,
        password=password,
        service=service,
        database=database,
        **_options(query, _allowed(kind, tls=bool(found["tls"]))),
    )


def _read_socket(rest: str) -> RedisAddress:
    rest, _, query = rest.partition("?")
    user, at, path = rest.partition("/")
    if not at or not path or (user and not user.endswith("@")):
        raise ValueError(f'the absolute path of a socket, "unix:///run/redis.sock"; {_ENCODE}')
    username, password = _user(user.removesuffix("@"))
    options = _options(query, {"timeout", "db"})
    database = _database(options.pop("db", "0"))
    path = "/" + _decoded(path)
    return RedisAddress("single", (), path, username=username, password=password, database=database, **options)


def _decoded(text: str) -> str:
    if "%" in re.sub("%[0-9A-Fa-f]{2}", "", text):
        raise ValueError(f"two hexadecimal digits after each %; {_ENCODE}")
    decoded = unquote(text, errors="replace")
    if "\ufffd" in decoded or not decoded.isprintable():
        raise ValueError("printable characters, percent-encoded as UTF-8")
    return decoded


def _user(text: str) -> tuple[str, str]:
    if "@" in text:
        raise ValueError(f"one @, before the host; {_ENCODE}")
    name, _, password = text.partition(":")
    return _decoded(name), _decoded(password)


def _hosts(text: str, kind: str) -> tuple[tuple[str, int], ...]:
    parts = text.split(",")
    if kind == "single" and len(parts) > 1:
        raise ValueError(
            "one host; several are those of sentinels, redis+sentinel://…, or of a cluster, redis+cluster://…"
        )
    if len(parts) > _HOSTS_MOST:
        raise ValueError(f"at most {_HOSTS_MOST} hosts")
    usual = _SENTINEL_PORT if kind == "sentinel" else _PORT
    found = []
    for number, part in enumerate(parts, 1):
        which = f" (host {number})" if len(parts) > 1 else ""
        read = _HOST.fullmatch(part)
        if read is None:
            raise ValueError(f'"host" or "host:port"{which}; {_ENCODE}')
        port = usual if read["port"] is None else int(read["port"])
        if not 1 <= port <= 65535:  # noqa: PLR2004  (ports are known)
            raise ValueError(f"a port from 1 to 65535{which}")
        found.append((_name(read["name"], which), port))
    return tuple(found)


def _name(text: str, which: str) -> str:
    if not text.startswith("["):
        return text
    try:
        return str(ipaddress.IPv6Address(text[1:-1]))
    except ValueError:
        raise ValueError(f"an IPv6 address in brackets, [::1]{which}") from None


def _path(kind: str, path: str) -> tuple[str, int]:
    """Give the service and the database."""
    if kind == "cluster":
        if path not in ("", "0"):
            raise ValueError("no database: a cluster has one")
        return "", 0
    if kind == "single":
        return "", _database(path or "0")
    service, _, database = path.partition("/")
    if not _SERVICE.fullmatch(service):
        raise ValueError('the name that the sentinels have for the server after the hosts, "/mymaster"')
    return service, _database(database or "0")


def _database(text: str) -> int:
    if not _DATABASE.fullmatch(text):
        raise ValueError(f'the number of a database after the host, "/0"; {_ENCODE}')
    return int(text)


def _allowed(kind: str, *, tls: bool) -> set[str]:
    allowed = {"timeout"}
    if kind == "sentinel":
        allowed |= {"sentinel_username", "sentinel_password"}
    if tls:
        allowed |= {"ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs", "ssl_check_hostname"}
    return allowed


def _options(query: str, allowed: set[str]) -> dict[str, Any]:
    """Read the options of a query."""
    found: dict[str, Any] = {}
    for part in filter(None, query.split("&")):
        name, equals, value = part.partition("=")
        if not equals or name not in allowed:
            raise ValueError(f"options of this kind of URL: {', '.join(sorted(allowed))}; {_ENCODE}")
        if name in found:
            raise ValueError(f"{name} once")
        found[name] = _READ.get(name, str)(_decoded(value))
    return found


def _timeout(text: str) -> float:
    least, most = _TIMEOUT_BOUNDS
    seconds = float(text) if _TIMEOUT.fullmatch(text) else 0.0
    if not least <= seconds <= most:
        raise ValueError(f"as timeout seconds from {least:g} to {most:g}")
    return seconds


def _cert_reqs(text: str) -> str:
    if text not in ("required", "none"):
        raise ValueError("as ssl_cert_reqs required or none")
    return text


def _yes(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("as ssl_check_hostname true or false")
    return text == "true"


_READ: Final = {"timeout": _timeout, "ssl_cert_reqs": _cert_reqs, "ssl_check_hostname": _yes}
