"""Works on a staged log part by part, in one process or several. Knows nothing about the work on a part."""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from scenario_cli.events.staged import ContactRange, StagedLog

Prepared = TypeVar("Prepared")
Part = TypeVar("Part")
Result = TypeVar("Result")

_PARTS_A_WORKER = 8  # so that a progress bar moves, and one heavy part does not keep the others waiting
_BEGUN_A_WORKER = 3
_ROWS_A_PART = 5_000  # opening the log for a smaller part takes longer than replaying it


def parts_of(staged: StagedLog, workers: int) -> list[ContactRange]:
    """Ranges of contacts of about equal work, some for each worker if the log is long enough."""
    return staged.ranges(min(workers * _PARTS_A_WORKER, max(workers, staged.rows // _ROWS_A_PART)))


def over_parts(
    prepare: Callable[[], Prepared],
    work: Callable[[Prepared, Part], Result],
    parts: Iterable[Part],
    workers: int,
) -> Iterator[Result]:
    """The result of each part, in order. Each process prepares once; all arguments go to it by pickle.

    Parts are requested as they are worked on, so that few of them are in memory.
    """
    if workers == 1:
        prepared = prepare()
        for part in parts:
            yield work(prepared, part)
        return
    # Spawned, since DuckDB's threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(prepare, work)) as pool:
        following = iter(parts)
        with _without_interrupts():  # processes begin with the first parts
            results = deque(pool.submit(_work, part) for part in islice(following, _BEGUN_A_WORKER * workers))
        while results:
            result = results.popleft().result()
            results.extend(pool.submit(_work, part) for part in islice(following, 1))
            yield result


class _Worker:
    """The value that a worker process made at its start, and its work on each part."""

    prepared: Any
    work: Callable[[Any, Any], Any]


def _start(prepare: Callable[[], Any], work: Callable[[Any, Any], Any]) -> None:
    _Worker.prepared, _Worker.work = prepare(), staticmethod(work)


def _work(part: Any) -> Any:
    return _Worker.work(_Worker.prepared, part)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Processes that are begun within never see Ctrl-C; it ends the process that began them, and that process ends
    them.
    """
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """Objects of a replay have no cycles, so searching for cycles costs a tenth of the time and finds nothing."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(200_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
