"""The endpoint of the server itself: version, seed, and settings in force."""

from __future__ import annotations

from otp_sandbox.lanes import durations
from otp_sandbox.version import VERSION
from otp_sandbox.web.control.endpoint import Control, ControlEndpoint, ControlRequest
from otp_sandbox.web.control.schemas import InfoShape, TlsShape


async def _info(request: ControlRequest) -> InfoShape:
    control = request.control
    settings = control.settings
    await control.registry.bring_up_to_date()
    return {
        "name": "otp-sandbox",
        "version": VERSION,
        "seed": settings.seed,
        "providers": list(control.providers),
        "lanes": len(control.registry),
        "urls": control.urls(),
        "tls": _tls(control),
        "proxy": control.proxy_url(),
        "settings": {
            "any_credentials": settings.any_credentials,
            "any_sender": settings.any_sender,
            "body_most": settings.body_most,
            "allowed_hosts": list(settings.allowed_hosts),
            "allowed_origins": list(settings.allowed_origins),
            "callback_targets": list(settings.callback_targets),
            "control_open": settings.control_open,
            "control_token": bool(settings.control_token),
            "host": settings.host,
            "journal_bytes": settings.journal_bytes,
            "lane_idle": durations.spell(settings.lane_idle),
            "lanes_most": settings.lanes_most,
            "log_format": settings.log_format,
            "log_requests": settings.log_requests,
            "phone_records": settings.phone_records,
            "port": settings.port,
            "proxy_allow": list(settings.proxy_allow),
            "proxy_port": settings.proxy_port,
            "ring": settings.ring,
            "state": settings.state,
            "store": str(settings.redis or settings.store),
            "store_password": bool(settings.store_password),
            "store_prefix": settings.store_prefix,
            "store_sync": durations.spell(settings.store_sync),
            "tls_port": settings.tls_port,
        },
    }


def _tls(control: Control) -> TlsShape | None:
    url = next((each for each in control.urls() if each.startswith("https:")), None)
    if control.authority is None:
        return None
    return {
        "url": url,
        "ca_file": str(control.authority.certificate_path),
        "ca_sha256": control.authority.fingerprint,
        "ca_expires_at": control.authority.expires_at,
        "hosts": sorted(control.authority.hosts),
    }


ENDPOINTS = [
    ControlEndpoint("GET", "/info", "Version, seed and settings in force", _info, InfoShape, lane=False),
]
