"""Flows of Klaviyo, as its API returns them with `additional-fields[flow]=definition`: a trigger, filters, and actions
that link to each other.

Texts of mails are templates of their own, which a flow only names; a text message is in the flow.
"""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.importing.conditions import both, literal
from scenario_cli.importing.fields import Fields, one_of
from scenario_cli.importing.formats.format import Imported
from scenario_cli.importing.formats.klaviyo.entry import Entry
from scenario_cli.importing.formats.klaviyo.filters import Filters
from scenario_cli.importing.formats.klaviyo.messages import CHANNELS, Messages
from scenario_cli.importing.journey import After, End, Journey, State, Target
from scenario_cli.importing.json_nodes import Damaged
from scenario_cli.importing.ledger import Item, Ledger
from scenario_cli.importing.vocabulary import Vocabulary
from scenario_cli.language.yaml_node import Node, plain
from scenario_cli.model.source import Span

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UNITS = {"days": "d", "hours": "h", "minutes": "min", "weeks": "w"}
_SECOND = {"days": "h", "hours": "min"}


def looks_like(root: Node) -> bool:
    return any("actions" in (definition.node.fields) for definition, _, _ in _definitions(root))


def read(root: Node, vocabulary: Vocabulary, ledger: Ledger) -> Imported:
    definitions = list(_definitions(root))
    for number, flow in enumerate(_listed(root), 1):
        if _definition(flow) is None:
            attributes = Fields(flow.get("attributes") or flow)
            item = ledger.item("flow", attributes.text("name") or f"flow {number}", flow.span)
            item.lose("the export holds no definition of it: ask the API with additional-fields[flow]=definition")
    metrics = dict(_metrics(root))
    journeys = []
    for definition, attributes, number in definitions:
        title = attributes.text("name") or f"flow {number}"
        name = vocabulary.named("scenario", f"{definition.span}", "flow", title)
        item = ledger.item("flow", title, attributes.span, f"scenario {name}")
        journey = Journey(name, title, item)
        item.head = journey.at("")
        ledger.begin(item.head)
        journeys.append(_Reader(definition, attributes, journey, metrics, vocabulary, ledger).journey_())
    return Imported(journeys)


def _definitions(root: Node) -> Iterator[tuple[Fields, Fields, int]]:
    """Each flow's definition with the fields around it: of one flow, of a list of them, or bare."""
    for number, flow in enumerate(_listed(root), 1):
        definition = _definition(flow)
        if definition is not None:
            yield Fields(definition), Fields(flow.get("attributes") or flow), number


def _listed(root: Node) -> tuple[Node, ...]:
    data = root.get("data") if root.is_map else None
    return (data.items or (data,)) if data is not None else (root,)


def _definition(flow: Node) -> Node | None:
    attributes = flow.get("attributes") or flow
    definition = attributes.get("definition") or attributes
    return definition if definition.is_map and "actions" in definition.fields else None


def _metrics(root: Node) -> Iterator[tuple[str, str]]:
    """The names of metrics that came along under `included`."""
    for node in (root.get("included") or root).items if root.is_map else ():
        attributes = node.get("attributes")
        if node.get("type") is not None and node.fields["type"].text == "metric" and attributes is not None:
            name, id_ = attributes.get("name"), node.get("id")
            if name is not None and id_ is not None:
                yield id_.text, name.text


