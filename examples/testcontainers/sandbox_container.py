"""The sandbox as a container of your tests, by testcontainers. Copy this file beside them.

It needs `testcontainers` 4.13 or newer, and `otp-sandbox` for `client()` only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Self
from urllib.request import urlopen

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

if TYPE_CHECKING:
    import otp_sandbox

_READ_ONLY = {"read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"]}


class SandboxContainer(DockerContainer):
    """A sandbox in a container; it is ready when the `with` block begins, and gone after it.

    Args:
        image: built from the repository of the sandbox.
        port: where it listens in its container.
        tls_port: where it speaks TLS there; None: it does not.
        settings: other settings by their names, such as `any_sender` or `seed`.
    """

    def __init__(
        self,
        image: str = "otp-sandbox",
        *,
        port: int = 6877,
        tls_port: int | None = None,
        settings: Mapping[str, str | int | bool] | None = None,
    ) -> None:
        super().__init__(image)
        self._port, self._tls_port = port, tls_port
        chosen = {**(settings or {}), "port": port} | ({} if tls_port is None else {"tls_port": tls_port})
        for name, value in chosen.items():
            self.with_env(f"OTP_SANDBOX_{name.upper()}", str(value))
        self.with_exposed_ports(port, *([] if tls_port is None else [tls_port]))
        self.with_kwargs(**_READ_ONLY)
        self.waiting_for(HttpWaitStrategy(port, "/readyz").with_poll_interval(0.1).with_startup_timeout(30))

    def start(self) -> Self:
        """Start it, and wait until it is ready."""
        # The engine may be on another machine: the control API answers to the name of that one too.
        self.env.setdefault("OTP_SANDBOX_ALLOWED_HOSTS", self.get_docker_client().host())
        return super().start()

    @property
    def url(self) -> str:
        """Where it is, seen from the tests: the base URL of every provider."""
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(self._port)}"

    @property
    def tls_port(self) -> int:
        """Where it speaks TLS, seen from the tests.

        Raises:
            ValueError: it speaks none.
        """
        if self._tls_port is None:
            raise ValueError("it speaks no TLS: say tls_port=443")
        return self.get_exposed_port(self._tls_port)

    @property
    def ca_certificate(self) -> str:
        """The certificate that clients must trust, as PEM.

        Raises:
            ValueError: it speaks no TLS.
        """
        if self._tls_port is None:
            raise ValueError("it has no CA: say tls_port=443")
        with urlopen(f"{self.url}/ca.crt", timeout=10) as answer:
            return str(answer.read().decode())

    def client(self) -> otp_sandbox.Client:
        """Give a client of its control API."""
        import otp_sandbox  # noqa: PLC0415  (the rest works without)

        return otp_sandbox.Client(self.url, token=self.env.get("OTP_SANDBOX_CONTROL_TOKEN", ""))
