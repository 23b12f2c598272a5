"""What an operation does: how its fields are read, what is checked, what follows, how it is answered."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from otp_sandbox.contract.call import Call, Facts
from otp_sandbox.contract.reasons import Reason
from otp_sandbox.domain.store import Change, Key, State
from otp_sandbox.domain.verdict import Verdict
from otp_specs import Outcome

Check: TypeAlias = Callable[[Call, State], "bool | Facts"]
"""Says whether a cause applies; facts, when there are any, fill the answer."""

Reader: TypeAlias = Callable[[str], Any]
"""Makes a value of a field's text; None says malformed."""

NONE: Final[Mapping[str, Any]] = MappingProxyType({})
"""No readers, or no checks."""


class Handler:
    """An operation, or several that do the same: the keys it reads, its checks, its action, and how it answers.

    The order of the checks is the order of the causes in the spec's `x-answers`. `operations` are the names that the
    spec has; a class without any is a part of others. What only tells something is a `Query`.
    """

    operations: tuple[str, ...] = ()
    readers: Mapping[str, Reader] = NONE
    takes_unnamed_fields: bool = False
    """Whether the operation has fields whose names no spec can know."""

    def checks(self) -> Mapping[str, Check]:
        """Give its own checks by cause, besides those of missing and malformed fields and those that are shared."""
        return NONE

    def reasons(self) -> Mapping[str, Reason]:
        """Say by cause why a call is refused, where it is not as at the other operations."""
        return NONE

    def keys(self, call: Call) -> Sequence[Key]:  # noqa: ARG002  (the default for handlers without state)
        """Name the keys that the checks and the action read. It is a hint: a store fetches them at once."""
        return ()

    def perform(self, call: Call, state: State) -> Change[Verdict]:
        """Do what the operation is for. It may still refuse."""
        raise NotImplementedError

    def refuse(self, call: Call, state: State, verdict: Verdict) -> Change[Verdict]:  # noqa: ARG002  (a hook)
        """Give what a refusal changes: nothing, unless the provider keeps something of it."""
        return Change(verdict)

    def body(self, call: Call, row: Outcome, facts: Facts, /) -> Any:
        """Give the answer of a row of the table, success or refusal, as JSON values; the provider's wire writes it."""
        raise NotImplementedError


def handlers_in(package: str) -> dict[str, Handler]:
    """Find the handlers of all modules below a package, classes and instances, by the names of their operations."""
    found: dict[str, Handler] = {}
    root = importlib.import_module(package)
    for module in pkgutil.walk_packages(root.__path__, f"{package}."):
        loaded = importlib.import_module(module.name)
        for value in vars(loaded).values():
            handler = value
            if isinstance(value, type) and issubclass(value, Handler) and value.__module__ == loaded.__name__:
                handler = value()
            if isinstance(handler, Handler):
                found.update(dict.fromkeys(handler.operations, handler))
    return found
