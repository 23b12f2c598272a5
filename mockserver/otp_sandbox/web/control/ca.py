"""The certificate that clients trust, in the forms that they want."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from otp_sandbox.contract import Reply
from otp_sandbox.web.control.endpoint import ControlEndpoint, ControlRequest
from otp_sandbox.web.problems import Problem

if TYPE_CHECKING:
    from otp_sandbox.interception.authority import Form

_FORMS: Final[tuple[tuple[Form, str, str], ...]] = (
    ("pem", "ca.crt", "application/x-pem-file"),
    ("der", "ca.der", "application/x-x509-ca-cert"),
    ("pkcs12", "ca.p12", "application/x-pkcs12"),
)


def _given_as(form: Form, file: str, media_type: str) -> Callable[[ControlRequest], Awaitable[Reply]]:
    async def give(request: ControlRequest) -> Reply:
        authority = request.control.authority
        if authority is None:
            raise Problem(404, "this sandbox speaks no TLS; start it with --tls-port")
        headers = {"Content-Disposition": f'attachment; filename="otp-sandbox-{file}"', "Cache-Control": "no-store"}
        return Reply(authority.export(form), media_type, headers=headers)

    return give


ENDPOINTS = [
    ControlEndpoint(
        "GET",
        f"/{file}",
        f"The certificate of the CA that clients trust, {form.upper()}",
        _given_as(form, file, media_type),
        bytes,
        lane=False,
        public=True,
        content_type=media_type,
        root="",
    )
    for form, file, media_type in _FORMS
]
