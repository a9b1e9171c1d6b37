"""The tables that the rows of an export are read into, as its options and the project want them. Reads nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from scenario_cli.events.parts import ROW
from scenario_cli.events.slots import lay_out
from scenario_cli.events.staging_tables import Target
from scenario_cli.model.export import ExportOptions


def events_target(
    options: ExportOptions,
    types_by_event: Mapping[str, Mapping[str, str | None]],
    broadcast: Collection[str],
    profile: Collection[str],
    keys: Collection[str],
) -> Target:
    """The table that events are read into; see `stage`."""
    return Target("events", lay_out(types_by_event), options.timezone, frozenset(broadcast),
                  frozenset(profile) & frozenset(types_by_event), dedupe=options.dedupe, keys=frozenset(keys),
                  keep_ids=options.keep_ids)  # fmt: skip


def people_target(options: ExportOptions, attributes: Mapping[str, str | None]) -> Target:
    """The table that the rows of the contacts table are read into; see `stage`."""
    return Target("people", lay_out({ROW: attributes}), options.timezone, profile=frozenset({ROW}),
                  moment="updated_at", keep_ids=options.keep_ids)  # fmt: skip
