"""Checks the names in an expression: every name, property, function, filter and test must be known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scenario_cli.language.edit.fixes import renamed_in_expression, respelt_text
from scenario_cli.language.names.literals import faulty_arguments, faulty_date, faulty_part
from scenario_cli.language.names.lone_texts import lone_texts
from scenario_cli.language.names.reader_filters import Written, faulty_filter
from scenario_cli.language.names.shapes import (
    ANYTHING,
    JOURNEY,
    Scope,
    mapping,
    of_type,
    shape_of_contact,
    shape_of_event,
    shape_of_value,
)
from scenario_cli.language.names.unknown import with_next_step
from scenario_cli.language.templates.other_tools import FILTERS as OTHER_FILTERS
from scenario_cli.language.templates.other_tools import NAMES, to_write
from scenario_cli.model import expression as tree
from scenario_cli.model.built_in import BUILT_IN, event_type
from scenario_cli.model.diagnostic import Diagnostic, Fix, Severity, did_you_mean, nearest
from scenario_cli.model.project import Property
from scenario_cli.model.vocabulary import (
    DATETIME_PARTS,
    FILTERS,
    FUNCTIONS,
    READER_FILTERS,
    TESTS,
    Function,
)
from scenario_cli.model.wait_grammar import WaitError, parse_window

# Results of the filters that keep or pick elements of a list, by its shape.
_KEEPS = frozenset({"list", "sort", "unique", "reverse", "select", "reject", "selectattr", "rejectattr"})
_PICKS = frozenset({"first", "last", "min", "max"})


# Spellings of other languages, with the spelling here.
_OTHER_WORDS = {"null": "none", "nil": "none", "undefined": "none", "yes": "true", "on": "true", "no": "false",
                "off": "false"}  # fmt: skip


def check_expression(
    expression: tree.Expression, scope: Scope, condition: bool = False, filters: frozenset[str] = FILTERS
) -> list[Diagnostic]:
    """The names of an expression that do not exist; for a condition, also whether it can ever be true."""
    checker = Checker(filters)
    shape = checker.shape(expression.root, scope)
    if condition and shape.type == "string" and not checker.found:
        checker.report("EXP008", "this condition is a text, and a text never counts as true", expression.root,
                       "compare it: '... is not none', or '... == ...'", "warning")  # fmt: skip
    if condition:
        checker.found += lone_texts(expression.root)
    return checker.found


# The deepest nesting of any(), all(), filter() and total(): each level multiplies the work.
MOST_LISTS = 2


class Checker:
    """Walks an expression, collects what is wrong, and works out the shape of its value on the way."""

    def __init__(
        self, filters: frozenset[str] = FILTERS, in_template: bool = False, written: Written | None = None
    ) -> None:
        self.written = written
        self.found: list[Diagnostic] = []
        self.filters = filters
        self.in_template = in_template
        self.lists = 0
        self.compared: list[tree.Ref] = []

    def report(
        self,
        code: str,
        message: str,
        node: tree.Expr,
        hint: str | None = None,
        severity: Severity = "error",
        fix: Fix | None = None,
    ) -> None:
        self.found.append(Diagnostic(code, message, node.span, severity, hint, fix=fix))

    def shape(self, node: tree.Expr, scope: Scope) -> Property:
        match node:
            case tree.Const(value=value):
                return of_type(_TYPES.get(type(value), "")) if type(value) in _TYPES else ANYTHING
            case tree.Ref():
                return self._name(node, scope)
            case tree.Attr(base=tree.Ref(name="const")):
                return self._constant(node, scope, node.name)
            case tree.Item(base=tree.Ref(name="const"), index=tree.Const(value=str() as name)):
                return self._constant(node, scope, name)
            case tree.Attr():
                return self._key(node, self.shape(node.base, scope), node.name)
            case tree.Item():
                base = self.shape(node.base, scope)
                self.shape(node.index, scope)
                if isinstance(node.index, tree.Const) and isinstance(node.index.value, str):
                    return self._key(node, base, node.index.value)
                return base.items or ANYTHING
            case tree.Slice():
                for part in (node.start, node.stop):
                    if part is not None:
                        self.shape(part, scope)
                return self.shape(node.base, scope)
            case tree.IfElse():
                self.shape(node.test, scope)
                shape = self.shape(node.then, scope)
                if node.otherwise is not None:
                    self.shape(node.otherwise, scope)
                return shape
            case tree.Filter():
                return self._filter(node, scope)
            case tree.Test():
                self.shape(node.base, scope)
                for arg in node.args:
                    self.shape(arg, scope)
                if node.name not in TESTS:
                    self.report(
                        "EXP005",
                        f"unknown test 'is {node.name}'",
                        node,
                        did_you_mean(node.name, TESTS, "tests"),
                    )
                return of_type("boolean")
            case tree.Call():
                return self._call(node, scope)
            case tree.Compare():
                self.compared += [one for _, one in node.rest if isinstance(one, tree.Ref)]
                self._compare(node, scope)
                return of_type("boolean")
            case tree.Binary():
                left = self.shape(node.left, scope)
                right = self.shape(node.right, scope)
                if node.op == "~":
                    return of_type("string")
                return left if node.op in ("and", "or") and left.type == right.type else ANYTHING
            case tree.Unary():
                self.shape(node.operand, scope)
                return of_type("boolean") if node.op == "not" else ANYTHING
            case tree.ListOf():
                for member in node.items:
                    self.shape(member, scope)
                return of_type("array")
            case tree.MapOf():
                return self._mapping(node, scope)

    def _mapping(self, node: tree.MapOf, scope: Scope) -> Property:
        fields: dict[str, Property] = {}
        for key, value in node.pairs:
            self.shape(key, scope)
            shape = self.shape(value, scope)
            if isinstance(key, tree.Const):
                fields[str(key.value)] = shape
        return mapping("the mapping", fields) if len(fields) == len(node.pairs) else ANYTHING

    def _compare(self, node: tree.Compare, scope: Scope) -> None:
        """Each comparison of a chain, from both sides, with the values that are written out."""
        left, shape = node.left, self.shape(node.left, scope)
        for operator, right in node.rest:
            other = self.shape(right, scope)
            turned = _TURNED.get(operator, operator)
            for one, its, sign, value in ((left, shape, operator, right), (right, other, turned, left)):
                part = _part_of(one)
                if part is not None and self.shape_of_base(one, scope).type in ("datetime", "date"):
                    self.found += faulty_part(part, sign, value)
                if its.type in ("datetime", "date") and sign not in ("in", "not in"):
                    self.found += faulty_date(value)
            left, shape = right, other

    def shape_of_base(self, node: tree.Expr, scope: Scope) -> Property:
        """The shape of what a key is read of, without telling again what is wrong in it."""
        assert isinstance(node, tree.Attr | tree.Item)
        quiet = Checker(self.filters, self.in_template, self.written)
        return quiet.shape(node.base, scope)

    def _name(self, node: tree.Ref, scope: Scope) -> Property:
        name = node.name
        if name in scope.names:
            return scope.names[name]
        if scope.event_alone and name in ("trigger", "contact", "metric", "segment", "journey", "now"):
            self.report("EXP012", f"'{name}' cannot be read here: a metric is taken when its event arrives", node,
                        "read 'event' or lookup(); work out the rest in a metric with 'value'")  # fmt: skip
            return ANYTHING
        match name:
            case "event" if scope.events is not None:
                return shape_of_event(scope.plan, scope.events)
            case "event" | "trigger" | "journey" if scope.contact_alone:
                self.report("EXP006", f"'{name}' cannot be read here: {scope.contact_alone}", node,
                            "read contact, metric, segment or now; count(), happened() and last() look at past events",
                            )  # fmt: skip
                return ANYTHING
            case "event":
                self.report("EXP006", f"'event' cannot be read here: {scope.why_no_event}", node,
                            "read 'trigger', or capture what you need with 'set' when the event arrives")  # fmt: skip
                return ANYTHING
            case "trigger":
                # Without events the trigger is missing or unknown, which is told there.
                return shape_of_event(scope.plan, scope.trigger) if scope.trigger else ANYTHING
            case "journey" if scope.not_entered:
                self.report("EXP006", f"'journey' cannot be read here: {scope.not_entered}", node,
                            "read contact, metric, segment, now, or the event that lets the contact in")  # fmt: skip
                return ANYTHING
            case "contact":
                return shape_of_contact(scope.plan)
            case "journey":
                return JOURNEY
            case "now":
                return of_type("datetime")
            case "metric":
                return scope.catalogue.metrics
            case "segment":
                return scope.catalogue.segments
            case "const":
                return self._constant(node, scope)
        known = ["contact", "metric", "segment", "now", *scope.names]
        known += ["const"] if scope.catalogue.constants else []
        known += [] if self.in_template else sorted(scope.defined)
        if not scope.contact_alone:
            known += ["trigger"] if scope.not_entered else ["trigger", "journey"]
        if scope.events is not None:
            known.append("event")
        if name == "item":
            self.report("EXP002", "'item' has a meaning only inside any(), all(), filter() and total(), and where a "
                        "trigger has 'each'", node)  # fmt: skip
        elif name == "past":
            self.report("EXP002", "'past' has a meaning only in the 'where' of count(), happened() and last()", node)
        else:
            self.report("EXP002", f"unknown name '{name}'", node, self._meant(node, scope, known),
                        fix=renamed_in_expression(name, node.span, known))  # fmt: skip
        return ANYTHING

    def _constant(self, node: tree.Expr, scope: Scope, name: str | None = None) -> Property:
        """A constant in a template, where its value is read by name, or one that the project does not have."""
        known = scope.catalogue.constants
        if name is None:
            self.report("EXP002", "'const' stands for nothing by itself", node,
                        with_next_step("REF021", did_you_mean("", known, "read one by its name: const.NAME; constants"))
                        )  # fmt: skip
        elif name not in known:
            self.report("REF021", f"unknown constant '{name}'", node,
                        with_next_step("REF021", did_you_mean(name, known, "constants")),
                        fix=_renamed(node, name, known))  # fmt: skip
        else:
            return shape_of_value(known[name])
        return ANYTHING

    def _meant(self, node: tree.Ref, scope: Scope, known: list[str]) -> str:
        """The probable meaning of an unknown name: another name, a word of another language, what belongs to the
        event or the contact, or a text that lost its quotes."""
        name = node.name
        hint = did_you_mean(name, known, "names here")
        if name.lower() in _OTHER_WORDS:
            return f"write '{_OTHER_WORDS[name.lower()]}'"
        if name in NAMES:
            return f"{NAMES[name]}; {hint}"
        if nearest(name, known):
            return hint
        owners = {
            "event": shape_of_event(scope.plan, scope.events).fields if scope.events else None,
            "contact": scope.plan.profile,
            "metric": scope.catalogue.metrics.fields,
            "segment": scope.catalogue.segments.fields,
            "const": scope.catalogue.constants,
        }
        owned = [f"'{owner}.{name}'" for owner, fields in owners.items() if name in (fields or ())]
        owned += [f"the text '{name}', in quotes"] if node in self.compared else []
        if self.in_template and name in scope.defined:
            return f"hand it over where the message is sent: 'with: {{{name}: ={name}}}'"
        if self.in_template and not owned:
            hint += f"; or hand it over where the message is sent, with 'with: {{{name}: ...}}'"
        return f"did you mean {', or '.join(owned)}? {hint}" if owned else hint

    def _key(self, node: tree.Expr, base: Property, key: str) -> Property:
        if base.type in ("datetime", "date"):
            if key in DATETIME_PARTS:
                return of_type(DATETIME_PARTS[key])
            self.report("REF004", f"a date has no part '{key}'", node, did_you_mean(key, DATETIME_PARTS, "parts"))
            return ANYTHING
        if base.fields is None:
            return base.items or ANYTHING if base.type == "object" else ANYTHING
        if key in base.fields:
            found = base.fields[key]
            return found if found.name or found.type else Property(key, None, found.span)
        if base.name in _NAMED:
            code, one, many = _NAMED[base.name]
            self.report(code, f"unknown {one} '{key}'", node,
                        with_next_step(code, did_you_mean(key, base.fields, many)),
                        fix=_renamed(node, key, base.fields))  # fmt: skip
            return ANYTHING
        named = base.name.partition(" ")[0]
        noun = {"event": "property", "event.properties": "property", "table": "column"}.get(named, "key")
        noun = "attribute" if base.name == "the profile" else noun
        owner = base.name if base.name.startswith(("the ", "event", "journey", "table '")) else f"'{base.name}'"
        own = {"event", "timestamp", "event_id", "properties"} if noun == "property" else set()
        hint = did_you_mean(key, set(base.fields) - own, "its properties" if noun == "property" else f"its {noun}s")
        hint = with_next_step(noun, hint)
        self.report("REF004", f"{owner} has no {noun} '{key}'", node, hint, fix=_renamed(node, key, base.fields))
        return ANYTHING

    def _filter(self, node: tree.Filter, scope: Scope) -> Property:
        base = self.shape(node.base, scope)
        for arg in (*node.args, *(value for _, value in node.named)):
            self.shape(arg, scope)
        if node.name not in self.filters:
            self.report(
                "EXP004",
                f"unknown filter '{node.name}'",
                node,
                "it writes for the reader of a message: hand the value over, and use it in the template"
                if node.name in READER_FILTERS
                else to_write(OTHER_FILTERS[node.name])
                if node.name in OTHER_FILTERS
                else did_you_mean(node.name, self.filters, "filters"),
            )
            return ANYTHING
        if base.items is not None and base.items.fields:
            named = dict(node.named).get("attribute")
            if node.name in ("selectattr", "rejectattr") and node.args:
                named = node.args[0]
            if isinstance(named, tree.Const) and isinstance(named.value, str):
                first = named.value.split(".")[0]
                if first not in base.items.fields:
                    self.report("REF004", f"the elements have no key '{first}'", named,
                                did_you_mean(first, base.items.fields, "their keys"))  # fmt: skip
        self._named_as_text(node)
        if self.written is not None and node.name in READER_FILTERS:
            self.found += faulty_filter(node, base, self.written)
            if node.name != "list":
                return of_type("string")
        if node.name in _KEEPS:
            return base
        if node.name in _PICKS:
            return base.items or ANYTHING
        if node.name in ("default", "d"):
            return base
        return of_type("integer") if node.name in ("length", "count") else ANYTHING

    def _named_as_text(self, node: tree.Filter) -> None:
        """`map('upper')`, `select('odd')`, `selectattr('price', 'gt', 5)` name a filter or a test in a text."""
        place = {"map": 0, "select": 0, "reject": 0, "selectattr": 1, "rejectattr": 1}.get(node.name)
        if place is None or len(node.args) <= place:
            return
        named = node.args[place]
        if not isinstance(named, tree.Const) or not isinstance(named.value, str):
            return
        known = self.filters if node.name == "map" else TESTS
        if named.value not in known:
            noun, code = ("filter", "EXP004") if node.name == "map" else ("test", "EXP005")
            self.report(code, f"unknown {noun} '{named.value}'", named, did_you_mean(named.value, known, f"{noun}s"))

    def _call(self, node: tree.Call, scope: Scope) -> Property:
        function = FUNCTIONS.get(node.name)
        if function is None:
            near = nearest(node.name, self.filters)
            hint = f"'{near}' is a filter: write the value, then '| {near}'" if near else None
            hint = hint or did_you_mean(node.name, FUNCTIONS, "functions")
            self.report("EXP003", f"unknown function '{node.name}'", node, hint)
            return ANYTHING
        if (
            not {name for name, _ in node.named} <= function.named
            or not function.least <= len(node.args) <= function.most
        ):
            self.report("EXP007", f"'{node.name}' is called with the wrong values", node, f"write {function.usage}")
            return ANYTHING
        if scope.event_alone and (function.history or node.name == "running"):
            self.report("EXP012", f"'{node.name}(...)' cannot stand here: a metric is taken when its event arrives",
                        node, "read 'event' or lookup(); work out the rest in a metric with 'value'")  # fmt: skip
            return ANYTHING
        if self.in_template and (function.per_item is not None or function.history or node.name == "running"):
            self.report("EXP010", f"'{node.name}(...)' cannot stand in a template", node,
                        "work it out with 'set' in the scenario, or loop with {% for %}"
                        if function.per_item is not None else "work it out with 'with' or 'set' in the scenario",
                        )  # fmt: skip
            return ANYTHING
        if function.history:
            return self._history(node, scope)
        if function.per_item is not None and self.lists == MOST_LISTS:
            self.report("EXP007", f"'{node.name}' stands within more than {MOST_LISTS} others of its kind", node,
                        "work the inner one out with 'set' first")  # fmt: skip
            return ANYTHING
        self.lists += function.per_item is not None
        shapes = self._arguments(node, function, scope)
        self.found += faulty_arguments(node)
        self._unfit(node, shapes)
        self.lists -= function.per_item is not None
        match node.name:
            case "filter":
                return shapes[0]
            case "any" | "all":
                return of_type("boolean")
            case "date":
                return of_type("datetime")
            case "running":
                self._running(node, scope)
                return of_type("boolean")
            case "lookup":
                return self._lookup(node, scope)
            case _:
                return of_type("number")

    def _unfit(self, node: tree.Call, shapes: list[Property]) -> None:
        """A value that is read and of which the function makes nothing, whatever it is: a number as a date."""
        place, fitting, noun, hint = _TAKES.get(node.name, (0, frozenset(), "", ""))
        arg, kind = node.args[place], shapes[place].type
        if (
            fitting
            and kind in _KINDS
            and kind not in fitting
            and not isinstance(arg, tree.Const | tree.ListOf | tree.MapOf)
        ):
            self.report("EXP007", f"{_KINDS[kind]} is never {noun}", arg, hint)

    def _literal_name(self, node: tree.Call, code: str, noun: str, known: Iterable[str]) -> str | None:
        """The name that a call's first value spells. Reports one that is not written out, or not known."""
        first = node.args[0]
        names = set(known)
        if not isinstance(first, tree.Const) or not isinstance(first.value, str):
            self.report("EXP007", f"'{node.name}' takes the {noun}'s name written out", first,
                        f"write {FUNCTIONS[node.name].usage}")  # fmt: skip
        elif first.value not in names:
            self.report(code, f"unknown {noun} '{first.value}'", first,
                        with_next_step(code, did_you_mean(first.value, names, f"{noun}s")),
                        fix=respelt_text(first.value, first.span, names))  # fmt: skip
        else:
            return first.value
        return None

    def _running(self, node: tree.Call, scope: Scope) -> None:
        scenario = self._literal_name(node, "REF011", "scenario", scope.catalogue.scenarios)
        state = dict(node.named).get("state")
        if state is None:
            return
        if scope.no_moves:
            why = "no segment or metric is worked out anew when a journey goes from state to state"
            self.report("EXP014", f"'state' cannot stand here: {why}", state, "ask for the state in the scenario")
        elif scenario is not None and scenario in scope.catalogue.states:
            self._literal_state(node, state, "state", scope.catalogue.states[scenario])

    def _literal_state(self, node: tree.Call, given: tree.Expr, key: str, states: tuple[str, ...]) -> None:
        """The state that a call names. Reports one that is not written out, or not known."""
        if not isinstance(given, tree.Const) or not isinstance(given.value, str):
            self.report("EXP007", f"'{key}' of '{node.name}' takes a state's name written out", given,
                        f"write {key}='{states[0]}'")  # fmt: skip
        elif given.value not in states:
            self.report("REF002", f"unknown state '{given.value}'", given, did_you_mean(given.value, states, "states"),
                        fix=respelt_text(given.value, given.span, states))  # fmt: skip

    def _of_message(self, node: tree.Call, of: tree.Expr, event: str | None, scope: Scope) -> None:
        """`of` of a call that looks at past events: a state of the journey, and an event about a message."""
        if not scope.states:
            why = scope.contact_alone or scope.not_entered or "there is no journey whose messages it could mean"
            self.report("EXP006", f"'of' cannot stand here: {why}", of, "leave it out, or compare past.message_id")
            return
        self._literal_state(node, of, "of", scope.states)
        for name in scope.plan.expand(event) if event is not None else ():
            known = event_type(scope.plan, name)
            if known is not None and "message_id" not in known.properties:
                self.report("REF013", f"'of' never matches: event '{name}' has no property 'message_id'", of,
                            "declare it in events.yaml: it says which message was opened or clicked")  # fmt: skip

    def _lookup(self, node: tree.Call, scope: Scope) -> Property:
        table = self._literal_name(node, "REF016", "table", scope.catalogue.tables)
        columns = scope.catalogue.tables.get(table or "")
        keys = scope.catalogue.keys.get(table or "")
        given = len(node.args) - 1
        if keys is not None and given != len(keys):
            values = "value is" if given == 1 else "values are"
            self.report("EXP007", f"table '{table}' is looked up by {' and '.join(keys)}: {given} {values} given", node,
                        f"write a value for each: lookup('{table}', {', '.join(keys)})")  # fmt: skip
        return ANYTHING if columns is None else mapping(f"table '{table}'", dict.fromkeys(columns, ANYTHING))

    def _history(self, node: tree.Call, scope: Scope) -> Property:
        """A call that looks at past events: name, `within` and `n` are written out, `where` reads `past`."""
        plan = scope.plan
        event = self._literal_name(node, "REF001", "event", {*plan.events, *plan.groups, *BUILT_IN})
        past = shape_of_event(plan, plan.expand(event)) if event is not None else ANYTHING
        named = dict(node.named)
        self._written_out(node, named)
        if "since" in named:
            self.shape(named["since"], scope)
        if "of" in named:
            self._of_message(node, named["of"], event, scope)
        if "where" in named:
            self.shape(named["where"], scope.beside({"past": past}))
            if not tree.reads_past_alone(named["where"]) and not bounded(named, scope.since_entry):
                self.report("EXP011", f"'{node.name}' compares every past event with what is at hand now, without end",
                            node, "add within='30d', or since=journey.entered_at")  # fmt: skip
        if node.name == "last":
            return past
        return of_type("integer" if node.name == "count" else "boolean")

    def _written_out(self, node: tree.Call, named: Mapping[str, tree.Expr]) -> None:
        within = named.get("within")
        if within is not None:
            try:
                if not isinstance(within, tree.Const) or not isinstance(within.value, str):
                    raise WaitError("'within' takes a duration written out", "write within='30d'")
                parse_window(within.value)
            except WaitError as error:
                self.report("TIME001", str(error), within, error.hint)
        number = named.get("n") or (node.args[1] if len(node.args) > 1 else None)
        if number is not None and not (
            isinstance(number, tree.Const) and type(number.value) is int and 1 <= number.value <= MOST_BACK
        ):
            self.report("EXP007", f"'n' takes a number from 1 to {MOST_BACK} written out", number,
                        "n=1 is the latest event, n=2 the one before")  # fmt: skip

    def _arguments(self, node: tree.Call, function: Function, scope: Scope) -> list[Property]:
        shapes: list[Property] = []
        for place, arg in enumerate(node.args):
            inside = scope
            if place == function.per_item:
                inside = scope.beside({"item": shapes[0].items or ANYTHING})
            shapes.append(self.shape(arg, inside))
        return shapes


