"""Writes an expression tree as the text of a Python expression. Runs none of it.

Only names from our own tables and literals written with `repr` enter the text, so nothing in a scenario can reach
Python itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from scenario_cli.engine.filters import ON_CLOCK, OPERATOR_TESTS, filters, tests
from scenario_cli.engine.standing import CLOCK, DAYS, FIXED
from scenario_cli.engine.state import Function
from scenario_cli.model import expression as tree
from scenario_cli.model.dates import looks_dated


class Namespace:
    """The names in the code of all expressions of a program, and the functions made from that code.

    The expressions share it, and equal code is one function, because code that runs for every contact should fit the
    processor's caches. If the program is `for_few` contacts, a function is made when it is first called: most never
    are.
    """

    __slots__ = ("_constants", "for_few", "functions", "names")

    def __init__(self, for_few: bool = False) -> None:
        self.for_few = for_few
        self.names: dict[str, Any] = {}
        self.functions: dict[str, Function] = {}
        self._constants: dict[int, str] = {}

    def constant(self, value: Any) -> str:
        """The name of a value, which is kept."""
        name = self._constants.get(id(value))
        if name is None:
            name = self._constants[id(value)] = f"k{len(self._constants)}"
            self.names[name] = value
        return name


class Bindings(Protocol):
    """The source of an expression's metrics, segments, tables and past events, and its clock: None is the contact's."""

    zone: ZoneInfo | None
    namespace: Namespace

    def metric(self, name: str) -> Function: ...

    def breakdown(self, name: str) -> Callable[[Any, Any], Any] | None: ...

    def segment(self, name: str) -> Function: ...

    def table(self, name: str) -> Callable[[Any, int], Any]: ...

    def history(self, call: tree.Call) -> Function: ...


class Writer:
    """Writes a tree as Python text; `lists` counts the lists being walked, each with its `item`.

    `grows` is true if the work depends on the length of texts and lists, so that it must be counted.
    """

    def __init__(self, bindings: Bindings | None) -> None:
        self.namespace = bindings.namespace if bindings is not None else Namespace()
        self.bindings = bindings
        self.lists = 0
        self.names = 0
        self.grows = False
        # On the project's clock the zone is a constant; the time for which an answer stays valid is not needed.
        self.fixed = bindings is not None and bindings.zone is not None
        self.zone = self.constant(bindings.zone) if bindings is not None and self.fixed else "f.zone"

    def constant(self, value: Any) -> str:
        return self.namespace.constant(value)

    def write(self, node: tree.Expr) -> str:
        match node:
            case tree.Const(value=value):
                return repr(value) if value is None or type(value) in (bool, int, str) else self.constant(value)
            case tree.Ref():
                return "item" if node.name == "item" and self.lists else self.name(node.name)
            case tree.Attr():
                return self.attribute(node)
            case tree.Item() if (named := _named(node)) is not None:
                return self.attribute(named)
            case tree.Item() if (figure := self.figure(node.base)) is not None:
                return f"{figure}(f, {self.write(node.index)})"
            case tree.Item():
                return f"item_({self.write(node.base)}, {self.write(node.index)})"
            case tree.Slice():
                self.grows = True
                start, stop = (self.write(part) if part else "None" for part in (node.start, node.stop))
                return f"part_of({self.write(node.base)}, {start}, {stop})"
            case tree.ListOf():
                return f"[{', '.join(self.write(element) for element in node.items)}]"
            case tree.MapOf():
                pairs = (f"{self.write(key)}: {self.write(value)}" for key, value in node.pairs)
                return f"{{{', '.join(pairs)}}}"
            case tree.Unary():
                operand = self.write(node.operand)
                return f"(not {operand})" if node.op == "not" else f"{_UNARY[node.op]}({operand})"
            case tree.Binary():
                left, right = self.write(node.left), self.write(node.right)
                if node.op in ("and", "or"):
                    return f"({left} {node.op} {right})"
                self.grows = self.grows or node.op == "~" or (node.op == "+" and not _adds_numbers(node))
                if node.op == "~":
                    return f"joined({left}, {right}, {self.zone})"
                return self.calculation(node.op, left, right)
            case tree.Compare():
                return self.comparison(node)
            case tree.IfElse():
                alternative = self.write(node.otherwise) if node.otherwise is not None else "None"
                return f"({self.write(node.then)} if truth({self.write(node.test)}) else {alternative})"
            case tree.Filter() if node.name in ("length", "count") and not node.args and not node.keywords:
                return self.length(self.write(node.base))
            case tree.Filter():
                applied = self.applied(self.constant(filters()[node.name]), node.base, node.args, node.keywords)
                return f"(use_clock({self.zone}) or {applied})" if node.name in ON_CLOCK else applied
            case tree.Test():
                if node.name == "none":
                    return f"({self.write(node.base)} is None)"
                if node.name in OPERATOR_TESTS and len(node.args) == 1:
                    self.grows = True
                    base, alternative = self.write(node.base), self.write(node.args[0])
                    return f"compare({OPERATOR_TESTS[node.name]!r}, {base}, {alternative}, {self.zone})"
                return self.applied(self.constant(tests()[node.name]), node.base, node.args, ())
            case tree.Call():
                return self.call(node)

    def name(self, name: str) -> str:
        match name:
            case "event" | "trigger" | "past":
                return f"whole(f.{name}, {self.zone})"
            case "contact":
                return "person(f)"
            case "journey":
                return f"journey_(f, {self.zone})"
            case "now":
                return f"local(f.now, {self.zone})" if self.fixed else "now_of(f)"
            case "item":
                return "f.item"
        return f"f.captures.get({name!r})"

    def attribute(self, node: tree.Attr) -> str:
        """An attribute; `event.total`, the commonest kind, becomes one look-up in the event's properties."""
        path = tree.path_of(node)
        if path is not None and len(path) == 2:
            if path[0] == "now" and not self.fixed:
                return f"part_of_now(f, {path[1]!r})"
            direct = _attribute_of(path[0], path[1], self.zone)
            if direct is not None:
                return direct
            if path[0] in ("metric", "segment"):
                assert self.bindings is not None
                read = self.bindings.metric if path[0] == "metric" else self.bindings.segment
                self.grows = self.grows or (path[0] == "metric" and self.bindings.breakdown(path[1]) is not None)
                return f"{self.constant(read(path[1]))}(f)"
        figure = self.figure(node.base)
        if figure is not None:
            return f"{figure}(f, {node.name!r})"
        return f"attr({self.write(node.base)}, {node.name!r}, {self.zone})"

    def figure(self, node: tree.Expr) -> str | None:
        """The function that gives one figure of a metric with `by`, so that the others need not be calculated."""
        path = tree.path_of(node)
        if path is None or len(path) != 2 or path[0] != "metric" or self.bindings is None:
            return None
        read_at = self.bindings.breakdown(path[1])
        return self.constant(read_at) if read_at is not None else None

    def calculation(self, operator: str, left: str, right: str) -> str:
        """An operation of arithmetic; a sum, difference or product of whole numbers, the common case, without a call.

        If the result is so large that it could pass a bound, the function that checks calculates it again.
        """
        if operator not in ("+", "-", "*"):
            return f"arithmetic({operator!r}, {left}, {right}, {self.zone})"
        result, first, second = (f"v{self.names + number}" for number in (1, 2, 3))
        self.names += 3
        # Both are calculated before either is checked.
        whole = f"(type({first} := {left}) is int) & (type({second} := {right}) is int)"
        within = f"-{_SURELY_BOUNDED} < ({result} := {first} {operator} {second}) < {_SURELY_BOUNDED}"
        return f"({result} if {whole} and {within} else arithmetic({operator!r}, {first}, {second}, {self.zone}))"

    def length(self, base: str) -> str:
        """A length; that of a list, the common case, without a call of ours."""
        self.names += 1
        name = f"v{self.names}"
        return f"(len({name}) if type({name} := {base}) is list else length_({name}))"

    def comparison(self, node: tree.Compare) -> str:
        """A comparison; one with a written number or text, the common case, without a call if types fit."""
        if not self.fixed and any(map(movement, (node.left, *(right for _, right in node.comparisons)))):
            return self.moving_comparison(node)
        if not self.fixed and (part := _compared_with_now(node)) is not None:
            name, other = part
            self.grows = self.grows or not isinstance(other, tree.Const)
            return f"is_part_of_now(f, {node.comparisons[0][0]!r}, {name!r}, {self.write(other)})"
        left = self.write(node.left)
        if len(node.comparisons) == 1:
            operator, right = node.comparisons[0]
            kinds = _DIRECT_COMPARISONS.get((type(right.value), operator)) if isinstance(right, tree.Const) else None
            dated = isinstance(right, tree.Const) and isinstance(right.value, str) and looks_dated(right.value)
            if kinds is not None and not dated:
                self.names += 1
                name, constant = f"v{self.names}", self.write(right)
                direct, general = (
                    f"{name} {operator} {constant}",
                    f"compare({operator!r}, {name}, {constant}, {self.zone})",
                )
                return f"(({direct}) if type({name} := {left}) in {kinds} else {general})"
            self.grows = self.grows or not _short(node.left, operator, right)
            if operator in ("<", "<=", ">", ">="):
                first, second = f"v{self.names + 1}", f"v{self.names + 2}"
                self.names += 2
                numbers = f"(type({first} := {left}) in NUMBERS) & (type({second} := {self.write(right)}) in NUMBERS)"
                general = f"compare({operator!r}, {first}, {second}, {self.zone})"
                return f"(({first} {operator} {second}) if {numbers} else {general})"
            return f"compare({operator!r}, {left}, {self.write(right)}, {self.zone})"
        self.grows = True
        comparisons = "".join(f", ({operator!r}, lambda: {self.write(right)})" for operator, right in node.comparisons)
        return f"compare_all({left}, {self.zone}{comparisons})"

    def moving_comparison(self, node: tree.Compare) -> str:
        """A comparison with a value that moves as time passes; it gives how long its answer stays valid."""
        self.grows = self.grows or len(node.comparisons) > 1
        comparisons = "".join(
            f", ({operator!r}, lambda: {self.as_it_moves(right)}, {movement(right)})"
            for operator, right in node.comparisons
        )
        return f"compare_moving(f, {self.as_it_moves(node.left)}, {movement(node.left)}{comparisons})"

    def as_it_moves(self, node: tree.Expr) -> str:
        """A value that the reader knows to move, and how; other values give how long they stay valid."""
        match node:
            case tree.Call(name="days_since"):
                return f"days_since({self.write(node.args[0])}, f.now, {self.zone})"
            case tree.Ref(name="now"):
                return f"local(f.now, {self.zone})"
            case tree.Binary() if movement(node):
                return f"arithmetic({node.op!r}, {self.as_it_moves(node.left)}, {self.write(node.right)}, {self.zone})"
        return self.write(node)

    def applied(
        self, function: str, base: tree.Expr, args: tuple[tree.Expr, ...], keywords: tuple[tuple[str, tree.Expr], ...]
    ) -> str:
        self.grows = True
        arguments = [self.write(base), *(self.write(arg) for arg in args)]
        arguments += [f"**{{{name!r}: {self.write(value)}}}" for name, value in keywords]
        return f"{function}({', '.join(arguments)})"

    def call(self, node: tree.Call) -> str:
        args = node.args
        match node.name:
            case "any" | "all" | "filter" | "total":
                self.grows = True
                walked = self.write(args[0])
                self.lists += 1
                of_each = self.write(args[1])
                self.lists -= 1
                work = sum(1 for _ in tree.walk(args[1]))
                return f"{node.name}_of({walked}, lambda item: {of_each}, {work})"
            case "days_since":
                days = self.write(args[0])
                return f"days_since({days}, f.now, {self.zone})" if self.fixed else f"days_of(f, {days})"
            case "date":
                return f"to_datetime({self.write(args[0])}, {self.zone})"
            case "count" | "happened" | "last":
                assert self.bindings is not None
                self.grows = True
                return f"{self.constant(self.bindings.history(node))}(f)"
            case "running":
                state = dict(node.keywords).get("state")
                if state is not None:
                    return f"runs_in(f, {self.write(args[0])}, {self.write(state)})"
                return f"runs(f, {self.write(args[0])})"
            case "lookup":
                assert self.bindings is not None
                assert isinstance(args[0], tree.Const)
                keys = [self.write(arg) for arg in args[1:]]
                key = keys[0] if len(keys) == 1 else f"({', '.join(keys)})"
                return f"at_once(f, {self.constant(self.bindings.table(args[0].value))}({key}, f.now))"
        return f"{node.name}({', '.join(self.write(arg) for arg in args)})"


