"""A sandbox in a process of its own, and lanes of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from otp_sandbox import Client, Lane


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Client]:
    """One for all tests of a file: each takes a lane."""
    with Client.launch() as client:
        yield client


@pytest.fixture
def lane(sandbox: Client) -> Iterator[Lane]:
    """A lane of its own."""
    lane = sandbox.create_lane()
    yield lane
    lane.delete()
