"""The test for Jest that the page on examples shows."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from equipment import node_tools, projects

PAGE = projects.ROOT / "docs" / "howto" / "examples.md"


def test_the_test_on_the_page_passes(tmp_path: Path) -> None:
    packages = node_tools.found(Path(__file__).parent / "jest", "jest", "nobody has used the client with Jest")
    shown = re.search(r"^```js\n// file: (\S+)\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert shown is not None
    (tmp_path / shown[1]).write_text(shown[2], "utf-8")
    shutil.copy(projects.EXAMPLES / "js" / "otp-sandbox.mjs", tmp_path)
    shutil.copy(Path(__file__).parent / "jest" / "package.json", tmp_path)
    (tmp_path / "node_modules").symlink_to(packages / "node_modules")

    done = projects.run(
        tmp_path, "npx", "jest", "--testMatch", "**/*.test.mjs", NODE_OPTIONS="--experimental-vm-modules"
    )

    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
