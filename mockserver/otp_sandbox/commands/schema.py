"""`otp-sandbox schema`: the JSON Schema of the settings file."""

from __future__ import annotations

import argparse
import json

from otp_sandbox.app import Unusable, find_providers
from otp_sandbox.streams import failed, say
from otp_sandbox.web.control.settings_schema import settings_schema


def schema(parsed: argparse.Namespace) -> int:  # noqa: ARG001  (commands take what was parsed)
    """Print the schema, as a sandbox serves it."""
    try:
        say(json.dumps(settings_schema(find_providers().values()), indent=2))
    except Unusable as error:
        return failed(str(error), 2)
    return 0
