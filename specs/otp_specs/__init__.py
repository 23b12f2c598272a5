"""The provider specs and their strict reader. Imports nothing else of this project."""

from otp_specs.documents import FOLDER, available, read_document
from otp_specs.errors import SpecError
from otp_specs.model import Answer, Behaviour, Evidence, Field, Operation, Option, Outcome, Source, Spec
from otp_specs.reader import load

__all__ = [
    "FOLDER",
    "Answer",
    "Behaviour",
    "Evidence",
    "Field",
    "Operation",
    "Option",
    "Outcome",
    "Source",
    "Spec",
    "SpecError",
    "available",
    "load",
    "read_document",
]
