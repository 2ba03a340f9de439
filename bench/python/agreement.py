"""Whether two engines gave the same answers: bench/peers/agreement.h for Python's."""

from __future__ import annotations

import math

import moyeo
from engines import Answers, Tolerance


def disagreement(
    expected: Answers, answers: Answers, radius_m: float, limit: int, tolerance: Tolerance
) -> str | None:
    """None if `answers` are as good as `expected`; otherwise how they are not.

    Both hold the same users with the same positions and times, in order of distance, but for the
    tolerance: who is at the very border of the radius, or as far as the last of a full answer, may
    be in only one of them, and users equally far away may change places.
    """
    if len(expected) != len(answers):
        return f"{len(answers)} answers to {len(expected)} questions"
    for question, (theirs, ours) in enumerate(zip(expected, answers)):
        if difference := _difference(theirs, ours, radius_m, limit, tolerance):
            return f"question {question}: {difference}"
    return None


def _difference(
    expected: list[moyeo.Neighbor],
    answer: list[moyeo.Neighbor],
    radius_m: float,
    limit: int,
    tolerance: Tolerance,
) -> str | None:
    by_user = {neighbor.user: neighbor for neighbor in answer}
    if len(answer) > limit:
        return "has more users than the limit"
    if len(by_user) != len(answer):
        return "has the same user twice"
    for before, after in zip(answer, answer[1:]):
        if after.distance_m < before.distance_m - tolerance.distance_m:
            return f"is out of order: {before}, then {after}"

    def missing(wanted: list[moyeo.Neighbor], found: list[moyeo.Neighbor]) -> moyeo.Neighbor | None:
        """Of `wanted`, one who should have been found."""
        reach = min(radius_m, found[-1].distance_m) if len(found) == limit else radius_m
        users = {neighbor.user for neighbor in found}
        for neighbor in wanted:
            if neighbor.user not in users and neighbor.distance_m < reach - tolerance.distance_m:
                return neighbor
        return None

    if who := missing(expected, answer):
        return f"lacks {who}"
    if who := missing(answer, expected):
        return f"adds {who}"
    for neighbor in expected:
        other = by_user.get(neighbor.user)
        if other is not None and not _same(neighbor, other, tolerance):
            return f"has {other} instead of {neighbor}"
    return None


def _same(a: moyeo.Neighbor, b: moyeo.Neighbor, tolerance: Tolerance) -> bool:
    return (
        abs(a.lat - b.lat) < tolerance.position_degrees
        and abs(math.remainder(a.lng - b.lng, 360)) < tolerance.position_degrees
        and abs(a.distance_m - b.distance_m) <= tolerance.distance_m
        and a.last_seen == b.last_seen
    )
