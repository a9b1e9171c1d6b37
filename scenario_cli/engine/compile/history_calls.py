"""Calls of count(), happened() and last() made ready: which past events each keeps, and how it reads them."""

from __future__ import annotations

from typing import NamedTuple
from zoneinfo import ZoneInfo

from scenario_cli.engine.compile.identities import identity
from scenario_cli.engine.history import EventHistory, read_history
from scenario_cli.engine.state import Condition, Function
from scenario_cli.model import expression as tree
from scenario_cli.model.expression_text import expression_text
from scenario_cli.model.wait_grammar import parse_window


class HistoryCall(NamedTuple):
    """A compiled call: the past events that are kept for it, and its value."""

    history: EventHistory
    read: Function


def compile_history_call(
    call: tree.Call,
    slot: int,
    events: tuple[str, ...],
    where: Condition | None,
    since: Function | None,
    since_entry: bool,
    zone: ZoneInfo | None = None,
) -> HistoryCall:
    """A call with its condition and the instant it counts from, both compiled, on the clock of a `zone` (None: the
    contact's).

    `slot` is the place of the `events` in a contact's state. `since_entry` is true if `since` cannot be before the
    entry of a journey, so that older events need not be kept. A message of a journey is not before its entry either.
    """
    keywords = dict(call.keywords)
    within = _window(keywords.get("within"))
    number = _number(call, keywords)
    at_arrival = "where" not in keywords or tree.reads_past_alone(keywords["where"])
    state = keywords.get("of")
    message_state = state.value if isinstance(state, tree.Const) else None
    last_alone = call.name == "last" and since is None and within is None and message_state is None and at_arrival
    history = EventHistory(
        slot,
        where if at_arrival else None,
        within,
        since_entry,
        number if last_alone else None,
        identity(expression_text(call), events, since_entry, *((zone.key,) if zone is not None else ())),
        expression_text(call),
    )
    history.condition = keywords.get("where") if at_arrival else None
    function = read_history(
        call.name, history, within, since, None if at_arrival else where, number, message_state, zone
    )
    return HistoryCall(history, function)


def _window(node: tree.Expr | None) -> int | None:
    assert node is None or isinstance(node, tree.Const)
    return parse_window(node.value).elapsed if node is not None else None


def _number(call: tree.Call, keywords: dict[str, tree.Expr]) -> int:
    node = keywords.get("n") or (call.args[1] if len(call.args) > 1 else None)
    return node.value if isinstance(node, tree.Const) else 1
