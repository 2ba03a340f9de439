"""moyeo from Python beside what a Python program would use instead: see bench/README.md.

    scripts/bench python --help
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import moyeo_bench
from agreement import disagreement
from crowd import LIMIT, RADIUS_M, TTL_MS, Crowd
from engines import ENGINE_KINDS, EngineKind
from operations import OPERATION_KINDS, Contestant, Limits, Samples, fill, measure

T = TypeVar("T")

ENGINES = {kind.name: kind for kind in ENGINE_KINDS}
OPERATIONS = {kind.name: kind for kind in OPERATION_KINDS}

# How many questions the answers are compared by; a loop over everybody has time for a few.
COMPARED = 50
COMPARED_BY_LOOPS = 3


def one_of(allowed: dict[str, T]) -> Callable[[str], T]:
    def parse(text: str) -> T:
        if text not in allowed:
            raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(allowed)}")
        return allowed[text]

    return parse


def whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not from {least:,} to {most:,}")
        return int(text)

    return parse


def list_of(parse_one: Callable[[str], T]) -> Callable[[str], list[T]]:
    def parse(text: str) -> list[T]:
        return [parse_one(word) for word in text.split(",")]

    return parse


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench python",
        description="moyeo from Python beside what a Python program would use instead: "
        "answers compared, times side by side",
    )
    parser.add_argument("--quick", action="store_true", help="less precise, in under five minutes")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the results as JSON too")
    parser.add_argument(
        "--users",
        type=list_of(whole(100, 10_000_000)),
        help="how many users; may be a list",
    )
    parser.add_argument(
        "--engines",
        type=list_of(one_of(ENGINES)),
        help=f"what to compare; may be a list of {', '.join(ENGINES)}",
    )
    parser.add_argument(
        "--operations",
        type=list_of(one_of(OPERATIONS)),
        default=OPERATION_KINDS,
        help=f"what to measure; may be a list of {', '.join(OPERATIONS)}",
    )
    parser.add_argument("--rounds", type=whole(1, 1_000), help="how often each is measured")
    parser.add_argument(
        "--seed",
        type=whole(0, 2**62),
        default=1,
        help="what positions and questions are drawn from",
    )
    arguments = parser.parse_args()
    if arguments.users is None:
        arguments.users = [1_000_000] if arguments.quick else [100_000, 1_000_000]
    if arguments.rounds is None:
        arguments.rounds = 3 if arguments.quick else 11
    if arguments.engines is None:
        arguments.engines = [kind for kind in ENGINE_KINDS if is_at_hand(kind)]
    elif missing := [
        f"{kind.name}: {why}" for kind in arguments.engines if (why := kind.why_not())
    ]:
        parser.error("--engines: " + "; ".join(missing))
    if arguments.out is not None:
        try:
            arguments.out.open("a").close()
        except OSError as error:
            parser.error(f"--out: {error}")
    return arguments


def is_at_hand(kind: EngineKind) -> bool:
    """Says why if it is not."""
    why_not = kind.why_not()
    if why_not is not None:
        print(f"without {kind.name}: {why_not}")
    return why_not is None


def check_answers(contestants: list[Contestant], crowd: Crowd) -> None:
    """Ends the program if engines disagree, now or when those who came first have expired."""
    for now in (crowd.now, crowd.now + TTL_MS * 3 // 4):
        asked = replace(crowd.questions(COMPARED), now=now)
        for contestant in contestants[1:]:
            is_slow = contestant.kind.is_loop and len(crowd) > 100_000
            answers = []
            for engine in (contestants[0].engine, contestant.engine):
                engine.stage(questions=asked.part(0, COMPARED_BY_LOOPS if is_slow else COMPARED))
                engine.nearby_many()
                answers.append(engine.answers())
            difference = disagreement(
                answers[0], answers[1], RADIUS_M, LIMIT, contestant.engine.tolerance
            )
            if difference is not None:
                sys.exit(
                    f"answers differ: compared with {contestants[0].kind.name}, "
                    f"{contestant.kind.name} {difference}"
                )


def format_ratio(ratio: float) -> str:
    return f"{ratio:,.0f}x" if ratio >= 10 else f"{ratio:.2f}x"


def print_row(name: str, values: list[float | None], spread: str = "") -> None:
    first = values[0]
    row = f"{name:<16}"
    for i, value in enumerate(values):
        text = "-" if value is None else f"{value:,.0f}"
        ratio = "" if value is None or not first else format_ratio(value / first)
        row += f"{text:>16}" + (f"{ratio:>9}" if i > 0 else "")
    print(f"{row}{spread:>8}", flush=True)


def spread_of(all_samples: list[Samples | None]) -> str:
    """Half the way from the 10th to the 90th percentile, of the most restless engine."""
    halves = [(s.p90 - s.p10) / 2 / s.median for s in all_samples if s is not None]
    return f"±{100 * max(halves):.0f}%"


def compare(arguments: argparse.Namespace, users: int) -> list[dict[str, Any]]:
    """One population: a table on the standard output, and its numbers."""
    limits = Limits(
        rounds=arguments.rounds,
        turn_s=0.2 if arguments.quick else 1,
        engine_s=10 if arguments.quick else 60,
    )
    print(
        f"\n{users:,} users, city, seed {arguments.seed}: "
        f"nanoseconds per operation, medians of {limits.rounds} rounds"
    )
    crowd = Crowd(users, arguments.seed)
    arrivals = crowd.arrivals()
    contestants: list[Contestant] = []
    results = []
    try:
        for kind in arguments.engines:
            contestants.append(fill(kind, arrivals, users))
        check_answers(contestants, crowd)
        print(
            " " * 16
            + "".join(f"{c.kind.name:>{25 if i else 16}}" for i, c in enumerate(contestants))
            + "  spread"
        )
        notes = []
        for kind in arguments.operations:
            all_samples, left_out = measure(kind(crowd), contestants, limits)
            notes += left_out
            print_row(
                kind.name,
                [None if samples is None else samples.median for samples in all_samples],
                spread_of(all_samples),
            )
            for contestant, samples in zip(contestants, all_samples, strict=True):
                if samples is None:
                    continue
                results.append(
                    {
                        "engine": contestant.kind.name,
                        "operation": kind.name,
                        "users": users,
                        "distribution": "city",
                        "threads": 1,
                        "ns_median": round(samples.median, 2),
                        "ns_p10": round(samples.p10, 2),
                        "ns_p90": round(samples.p90, 2),
                        "bytes_per_user": round(contestant.bytes_per_user, 2),
                    }
                )
        print_row("bytes per user", [contestant.bytes_per_user for contestant in contestants])
        for note in notes:
            print(note)
        # Once more, now that everything has been moved.
        check_answers(contestants, crowd)
    finally:
        for contestant in contestants:
            contestant.engine.close()
    return results


def main() -> int:
    arguments = parse_arguments()
    print(f"{moyeo_bench.describe_machine()}, Python {sys.version.split()[0]}")
    results = [result for users in arguments.users for result in compare(arguments, users)]
    print("\nThe answers of all engines agreed, before and after.")
    if arguments.out is not None:
        arguments.out.write_text(json.dumps(results, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
