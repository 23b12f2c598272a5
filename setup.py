"""One step more for the build: specs are compiled from YAML to JSON. All else stands in `pyproject.toml`."""

import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SPECS = Path(__file__).parent / "specs"
sys.path.insert(0, str(SPECS))

from otp_specs.__main__ import compile_specs  # noqa: E402  (found where the line above points)


class BuildWithSpecs(build_py):
    """Puts the JSON into the wheel, or beside the YAML when the installation is editable."""

    def run(self) -> None:
        """Copy the packages, then compile."""
        super().run()
        compile_specs(SPECS, SPECS if self.editable_mode else Path(self.build_lib) / "otp_specs" / "installed")


setup(cmdclass={"build_py": BuildWithSpecs})
