"""The calendar and the agenda of `scenario map`: reads a log if one is named, and calculates them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from scenario_cli.cli.console import Stop, note, progress_bar
from scenario_cli.cli.export_arguments import ExportArguments
from scenario_cli.cli.options import instant
from scenario_cli.cli.reading import export_options, number_of_workers, read_log

if TYPE_CHECKING:
    from scenario_cli.analysis.agenda import Agenda
    from scenario_cli.events.staged import StagedLog
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


def calendar_of_project(
    model: Project, length: Duration, as_of: str | None, export: ExportArguments, workers: int | None, quiet: bool
) -> Calendar:
    """The calendar in whole weeks, with the messages of a log's same weeks if the project or an option names a log."""
    from scenario_cli.analysis.periods import midnight
    from scenario_cli.engine.calendar import UTC, add, local, zone
    from scenario_cli.hosts.calendar.calendar import calendar_of, with_volumes
    from scenario_cli.hosts.calendar.dates import monday

    tz = zone(model.timezone) or UTC
    first = _day("--as-of", as_of, model)
    end = local(add(length, midnight(first, model.timezone), tz), tz).date()
    calendar = calendar_of(model, monday(first), monday(end + timedelta(days=6)))
    with _log(model, export, "the number of messages is unknown", quiet) as staged, progress_bar(quiet) as progress:
        if staged is None:
            return calendar
        return with_volumes(calendar, model, staged, number_of_workers(workers, staged.rows), progress)


def agenda_of_project(
    model: Project, as_of: str | None, since: str | None, export: ExportArguments, workers: int | None, quiet: bool
) -> Agenda:
    """The agenda of the next committee, with the results since the last one if the project or an option names a log."""
    from scenario_cli.analysis.needs import chosen_scenarios
    from scenario_cli.hosts.calendar.agenda import agenda_of, with_results

    today = _day("--as-of", as_of, model)
    last = _day("--since", since, model) if since is not None else None
    if last is not None and last >= today:
        raise Stop("--since must be before --as-of", "name the day of the last committee")
    agenda = agenda_of(model, today, last)
    names = tuple(scenario.name for scenario in chosen_scenarios(model, []))
    with _log(model, export, "there are no results", quiet) as staged, progress_bar(quiet) as progress:
        if staged is None:
            return agenda
        return with_results(agenda, model, today, names, staged, number_of_workers(workers, staged.rows), progress)


def _day(option: str, text: str | None, model: Project) -> date:
    """The day of an option on the project's clock; today, if it is left out."""
    from scenario_cli.engine.calendar import UTC, local, zone

    tz = zone(model.timezone) or UTC
    at = instant(option, text, model.timezone)
    return datetime.now(tz).date() if at is None else local(at, tz).date()


@contextmanager
def _log(model: Project, export: ExportArguments, without: str, quiet: bool) -> Iterator[StagedLog | None]:
    """The log that the project or an option names, for the scenarios that run; None if there is none."""
    from scenario_cli.analysis.needs import chosen_scenarios

    exports = model.exports
    names = [scenario.name for scenario in chosen_scenarios(model, [])]
    if not names or not (export.events or export.query or exports.events or exports.query or exports.sources):
        note(f"no event export is named, so {without}: add --events PATH", quiet)
        yield None
        return
    with read_log(model, names, export_options(model, export), quiet, rows=False) as staged:
        yield staged
