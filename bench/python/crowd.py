"""What every engine is told and asked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

import moyeo_bench

Ids = npt.NDArray[np.uint64]
Degrees = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

NOW = 1_700_000_000_000
TTL_MS = 3_600_000
RADIUS_M = 5_000.0
LIMIT = 50


@dataclass(frozen=True)
class Moves:
    """Where users are from now on."""

    row: Rows
    """The number of each user in the population, for engines that keep a table of it."""
    user: Ids
    lat: Degrees
    lng: Degrees
    seen: int

    def __len__(self) -> int:
        return len(self.user)

    def part(self, begin: int, end: int) -> Moves:
        some = slice(begin, end)
        return Moves(self.row[some], self.user[some], self.lat[some], self.lng[some], self.seen)


@dataclass(frozen=True)
class Questions:
    """Who are the `LIMIT` nearest within `RADIUS_M` of each of these points?"""

    lat: Degrees
    lng: Degrees
    now: int

    def __len__(self) -> int:
        return len(self.lat)

    def part(self, begin: int, end: int) -> Questions:
        return Questions(self.lat[begin:end], self.lng[begin:end], self.now)


class Crowd:
    """A population in simulated time, drawn from a seed. What has been drawn has happened."""

    def __init__(self, size: int, seed: int) -> None:
        self._people = moyeo_bench.People(size, seed)
        self._user = self._people.users()
        self.now = NOW

    @property
    def user(self) -> Ids:
        return self._user

    def __len__(self) -> int:
        return len(self._user)

    def arrivals(self) -> tuple[Moves, Moves]:
        """Everybody, where they are: one half was seen half a ttl before the other."""
        everybody = self._everybody()
        half = len(self) // 2
        early = replace(everybody.part(0, half), seen=self.now - TTL_MS // 2)
        return early, everybody.part(half, len(self))

    def everybody_steps(self) -> Moves:
        """Everybody goes 0 to 30 m, within a millisecond."""
        self.now += 1
        self._people.everybody_steps()
        return self._everybody()

    def somebody_steps(self, count: int) -> Moves:
        """`count` steps by random users, within a millisecond."""
        self.now += 1
        row, (lat, lng) = self._people.somebody_steps(count)
        return Moves(row, self._user[row], lat, lng, self.now)

    def questions(self, count: int) -> Questions:
        """From where people are."""
        return Questions(*self._people.places(count), self.now)

    def _everybody(self) -> Moves:
        lat, lng = self._people.positions()
        return Moves(np.arange(len(self)), self._user, lat, lng, self.now)
