"""One contact of a log on both sides of a change, in full."""

from __future__ import annotations

from collections.abc import Mapping

from scenario_cli.events.staged import StagedLog
from scenario_cli.hosts.compare.impact import touched_by
from scenario_cli.hosts.compare.replaying import Compared, Comparison, running, sides_of
from scenario_cli.hosts.why import story_of
from scenario_cli.model.event import ContactLog
from scenario_cli.model.impact import ContactComparison
from scenario_cli.model.project import Project


def contact_of(
    before: Project,
    after: Project,
    staged: StagedLog,
    contact: str,
    start: int | None,
    until: int,
    renamed: Mapping[str, str],
) -> ContactComparison:
    """Replays a log that was staged for this contact alone; the other arguments are those of `impact_of`."""
    job = Comparison(before, after, touched_by(before, after), start, until, staged.report.first, renamed)
    old, new = sides_of(job, staged, bool(job.touching.texts))
    compared = Compared(job, old, new)
    log = next(iter(staged.stream()), None) or ContactLog(contact, {}, [], [])
    _, records = compared.feed(old, log)
    state, other_records = compared.feed(new, log)
    return ContactComparison(
        contact,
        state.zone.key,
        tuple(compared.pairs(contact, records, other_records)),
        tuple(compared.updates(records, other_records)),
        story_of(before, running(before), staged, contact, start, until),
        story_of(after, running(after), staged, contact, start, until),
    )
