"""Calls that look at past events: `count`, `happened`, `last`."""

from __future__ import annotations

from collections.abc import Mapping

from scenario_cli.language.names.shapes import ANYTHING, Scope, of_type, shape_of_event
from scenario_cli.language.names.walk import Walk
from scenario_cli.language.names.written_names import literal_name, literal_state
from scenario_cli.model import expression as tree
from scenario_cli.model.built_in import BUILT_IN, event_type
from scenario_cli.model.project import Property
from scenario_cli.model.wait_grammar import WaitError, parse_window

MOST_BACK = 100  # how many events back `last` can look


def shape_of_history(walk: Walk, node: tree.Call, scope: Scope) -> Property:
    """A call that looks at past events: name, `within` and `n` are literals, `where` reads `past`."""
    plan = scope.plan
    event = literal_name(walk, node, "REF001", "event", {*plan.events, *plan.groups, *BUILT_IN})
    past = shape_of_event(plan, plan.expand(event)) if event is not None else ANYTHING
    keywords = dict(node.keywords)
    _written_out(walk, node, keywords)
    if "since" in keywords:
        walk.shape(keywords["since"], scope)
    if "of" in keywords:
        _of_message(walk, node, keywords["of"], event, scope)
    if "where" in keywords:
        walk.shape(keywords["where"], scope.beside({"past": past}))
        if not tree.reads_past_alone(keywords["where"]) and not _bounded(keywords, scope.since_entry):
            walk.report("EXP011", f"'{node.name}' compares all past events with current values, without a limit",
                        node, "add within='30d', or since=journey.entered_at")  # fmt: skip
    if node.name == "last":
        return past
    return of_type("integer" if node.name == "count" else "boolean")


def _of_message(walk: Walk, node: tree.Call, sender: tree.Expr, event: str | None, scope: Scope) -> None:
    """`of` of a call that looks at past events: a state of the journey, and an event about a message."""
    if not scope.states:
        reason = scope.contact_alone or scope.not_entered or "there is no journey here"
        walk.report("EXP006", f"'of' is not allowed here: {reason}", sender, "leave it out, or compare past.message_id")
        return
    literal_state(walk, node, sender, "of", scope.states)
    for name in scope.plan.expand(event) if event is not None else ():
        type_ = event_type(scope.plan, name)
        if type_ is not None and "message_id" not in type_.properties:
            walk.report("REF013", f"'of' never matches: event '{name}' has no property 'message_id'", sender,
                        "declare it in events.yaml: it is the id of the opened or clicked message")  # fmt: skip


def _written_out(walk: Walk, node: tree.Call, keywords: Mapping[str, tree.Expr]) -> None:
    within = keywords.get("within")
    if within is not None:
        try:
            if not isinstance(within, tree.Const) or not isinstance(within.value, str):
                raise WaitError("'within' must be a fixed duration", "write within='30d'")
            parse_window(within.value)
        except WaitError as error:
            walk.report("TIME001", str(error), within, error.hint)
    number = keywords.get("n") or (node.args[1] if len(node.args) > 1 else None)
    if number is not None and not (
        isinstance(number, tree.Const) and type(number.value) is int and 1 <= number.value <= MOST_BACK
    ):
        walk.report("EXP007", f"'n' must be a fixed number from 1 to {MOST_BACK}", number,
                    "n=1 is the latest event, n=2 the one before")  # fmt: skip


def _bounded(keywords: Mapping[str, tree.Expr], since_entry: frozenset[str]) -> bool:
    """Whether a history call is limited by a window, a message or the journey's entry."""
    if "within" in keywords or "of" in keywords:
        return True
    since = tree.path_of(keywords["since"]) if "since" in keywords else None
    return since is not None and ".".join(since) in since_entry
