"""Statements of a template that are certain to pass the budget of a rendering, with any data. Renders nothing."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes

from scenario_cli.model.budget import MAX_LIST, MOST_STEPS
from scenario_cli.model.value_class import dataclass

_MOST_POWER = 64


@dataclass(frozen=True, slots=True)
class Endless:
    """A statement, by its line in the text, and how to mend it; the message quotes the word it is about."""

    line: int
    message: str
    hint: str


def endless(parsed: nodes.Template) -> list[Endless]:
    """Macros that call themselves on every path, ranges that are too long, and too many nested loops."""
    try:
        return [*_macros(parsed), *_ranges(parsed), *_loops(parsed.body, 1)]
    except RecursionError:
        return []  # nested too deeply, which the check of its names reports


def _ranges(parsed: nodes.Template) -> Iterator[Endless]:
    for call in parsed.find_all(nodes.Call):
        length = _range(call)
        if length is not None and length > MAX_LIST:
            yield Endless(call.lineno, f"'range' makes {length:,} numbers, but a list can have at most {MAX_LIST:,}",
                          "loop over the data, or over fewer numbers")  # fmt: skip


def _macros(parsed: nodes.Template) -> Iterator[Endless]:
    called = {macro.name: _certain_calls(macro.body) for macro in parsed.find_all(nodes.Macro)}
    for macro in parsed.find_all(nodes.Macro):
        reached: set[str] = set()
        waiting = [macro.name]
        while waiting:
            new = called.get(waiting.pop(), set()) - reached
            reached |= new
            waiting += new
        if macro.name in reached:
            yield Endless(macro.lineno, f"macro '{macro.name}' calls itself without end",
                          "call it under a condition that becomes false: {% if depth > 0 %}")  # fmt: skip


def _certain_calls(body: list[nodes.Node]) -> set[str]:
    """The macros that a block calls with any data."""
    calls: set[str] = set()
    for statement in body:
        if isinstance(statement, nodes.Output | nodes.Assign | nodes.ExprStmt):
            for part in statement.iter_child_nodes():
                calls |= _calls_in(part)
        elif isinstance(statement, nodes.With | nodes.FilterBlock | nodes.AssignBlock | nodes.Scope | nodes.Block):
            calls |= _certain_calls(statement.body)
        elif isinstance(statement, nodes.CallBlock):
            calls |= _calls_in(statement.call)
    return calls


def _calls_in(node: nodes.Node) -> set[str]:
    if isinstance(node, nodes.CondExpr):
        return _calls_in(node.test)
    if isinstance(node, nodes.And | nodes.Or):
        return _calls_in(node.left)
    calls = {node.node.name} if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) else set()
    for part in node.iter_child_nodes():
        calls |= _calls_in(part)
    return calls


def _loops(body: list[nodes.Node], passes: int) -> Iterator[Endless]:
    """Loops over literal ranges, whose passes multiply; `passes` is the least number of times that the block runs."""
    for statement in body:
        if isinstance(statement, nodes.For):
            length = _range(statement.iter) if statement.test is None else None
            inner = passes * length if length is not None else 0
            if inner > MOST_STEPS and length is not None and length <= MAX_LIST:
                yield Endless(statement.lineno, (
                    f"this loop over 'range' makes {inner:,} passes, but a rendering has at most {MOST_STEPS:,} "
                    "steps"
                ), "loop over the data, or over fewer numbers")  # fmt: skip
            else:
                yield from _loops(statement.body, inner)
        elif isinstance(statement, nodes.If | nodes.Macro | nodes.CallBlock):
            # A condition can be false and a macro not called; the loops in a macro are checked separately.
            yield from _loops(statement.body, 1 if isinstance(statement, nodes.Macro) else 0)
        else:
            inside = getattr(statement, "body", None)
            if isinstance(inside, list):
                yield from _loops(inside, passes)


def _range(node: nodes.Node) -> int | None:
    """The number of elements that `range(...)` of literals makes."""
    if not (isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "range"):
        return None
    arguments = [_number(arg) for arg in node.args]
    numbers = [number for number in arguments if number is not None]
    if len(numbers) < len(arguments) or not 1 <= len(arguments) <= 3 or (len(arguments) == 3 and numbers[2] == 0):
        return None
    start, stop, step = (0, numbers[0], 1) if len(numbers) == 1 else (*numbers, 1)[:3]
    return max(0, (stop - start + step - (1 if step > 0 else -1)) // step)


def _number(node: nodes.Node) -> int | None:
    """A whole number that is written out, also as a product or power."""
    if isinstance(node, nodes.Const):
        return node.value if type(node.value) is int else None
    if isinstance(node, nodes.Mul | nodes.Pow | nodes.Add):
        left, right = _number(node.left), _number(node.right)
        if left is None or right is None or max(abs(left), abs(right)).bit_length() > _MOST_POWER * 16:
            return None
        if isinstance(node, nodes.Pow):
            return left**right if 0 <= right <= _MOST_POWER else None
        return left * right if isinstance(node, nodes.Mul) else left + right
    return None
