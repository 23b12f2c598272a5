"""The provider specs and their strict reader. Imports nothing else of this project."""

from specs.model import Answer, Behaviour, Field, Operation, Option, Outcome, Spec
from specs.reader import FOLDER, SpecError, available, load, read_document

__all__ = [
    "FOLDER",
    "Answer",
    "Behaviour",
    "Field",
    "Operation",
    "Option",
    "Outcome",
    "Spec",
    "SpecError",
    "available",
    "load",
    "read_document",
]
