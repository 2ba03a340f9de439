"""The benchmark notices when answers differ, and its engines give the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from agreement import disagreement
from crowd import LIMIT, NOW, RADIUS_M, TTL_MS, Crowd
from engines import ENGINE_KINDS, Answers, Engine, EngineKind, Tolerance

EXACT = Tolerance()
USERS = 4_000


def filled(kind: EngineKind, crowd: Crowd) -> Engine:
    engine = kind.make()
    for moves in crowd.arrivals():
        engine.stage(moves)
        engine.move_batch()
    return engine


def ask(engine: Engine, crowd: Crowd, later_ms: int = 0) -> Answers:
    questions = Crowd(USERS, seed=2).questions(20)
    engine.stage(questions=replace(questions, now=crowd.now + later_ms))
    engine.nearby_many()
    return engine.answers()


def take(answers: Answers, places: npt.NDArray[np.intp]) -> Answers:
    """One answer, of the neighbours at these places."""
    return Answers(
        answers.user[places],
        answers.lat[places],
        answers.lng[places],
        answers.distance_m[places],
        answers.last_seen[places],
        np.array([0, len(places)]),
    )


@pytest.fixture
def answers() -> Answers:
    steps = np.arange(20)
    return Answers(
        steps.astype(np.uint64),
        37 + steps / 1e4,
        np.full(20, 127.0),
        steps * 11.1,
        steps + NOW,
        np.array([0, 20]),
    )


def test_the_same_answers_agree(answers: Answers) -> None:
    assert disagreement(answers, answers, RADIUS_M, LIMIT, EXACT) is None


def test_within_the_tolerance_answers_agree(answers: Answers) -> None:
    shifted = replace(answers, distance_m=answers.distance_m + 1e-4, lat=answers.lat + 1e-6)
    assert disagreement(answers, shifted, RADIUS_M, LIMIT, EXACT) is not None
    assert disagreement(answers, shifted, RADIUS_M, LIMIT, Tolerance(2e-6, 1e-3)) is None


def test_a_user_who_is_missing_is_noticed(answers: Answers) -> None:
    fewer = take(answers, np.delete(np.arange(20), 3))
    assert "question 0: lacks" in str(disagreement(answers, fewer, RADIUS_M, LIMIT, EXACT))
    assert "question 0: adds" in str(disagreement(fewer, answers, RADIUS_M, LIMIT, EXACT))


@pytest.mark.parametrize("column", ["user", "lat", "lng", "distance_m", "last_seen"])
def test_any_other_value_is_noticed(answers: Answers, column: str) -> None:
    values = getattr(answers, column).copy()
    values[3] += 1
    changed = replace(answers, **{column: values})
    assert disagreement(answers, changed, RADIUS_M, LIMIT, EXACT) is not None


def test_a_wrong_order_and_a_user_twice_are_noticed(answers: Answers) -> None:
    backwards, twice = np.arange(20)[::-1], np.maximum(np.arange(20), 1)
    for places, complaint in ((backwards, "out of order"), (twice, "the same user twice")):
        changed = take(answers, places)
        assert complaint in str(disagreement(answers, changed, RADIUS_M, LIMIT, EXACT))


@pytest.fixture(params=ENGINE_KINDS[1:], ids=[kind.name for kind in ENGINE_KINDS[1:]])
def engines(request: pytest.FixtureRequest) -> Iterator[tuple[Engine, Engine, Crowd]]:
    kind: EngineKind = request.param
    if why_not := kind.why_not():
        pytest.skip(why_not)
    crowd = Crowd(USERS, seed=2)
    first, other = filled(ENGINE_KINDS[0], crowd), filled(kind, crowd)
    yield first, other, crowd
    other.close()


def test_engines_agree_after_every_kind_of_change(engines: tuple[Engine, Engine, Crowd]) -> None:
    first, other, crowd = engines

    def agree(later_ms: int = 0) -> None:
        expected, found = (ask(engine, crowd, later_ms) for engine in (first, other))
        assert len(expected.user) > 0
        assert disagreement(expected, found, RADIUS_M, LIMIT, other.tolerance) is None

    agree()
    everybody = len(ask(first, crowd).user)
    assert len(ask(first, crowd, TTL_MS * 3 // 4).user) < everybody
    agree(later_ms=TTL_MS * 3 // 4)
    moves = crowd.everybody_steps()
    for engine in (first, other):
        engine.stage(moves)
        engine.move_batch()
    agree()
    moves, questions = crowd.somebody_steps(100), crowd.questions(100)
    for engine in (first, other):
        engine.stage(moves, questions)
        engine.stream(0, 60)
        engine.stage(moves.part(60, 100))
        engine.move_batch()
    agree()
