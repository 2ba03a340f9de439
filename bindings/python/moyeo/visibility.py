"""How users may be seen, and by whom."""

from __future__ import annotations

import enum


class Visibility(enum.Enum):
    """Who sees a user."""

    EXACT = 0
    """Everybody, where they are."""

    CLOAKED = 1
    """Strangers see only a coarse cell that they are in: they are shown at its centre."""

    HIDDEN = 2
    """Nobody."""


class ViewerSet(enum.Enum):
    """Whom a viewer sees otherwise than strangers do.

    Where both say something, `NEVER_SEES` counts.
    """

    SEES_EXACTLY = 0
    """Who is seen where they really are, though they are cloaked."""

    NEVER_SEES = 1
    """Who is not seen, and does not count towards a limit."""
