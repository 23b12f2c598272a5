"""What each runtime wants to trust the CA: files, and the variables that name them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from otp_sandbox.interception.files import put

EXPORTS: Final = ("ca.crt", "ca.p12")
"""What a sandbox gives at its root, and is kept under the same names."""
PKCS12_PASSWORD: Final = "changeit"  # noqa: S105  (it guards nothing: what Java's own trust store has)
_INI: Final = "otp-sandbox.ini"


def keep(folder: Path, name: str, fetch: Callable[[str], bytes]) -> Path:
    """Write the files that the variables name, below a folder; gives the folder they are in.

    Args:
        folder: the state folder.
        name: tells this CA from others.
        fetch: gives an export by its name.

    Raises:
        OSError: they cannot be written.
    """
    place = (folder / "trust" / name).absolute()
    php = place / "php"
    php.mkdir(parents=True, exist_ok=True, mode=0o700)
    for export in EXPORTS:
        put(place / export, fetch(export))
    certificate = place / "ca.crt"
    put(php / _INI, f'curl.cainfo = "{certificate}"\nopenssl.cafile = "{certificate}"\n'.encode())
    return place


def variables(place: Path) -> Mapping[str, str]:
    """Give the environment variables by name, with the files in a folder."""
    certificate, store, php = str(place / "ca.crt"), str(place / "ca.p12"), str(place / "php")
    quoted = f'"{store}"' if " " in store else store
    return {
        # OpenSSL, and what asks it: Python, Ruby, curl; Go and .NET on Linux
        "SSL_CERT_FILE": certificate,
        "REQUESTS_CA_BUNDLE": certificate,
        "CURL_CA_BUNDLE": certificate,
        "NODE_EXTRA_CA_CERTS": certificate,
        "JAVA_TOOL_OPTIONS": f"-Djavax.net.ssl.trustStore={quoted} -Djavax.net.ssl.trustStoreType=PKCS12"
        f" -Djavax.net.ssl.trustStorePassword={PKCS12_PASSWORD}",
        # The usual folder stands before the separator.
        "PHP_INI_SCAN_DIR": os.pathsep + php,
    }
