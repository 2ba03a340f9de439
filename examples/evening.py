"""Draws an evening in Seoul: simulated people who leave work, go out, and go home.

Each of them is coloured by how many others are within 100 m. That is what moyeo is asked every five
minutes, for everybody at once.

    venv/bin/python examples/evening.py --out evening.png
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import numpy.typing as npt

import moyeo

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402  (it needs to know what it draws on)
from matplotlib.colors import ListedColormap, LogNorm  # noqa: E402
from PIL import Image  # noqa: E402

Floats = npt.NDArray[np.float64]

MINUTE_MS = 60_000
STEP_MINUTES = 5
START_MINUTE, END_MINUTE = 17 * 60, 25 * 60 + 30
MIDNIGHT_MS = 1_700_060_400_000  # 2023-11-16 in Seoul
PANEL_MINUTES = [18 * 60, 20 * 60 + 30, 24 * 60 + 30]

NEAR_M = 100.0
METERS_PER_DEGREE = np.pi / 180 * moyeo.EARTH_RADIUS_METERS
SPEED_M_PER_MINUTE = 400  # door to door, mostly by underground


@dataclass(frozen=True)
class Place:
    name: str
    lat: float
    lng: float
    weight: float
    spread_m: float


WORK = [
    Place("City Hall", 37.567, 126.979, 5, 700),
    Place("Yeouido", 37.523, 126.925, 4, 600),
    Place("Gangnam", 37.503, 127.038, 6, 1_000),
    Place("Gasan", 37.480, 126.882, 3, 600),
    Place("Seongsu", 37.545, 127.052, 2, 700),
    Place("Sangam", 37.579, 126.890, 2, 500),
    Place("", 37.545, 126.990, 8, 6_500),
]
GOING_OUT = [
    Place("Hongdae", 37.556, 126.924, 6, 280),
    Place("Itaewon", 37.534, 126.994, 3, 230),
    Place("Gangnam Station", 37.499, 127.027, 6, 260),
    Place("Jongno", 37.571, 126.990, 4, 300),
    Place("Seongsu", 37.544, 127.056, 4, 280),
    Place("Jamsil", 37.513, 127.101, 2, 350),
    Place("", 37.545, 126.990, 6, 6_500),
]
HOME = [Place("", 37.545, 126.990, 1, 7_500)]

# The Han, from bridge to bridge.
RIVER_LAT = [37.600, 37.571, 37.551, 37.543, 37.534, 37.525, 37.517, 37.509, 37.515, 37.527]
RIVER_LNG = [
    126.800,
    126.862,
    126.891,
    126.902,
    126.936,
    126.948,
    126.959,
    126.981,
    126.996,
    127.013,
]
RIVER_LAT += [37.537, 37.537, 37.531, 37.526, 37.522, 37.533, 37.542, 37.557, 37.571]
RIVER_LNG += [127.020, 127.035, 127.056, 127.064, 127.085, 127.103, 127.111, 127.130, 127.170]


def draw_places(
    random: np.random.Generator, places: list[Place], count: int
) -> tuple[Floats, Floats]:
    """Where `count` people are who have gone to some of `places`."""
    weights = np.array([place.weight for place in places])
    chosen = random.choice(len(places), count, p=weights / weights.sum())
    spread = np.array([place.spread_m for place in places])[chosen] / METERS_PER_DEGREE
    lat = np.array([place.lat for place in places])[chosen]
    lng = np.array([place.lng for place in places])[chosen]
    lat = lat + random.normal(0, spread)
    return lat, lng + random.normal(0, spread) / np.cos(np.radians(lat))


class People:
    """At work, on the way, out, at home."""

    def __init__(self, count: int, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self.user = np.arange(count, dtype=np.uint64)
        self.lat, self.lng = draw_places(self._random, WORK, count)
        self._out = draw_places(self._random, GOING_OUT, count)
        self._home = draw_places(self._random, HOME, count)
        self._leaves_work = self._random.normal(18.6 * 60, 35, count)
        self._goes_home = self._random.normal(22.9 * 60, 60, count)

    def walk(self, minute: int) -> None:
        """`STEP_MINUTES` on: towards where one wants to be, and about a little once there."""
        wants_home, wants_out = minute > self._goes_home, minute > self._leaves_work
        shrink = np.cos(np.radians(self.lat))
        to_lat = np.where(wants_home, self._home[0], np.where(wants_out, self._out[0], self.lat))
        to_lng = np.where(wants_home, self._home[1], np.where(wants_out, self._out[1], self.lng))
        north_m = (to_lat - self.lat) * METERS_PER_DEGREE
        east_m = (to_lng - self.lng) * METERS_PER_DEGREE * shrink
        far_m = np.hypot(north_m, east_m)
        part = np.minimum(1, SPEED_M_PER_MINUTE * STEP_MINUTES / np.maximum(far_m, 1))
        north_m = part * north_m + self._random.normal(0, 15, len(far_m))
        east_m = part * east_m + self._random.normal(0, 15, len(far_m))
        self.lat = self.lat + north_m / METERS_PER_DEGREE
        self.lng = self.lng + east_m / METERS_PER_DEGREE / shrink


@dataclass(frozen=True)
class Moment:
    minute: int
    lat: Floats
    lng: Floats
    company: npt.NDArray[np.int64]
    """How many others are within `NEAR_M` of each."""


def simulate(count: int, seed: int) -> list[Moment]:
    people = People(count, seed)
    index = moyeo.PresenceIndex(ttl_ms=2 * STEP_MINUTES * MINUTE_MS)
    moments = []
    for minute in range(START_MINUTE, END_MINUTE + 1, STEP_MINUTES):
        people.walk(minute)
        now = MIDNIGHT_MS + minute * MINUTE_MS
        index.move(people.user, people.lat, people.lng, now)
        near = index.nearby_many(people.lat, people.lng, now, radius_m=NEAR_M, limit=None)
        company = np.diff(near.offsets) - 1  # nobody is their own company
        moments.append(Moment(minute, people.lat, people.lng, company))
    return moments


def clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


BACKGROUND, INK, RIVER, ACCENT = "#10131c", "#c8cfdd", "#22375e", "#ffb454"
# Whoever is alone can be seen on the background, too.
HEAT = ListedColormap(matplotlib.colormaps["inferno"](np.linspace(0.27, 1, 24)))


def draw_map(axes: Any, moment: Moment, norm: LogNorm) -> Any:
    axes.set_facecolor(BACKGROUND)
    axes.plot(RIVER_LNG, RIVER_LAT, color=RIVER, linewidth=7, solid_joinstyle="round", zorder=0)
    order = np.argsort(moment.company)  # those in company on top
    points = axes.scatter(
        moment.lng[order],
        moment.lat[order],
        c=np.maximum(moment.company[order], 1),
        norm=norm,
        cmap=HEAT,
        s=0.9,
        linewidths=0,
        antialiased=False,
    )
    axes.set_xlim(126.83, 127.15)
    axes.set_ylim(37.435, 37.655)
    axes.set_aspect(1 / np.cos(np.radians(37.545)))
    axes.set_title(clock(moment.minute), color=INK, fontsize=13, pad=5)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
    return points


def name_places(axes: Any) -> None:
    for place in GOING_OUT:
        axes.annotate(
            place.name,
            (place.lng, place.lat),
            xytext=(0, 9),
            textcoords="offset points",
            ha="center",
            color="white",
            fontsize=7.5,
        )


def draw_course(axes: Any, moments: list[Moment]) -> None:
    hours = [moment.minute / 60 for moment in moments]
    axes.set_facecolor(BACKGROUND)
    for percent, style in ((90, "-"), (50, "--")):
        company = [np.percentile(moment.company, percent) for moment in moments]
        axes.plot(hours, company, style, color=ACCENT, linewidth=1.6)
        label = "one in ten has more" if percent == 90 else "half have more"
        axes.annotate(
            label,
            (hours[len(hours) // 2], company[len(hours) // 2]),
            xytext=(0, 5),
            textcoords="offset points",
            color=ACCENT,
            fontsize=8,
            ha="center",
        )
    for minute in PANEL_MINUTES:
        axes.axvline(minute / 60, color=INK, linewidth=0.7, alpha=0.5)
    axes.set_xlim(hours[0], hours[-1])
    axes.set_ylim(0, 1.25 * axes.get_ylim()[1])
    axes.set_xticks(range(17, 26), [clock(60 * hour) for hour in range(17, 26)])
    axes.set_ylabel("others within 100 m", color=INK, fontsize=8)
    axes.tick_params(colors=INK, labelsize=8)
    for spine in axes.spines.values():
        spine.set_color("#39415a")


def draw(moments: list[Moment], out: Path) -> None:
    figure = pyplot.figure(figsize=(11, 5.6), dpi=130, facecolor=BACKGROUND)
    grid = figure.add_gridspec(
        2,
        3,
        height_ratios=(3.5, 1),
        left=0.055,
        right=0.93,
        top=0.89,
        bottom=0.075,
        wspace=0.03,
        hspace=0.1,
    )
    by_minute = {moment.minute: moment for moment in moments}
    most = max(int(moment.company.max()) for moment in moments)
    norm = LogNorm(1, max(2, most))
    for column, minute in enumerate(PANEL_MINUTES):
        axes = figure.add_subplot(grid[0, column])
        points = draw_map(axes, by_minute[minute], norm)
        if column == 1:
            name_places(axes)
    draw_course(figure.add_subplot(grid[1, :]), moments)
    bar = figure.colorbar(points, cax=figure.add_axes((0.945, 0.34, 0.009, 0.5)))
    bar.ax.tick_params(colors=INK, labelsize=8)
    bar.outline.set_visible(False)
    bar.set_ticks([1, 10, 100], labels=["1", "10", "100"])
    bar.minorticks_off()
    figure.suptitle(
        f"An evening in Seoul: {len(moments[0].lat):,} simulated people, "
        "by how many others are within 100 m",
        color=INK,
        fontsize=13,
        y=0.972,
    )
    figure.canvas.draw()
    # A palette makes the file a third as large.
    image = Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB")
    image.quantize(64, dither=Image.Dither.NONE).save(out, format="PNG", optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draws a simulated evening in Seoul.")
    parser.add_argument("--people", type=int, default=20_000, help="how many")
    parser.add_argument("--seed", type=int, default=1, help="what they do is drawn from it")
    parser.add_argument("--out", type=Path, default=Path("evening.png"), help="the picture")
    arguments = parser.parse_args()
    if arguments.people < 1:
        parser.error("--people: at least one")
    draw(simulate(arguments.people, arguments.seed), arguments.out)


if __name__ == "__main__":
    main()
