"""What is measured, and how long it takes."""

from __future__ import annotations

import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from crowd import Crowd, Moves, Questions
from engines import Engine, EngineKind


@dataclass
class Contestant:
    kind: EngineKind
    engine: Engine
    bytes_per_user: float


@dataclass(frozen=True)
class Limits:
    rounds: int
    turn_s: float
    """About how long an engine works in a round, where it may do less."""
    engine_s: float
    """An engine that has spent so long on an operation sits out the rounds that remain; one that
    would take longer for a single turn is left out."""


@dataclass
class Samples:
    """Nanoseconds for each piece of work, one number a round."""

    ns: list[float] = field(default_factory=list)
    spent_s: float = 0

    def add(self, pieces: int, work: Callable[[], None]) -> float:
        ns = nanoseconds(work)
        self.ns.append(ns / pieces)
        self.spent_s += ns / 1e9
        return ns

    @property
    def median(self) -> float:
        return float(np.percentile(self.ns, 50))

    @property
    def p10(self) -> float:
        return float(np.percentile(self.ns, 10))

    @property
    def p90(self) -> float:
        return float(np.percentile(self.ns, 90))


def nanoseconds(work: Callable[[], None]) -> int:
    begin = time.perf_counter_ns()
    work()
    return time.perf_counter_ns() - begin


def resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def fill(kind: EngineKind, arrivals: tuple[Moves, ...], size: int) -> Contestant:
    """An engine that holds the population."""
    before = resident_bytes()
    engine = kind.make()
    for moves in arrivals:
        engine.stage(moves)
        engine.move_batch()
    held = engine.bytes_held(max(0, resident_bytes() - before))
    return Contestant(kind, engine, held / size)


class Operation(ABC):
    """Something that all engines do in turn."""

    name: str

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd

    @abstractmethod
    def draw(self) -> None:
        """What the next round is about."""

    @abstractmethod
    def run(self, engine: Engine, samples: Samples, limits: Limits) -> None:
        """Does an engine's turn, with a sample of it."""

    @abstractmethod
    def follow(self, engine: Engine) -> None:
        """Brings an engine that sits out to where the others are."""

    def estimate_s(self, engine: Engine) -> float:
        """About how long a turn takes at least. 0: its length is adjusted to the engine."""
        return 0


class MoveBatch(Operation):
    name = "move_batch"

    def draw(self) -> None:
        self._moves = self._crowd.everybody_steps()

    def run(self, engine: Engine, samples: Samples, limits: Limits) -> None:
        engine.stage(self._moves)
        samples.add(len(self._moves), engine.move_batch)

    def follow(self, engine: Engine) -> None:
        engine.stage(self._moves)
        engine.move_batch()


class NearbyMany(Operation):
    name = "nearby_many"

    MOST = 20_000

    def draw(self) -> None:
        self._questions = self._crowd.questions(self.MOST)

    def run(self, engine: Engine, samples: Samples, limits: Limits) -> None:
        count = fitting(engine, self._questions, limits.turn_s)
        # A third of it off the clock, to fill the caches again.
        warm = count // 3
        engine.stage(questions=self._questions.part(0, warm))
        engine.nearby_many()
        engine.stage(questions=self._questions.part(warm, count))
        samples.add(count - warm, engine.nearby_many)

    def follow(self, engine: Engine) -> None:
        """Questions change nothing."""


class Mix(Operation):
    """Everybody moves, in one batch; then come the questions, in one call. It is one piece."""

    name = "mix"

    QUESTIONS = 100

    def draw(self) -> None:
        self._moves = self._crowd.everybody_steps()
        self._questions = self._crowd.questions(self.QUESTIONS)

    def run(self, engine: Engine, samples: Samples, limits: Limits) -> None:
        engine.stage(self._moves, self._questions)

        def work() -> None:
            engine.move_batch()
            engine.nearby_many()

        samples.add(1, work)

    def follow(self, engine: Engine) -> None:
        engine.stage(self._moves)
        engine.move_batch()

    def estimate_s(self, engine: Engine) -> float:
        return self.QUESTIONS * question_s(engine, self._questions)


class Stream(Operation):
    """Somebody moves, and then comes a question that sees it, one by one. The two are one piece."""

    name = "stream"

    MOST = 20_000

    def draw(self) -> None:
        self._moves = self._crowd.somebody_steps(self.MOST)
        self._questions = self._crowd.questions(self.MOST)

    def run(self, engine: Engine, samples: Samples, limits: Limits) -> None:
        engine.stage(self._moves, self._questions)
        trial_s = nanoseconds(lambda: engine.stream(0, 1)) / 1e9
        count = 1 + min(self.MOST - 1, max(1, int(limits.turn_s / trial_s)))
        # A third of it off the clock, to fill the caches again, unless a piece takes too long.
        warm = max(1, count // 3)
        engine.stream(1, warm)
        samples.add(count - warm, lambda: engine.stream(warm, count))
        engine.stage(self._moves.part(count, self.MOST))
        engine.move_batch()

    def follow(self, engine: Engine) -> None:
        engine.stage(self._moves)
        engine.move_batch()


OPERATION_KINDS: list[type[Operation]] = [MoveBatch, NearbyMany, Mix, Stream]


def question_s(engine: Engine, questions: Questions) -> float:
    """How long a question takes, from as few as will tell."""
    # Not the first one, for which an index may have to be built.
    engine.stage(questions=questions.part(0, 1))
    engine.nearby_many()
    count = 1
    while True:
        engine.stage(questions=questions.part(0, count))
        seconds = nanoseconds(engine.nearby_many) / 1e9
        if seconds > 0.01 or count >= len(questions) // 2:
            return seconds / count
        count = min(4 * count, len(questions) // 2)


def fitting(engine: Engine, questions: Questions, seconds: float) -> int:
    """How many of `questions` fit into the time; at least two."""
    return min(len(questions), max(2, int(1.5 * seconds / question_s(engine, questions))))


def measure(
    operation: Operation, contestants: list[Contestant], limits: Limits
) -> tuple[list[Samples | None], list[str]]:
    """The measurements of each engine, None for those left out, and why they were."""
    all_samples: list[Samples | None] = [Samples() for _ in contestants]
    notes = []
    for round in range(limits.rounds + 1):
        operation.draw()
        for i, contestant in enumerate(contestants):
            samples = all_samples[i]
            if round == 0 and samples is not None:
                least_s = operation.estimate_s(contestant.engine)
                if least_s > limits.engine_s:
                    all_samples[i] = samples = None
                    notes.append(
                        f"{operation.name} without {contestant.kind.name}: "
                        f"a turn takes {least_s:,.0f} s"
                    )
            if samples is None or samples.spent_s > limits.engine_s:
                operation.follow(contestant.engine)
                continue
            operation.run(contestant.engine, samples, limits)
            # The first round is not counted, unless there is no time for another.
            if round == 0 and samples.spent_s <= limits.engine_s:
                samples.ns.clear()
    return all_samples, notes
