"""The figures of a message over a log."""

from __future__ import annotations

from collections import Counter

from scenario_cli.model.results import ScenarioResult
from scenario_cli.reports.dry_run.tables import drops_of
from scenario_cli.reports.site.content import MessageKey


def figures_of(key: MessageKey, result: ScenarioResult) -> tuple[int, Counter[str]]:
    """The numbers of a message that left, and of those dropped by reason; a message that any state can send is counted
    over all states.
    """
    state, *rest = key
    keys = {
        message
        for message in (*result.messages, *(dropped[:3] for dropped in result.dropped_messages))
        if [*message[1:]] == rest and (not state or message[0] == state)
    }
    drops: Counter[str] = Counter()
    for message in sorted(keys):
        drops += drops_of(result, message)
    return sum(result.messages[message] for message in keys), drops
