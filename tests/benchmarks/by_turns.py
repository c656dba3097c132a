"""Measuring by turns: a machine's noise meets all sides alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter, process_time


def cpu_seconds(sides: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median CPU time of each side in seconds; in each round every side has its turn, after one to warm up."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds + 1):
        for name, side in sides.items():
            began = process_time()
            side()
            if number:
                times[name].append(process_time() - began)
    return {name: median(taken) for name, taken in times.items()}


def seconds(sides: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """The seconds of each side in each round."""
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            began = perf_counter()
            side()
            taken[name].append(perf_counter() - began)
    return taken


def ratio(compared: list[float], base: list[float]) -> float:
    """The median of what each round's times are to those of another side."""
    return median(one / another for one, another in zip(compared, base, strict=True))


def table(header: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """A table in Markdown."""
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
