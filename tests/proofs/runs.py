"""Runs of the command over a store in this process."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.main import run
from scenario_cli.hosts.exports import staged_log
from scenario_cli.model.export import ExportOptions

_RUN = "scenario_cli.hosts.store.run"
_CONTACTS_A_PART = "scenario_cli.hosts.store.touched._CONTACTS_A_PART"


def run_once(project: Path, store: Path, until: str, *more: str) -> tuple[int, str]:
    """Runs to an instant; returns the exit code and the text on standard error."""
    output = io.StringIO()
    with redirect_stdout(io.StringIO()), redirect_stderr(output):
        code = run(["run", "--project", str(project), "--state", str(store), "--until", until, "-q", *more])
    return code, output.getvalue()


def run_well(project: Path, store: Path, until: str, *more: str) -> None:
    """Runs, and checks that the run succeeds."""
    code, output = run_once(project, store, until, *more)
    assert code == 0, output


def in_small_parts(patch: pytest.MonkeyPatch, contacts: int = 2) -> None:
    """Makes runs of this process work on few contacts at a time."""
    patch.setattr(_CONTACTS_A_PART, contacts)


@contextmanager
def reading_once(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Makes runs of this process stage files with the same content only once, for the time of the context."""
    staged: dict[Any, Any] = {}
    with ExitStack() as open_logs:

        @contextmanager
        def staged_once(project: Any, names: Any, options: ExportOptions, *rest: Any, **more: Any) -> Iterator[Any]:
            texts = tuple(Path(path).read_bytes() for path in (*options.events, *options.contacts))
            key = (texts, len(options.contacts), names)
            if key not in staged:
                staged[key] = open_logs.enter_context(staged_log(project, names, options, *rest, **more))
            yield staged[key]

        patch.setattr(f"{_RUN}.staged_log", staged_once)
        yield
