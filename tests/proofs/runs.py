"""Runs over a store without a command line: of the shop of these tests, or of any project."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.older_definitions import read_as_it_was
from scenario_cli.hosts.rows import read_instant
from scenario_cli.hosts.store import run as runs
from scenario_cli.hosts.store import touched
from scenario_cli.hosts.store.database import opened
from scenario_cli.hosts.store.definitions import definitions_for
from scenario_cli.hosts.store.job import RunJob
from scenario_cli.language.project import load_project
from scenario_cli.model.export import ExportOptions
from scenario_cli.model.run_result import RunResult

CONTACTS_A_PART = 2


def run_once(project: Path, store: Path, options: ExportOptions | None, until: str) -> list[RunResult]:
    """A run to an instant, in this process."""
    loaded = load_project(project)
    model = loaded.project
    sources = {path: text.encode() for path, text in loaded.sources.items()}
    at = read_instant(until, model.timezone)
    assert at is not None
    with opened(store, create=True) as opened_store:
        definitions = definitions_for(opened_store, model, sources, partial(read_as_it_was, loaded, False))
        return runs.run_job(opened_store, RunJob(definitions, options, at, "2025-01-01T00:00:00Z"))


def in_small_parts(patch: pytest.MonkeyPatch) -> None:
    """Lets runs of this process work on two contacts at a time."""
    patch.setattr(touched, "_CONTACTS_A_PART", CONTACTS_A_PART)


@contextmanager
def reading_once(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lets runs of this process meanwhile stage files of the same content only once."""
    staged: dict[Any, Any] = {}
    with ExitStack() as open_logs:
        stage = runs.staged_log

        @contextmanager
        def staged_once(project: Any, names: Any, options: ExportOptions, *rest: Any, **more: Any) -> Iterator[Any]:
            texts = tuple(Path(path).read_bytes() for path in (*options.events, *options.contacts))
            key = (texts, len(options.contacts), names)
            if key not in staged:
                staged[key] = open_logs.enter_context(stage(project, names, options, *rest, **more))
            yield staged[key]

        patch.setattr(runs, "staged_log", staged_once)
        yield