def _short(left: tree.Expr, operator: str, right: tree.Expr) -> bool:
    """Whether a comparison takes the same work for all data: a comparison with a value written in it."""
    if operator in ("in", "not in"):
        return isinstance(right, tree.ListOf) and all(isinstance(element, tree.Const) for element in right.items)
    return isinstance(left, tree.Const) or isinstance(right, tree.Const)


def _adds_numbers(node: tree.Expr) -> bool:
    """Whether a value is a number, or missing, for all data: then a sum with it does not grow."""
    match node:
        case tree.Const(value=value):
            return type(value) in (int, float)
        case tree.Binary(op="-" | "*" | "/" | "//" | "%" | "**"):
            return _adds_numbers(node.left) or _adds_numbers(node.right)
        case tree.Binary(op="+"):
            return _adds_numbers(node.left) or _adds_numbers(node.right)
    return False


def movement(node: tree.Expr) -> int:
    """The kind of movement of a value as time passes, if any."""
    match node:
        case tree.Call(name="days_since"):
            return DAYS
        case tree.Ref(name="now"):
            return CLOCK
        case tree.Binary(op="+" | "-") if movement(node.right) == FIXED:
            return movement(node.left)
    return FIXED


def _compared_with_now(node: tree.Compare) -> tuple[str, tree.Expr] | None:
    """The part of `now` whose equality a comparison tests, and the value that it is compared with."""
    if len(node.comparisons) != 1 or node.comparisons[0][0] not in ("==", "!="):
        return None
    for side, other in ((node.left, node.comparisons[0][1]), (node.comparisons[0][1], node.left)):
        path = tree.path_of(side)
        if path is not None and len(path) == 2 and path[0] == "now" and path[1] in ("year", "month", "day", "weekday"):
            return path[1], other
    return None


