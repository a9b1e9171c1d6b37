"""Whether a condition can become true by an event, or only by the passing of time. Knows no clock."""

from __future__ import annotations

from scenario_cli.model.expression import Binary, Call, Compare, Expr, Expression, Ref, Unary, walk


def only_time(condition: Expression, changing: frozenset[str]) -> bool:
    """Whether only time can make a condition true. `changing` are captured values that an event can change."""
    parts = list(_parts(condition.root))
    return any(_reads_time(part) for part in parts) and all(_by_time(part, changing) for part in parts)


def _parts(node: Expr) -> list[Expr]:
    """The conditions that `and`, `or` and `not` join."""
    if isinstance(node, Binary) and node.op in ("and", "or"):
        return [*_parts(node.left), *_parts(node.right)]
    return _parts(node.operand) if isinstance(node, Unary) and node.op == "not" else [node]


def _by_time(part: Expr, changing: frozenset[str]) -> bool:
    if _grows(part):
        return True
    names = {node.name for node in walk(part) if isinstance(node, Ref)}
    if names & changing or names & {"contact", "metric", "segment", "event"}:
        return False
    return not any(
        isinstance(node, Call) and node.name in ("count", "happened", "last", "running") for node in walk(part)
    )


def _reads_time(part: Expr) -> bool:
    return any(
        (isinstance(node, Ref) and node.name == "now") or (isinstance(node, Call) and node.name == "days_since")
        for node in walk(part)
    )


def _grows(part: Expr) -> bool:
    """`days_since(...) > 3`: an event that changes the date, whichever it is, makes it later."""
    if not isinstance(part, Compare) or len(part.comparisons) != 1:
        return False
    operator, right = part.comparisons[0]
    left = part.left
    if operator in ("<", "<="):
        left, right = right, left
    elif operator not in (">", ">="):
        return False
    return (
        isinstance(left, Call) and left.name == "days_since" and not any(isinstance(node, Ref) for node in walk(right))
    )
