"""What is compared: ways for a Python program to know who is near."""

from __future__ import annotations

import itertools
import math
import shutil
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import moyeo
import moyeo_bench
from crowd import LIMIT, RADIUS_M, TTL_MS, Degrees, Ids, Moves, Questions

Answers = moyeo.NearbyBatchResult


@dataclass(frozen=True)
class Tolerance:
    """How much the answers of two engines may differ: see bench/peers/agreement.h."""

    position_degrees: float = 5e-8
    distance_m: float = 1e-6


class Engine(ABC):
    """An index of users by position, used from one thread."""

    tolerance = Tolerance()

    def stage(self, moves: Moves | None = None, questions: Questions | None = None) -> None:
        """Makes ready, off the clock, what is to come next: in C++, arguments in its own form."""
        if moves is not None:
            self._moves = moves
        if questions is not None:
            self._questions = questions

    @abstractmethod
    def move_batch(self) -> None:
        """Makes the staged moves. The engine is ready for questions then."""

    @abstractmethod
    def nearby_many(self) -> None:
        """Answers the staged questions."""

    @abstractmethod
    def answers(self) -> Answers:
        """The answers of the last `nearby_many`, from staged questions that are still the same."""

    @abstractmethod
    def stream(self, begin: int, end: int) -> None:
        """Each staged move from `begin` to `end`, and right after it the staged question."""

    def bytes_held(self, grown: int) -> int:
        """Bytes held, where this process has grown by `grown` in making and filling the engine."""
        return grown

    def close(self) -> None:
        """Gives back what outlives the object."""


class MoyeoPython(Engine):
    """The package."""

    def __init__(self) -> None:
        self._index = moyeo.PresenceIndex(ttl_ms=TTL_MS)

    def move_batch(self) -> None:
        moves = self._moves
        self._index.move(moves.user, moves.lat, moves.lng, moves.seen)

    def nearby_many(self) -> None:
        asked = self._questions
        self._answers = self._index.nearby_many(
            asked.lat, asked.lng, asked.now, radius_m=RADIUS_M, limit=LIMIT
        )

    def answers(self) -> Answers:
        return self._answers

    def stream(self, begin: int, end: int) -> None:
        moves, asked = self._moves.part(begin, end), self._questions.part(begin, end)
        columns = (moves.user, moves.lat, moves.lng, asked.lat, asked.lng)
        for user, lat, lng, from_lat, from_lng in zip(*(c.tolist() for c in columns)):
            self._index.move(user, lat, lng, moves.seen)
            self._index.nearby(from_lat, from_lng, moves.seen, radius_m=RADIUS_M, limit=LIMIT)

    def bytes_held(self, grown: int) -> int:
        return self._index.memory_usage.total


class MoyeoCpp(Engine):
    """The same index without Python between: each call here is one call of C++."""

    def __init__(self) -> None:
        self._index = moyeo_bench.MoyeoCpp(TTL_MS, RADIUS_M, LIMIT)

    def stage(self, moves: Moves | None = None, questions: Questions | None = None) -> None:
        super().stage(moves, questions)
        if moves is not None:
            self._index.stage_moves(moves.user, moves.lat, moves.lng)
        if questions is not None:
            self._index.stage_questions(questions.lat, questions.lng)

    def move_batch(self) -> None:
        self._index.move_batch(self._moves.seen)

    def nearby_many(self) -> None:
        self._index.nearby_batch(self._questions.now)

    def answers(self) -> Answers:
        return Answers(*self._index.answers())

    def stream(self, begin: int, end: int) -> None:
        self._index.stream(self._moves.seen, begin, end)

    def bytes_held(self, grown: int) -> int:
        return self._index.bytes()


