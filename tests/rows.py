"""Tables whose rows are checked by one test: `@rows` stands where `@pytest.mark.parametrize` would, and takes the same.

Each test costs pytest some milliseconds, often more than a row takes. A test of a table checks all of its rows, and
shows each that fails. `ROW=text pytest ...` checks those rows alone whose name has the text. Rows share the fixtures of
their test: where a row needs one of its own, such as `tmp_path`, use `parametrize`.
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
    """Makes a test of one row a test of the table."""
    columns = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    single = isinstance(names, str) and len(columns) == 1
    named = list(_named([(row,) if single else row for row in table], ids))

    def of_table(check: Test) -> Test:
        def checked(**fixtures: Any) -> None:
            failures = []
            for name, values in named:
                if os.environ.get("ROW", "") not in name:
                    continue
                try:
                    check(**fixtures, **dict(zip(columns, values, strict=True)))
                except (Exception, pytest.fail.Exception):
                    failures.append(f"row {name}\n{pytest.ExceptionInfo.from_current().getrepr(style='short')}")
            if failures:
                pytest.fail("\n\n".join([f"{len(failures)} of {len(named)} rows", *failures]), pytrace=False)

        given = signature(check)
        left = [one for name, one in given.parameters.items() if name not in columns]
        checked.__signature__ = given.replace(parameters=left)  # type: ignore[attr-defined]
        for name in ("__name__", "__qualname__", "__module__", "__doc__", "pytestmark"):
            if hasattr(check, name):
                setattr(checked, name, getattr(check, name))
        return checked

    return of_table


def _named(
    table: list[Sequence[Any]], ids: Callable[[Any], str] | Sequence[object] | None
) -> Iterator[tuple[str, Sequence[Any]]]:
    for number, values in enumerate(table):
        name_of = ids if callable(ids) else str
        yield "-".join(map(name_of, values)) if ids is None or callable(ids) else str(ids[number]), values
