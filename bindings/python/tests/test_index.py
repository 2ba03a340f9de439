"""The index, one call after the other."""

from __future__ import annotations

import moyeo

NOW = 1_700_000_000_000


def test_a_user_who_moved_is_nearby() -> None:
    index = moyeo.PresenceIndex()
    index.move(7, 37.5665, 126.9780, NOW)
    [neighbor] = index.nearby(37.57, 126.98, NOW, radius_m=5_000)
    distance_m = moyeo.distance_meters(37.57, 126.98, 37.5665, 126.9780)
    assert neighbor == moyeo.Neighbor(7, 37.5665, 126.978, distance_m, NOW)
