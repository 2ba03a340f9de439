"""The examples do what they are shown to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "examples"
PNG = b"\x89PNG\r\n\x1a\n"

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


def test_the_evening_is_drawn(tmp_path: Path) -> None:
    picture = tmp_path / "evening.png"
    evening = run(EXAMPLES / "evening.py", "--people", "500", "--out", picture)
    assert (evening.returncode, evening.stderr) == (0, "")
    assert picture.read_bytes().startswith(PNG)


def test_the_picture_in_the_readme_is_there_and_small() -> None:
    picture = (ROOT / "docs/evening.png").read_bytes()
    assert picture.startswith(PNG) and len(picture) < 100_000
    assert "](docs/evening.png)" in (ROOT / "README.md").read_text()


def test_an_evening_without_people_is_refused() -> None:
    evening = run(EXAMPLES / "evening.py", "--people", "0")
    assert evening.returncode == 2 and "--people: at least one" in evening.stderr
