"""How much hypothesis tries: `--hypothesis-profile=thorough` for much more."""

from __future__ import annotations

from hypothesis import settings

# No test depends on how long something takes; a failure prints what repeats it.
settings.register_profile("quick", max_examples=100, deadline=None, database=None, print_blob=True)
settings.register_profile("thorough", parent=settings.get_profile("quick"), max_examples=1_000)
settings.load_profile("quick")
