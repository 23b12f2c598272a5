"""The certificate authority: made on first use, kept for its owner alone, good for the hosts that are played.

It loads `cryptography`, which takes a while: import it where it is used.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import shlex
import ssl
import tempfile
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, get_args

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from otp_sandbox.interception import AuthorityError
from otp_sandbox.interception.certificates import (
    LOCAL_NAMES,
    Key,
    new_authority,
    new_key,
    new_server,
    permits,
    private_pem,
    read_authority,
)
from otp_sandbox.interception.files import put
from otp_sandbox.interception.kept import ELSEWHERE, make_folder, put_first, read_secret
from otp_sandbox.interception.trust import PKCS12_PASSWORD

__all__ = ["FORMS", "Authority", "AuthorityError", "Form", "UnknownHost"]

Form = Literal["pem", "der", "pkcs12"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)

LEAF_LIFE: Final = timedelta(days=7)
RENEWED_BEFORE: Final = timedelta(days=1)
"""How long before its end a leaf is made anew."""
CONTEXTS_MOST: Final = 256
"""Contexts that are kept: there may be any number of names below `localhost`."""
_BELOW_LOCALHOST: Final = ".localhost"
_FOLDER: Final = "ca"
_SECRET: Final = "authority.pem"  # noqa: S105  (a name of a file)
_FOR_ALL: Final = 0o644
"""The rights of what is no secret: a client that shares the state folder is mostly another user."""
_FILES: Final[dict[Form, str]] = {"pem": "ca.crt", "der": "ca.der", "pkcs12": "ca.p12"}


class UnknownHost(LookupError):
    """A name that is not played: it gets no certificate."""


class Authority:
    """A CA with its key, and the contexts of the servers that it vouches for."""

    def __init__(
        self,
        folder: Path,
        hosts: Collection[str],
        key: Key,
        certificate: x509.Certificate,
        now: Callable[[], datetime],
    ) -> None:
        self.folder = folder
        self.hosts = frozenset(map(str.lower, hosts))
        self._key = key
        self._certificate = certificate
        self._now = now
        self._leaf_key = new_key()
        self._contexts: dict[str, tuple[ssl.SSLContext, datetime]] = {}

    @classmethod
    def open(
        cls,
        folder: Path,
        hosts: Collection[str],
        *,
        remake: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Authority:
        """Read the CA of a state folder, or make it. Two processes that do so at a time have the same one.

        Args:
            folder: the state folder; the key of the CA has a folder of its own in it.
            hosts: the names that certificates are made for, besides those of this machine.
            remake: make it anew, whatever is there.
            now: tells the time.

        Raises:
            AuthorityError: what is there cannot be used, or nothing can be written there.
        """
        path = folder / _FOLDER / _SECRET
        try:
            make_folder(path.parent, _remake(folder), mend=remake)
            if remake:
                put(path, new_authority(hosts, now()))
            elif not os.path.lexists(path):
                put_first(path, new_authority(hosts, now()))
        except OSError as error:
            raise AuthorityError(
                f"{error.filename2 or error.filename or path.parent}: cannot be written ({error.strerror}); {ELSEWHERE}"
            ) from error
        try:
            key, certificate = read_authority(read_secret(path, _remake(folder)))
        except ValueError as error:
            raise AuthorityError(f"{path}: holds no CA with its key; {_remake(folder)}") from error
        authority = cls(folder, hosts, key, certificate, now)
        authority._check(path)
        with contextlib.suppress(AuthorityError):  # a folder that cannot be written: whoever needs a file asks for it
            authority.path("pem")
        return authority

    @property
    def certificate_pem(self) -> bytes:
        """The certificate that clients trust, as PEM."""
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def certificate_path(self) -> Path:
        """Where the certificate is kept as PEM; the file may be missing in a folder that cannot be written."""
        return self.folder / _FILES["pem"]

    @property
    def expires_at(self) -> datetime:
        """When the CA ends."""
        return self._certificate.not_valid_after_utc

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as browsers show it."""
        return self._certificate.fingerprint(hashes.SHA256()).hex(":").upper()

    def export(self, form: Form) -> bytes:
        """Give the certificate, without its key, in a form: `pkcs12` is a trust store for Java."""
        if form == "pem":
            return self.certificate_pem
        if form == "der":
            return self._certificate.public_bytes(serialization.Encoding.DER)
        return pkcs12.serialize_java_truststore(
            [pkcs12.PKCS12Certificate(self._certificate, b"otp-sandbox")],
            serialization.BestAvailableEncryption(PKCS12_PASSWORD.encode()),
        )

    def path(self, form: Form) -> Path:
        """Give the file that holds the certificate in a form. It is written where it is missing, or is of another CA.

        Raises:
            AuthorityError: it cannot be written.
        """
        path = self.folder / _FILES[form]
        if not self._is_in(path, form):
            try:
                put(path, self.export(form), mode=_FOR_ALL)
            except OSError as error:
                raise AuthorityError(f"{path}: cannot be written ({error.strerror}); {ELSEWHERE}") from error
        return path

    def _is_in(self, path: Path, form: Form) -> bool:
        try:
            content = path.read_bytes()
        except OSError:
            return False
        if form != "pkcs12":
            return content == self.export(form)
        try:
            held = pkcs12.load_pkcs12(content, PKCS12_PASSWORD.encode()).additional_certs
        except ValueError:
            return False
        return [each.certificate for each in held] == [self._certificate]

    def context_for(self, name: str | None) -> ssl.SSLContext:
        """Give the TLS of a server with one name; None, or an address of this machine, is the server on loopback.

        Its certificate is good for `LEAF_LIFE`, and is made anew before that ends.

        Raises:
            UnknownHost: the name is not played.
        """
        host = (name or "").rstrip(".").lower()
        if host in LOCAL_NAMES or _is_loopback(host):
            host = ""
        elif host and host not in self.hosts and not host.endswith(_BELOW_LOCALHOST):
            raise UnknownHost("no such host is played here")
        context, end = self._contexts.get(host, (None, None))
        now = self._now()
        if context is None or end is None or now >= end - RENEWED_BEFORE:
            end = min(now + LEAF_LIFE, self.expires_at)
            context = self._make_context(host, now, end)
            if len(self._contexts) >= CONTEXTS_MOST:
                del self._contexts[next(iter(self._contexts))]
            self._contexts[host] = context, end
        return context

    def _make_context(self, host: str, now: datetime, end: datetime) -> ssl.SSLContext:
        leaf = new_server(host, self._leaf_key, (self._key, self._certificate), now, end)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        with _readable(private_pem(self._leaf_key) + leaf) as path:
            context.load_cert_chain(path)
        return context

    def _check(self, path: Path) -> None:
        """Hold the CA against what it is wanted for."""
        if self._now() >= self.expires_at:
            raise AuthorityError(f"{path}: the CA has expired on {self.expires_at:%Y-%m-%d}; {_remake(self.folder)}")
        missing = sorted(host for host in self.hosts if not permits(self._certificate, host))
        if missing:
            raise AuthorityError(f"{path}: the CA was made without {', '.join(missing)}; {_remake(self.folder)}")


def _remake(folder: Path) -> str:
    """Say how a CA is made anew, in the folder that it has."""
    return f"otp-sandbox ca --remake --state {shlex.quote(str(folder))} makes it anew"


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


@contextlib.contextmanager
def _readable(content: bytes) -> Iterator[str]:
    """Give a path under which a library reads some bytes. In memory where that can be: the disk may be read-only."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("leaf")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            yield f"/proc/self/fd/{handle}"
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "leaf.pem"
            path.write_bytes(content)
            yield str(path)
