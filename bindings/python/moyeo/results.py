"""What the methods of `PresenceIndex` answer.

Degrees are those of canonical positions (see `moyeo.canonical`), distances are metres, times are
UTC milliseconds since 1970.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, SupportsIndex

import numpy as np
import numpy.typing as npt

from moyeo.errors import MoyeoError


class Neighbor(NamedTuple):
    """One user in an answer, as they were at one moment of the call, where they are shown."""

    user: int
    lat: float
    lng: float
    distance_m: float
    last_seen: int


class Presence(NamedTuple):
    """What is held about one user, who is there really."""

    lat: float
    lng: float
    last_seen: int
    attributes: int


@dataclass(frozen=True)
class Refusal:
    """A move of a batch that was not carried out."""

    index: int
    """Its index in the batch."""

    error: MoyeoError
    """What it would have raised by itself."""


class MoveBatchResult(NamedTuple):
    """What became of a batch of moves. Each of them was applied, was ignored, or was refused."""

    applied: int

    ignored: int
    """Older than the position held."""

    refusals: tuple[Refusal, ...] = ()
    """In order of index. Where there are any, `MovesRefusedError` carries the result."""


class ExpireResult(NamedTuple):
    """How far a call of `PresenceIndex.expire` came."""

    removed: int
    """Users taken out by this call."""

    complete: bool
    """A round over the index has ended with this call."""


class PresenceMemoryUsage(NamedTuple):
    """Bytes taken from the system, by part."""

    users: int
    """Positions, ids, times and masks."""

    cells: int
    """The tree over them."""

    id_map: int
    """Where in the tree each user is."""

    sets: int
    """Who is seen how, and by whom."""

    @property
    def total(self) -> int:
        """All of it."""
        return self.users + self.cells + self.id_map + self.sets


@dataclass(frozen=True, eq=False)
class NearbyBatchResult:
    """Answers to many questions, as one array for each field of `Neighbor`.

    Those to question ``i`` are the elements from ``offsets[i]`` up to, not including,
    ``offsets[i + 1]`` of each array, nearest first. ``result[i]`` makes a list of them, and
    ``len(result)`` is the number of questions::

        for question, neighbors in enumerate(result):
            for neighbor in neighbors:
                print(question, neighbor.user, neighbor.distance_m)
    """

    user: npt.NDArray[np.uint64]
    """Shape (n,), where n is the number of neighbours in all answers together."""

    lat: npt.NDArray[np.float64]
    """Degrees, shape (n,)."""

    lng: npt.NDArray[np.float64]
    """Degrees, shape (n,)."""

    distance_m: npt.NDArray[np.float64]
    """Metres, shape (n,)."""

    last_seen: npt.NDArray[np.int64]
    """UTC milliseconds since 1970, shape (n,)."""

    offsets: npt.NDArray[np.int64]
    """Shape (questions + 1,). The first is 0, the last is n."""

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, question: SupportsIndex) -> list[Neighbor]:
        question, questions = operator.index(question), len(self)
        if not -questions <= question < questions:
            raise IndexError(f"question {question} of {questions}")
        question %= questions
        answer = slice(self.offsets[question], self.offsets[question + 1])
        columns = (self.user, self.lat, self.lng, self.distance_m, self.last_seen)
        return list(map(Neighbor, *(column[answer].tolist() for column in columns)))

    def __iter__(self) -> Iterator[list[Neighbor]]:
        return (self[question] for question in range(len(self)))
