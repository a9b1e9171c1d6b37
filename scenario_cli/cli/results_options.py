"""The options of `scenario results` that select the figures, turned into settings of the count."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenario_cli.cli.console import Stop, notes
from scenario_cli.cli.written_files import refuse_overwriting

if TYPE_CHECKING:
    from scenario_cli.events.staged import StagedLog
    from scenario_cli.model.export import ExportOptions
    from scenario_cli.model.expression import Expression
    from scenario_cli.model.project import Project

_FILE = "--by"  # the name in findings for a value of the command line
_LARGEST_LIFT = 10.0


def lift_of(text: str | None) -> float | None:
    """`10%` as 0.1; stops if the value is not an effect."""
    if text is None:
        return None
    try:
        lift = float(text.strip().removesuffix("%")) / 100
    except ValueError:
        lift = 0.0
    if not text.strip().endswith("%") or not 0 < lift <= _LARGEST_LIFT:
        raise Stop(
            f"--plan-test must be a percentage above 0% and at most 1000%, such as 10%, not '{text}'",
            "give the lift to detect: 10% means 22 conversions instead of 20 per hundred contacts",
        )
    return lift


def check_compare(compare: str | None, every: str | None, from_: str | None) -> None:
    """Stops at a comparison that has nothing to compare."""
    if compare is not None and every is None and from_ is None:
        raise Stop(
            "--compare compares a span with an earlier one, and the whole log is shown",
            "give the start of the span with --from, or compare period by period with --every month",
        )


def values_of(project: Project, texts: Sequence[str], quiet: bool) -> list[Expression]:
    """The expressions that journeys are distinguished by; stops at one that has errors."""
    from scenario_cli.language.condition import read_value
    from scenario_cli.reports.findings import full_text

    expressions = []
    for text in texts:
        expression, findings = read_value(project, text, _FILE)
        errors = [finding for finding in findings if finding.severity == "error"]
        shown = errors if quiet else findings
        if shown:
            notes(full_text(shown, {_FILE: text}, color=False, width=100).rstrip().split("\n"))
        if expression is None or errors:
            raise Stop(
                f"--by '{text}' has errors, so nothing was counted",
                "write a value as in metrics.yaml: contact.country, segment.buyer, metric.orders",
            )
        expressions.append(expression)
    return expressions


def source_of(project: Project, state: Path | None, staged: StagedLog) -> str:
    """The source of the messages: the named store, else the log, if it has any."""
    from scenario_cli.model.results_report import LOG, OUTBOX, REPLAY

    if state is not None:
        return OUTBOX
    sent = {event.event.text for event in project.messages.sent} if project.messages is not None else set()
    return LOG if any(count and name in sent for name, count in staged.report.wanted) else REPLAY


def inputs_of(state: Path, options: ExportOptions, workspace: Path) -> ExportOptions:
    """The options with the files that the runs of a store read. Stops if one is not there any more."""
    from scenario_cli.hosts.store.database import opened
    from scenario_cli.hosts.store.files_read import files_read
    from scenario_cli.hosts.store.run import known_inputs

    with opened(state, read_only=True) as store:
        inputs = known_inputs(store)
    options = files_read(state, inputs, options, workspace)
    refuse_overwriting([*options.events, *options.contacts])
    return options
