"""The journeys of a store for `scenario diff`: the effect on running journeys if the new side goes live."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scenario_cli.cli.console import Stop

if TYPE_CHECKING:
    from scenario_cli.cli.diff_sides import ReadSide
    from scenario_cli.model.under_way import UnderWay


def changed_journeys(after: ReadSide, state: Path | None) -> tuple[UnderWay, ...] | None:
    """The running journeys for which something changes with the new side; None if no store is named.

    The store is only read.
    """
    if state is None:
        return None
    from scenario_cli.cli.older_definitions import OlderDefinitions, texts_of
    from scenario_cli.hosts.store.database import opened
    from scenario_cli.hosts.store.definitions import definitions_for
    from scenario_cli.hosts.store.errors import StoreError
    from scenario_cli.hosts.store.foreseeing import journeys_under_way

    files = after.version.files
    texts = texts_of(after.loaded, files.root)
    try:
        with opened(state, read_only=True) as store:
            definitions = definitions_for(store, after.project, texts, OlderDefinitions(files, texts).read)
            return tuple(each for each in journeys_under_way(store, definitions) if each.fate != "stays")
    except StoreError as error:
        raise Stop(error.message, error.hint) from None
