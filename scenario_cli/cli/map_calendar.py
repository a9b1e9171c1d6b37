"""The calendar of `scenario map`: reads a log where one is named, and works the calendar out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from scenario_cli.cli.console import Stop, note, progress_bar
from scenario_cli.cli.export_arguments import ExportArguments
from scenario_cli.cli.options import instant
from scenario_cli.cli.reading import export_options, number_of_workers, read_log

if TYPE_CHECKING:
    from scenario_cli.model.calendar import Calendar
    from scenario_cli.model.project import Project
    from scenario_cli.model.waits import Duration

_MOST_DAYS = 5 * 366


def length_of(text: str) -> Duration:
    """A length in days, weeks, months or years."""
    from scenario_cli.model.wait_grammar import WaitError, parse_duration

    try:
        length = parse_duration(text)
    except WaitError as error:
        raise Stop(f"--calendar: {error}", error.hint) from None
    days = length.months * 31 + length.days
    if length.microseconds or not 0 < days <= _MOST_DAYS:
        raise Stop(f"--calendar must be a number of days, weeks, months or years, at most 5 years, not '{text}'",
                   "write 12mo, 26w or 90d")  # fmt: skip
    return length


def first_day(as_of: str | None, model: Project) -> date:
    """The day of `--as-of` on the project's clock, else today."""
    from scenario_cli.engine.calendar import UTC, local, zone

    tz = zone(model.timezone) or UTC
    at = instant("--as-of", as_of, model.timezone)
    return datetime.now(tz).date() if at is None else local(at, tz).date()


def names_a_log(model: Project, export: ExportArguments) -> bool:
    exports = model.exports
    return bool(export.events or export.query or exports.events or exports.query or exports.sources)


def calendar_shown(
    model: Project, length: Duration, as_of: str | None, export: ExportArguments, workers: int | None, quiet: bool
) -> Calendar:
    """The calendar in whole weeks, with the messages of a log's same weeks if the project or an option names a log."""
    from scenario_cli.analysis.needs import chosen_scenarios
    from scenario_cli.analysis.periods import midnight
    from scenario_cli.engine.calendar import UTC, add, local, zone
    from scenario_cli.hosts.calendar.calendar import calendar_of, with_volumes
    from scenario_cli.hosts.calendar.dates import monday

    tz = zone(model.timezone) or UTC
    first = first_day(as_of, model)
    end = local(add(length, midnight(first, model.timezone), tz), tz).date()
    calendar = calendar_of(model, monday(first), monday(end + timedelta(days=6)))
    if not names_a_log(model, export):
        note("no event export is named, so the number of messages is unknown: add --events PATH", quiet)
        return calendar
    names = [scenario.name for scenario in chosen_scenarios(model, [])]
    if not names:
        return calendar
    options = export_options(model, export)
    with read_log(model, names, options, quiet, rows=False) as staged, progress_bar(quiet) as progress:
        return with_volumes(calendar, model, staged, number_of_workers(workers, staged.rows), progress)
