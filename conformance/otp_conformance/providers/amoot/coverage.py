"""What the cases of Amoot show without naming it, and what has no case."""

from __future__ import annotations

from collections.abc import Mapping

from otp_conformance.providers.reasons import MAGIC

SHOWN: Mapping[str, str] = {}
"""Behaviours that a case shows without naming them: the case, without its row."""

REASONS: Mapping[str, str] = {
    "amoot:server_error": MAGIC,
    "amoot.server-error": MAGIC,
    "amoot.incoming-failed": "no source says when it happens",
}
"""What has no case, and why."""
