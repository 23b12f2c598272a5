"""Groups of periodic sends, as the account has them: only the provider's panel makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from otp_sandbox.domain.accounts import Within

GROUPS_MOST: Final = 1_000
_NUMBER_MOST: Final = 10**15


@dataclass(frozen=True, slots=True)
class CourseGroup:
    """A group of periodic sends."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    identity: ClassVar[tuple[str, ...]] = ("id",)

    id: Annotated[int, Within(1, _NUMBER_MOST)]
    title: str