_SURELY_BOUNDED = 1 << 62  # whole numbers below are far from any bound

_UNARY = {"-": "negative", "+": "number"}

# The types on the left that need no further check, by the type of the constant on the right and the operator.
_DIRECT_COMPARISONS: dict[tuple[type, str], str] = {
    **{(kind, operator): "NUMBERS" for kind in (int, float) for operator in ("<", "<=", ">", ">=", "==", "!=")},
    (str, "=="): "TEXTS",
    (str, "!="): "TEXTS",
}


def _named(node: tree.Item) -> tree.Attr | None:
    """`metric['orders']` as `metric.orders`, and the same for a segment; None for any other."""
    path = tree.path_of(node)
    is_named = path is not None and len(path) == 2 and path[0] in ("metric", "segment")
    return tree.Attr(node.base, path[1], node.span) if path is not None and is_named else None


def _attribute_of(owner: str, name: str, zone: str) -> str | None:
    if owner in ("event", "trigger", "past"):
        if name in ("event", "timestamp", "event_id", "properties"):
            return f"own_field(f.{owner}, {name!r}, {zone})"
        return f"(f.{owner}.properties.get({name!r}) if f.{owner} else None)"
    if owner == "contact":
        return "f.contact_id" if name == "id" else f"f.profile.get({name!r})"
    return None
