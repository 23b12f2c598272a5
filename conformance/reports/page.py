"""Results as one page that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conformance.results import Result

if TYPE_CHECKING:
    from conformance.options import Options


def document(options: Options, results: Sequence[Result]) -> str:
    """Write the page."""
    raise NotImplementedError