class _Reader:
    def __init__(self, definition: Fields, attributes: Fields, journey: Journey, metrics: dict[str, str],
                 vocabulary: Vocabulary, ledger: Ledger) -> None:  # fmt: skip
        self.definition, self.attributes, self.journey = definition, attributes, journey
        self.vocabulary, self.ledger = vocabulary, ledger
        self.filters = Filters(metrics, vocabulary, ledger)
        self.actions: dict[str, Fields] = {}
        self.is_live = attributes.text("status") == "live"
        self.messages = Messages(journey, self.filters, self.is_live)

    def journey_(self) -> Journey:
        journey, definition = self.journey, self.definition
        if self.is_live:
            text = "it is 'live' in Klaviyo; the scenario is a draft"
            journey.item.approximate(text, journey.at("status"))
        for node in definition.items("actions"):
            action = Fields(node)
            id_ = action.text("id") or action.text("temporary_id")
            if not id_:
                raise Damaged("the action has neither 'id' nor 'temporary_id'", action.span)
            if id_ in self.actions:
                raise Damaged(f"two actions have the id '{id_}'", action.place("id", "temporary_id"))
            self.actions[id_] = action
        if not self.actions:
            raise Damaged("the flow has no actions", definition.place("actions"))
        Entry(definition, journey, self.filters).read()
        entry = definition.text("entry_action_id") or next(iter(self.actions))
        journey.first = one_of(entry, self.actions, definition.place("entry_action_id"), "'entry_action_id'")
        for id_, action in self.actions.items():
            self.action(id_, action)
        self.attributes.read |= {"definition", "name", "status", "archived", "created", "updated", "trigger_type"}
        self.attributes.read |= set(definition.read) if self.attributes.node is definition.node else set()
        definition.read |= self.attributes.read if self.attributes.node is definition.node else set()
        journey.item.rest(definition)
        return journey

    def action(self, id_: str, action: Fields) -> None:
        kind = action.required("type")
        action.read |= {"id", "temporary_id"}
        data = action.mapping("data") or Fields(Node(action.span, {}, {}))
        links = action.mapping("links") or Fields(Node(action.span, {}, {}))
        message = data.mapping("message")
        title = (message.text("name") if message is not None else "") or data.text("name") or kind.replace("-", " ")
        item = self.ledger.item(kind, title if title != kind.replace("-", " ") else id_, action.span)
        state = State(id_, title, item=item)
        self.journey.states.append(state)
        if kind in CHANNELS:
            self.messages.send(kind, data, message, state, item)
            state.next = self.link(links, "next")
        elif kind == "time-delay":
            self.delay(data, links, state, item)
        elif kind == "target-date":
            self.target_date(data, links, state, item)
        elif kind in ("conditional-split", "trigger-split"):
            self.split(data, links, state, item)
        elif kind == "multi-branch-split":
            self.branches(data, state, item)
        elif kind == "ab-test":
            self.ab_test(data, links, state, item)
        elif kind == "update-profile":
            self.update(data, state, item)
            state.next = self.link(links, "next")
        else:
            key = next((key for key in ("next", "next_if_false") if links.has(key)), "next")
            state.next = self.link(links, key)
            links.read |= set(links.node.fields)
            data.read |= set(data.node.fields)
            item.lose(f"the language has no action '{kind}': the journey skips it", state.remarks)
        item.rest(action, state.remarks)
        data.text("status")
        item.rest(data, state.remarks)

    def link(self, links: Fields, key: str) -> Target:
        id_ = links.text(key)
        return one_of(id_, self.actions, links.place(key), f"'{key}'") if id_ else End()

    def delay(self, data: Fields, links: Fields, state: State, item: Item) -> None:
        unit = one_of(data.text("unit") or "days", _UNITS, data.place("unit"), "'unit'")
        value = data.number("value")
        if value is None or value < 0 or value != int(value):
            raise Damaged("'value' must be a whole number", data.place("value"))
        second = data.number("secondary_value") or 0
        wait = (f"{int(value)}{_UNITS[unit]}" if value else "") + (f"{second}{_SECOND[unit]}" if second else "")
        days = [_weekday(day) for day in data.items("delay_until_weekdays")]
        time = data.clock("delay_until_time")
        on = f"on {','.join(days)}" if days and len(days) < 7 else ""
        wait = " ".join(part for part in (wait, f"at {time}" if time else "", on) if part)
        self.timezone(data, item, state)
        to = self.link(links, "next")
        if wait.startswith("on "):
            wait = f"at 09:00 {wait}"
            item.approximate("the wait ends at 09:00 on such a day", state.remarks)
        if wait:
            state.after = [After(wait, to)]
        else:
            state.next = to

    def target_date(self, data: Fields, links: Fields, state: State, item: Item) -> None:
        time = data.clock("target_time") or "09:00"
        days = [_weekday(day) for day in data.items("target_days")]
        on = f" on {','.join(days)}" if days and len(days) < 7 else ""
        date = data.moment("target_date", "date")[:10]
        self.timezone(data, item, state)
        to = self.link(links, "next")
        if date:
            state.after = [After(f"date date('{date}') at {time}{on}", to, End("too_late"), "never")]
            item.approximate("a contact who comes after that day leaves as 'too_late'", state.remarks)
        else:
            state.after = [After(f"at {time}{on}", to)]

    def timezone(self, data: Fields, item: Item, state: State) -> None:
        zone = data.text("timezone")
        if zone not in ("", "profile"):
            item.approximate(f"Klaviyo uses the clock of {zone}, the scenario the contact's", state.remarks)

    def split(self, data: Fields, links: Fields, state: State, item: Item) -> None:
        filter_ = data.mapping("profile_filter") or data.mapping("trigger_filter")
        data.read |= {"profile_filter", "trigger_filter", "trigger_id", "trigger_type", "trigger_subtype"}
        yes, no = self.link(links, "next_if_true"), self.link(links, "next_if_false")
        sample = _sample_share(filter_)
        if sample is not None:
            self.ledger.item("condition", sample[0], sample[2], f"{sample[1]} of the split")
            state.split = [(target, weight) for target, weight in ((yes, sample[1]), (no, 100 - sample[1])) if weight]
            return
        conditions = [condition for condition, _ in self.filters.groups(filter_, "trigger", state.remarks)]
        if not conditions:
            item.decide("the split has no condition: all contacts take the branch 'no'", state.remarks)
            state.next = no
            return
        state.choose, state.otherwise = [(both(conditions), yes)], no

    def branches(self, data: Fields, state: State, item: Item) -> None:
        for node in data.items("branches"):
            branch = Fields(node, ignored=("branch_id", "order"))
            name = branch.text("name") or ("else" if branch.flag("is_else") else branch.text("branch_id"))
            entry = self.ledger.item("branch", name, branch.span)
            links = branch.mapping("links")
            target = self.link(links, "next") if links is not None else End()
            groups = self.filters.groups(branch.mapping("branch_filter"), "trigger", state.remarks)
            conditions = [condition for condition, _ in groups]
            if branch.flag("is_else") or not conditions:
                state.otherwise = target
                entry.became = f"else of {state.title}"
            else:
                state.choose.append((both(conditions), target))
                entry.became = f"choose {state.choose[-1][0].text}"
            entry.rest(branch, state.remarks)
        if not state.choose:
            state.next = state.otherwise

    def ab_test(self, data: Fields, links: Fields, state: State, item: Item) -> None:
        """Each variation is a state of its own; all lead on to the same action."""
        experiment = data.mapping("current_experiment")
        shares = experiment.mapping("allocations") if experiment is not None else None
        variations = experiment.items("variations") if experiment is not None else ()
        main = data.get("main_action")
        to = self.link(links, "next")
        for number, node in enumerate([*variations] or ([main] if main is not None else []), 1):
            fields = Fields(node)
            id_ = fields.text("id") or fields.text("temporary_id")
            inner = fields.mapping("data") or Fields(Node(fields.span, {}, {}))
            message = inner.mapping("message")
            title = (message.text("name") if message is not None else "") or f"{state.title} {number}"
            entry = self.ledger.item("variation", title, fields.span)
            arm = State(f"{state.id}:{number}", title, item=entry, next=to)
            self.journey.states.append(arm)
            self.messages.send(
                one_of(fields.text("type"), CHANNELS, fields.place("type"), "'type'"), inner, message, arm, entry
            )
            share = shares.number(id_) if shares is not None and id_ else None
            state.split.append((arm.id, share if share is not None else 1))
        if shares is None:
            item.approximate("the export does not hold the shares: all arms get the same", state.remarks)
        item.approximate("no winner is chosen automatically: end the test by hand", state.remarks)
        if len(state.split) < 2:
            state.next, state.split = (state.split[0][0] if state.split else to), []
        data.read |= {"main_action", "experiment_status"}

    def update(self, data: Fields, state: State, item: Item) -> None:
        for node in data.items("profile_operations"):
            operation = Fields(node)
            name = self.vocabulary.own(operation.required("property_key"))
            kind = operation.text("property_type")
            value = operation.get("property_value")
            self.vocabulary.attribute(name, {"date": "date", "list": "array"}.get(kind, ""))
            if operation.text("operator") == "delete":
                state.update[name] = None
            elif kind == "list" and value is not None:
                if operation.text("property_operation") == "remove":
                    state.update[name] = f"=contact.{name} | reject('equalto', {_quoted(value)}) | list"
                else:
                    state.update[name] = f"=(contact.{name} | default([])) + [{_quoted(value)}]"
            elif kind == "date" and value is not None:
                state.update[name] = "=now.date" if value.text == "today" else value.text
            elif value is not None and self.vocabulary.compares("", name, content := plain(value)):
                is_expression = isinstance(content, str) and content.startswith("=")
                state.update[name] = f"={_quoted(value)}" if is_expression else content
            else:
                item.decide(f"'{name}' has another type elsewhere: write its value", state.remarks)
            item.rest(operation, state.remarks)


def _weekday(node: Node) -> str:
    return one_of(node.text.lower()[:3], _WEEKDAYS, node.span, "a day of the week")


def _quoted(node: Node) -> str:
    return literal(node.text)


def _sample_share(filter_: Fields | None) -> tuple[str, float, Span] | None:
    """The share of a random sample that is the split's only condition."""
    groups = filter_.items("condition_groups") if filter_ is not None else ()
    conditions = Fields(groups[0]).items("conditions") if len(groups) == 1 else ()
    if len(conditions) != 1:
        return None
    fields = Fields(conditions[0])
    share = fields.number("percentage") if fields.text("type") in ("profile-sample", "profile-random-sample") else None
    return None if share is None else (fields.text("type"), share, fields.span)
