"""TLS without a server: a handshake over a pair of sockets."""

from __future__ import annotations

import socket
import ssl
import threading

HOSTS = frozenset({"rest.esms.vn", "www.rest.esms.vn", "thuesim.com.vn", "www.thuesim.com.vn"})


def handshake(server: ssl.SSLContext, trusted: bytes, name: str | None) -> dict[str, object]:
    """Shake hands over a pair of sockets, and give the certificate that the client has verified."""
    client = ssl.create_default_context(cadata=trusted.decode())
    client.check_hostname = name is not None
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            server.wrap_socket(ours, server_side=True).close()
        except OSError:
            ours.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(theirs, server_hostname=name) as wrapped:
            found = wrapped.getpeercert()
            assert found is not None
            return dict(found)
    finally:
        theirs.close()
        thread.join()
