"""The provider specs and their strict reader. Imports nothing else of this project."""

from specs.documents import FOLDER, available, read_document
from specs.errors import SpecError
from specs.model import Answer, Behaviour, Field, Operation, Option, Outcome, Spec
from specs.reader import load

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