class Table(Engine):
    """A table of the population, and an index over it that has to be built anew after each change.

    It is told the row of each user, and so need not look it up.
    """

    def __init__(self) -> None:
        self._user: Ids = np.zeros(0, dtype=np.uint64)
        self._lat: Degrees = np.zeros(0)
        self._lng: Degrees = np.zeros(0)
        self._last_seen: npt.NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    @abstractmethod
    def build(self, lat: Degrees, lng: Degrees) -> None:
        """Builds the index over these positions, in degrees."""

    @abstractmethod
    def find(self, lat: Degrees, lng: Degrees) -> tuple[Degrees, npt.NDArray[np.intp]]:
        """For each point, the distances in metres and the places in the index of the `LIMIT`
        nearest, nearest first, of shape (points, LIMIT). Infinite where there are not so many
        within `RADIUS_M`."""

    def move_batch(self) -> None:
        self._put(self._moves)
        self._build(self._moves.seen)

    def _put(self, moves: Moves) -> None:
        size = int(moves.row.max(initial=-1)) + 1
        if size > len(self._user):
            self._user.resize(size, refcheck=False)
            self._lat.resize(size, refcheck=False)
            self._lng.resize(size, refcheck=False)
            self._last_seen.resize(size, refcheck=False)
        self._user[moves.row] = moves.user
        self._lat[moves.row] = moves.lat
        self._lng[moves.row] = moves.lng
        self._last_seen[moves.row] = moves.seen

    def _build(self, now: int) -> None:
        self._now = now
        self._alive = np.flatnonzero(self._last_seen + TTL_MS > now)
        everybody = len(self._alive) == len(self._user)
        self.build(
            self._lat if everybody else self._lat[self._alive],
            self._lng if everybody else self._lng[self._alive],
        )

    def nearby_many(self) -> None:
        self._answers = self._ask(self._questions)

    def _ask(self, asked: Questions) -> Answers:
        if asked.now != self._now:
            self._build(asked.now)
        distance_m, place = self.find(asked.lat, asked.lng)
        near = distance_m <= RADIUS_M
        row = self._alive[place[near]]
        return Answers(
            self._user[row],
            self._lat[row],
            self._lng[row],
            distance_m[near],
            self._last_seen[row],
            np.concatenate(([0], np.cumsum(near.sum(axis=1)))),
        )

    def answers(self) -> Answers:
        return self._answers

    def stream(self, begin: int, end: int) -> None:
        for i in range(begin, end):
            self._put(self._moves.part(i, i + 1))
            self._build(self._moves.seen)
            self._ask(self._questions.part(i, i + 1))


class CkdTree(Table):
    """SciPy's k-d tree of unit vectors, built in the way that was quickest for both together."""

    def __init__(self) -> None:
        super().__init__()
        from scipy.spatial import cKDTree

        self._tree_class = cKDTree

    @staticmethod
    def _vectors(lat: Degrees, lng: Degrees) -> npt.NDArray[np.float64]:
        phi, theta = np.radians(lat), np.radians(lng)
        vectors = np.empty((len(lat), 3))
        across = np.cos(phi)
        np.multiply(across, np.cos(theta), out=vectors[:, 0])
        np.multiply(across, np.sin(theta), out=vectors[:, 1])
        np.sin(phi, out=vectors[:, 2])
        return vectors

    def build(self, lat: Degrees, lng: Degrees) -> None:
        self._tree = self._tree_class(
            self._vectors(lat, lng), leafsize=32, balanced_tree=False, compact_nodes=False
        )

    def find(self, lat: Degrees, lng: Degrees) -> tuple[Degrees, npt.NDArray[np.intp]]:
        # A little more than the radius: the distance decides.
        reach = 2 * math.sin(RADIUS_M / moyeo.EARTH_RADIUS_METERS / 2) * (1 + 1e-9)
        chord, place = self._tree.query(
            self._vectors(lat, lng), k=LIMIT, distance_upper_bound=reach
        )
        angle = 2 * np.arcsin(np.minimum(chord / 2, 1))
        distance_m = np.where(np.isinf(chord), np.inf, angle * moyeo.EARTH_RADIUS_METERS)
        return distance_m, place


class BallTree(Table):
    """scikit-learn's ball tree with its haversine metric."""

    def __init__(self) -> None:
        super().__init__()
        from sklearn.neighbors import BallTree as Tree

        self._tree_class = Tree

    def build(self, lat: Degrees, lng: Degrees) -> None:
        self._tree = self._tree_class(np.radians(np.column_stack((lat, lng))), metric="haversine")

    def find(self, lat: Degrees, lng: Degrees) -> tuple[Degrees, npt.NDArray[np.intp]]:
        k = min(LIMIT, len(self._alive))
        angle, place = self._tree.query(np.radians(np.column_stack((lat, lng))), k=k)
        return angle * moyeo.EARTH_RADIUS_METERS, place


