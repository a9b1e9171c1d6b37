"""Reads a log for `scenario diff`, and holds the change against its limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scenario_cli.cli.console import Stop, note, progress_bar
from scenario_cli.cli.export_arguments import ExportArguments
from scenario_cli.cli.reading import (
    check_times,
    check_workers,
    export_options,
    number_of_workers,
    read_log,
    refuse_without_log,
    span,
)

if TYPE_CHECKING:
    from scenario_cli.model.changes import Changes
    from scenario_cli.model.export import ReadReport
    from scenario_cli.model.impact import ContactComparison, Impact
    from scenario_cli.model.project import Project
    from scenario_cli.model.review import Limit


@dataclass(frozen=True, slots=True)
class LogArguments:
    """The options about the log that both sides are replayed over."""

    export: ExportArguments
    from_: str | None
    until: str | None
    contact: str | None
    workers: int | None
    quiet: bool

    @property
    def reads(self) -> bool:
        """Whether a log is named; the exports of project.yaml alone are not read, because that takes long."""
        return bool(self.export.events or self.export.query)

    def check(self) -> None:
        """Stops at options that cannot be, before anything is read."""
        check_times(from_=self.from_, until=self.until)
        check_workers(self.workers)
        if not self.reads:
            hint = "name the log with --events PATH"
            refuse_without_log(
                hint, self.export, from_=self.from_, until=self.until, contact=self.contact, workers=self.workers
            )


def limits_of(
    texts: Sequence[str] | None, new: Project, log: LogArguments, has_store: bool = False
) -> tuple[Limit, ...]:
    """The limits of the command line and of project.yaml; stops at one that cannot be checked.

    Those of project.yaml that need a log or a store are left out if none is read.
    """
    from scenario_cli.model.review import LimitError, read_limit

    limits = []
    for text in texts or ():
        try:
            limits.append(read_limit(text, new.channels))
        except LimitError as error:
            raise Stop(f"--fail-on {error}", error.hint) from None
    is_whole = log.reads and log.contact is None
    unchecked = [limit.text for limit in limits if limit.needs_log and not is_whole]
    if unchecked:
        hint = "leave --contact out" if log.reads else "name the log with --events PATH"
        raise Stop(f"--fail-on '{unchecked[0]}' needs a comparison over a whole log", hint)
    without_store = [limit.text for limit in limits if limit.needs_store and not has_store]
    if without_store:
        raise Stop(f"--fail-on '{without_store[0]}' is about running journeys", "name the store with --state FILE")
    left_out = sum(limit.needs_log and not is_whole for limit in new.limits)
    if left_out:
        note(f"{left_out} of the limits in project.yaml need a whole log and were not checked", log.quiet)
    if not has_store and any(limit.needs_store for limit in new.limits):
        note("a limit in project.yaml is about running journeys and was not checked: it needs --state", log.quiet)
    checked = (
        limit for limit in new.limits if (is_whole or not limit.needs_log) and (has_store or not limit.needs_store)
    )
    return (*limits, *checked)


def impact_between(
    old: Project, new: Project, changes: Changes, log: LogArguments
) -> tuple[Impact | None, ContactComparison | None]:
    """The impact of a change on the contacts of a log, or one contact of it in full."""
    if not log.reads:
        return None, None
    from scenario_cli.hosts.compare.contact import contact_of
    from scenario_cli.hosts.compare.impact import impact_of, touched_by
    from scenario_cli.hosts.compare.replaying import running
    from scenario_cli.hosts.compare.texts import are_rendered
    from scenario_cli.hosts.concerned import concerned_log

    renamed = {was: name for name, was in changes.renamed.items()}
    options = export_options(new, log.export)
    touched = touched_by(old, new)
    rows = log.contact is not None or are_rendered((old, new), touched)
    with read_log(new, running(new), options, log.quiet, rows, log.contact, beside=old) as staged:
        _refuse_empty(staged.report)
        start, end = span(staged, log.from_, log.until, new.timezone)
        if log.contact is not None:
            return None, contact_of(old, new, staged, log.contact, start, end, renamed)
        concerned = concerned_log(new, running(new), staged, start, end, beside=old)
        processes = number_of_workers(log.workers, concerned.rows)
        with progress_bar(log.quiet) as progress:
            impact = impact_of(old, new, touched, concerned, start, end, renamed, processes, progress)
        return replace(impact, cautions=(*impact.cautions, *_not_used(staged.report))), None


def _refuse_empty(report: ReadReport) -> None:
    """Stops if no row can be used: any limit would hold over such a log."""
    if report.first is not None:
        return
    unused = ", ".join(f"{each.count:,} {each.reason}" for each in report.unusable)
    raise Stop(
        f"the log has no row that can be used, so nothing was compared ({unused or 'it is empty'})",
        "see what it contains with 'scenario events inspect'",
    )


def _not_used(report: ReadReport) -> list[str]:
    """A sentence for each reason why rows are left out."""
    return [
        f"{each.count:,} of {report.rows:,} rows of the log {'are' if each.count > 1 else 'is'} not used: {each.reason}"
        for each in report.unusable
    ]
