"""The examples do what they are shown to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"

# An sdist comes without them.
pytestmark = pytest.mark.skipif(not EXAMPLES.exists(), reason="there are no examples here")


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True)


def test_the_quickstart_finds_the_same_as_in_cpp_and_a_million_more() -> None:
    quickstart = run(EXAMPLES / "quickstart.py")
    assert (quickstart.returncode, quickstart.stderr) == (0, "")
    assert quickstart.stdout == (
        (EXAMPLES / "quickstart.txt").read_text() + "209,990 answers to 10,000 questions\n"
    )


def test_the_quickstart_has_twenty_lines() -> None:
    assert len((EXAMPLES / "quickstart.py").read_text().splitlines()) == 20
