"""Lanes from the configuration file: the same fields and checks as `POST /lanes`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from otp_sandbox.lanes.registry import NewLane, Registry
from otp_sandbox.web.control.lanes import LaneWanted, read_new_lane
from otp_sandbox.web.problems import Problem


def read_lane_table(
    registry: Registry,
    name: str,
    fields: Mapping[str, Any],
    credentials: Mapping[str, Mapping[str, str]],
) -> NewLane:
    """Read the fields of a `[lanes.NAME]` table; `credentials` win over those that it names.

    Raises:
        ValueError: a field is wrong; the text begins with its name.
    """
    try:
        body = LaneWanted.model_validate({**fields, "id": name})
        made = read_new_lane(registry, body)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except Problem as problem:
        field, detail = problem.errors[0]
        raise ValueError(f"{field}: {detail}") from problem
    merged = {each: {**made.credentials.get(each, {}), **credentials.get(each, {})} for each in registry.providers}
    return replace(made, credentials={each: held for each, held in merged.items() if held})
