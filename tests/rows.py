"""Tables whose rows one test checks: `@rows` replaces `@pytest.mark.parametrize` and takes the same arguments.

Each test costs pytest some milliseconds, often more than the check of a row. A test of a table checks all of its rows,
and shows each failed row. `ROW=text pytest ...` checks only rows with the text in their name. Each row has its own
`tmp_path` and `monkeypatch`, and begins with an empty `capsys`. Rows share any other fixture: if each needs its own,
use `parametrize`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from inspect import signature
from typing import Any

import pytest

Test = Callable[..., None]


def rows(
    names: str | Sequence[str], table: Iterable[Any], *, ids: Callable[[Any], str] | Sequence[object] | None = None
) -> Callable[[Test], Test]:
    """Turns a test of one row into a test of the table."""
    columns = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    single = isinstance(names, str) and len(columns) == 1
    named = list(_named([(row,) if single else row for row in table], ids))

    def of_table(check: Test) -> Test:
        signature_ = signature(check)
        patched = "monkeypatch" in signature_.parameters

        def checked(**fixtures: Any) -> None:
            failures = []
            for number, (name, values) in enumerate(named):
                if os.environ.get("ROW", "") not in name:
                    continue
                try:
                    with pytest.MonkeyPatch.context() as patch:
                        own = _own(fixtures, number) | ({"monkeypatch": patch} if patched else {})
                        check(**own, **dict(zip(columns, values, strict=True)))
                except (Exception, pytest.fail.Exception):
                    failures.append(f"row {name}\n{pytest.ExceptionInfo.from_current().getrepr(style='short')}")
            if failures:
                pytest.fail("\n\n".join([f"{len(failures)} of {len(named)} rows", *failures]), pytrace=False)

        parameters = [
            each for name, each in signature_.parameters.items() if name not in columns and name != "monkeypatch"
        ]
        checked.__signature__ = signature_.replace(parameters=parameters)  # type: ignore[attr-defined]
        for name in ("__name__", "__qualname__", "__module__", "__doc__", "pytestmark"):
            if hasattr(check, name):
                setattr(checked, name, getattr(check, name))
        return checked

    return of_table


def _own(fixtures: dict[str, Any], number: int) -> dict[str, Any]:
    """The fixtures for one row."""
    own = dict(fixtures)
    if "tmp_path" in own:
        own["tmp_path"] /= str(number)
        own["tmp_path"].mkdir()
    if "capsys" in own:
        own["capsys"].readouterr()
    return own


def _named(
    table: list[Sequence[Any]], ids: Callable[[Any], str] | Sequence[object] | None
) -> Iterator[tuple[str, Sequence[Any]]]:
    for number, values in enumerate(table):
        name_of = ids if callable(ids) else str
        yield "-".join(map(name_of, values)) if ids is None or callable(ids) else str(ids[number]), values
