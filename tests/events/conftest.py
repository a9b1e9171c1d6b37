from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.events.staged import StagedLog
from scenario_cli.events.staging import Progress, stage
from scenario_cli.model.export import ExportOptions
from tests.events.exports import ORDER, Read, write


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes the given contents to files by those names (in a folder of their own) and stages them."""
    numbers = count()

    def read(
        files: Mapping[str, str | bytes] | str,
        types_by_event: Mapping[str, Mapping[str, str | None]] = ORDER,
        *,
        contacts: Mapping[str, str | bytes] | None = None,
        attributes: Mapping[str, str | None] | None = None,
        broadcast: tuple[str, ...] = (),
        progress: Progress | None = None,
        contact: str | None = None,
        keys: tuple[str, ...] = (),
        **options: Any,
    ) -> StagedLog:
        number = next(numbers)
        contents = {"events.csv": files} if isinstance(files, str) else files
        paths = [write(tmp_path / f"export{number}", name, content) for name, content in contents.items()]
        people = [write(tmp_path / f"people{number}", name, content) for name, content in (contacts or {}).items()]
        exports = ExportOptions(events=tuple(paths), contacts=tuple(people), **options)
        return stage(
            exports,
            types_by_event,
            attributes or {},
            tmp_path / f"work{number}",
            progress,
            broadcast,
            (),
            contact,
            keys,
        )

    return read
