"""Why something ends before there is a verdict."""

from __future__ import annotations


class CouldNotRun(Exception):
    """The target did not answer, or a power failed that it said it had. That is no verdict."""


class NoAnswer(CouldNotRun):
    """Nobody answers at the target's address."""


class Broke(KeyboardInterrupt):
    """The run was broken off from outside. It passes everything that would take it for an error of a case."""


class NotApplicable(Exception):
    """A case turns out to need what the target does not lend, or what nobody allowed."""


class UsageError(Exception):
    """A run was asked for in a way that cannot be. One line says why."""