_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def _part_of(node: tree.Expr) -> str | None:
    """The part of a date that an expression may read: `now.weekday`, `now['hour']`."""
    if isinstance(node, tree.Attr):
        return node.name if node.name in DATETIME_PARTS else None
    if isinstance(node, tree.Item) and isinstance(node.index, tree.Const) and node.index.value in DATETIME_PARTS:
        return str(node.index.value)
    return None


def _renamed(node: tree.Expr, key: str, known: Iterable[str]) -> Fix | None:
    """The right key for `base.key` or `base['key']`."""
    if isinstance(node, tree.Item):
        return respelt_text(key, node.index.span, known)
    return renamed_in_expression(key, node.span, known)


_KINDS = {"string": "a text", "number": "a number", "integer": "a number", "boolean": "true or false",
          "array": "a list", "object": "a mapping", "date": "a date", "datetime": "a date and time"}  # fmt: skip
# The value of which a function makes something only where it is of these types, what it then is, and a hint.
_TAKES: Mapping[str, tuple[int, frozenset[str], str, str]] = {
    "date": (0, frozenset({"string", "date", "datetime"}), "a date", "take a date, or a text that holds one"),
    "days_since": (0, frozenset({"string", "date", "datetime"}), "a date", "take a date, or a text that holds one"),
    "duration": (0, frozenset({"string"}), "a length of time", "take a text with its unit, such as '3d'"),
    "lookup": (1, frozenset({"string", "number", "integer", "boolean", "date", "datetime"}), "the key of a table",
               "look up one value at a time: lookup('products', event.sku)"),
}  # fmt: skip

_NAMED = {
    "the metrics": ("REF014", "metric", "metrics"),
    "the segments": ("REF015", "segment", "segments"),
}

MOST_BACK = 100  # how many events back `last` may look


def bounded(named: Mapping[str, tree.Expr], since_entry: frozenset[str]) -> bool:
    """Whether a history call looks back no further than a window or the journey's entry."""
    if "within" in named or "of" in named:
        return True
    since = tree.path_of(named["since"]) if "since" in named else None
    return since is not None and ".".join(since) in since_entry


_TYPES: dict[type, str] = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array"}
