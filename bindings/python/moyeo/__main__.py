"""Prints the version, and checks that moyeo works here: ``python -m moyeo``."""

from __future__ import annotations

import sys

import numpy as np

import moyeo

NOW = 1_700_000_000_000


def finds_users() -> bool:
    """Whether a few users in a city are found as they should be, one by one and in batches."""
    user = np.arange(1_000, dtype=np.uint64)
    lat = 37.5665 + 1e-5 * np.arange(1_000)  # northwards, about a metre from one to the next
    lng = np.full(1_000, 126.9780)
    index = moyeo.PresenceIndex(ttl_ms=60_000)
    index.move(user, lat, lng, NOW)

    def asked(first: int) -> list[int]:
        near = index.nearby(lat[first], lng[first], NOW, limit=3, radius_m=100)
        exact = all(
            n.distance_m == moyeo.distance_meters(lat[first], lng[first], n.lat, n.lng)
            for n in near
        )
        return [n.user for n in near] if exact else []

    together = index.nearby_many(lat, lng, NOW, limit=3, radius_m=100)
    return (
        len(index) == 1_000
        and asked(500) == [500, 499, 501]
        and all([n.user for n in near] == asked(first) for first, near in enumerate(together))
        and index.find(7, NOW + 59_999) is not None
        and index.find(7, NOW + 60_000) is None
    )


def knows_who_may_see_whom() -> bool:
    """Whether a cloaked user is shown to strangers nearby, and to a friend where they are."""
    place = moyeo.canonical(37.5665, 126.9780)
    index = moyeo.PresenceIndex(default_visibility=moyeo.Visibility.CLOAKED)
    index.move(7, *place, NOW)
    index.add_to_viewer_set(moyeo.ViewerSet.SEES_EXACTLY, 8, 7)
    index.add_to_viewer_set(moyeo.ViewerSet.NEVER_SEES, 9, 7)
    [shown] = index.nearby(*place, NOW)
    [seen] = index.nearby(*place, NOW, viewer=8)
    return (
        0 < shown.distance_m < 500
        and (seen.lat, seen.lng) == place
        and index.nearby(*place, NOW, viewer=9) == []
    )


def main() -> int:
    print(f"moyeo {moyeo.__version__}")
    well = finds_users() and knows_who_may_see_whom()
    print("self-check passed" if well else "self-check FAILED")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
