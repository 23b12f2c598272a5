"""The certificate authority: made on first use, kept for its owner alone, good for the hosts that are played.

It loads `cryptography`, which takes a while: import it where it is used.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import secrets
import ssl
import stat
import tempfile
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, NoReturn, get_args

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from otp_sandbox.interception.files import put, written
from otp_sandbox.interception.trust import PKCS12_PASSWORD

Form = Literal["pem", "der", "pkcs12"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)

CA_LIFE: Final = timedelta(days=730)
LEAF_LIFE: Final = timedelta(days=7)
RENEWED_BEFORE: Final = timedelta(days=1)
"""How long before its end a leaf is made anew."""
SKEW: Final = timedelta(days=1)
"""How far a client's clock may be behind ours."""
SIZE_MOST: Final = 64 * 1024
"""Bytes of a file of ours: what is longer is none."""
CONTEXTS_MOST: Final = 256
"""Contexts that are kept: there may be any number of names below `localhost`."""
LOCAL_NAMES: Final = ("localhost", "ip6-localhost")
LOCAL_NETWORKS: Final = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
_LOCAL_ADDRESSES: Final = (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"))
_BELOW_LOCALHOST: Final = ".localhost"
_FOLDER: Final = "ca"
_SECRET: Final = "authority.pem"  # noqa: S105  (a name of a file)
_FILES: Final[dict[Form, str]] = {"pem": "ca.crt", "der": "ca.der", "pkcs12": "ca.p12"}
_OTHERS: Final = 0o077
"""The rights of everybody but the owner."""
_REMAKE: Final = "otp-sandbox ca --remake makes it anew"


class AuthorityError(Exception):
    """The CA cannot be used; the text says why and what to do, in one line."""


class UnknownHost(LookupError):
    """A name that is not played: it gets no certificate."""


class Authority:
    """A CA with its key, and the contexts of the servers that it vouches for."""

    def __init__(
        self,
        folder: Path,
        hosts: Collection[str],
        key: ec.EllipticCurvePrivateKey,
        certificate: x509.Certificate,
        now: Callable[[], datetime],
    ) -> None:
        self.folder = folder
        self.hosts = frozenset(map(str.lower, hosts))
        self._key = key
        self._certificate = certificate
        self._now = now
        self._leaf_key = ec.generate_private_key(ec.SECP256R1())
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
            folder: the state folder; the CA has a folder of its own in it.
            hosts: the names that certificates are made for, besides those of this machine.
            remake: make it anew, whatever is there.
            now: tells the time.

        Raises:
            AuthorityError: what is there cannot be used, or nothing can be written there.
        """
        folder = folder / _FOLDER
        path = folder / _SECRET
        try:
            _make_folder(folder, mend=remake)
            if remake:
                put(path, _new_authority(hosts, now()))
            elif not os.path.lexists(path):
                with written(folder, _new_authority(hosts, now())) as made:
                    _put_first(made, path)
        except OSError as error:
            raise AuthorityError(f"{error.filename or folder}: cannot be written ({error.strerror})") from error
        key, certificate = _read_authority(path)
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
                put(path, self.export(form))
            except OSError as error:
                raise AuthorityError(f"{path}: cannot be written ({error.strerror})") from error
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
        named: list[x509.GeneralName] = [x509.DNSName(host)]
        if not host:
            named = [x509.DNSName(each) for each in LOCAL_NAMES]
            named += [x509.IPAddress(each) for each in _LOCAL_ADDRESSES]
        public = self._leaf_key.public_key()
        leaf = (
            _builder(host or LOCAL_NAMES[0], self._certificate.subject, public, now - SKEW, end)
            .add_extension(x509.SubjectAlternativeName(named), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(sign=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
            .sign(self._key, hashes.SHA256())
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        with _readable(_private(self._leaf_key) + leaf.public_bytes(serialization.Encoding.PEM)) as path:
            context.load_cert_chain(path)
        return context

    def _check(self, path: Path) -> None:
        """Hold the CA against what it is wanted for."""
        if self._now() >= self.expires_at:
            raise AuthorityError(f"{path}: the CA has expired on {self.expires_at:%Y-%m-%d}; {_REMAKE}")
        missing = sorted(host for host in self.hosts if not _permits(self._certificate, host))
        if missing:
            raise AuthorityError(f"{path}: the CA was made without {', '.join(missing)}; {_REMAKE}")


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _permits(certificate: x509.Certificate, host: str) -> bool:
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return False
    permitted = [each.value for each in constraints.permitted_subtrees or () if isinstance(each, x509.DNSName)]
    return any(host == each or host.endswith("." + each) for each in permitted)


def _new_authority(hosts: Collection[str], now: datetime) -> bytes:
    """Make a CA: its key and its certificate as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = {host.lower() for host in hosts}
    # A name stands for all below it, too.
    widest = [each for each in sorted(names) if not any(each.endswith("." + other) for other in names)]
    permitted: list[x509.GeneralName] = [x509.DNSName(each) for each in (*widest, *LOCAL_NAMES)]
    permitted += [x509.IPAddress(each) for each in LOCAL_NETWORKS]  # without one all addresses would be permitted
    name = f"otp-sandbox test CA {secrets.token_hex(4)}"  # two of them in one trust store can be told apart
    certificate = (
        _builder(name, None, key.public_key(), now - SKEW, now + CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _private(key) + certificate.public_bytes(serialization.Encoding.PEM)


def _builder(
    name: str, issuer: x509.Name | None, key: ec.EllipticCurvePublicKey, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _usage(*, sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign,
        crl_sign=sign,
        encipher_only=False,
        decipher_only=False,
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _make_folder(folder: Path, *, mend: bool) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if mend and os.name != "nt":
        folder.chmod(0o700)
    _look_at_rights(folder, folder.stat(), "remove it, or say --state FOLDER")


def _look_at_rights(path: Path, its: os.stat_result, way_out: str = _REMAKE) -> None:
    """Look whether a file, or a folder, is ours alone.

    Raises:
        AuthorityError: it is not.
    """
    if os.name == "nt":  # rights are told otherwise there
        return
    if its.st_uid != os.geteuid():
        raise AuthorityError(f"{path}: belongs to another user; {way_out}")
    if its.st_mode & _OTHERS:
        raise AuthorityError(f"{path}: others may read or change it ({stat.S_IMODE(its.st_mode):04o}); {_REMAKE}")


def _put_first(made: Path, path: Path) -> None:
    """Put a file in its place unless another process was faster."""
    try:
        os.link(made, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links: then the last one wins
        made.replace(path)


def _read_authority(path: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    try:
        # Whatever else may be there does not hold us up.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            its = os.fstat(handle)
            if not stat.S_ISREG(its.st_mode):
                raise AuthorityError(f"{path}: is no file; {_REMAKE}")
            _look_at_rights(path, its)
            content = file.read(SIZE_MOST)
    except OSError as error:
        raise AuthorityError(f"{path}: cannot be read ({error.strerror}); {_REMAKE}") from error
    try:
        key = serialization.load_pem_private_key(content, None)
        certificate = x509.load_pem_x509_certificate(content)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            _no_authority(path)
        certificate.verify_directly_issued_by(certificate)
        if key.public_key() != certificate.public_key():
            _no_authority(path)
    except (ValueError, TypeError, InvalidSignature) as error:
        _no_authority(path, error)
    return key, certificate


def _no_authority(path: Path, error: Exception | None = None) -> NoReturn:
    raise AuthorityError(f"{path}: holds no CA with its key; {_REMAKE}") from error


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
