"""Where and when: what every part of moyeo shares."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

from moyeo import _core

Float: TypeAlias = float | np.floating[Any]
"""What a method takes where it wants a number of degrees or metres."""

EARTH_RADIUS_METERS: Final[float] = _core.EARTH_RADIUS_METERS
"""The radius of the sphere on which moyeo measures, in metres."""

MIN_TIMESTAMP: Final[int] = _core.MIN_TIMESTAMP
MAX_TIMESTAMP: Final[int] = _core.MAX_TIMESTAMP
"""Times from `MIN_TIMESTAMP` to `MAX_TIMESTAMP` are valid: a hundred million days each side of
1970, in milliseconds."""


class LatLng(NamedTuple):
    """A point on the Earth in degrees, WGS 84 as phones report it."""

    lat: float
    lng: float


def canonical(lat: Float, lng: Float) -> LatLng:
    """The position that moyeo stores, searches, measures and returns for this one.

    Each coordinate, in degrees, is rounded to a whole 1e-7 degree (about a centimetre), halves away
    from zero, with the meridian 180 written as -180.

    Raises `InvalidArgumentError` unless both are finite, `lat` within [-90, 90] and `lng` within
    [-180, 180].

    >>> canonical(37.56650004, 180)
    LatLng(lat=37.5665, lng=-180.0)
    """
    return LatLng(*_core.canonical(lat, lng))


def distance_meters(lat_a: Float, lng_a: Float, lat_b: Float, lng_b: Float) -> float:
    """The great-circle distance in metres between the canonical positions of a and b, in degrees.

    It is the very number that a query reports, compares with its radius and orders by, on every
    machine: on a sphere of `EARTH_RADIUS_METERS`, accurate to a few nanometres.

    Raises `InvalidArgumentError` if either position is not valid, and says which.

    >>> round(distance_meters(37.5665, 126.9780, 35.1796, 129.0756))  # Seoul to Busan
    325112
    """
    return _core.distance_meters(lat_a, lng_a, lat_b, lng_b)
