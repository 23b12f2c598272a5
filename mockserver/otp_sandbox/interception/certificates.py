"""The certificates: of a CA with its name constraints, and of the servers that it vouches for.

It loads `cryptography`, which takes a while: import it where it is used.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey
CA_LIFE: Final = timedelta(days=730)
SKEW: Final = timedelta(days=1)
"""How far a client's clock may be behind ours."""
LOCAL_NAMES: Final = ("localhost", "ip6-localhost")
_LOCAL_NETWORKS: Final = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
_LOCAL_ADDRESSES: Final = (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"))


def new_key() -> Key:
    """Draw a key."""
    return ec.generate_private_key(ec.SECP256R1())


def new_authority(hosts: Collection[str], now: datetime) -> bytes:
    """Make a CA: its key and its certificate as PEM."""
    key = new_key()
    names = {host.lower() for host in hosts}
    # A name stands for all below it, too.
    widest = [each for each in sorted(names) if not any(each.endswith("." + other) for other in names)]
    permitted: list[x509.GeneralName] = [x509.DNSName(each) for each in (*widest, *LOCAL_NAMES)]
    permitted += [x509.IPAddress(each) for each in _LOCAL_NETWORKS]  # without one all addresses would be permitted
    name = f"otp-sandbox test CA {secrets.token_hex(4)}"  # two of them in one trust store can be told apart
    certificate = (
        _builder(name, None, key.public_key(), now - SKEW, now + CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return private_pem(key) + certificate.public_bytes(serialization.Encoding.PEM)


def read_authority(content: bytes) -> tuple[Key, x509.Certificate]:
    """Read a CA as it was made.

    Raises:
        ValueError: it is none, or the key is another one's.
    """
    try:
        key = serialization.load_pem_private_key(content, None)
        certificate = x509.load_pem_x509_certificate(content)
        certificate.verify_directly_issued_by(certificate)
    except (TypeError, InvalidSignature) as error:
        raise ValueError("no CA") from error
    if not isinstance(key, Key) or key.public_key() != certificate.public_key():
        raise ValueError("no key of this CA")
    return key, certificate


def new_server(host: str, key: Key, issuer: tuple[Key, x509.Certificate], now: datetime, end: datetime) -> bytes:
    """Make the certificate of a server as PEM; without a host it is that of this machine."""
    named: list[x509.GeneralName] = [x509.DNSName(host)]
    if not host:
        named = [x509.DNSName(each) for each in LOCAL_NAMES]
        named += [x509.IPAddress(each) for each in _LOCAL_ADDRESSES]
    issuers_key, issuers = issuer
    made = (
        _builder(host or LOCAL_NAMES[0], issuers.subject, key.public_key(), now - SKEW, end)
        .add_extension(x509.SubjectAlternativeName(named), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuers_key.public_key()), critical=False)
        .sign(issuers_key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


def permits(certificate: x509.Certificate, host: str) -> bool:
    """Whether a CA may vouch for a host."""
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return False
    permitted = [each.value for each in constraints.permitted_subtrees or () if isinstance(each, x509.DNSName)]
    return any(host == each or host.endswith("." + each) for each in permitted)


def private_pem(key: Key) -> bytes:
    """Write a key as PEM."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


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