class Dictionary(Engine):
    """A dictionary from user to position, and a loop over it for each question."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[float, float, int]] = {}

    def move_batch(self) -> None:
        moves = self._moves
        columns = (moves.lat.tolist(), moves.lng.tolist(), itertools.repeat(moves.seen))
        self._held.update(zip(moves.user.tolist(), zip(*columns)))

    def _near(self, lat: float, lng: float, now: int) -> list[tuple[float, int]]:
        near = []
        phi, theta, across = math.radians(lat), math.radians(lng), math.cos(math.radians(lat))
        most = math.sin(RADIUS_M / moyeo.EARTH_RADIUS_METERS / 2) ** 2
        radians, sin, cos = math.radians, math.sin, math.cos
        for user, (user_lat, user_lng, seen) in self._held.items():
            user_phi = radians(user_lat)
            h = sin((user_phi - phi) / 2) ** 2
            if h > most * (1 + 1e-9):
                continue
            h += across * cos(user_phi) * sin((radians(user_lng) - theta) / 2) ** 2
            if h <= most * (1 + 1e-9) and seen + TTL_MS > now:
                near.append((2 * moyeo.EARTH_RADIUS_METERS * math.asin(math.sqrt(h)), user))
        near.sort()
        return [found for found in near if found[0] <= RADIUS_M][:LIMIT]

    def nearby_many(self) -> None:
        asked = self._questions
        self._answers = [self._near(lat, lng, asked.now) for lat, lng in zip(asked.lat, asked.lng)]

    def answers(self) -> Answers:
        found = [neighbor for answer in self._answers for neighbor in answer]
        held = [self._held[user] for _, user in found]
        return Answers(
            np.array([user for _, user in found], dtype=np.uint64),
            np.array([lat for lat, _, _ in held]),
            np.array([lng for _, lng, _ in held]),
            np.array([distance_m for distance_m, _ in found]),
            np.array([seen for _, _, seen in held], dtype=np.int64),
            np.cumsum([0, *map(len, self._answers)]),
        )

    def stream(self, begin: int, end: int) -> None:
        moves, asked = self._moves.part(begin, end), self._questions.part(begin, end)
        columns = (moves.user, moves.lat, moves.lng, asked.lat, asked.lng)
        for user, lat, lng, from_lat, from_lng in zip(*(c.tolist() for c in columns)):
            self._held[user] = (lat, lng, moves.seen)
            self._near(from_lat, from_lng, moves.seen)


class Redis(Engine):
    """A Redis server of its own on a Unix socket, through redis-py: GEOADD and GEOSEARCH.

    Redis knows neither when a user was last seen nor an expiry: a dictionary beside it does.
    """

    # 26 bits for each coordinate: see bench/peers/engine.h.
    tolerance = Tolerance(position_degrees=2.8e-6, distance_m=0.35)

    _KEY = "users"
    _SCALE = 6_372_797.560856 / moyeo.EARTH_RADIUS_METERS
    # Users in a command, and questions on the way together: larger ones are no quicker.
    _TOGETHER = 1_000

    def __init__(self) -> None:
        import redis

        self._directory = tempfile.TemporaryDirectory(prefix="moyeo-bench-")
        socket = Path(self._directory.name) / "socket"
        self._server = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", str(socket)]
            + ["--save", "", "--appendonly", "no", "--dir", self._directory.name],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._server.stdout is not None
        for line in self._server.stdout:
            if "ready to accept connections" in line.lower():
                break
        else:
            raise RuntimeError("redis-server has ended")
        self._redis: Any = redis.Redis(unix_socket_path=str(socket))
        self._empty_bytes = self._server_bytes()
        self._last_seen: dict[int, int] = {}

    def move_batch(self) -> None:
        moves = self._moves
        users = moves.user.tolist()
        values = [
            value for move in zip(moves.lng.tolist(), moves.lat.tolist(), users) for value in move
        ]
        for begin in range(0, len(values), 3 * self._TOGETHER):
            self._redis.geoadd(self._KEY, values[begin : begin + 3 * self._TOGETHER])
        self._last_seen.update(zip(users, itertools.repeat(moves.seen)))

    def _search(self, client: Any, lat: float, lng: float, count: int) -> Any:
        return client.geosearch(
            self._KEY,
            longitude=lng,
            latitude=lat,
            radius=RADIUS_M * self._SCALE,
            unit="m",
            sort="ASC",
            count=count,
            withdist=True,
            withcoord=True,
        )

    def _take(self, lat: float, lng: float, now: int, reply: Any) -> list[moyeo.Neighbor]:
        """Without those who have expired; asks for more as long as they leave too few."""
        count = LIMIT
        while True:
            near = [
                moyeo.Neighbor(user, at[1], at[0], float(distance) / self._SCALE, seen)
                for name, distance, at in reply
                if (seen := self._last_seen[user := int(name)]) + TTL_MS > now
            ]
            if len(near) >= LIMIT or len(reply) < count:
                return near[:LIMIT]
            count *= 2
            reply = self._search(self._redis, lat, lng, count)

    def nearby_many(self) -> None:
        asked = self._questions
        points = list(zip(asked.lat.tolist(), asked.lng.tolist()))
        self._answers = []
        for begin in range(0, len(points), self._TOGETHER):
            together = points[begin : begin + self._TOGETHER]
            pipeline = self._redis.pipeline(transaction=False)
            for lat, lng in together:
                self._search(pipeline, lat, lng, LIMIT)
            for (lat, lng), reply in zip(together, pipeline.execute()):
                self._answers.append(self._take(lat, lng, asked.now, reply))

    def answers(self) -> Answers:
        found = [neighbor for answer in self._answers for neighbor in answer]
        return Answers(
            np.array([neighbor.user for neighbor in found], dtype=np.uint64),
            np.array([neighbor.lat for neighbor in found]),
            np.array([neighbor.lng for neighbor in found]),
            np.array([neighbor.distance_m for neighbor in found]),
            np.array([neighbor.last_seen for neighbor in found], dtype=np.int64),
            np.cumsum([0, *map(len, self._answers)]),
        )

    def stream(self, begin: int, end: int) -> None:
        moves, asked = self._moves.part(begin, end), self._questions.part(begin, end)
        columns = (moves.user, moves.lat, moves.lng, asked.lat, asked.lng)
        for user, lat, lng, from_lat, from_lng in zip(*(c.tolist() for c in columns)):
            self._redis.geoadd(self._KEY, (lng, lat, user))
            self._last_seen[user] = moves.seen
            reply = self._search(self._redis, from_lat, from_lng, LIMIT)
            self._take(from_lat, from_lng, moves.seen, reply)

    def _server_bytes(self) -> int:
        return int(self._redis.info("memory")["used_memory"])

    def bytes_held(self, grown: int) -> int:
        return grown + self._server_bytes() - self._empty_bytes

    def close(self) -> None:
        self._redis.close()
        self._server.kill()
        self._server.wait()
        self._directory.cleanup()


def _why_no_redis() -> str | None:
    if shutil.which("redis-server") is None:
        return "there is no redis-server on PATH"
    return _why_no_module("redis")


def _why_no_module(name: str) -> str | None:
    try:
        __import__(name)
    except ImportError as error:
        return str(error)
    return None


@dataclass(frozen=True)
class EngineKind:
    name: str
    make: Callable[[], Engine]
    why_not: Callable[[], str | None] = lambda: None
    """Why it cannot be had here; None if it can."""
    is_loop: bool = False
    """A question takes a look at everybody."""


# In the order of the table. The first is what the others are held against.
ENGINE_KINDS = [
    EngineKind("moyeo_python", MoyeoPython),
    EngineKind("moyeo_cpp", MoyeoCpp),
    EngineKind("redis", Redis, _why_no_redis),
    EngineKind("ckdtree", CkdTree, lambda: _why_no_module("scipy.spatial")),
    EngineKind("ball_tree", BallTree, lambda: _why_no_module("sklearn.neighbors")),
    EngineKind("dictionary", Dictionary, is_loop=True),
]
