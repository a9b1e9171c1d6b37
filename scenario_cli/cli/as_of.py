"""The instant of `--as-of`, compared with the log."""

from __future__ import annotations

from datetime import UTC, date, datetime

from scenario_cli.cli.console import note
from scenario_cli.cli.options import instant
from scenario_cli.model.export import ReadReport

_DAY = 24 * 3600 * 1_000_000  # microseconds


def instant_as_of(text: str | None, log: ReadReport, timezone: str, quiet: bool) -> int:
    """The instant on the project's clock, in microseconds since 1970: the end of the log, if no other is given; now, if
    the log is empty.

    A note says if the log says little or nothing about it: figures of 0 would look like results.
    """
    from scenario_cli.reports.exports.log import day
    from scenario_cli.reports.text import plural

    at = instant("--as-of", text, timezone)
    if log.first is None or log.last is None:
        note("the log has no rows that can be used", quiet)
        return at if at is not None else int(datetime.now(UTC).timestamp() * 1_000_000)
    if at is None:
        return log.last
    if at < log.first:
        note(f"the log begins on {day(log.first, timezone)}, after --as-of, so nothing is known by then", quiet)
    elif at - log.last > _DAY:
        end = day(log.last, timezone)
        behind = plural((date.fromisoformat(day(at, timezone)) - date.fromisoformat(end)).days, "day")
        note(f"the log ends on {end}, {behind} before --as-of; later events are not known", quiet)
    return at
