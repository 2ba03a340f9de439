"""Positions and distances, held against plain arithmetic."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import moyeo

LATS = st.floats(-90, 90)
LNGS = st.floats(-180, 180)


def haversine_m(lat_a: float, lng_a: float, lat_b: float, lng_b: float) -> float:
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half = math.sin(math.radians(lng_b - lng_a) / 2)
    h = math.sin((phi_b - phi_a) / 2) ** 2 + math.cos(phi_a) * math.cos(phi_b) * half**2
    return 2 * moyeo.EARTH_RADIUS_METERS * math.asin(min(1.0, math.sqrt(h)))


@given(LATS, LNGS)
def test_a_canonical_position_is_the_nearest_of_whole_steps(lat: float, lng: float) -> None:
    position = moyeo.canonical(lat, lng)
    assert type(position) is moyeo.LatLng
    assert position == moyeo.canonical(*position)
    assert abs(position.lat - lat) < 0.500001e-7
    assert abs(math.remainder(position.lng - lng, 360)) < 0.500001e-7
    assert -180 <= position.lng < 180
    for degrees in position:
        assert degrees == round(degrees * 1e7) / 1e7


def test_halves_are_rounded_away_from_zero() -> None:
    # 2**-8 degrees are 39062.5 steps.
    assert moyeo.canonical(2**-8, -(2**-8)) == (0.0039063, -0.0039063)


@given(LATS, LNGS, LATS, LNGS)
def test_a_distance_is_that_of_the_canonical_positions(
    lat_a: float, lng_a: float, lat_b: float, lng_b: float
) -> None:
    distance_m = moyeo.distance_meters(lat_a, lng_a, lat_b, lng_b)
    a, b = moyeo.canonical(lat_a, lng_a), moyeo.canonical(lat_b, lng_b)
    assert distance_m == moyeo.distance_meters(*a, *b) == moyeo.distance_meters(*b, *a)
    # Plain haversine loses half its digits near the antipode.
    tolerance_m = 1e-6 if distance_m < 19_900_000 else 1.0
    assert distance_m == pytest.approx(haversine_m(*a, *b), abs=tolerance_m)


def test_positions_at_fault_are_named() -> None:
    with pytest.raises(moyeo.InvalidArgumentError, match="latitude 91 is outside"):
        moyeo.canonical(91, 0)
    with pytest.raises(moyeo.InvalidArgumentError, match="longitude nan is not a finite number"):
        moyeo.canonical(0, math.nan)
    with pytest.raises(moyeo.InvalidArgumentError, match="b: longitude 181 is outside"):
        moyeo.distance_meters(0, 0, 0, 181)
    with pytest.raises(moyeo.InvalidArgumentError, match="a: latitude -91 is outside"):
        moyeo.distance_meters(-91, 0, 0, 181)
    with pytest.raises(TypeError, match="lat_b must be a float, not str"):
        moyeo.distance_meters(0, 0, "0", 0)  # type: ignore[arg-type]
