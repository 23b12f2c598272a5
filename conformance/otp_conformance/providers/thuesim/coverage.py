"""What the cases of thuesim show without naming it, and what has no case."""

from __future__ import annotations

from collections.abc import Mapping

from otp_conformance.providers.reasons import HIDDEN

SHOWN: Mapping[str, str] = {}
"""Behaviours that a case shows without naming them: the case, without its row."""

REASONS: Mapping[str, str] = {
    "thuesim.token-tiers": HIDDEN + ": who gets a token is decided before there is one",
}
"""What has no case, and why."""
