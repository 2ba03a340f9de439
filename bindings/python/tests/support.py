"""Places, times and crowds for tests."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

import moyeo

NOW = 1_700_000_000_000
TTL_MS = 60_000

SEOUL = moyeo.LatLng(37.5665, 126.978)
BUSAN = moyeo.LatLng(35.1796, 129.0756)


class Crowd(NamedTuple):
    """Users in columns, as batches want them."""

    user: npt.NDArray[np.uint64]
    lat: npt.NDArray[np.float64]
    lng: npt.NDArray[np.float64]

    @classmethod
    def around_seoul(cls, size: int, seed: int = 1) -> Crowd:
        random = np.random.default_rng(seed)
        return cls(
            np.arange(size, dtype=np.uint64),
            random.normal(SEOUL.lat, 0.05, size),
            random.normal(SEOUL.lng, 0.05, size),
        )


def index_of(crowd: Crowd) -> moyeo.PresenceIndex:
    index = moyeo.PresenceIndex(ttl_ms=TTL_MS)
    index.move(crowd.user, crowd.lat, crowd.lng, NOW)
    return index
