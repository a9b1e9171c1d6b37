"""The joining of a log's or an outbox's messages to those of the scenarios, as parts of the results' document."""

from __future__ import annotations

from scenario_cli.model.results_report import OUTBOX, Results
from scenario_cli.reports.document.parts import Document, Grid, Heading, Paragraph, row
from scenario_cli.reports.masking import masked
from scenario_cli.reports.text import plural

_KINDS = {"sent": "sent", "opened": "opened", "clicked": "clicked", "unsubscribed": "unsubscribed"}
_WHY = {
    "unnamed": "no field identifies its message",
    "unknown": "no scenario sends a message of this name",
    "several": "messages of several scenarios have this name",
    "not_sent": "the message was not sent before, as far as is known",
    "long_after": "no message in the seven days before",
}
_MOST = 20  # names that are shown


def joining_facts(results: Results) -> list[tuple[str, str | tuple[str, ...]]]:
    """The messages that were read, in a sentence for each kind, and the outbox by status."""
    joined = results.figures.joined
    facts: list[tuple[str, str | tuple[str, ...]]] = []
    if results.source == OUTBOX:
        statuses = ", ".join(f"{status} {count:,}" for status, count in sorted(joined.statuses.items()))
        facts.append(("outbox", f"{results.store}: {statuses or 'empty'}"))
    sentences = []
    for kind in _KINDS:
        if joined.read[kind]:
            parts = [f"{joined.joined[kind]:,} of these scenarios"]
            parts += [f"{joined.elsewhere[kind]:,} of others"] if joined.elsewhere[kind] else []
            rest = joined.read[kind] - joined.joined[kind] - joined.elsewhere[kind]
            parts += [f"{rest:,} of none"] if rest else []
            sentences.append(f"{_KINDS[kind]} {joined.read[kind]:,}: {', '.join(parts)}")
    if joined.without_journey:
        sentences.append(f"{plural(joined.without_journey, 'message')} to contacts who have no journey of the scenario")
    return [*facts, *([("messages", tuple(sentences))] if sentences else [])]


def unjoined(results: Results) -> Document:
    """The records that belong to no message of a scenario, by name; nothing if all belong to one."""
    counts = results.figures.joined.unjoined
    if not counts:
        return []
    listed = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rows = tuple(row(_KINDS[kind], masked(name) or "(no name)", f"{count:,}", _WHY[why])
                 for (kind, why, name), count in listed[:_MOST])  # fmt: skip
    more = len(listed) - len(rows)
    return [
        Heading(2, "Of no message here"),
        Paragraph("These rows are in no figure. If a tool uses other names, list them under `names` of `messages` in "
                  "project.yaml."),
        Grid(("what", "name", "count", "why"), rows, frozenset({2})),
        *([Paragraph(f"And {plural(more, 'more name')}.")] if more else []),
    ]  # fmt: skip
