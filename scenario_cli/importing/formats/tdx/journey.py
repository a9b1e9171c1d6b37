"""Journeys of Treasure Data, as `tdx journey pull` writes them: YAML with stages of steps.

A contact enters a stage by its entry criteria, and moves to the next stage by its milestone. Steps follow one another
in the order written, unless one names its `next`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from scenario_cli.importing.conditions import Condition, both, negated
from scenario_cli.importing.fields import Fields, one_of
from scenario_cli.importing.formats.format import Imported
from scenario_cli.importing.formats.tdx.rules import Rules
from scenario_cli.importing.journey import After, End, Journey, Message, State, Target, Trigger
from scenario_cli.importing.json_nodes import Damaged
from scenario_cli.importing.ledger import Item, Ledger
from scenario_cli.importing.naming import slug
from scenario_cli.importing.texts import plain
from scenario_cli.importing.vocabulary import Text, Vocabulary
from scenario_cli.language.yaml_node import Node

_REENTRY = {"no_reentry": "never", "reentry_unless_goal_achieved": "always", "reentry_always": "always"}
_UNITS = {"minute": "min", "hour": "h", "day": "d", "week": "w", "month": "mo", "year": "y"}
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_CHANNEL = {"address": "contact.id", "recipient": "system", "consent": "contact.email_optin"}


def looks_like(root: Node) -> bool:
    if not root.is_map:
        return False
    is_named = root.get("type") is not None and root.fields["type"].text == "journey"
    versions = root.get("journeys")
    if versions is None or "nodes" in root.fields:
        return is_named
    # Dittofeed lists its journeys under the same key.
    return is_named or not any({"definition", "draft"} & each.fields.keys() for each in versions.items)


def read(root: Node, vocabulary: Vocabulary, ledger: Ledger) -> Imported:
    fields = Fields(root, ignored=("id", "version", "type"))
    if fields.text("type") != "journey":
        raise Damaged("'type: journey' is missing", fields.place("type"))
    title = fields.required("name")
    name = vocabulary.named("scenario", str(fields.span), "journey", title)
    item = ledger.item("journey", title, fields.span, f"scenario {name}")
    journey = Journey(name, title, item, fields.text("description"))
    item.head = journey.at("")
    ledger.begin(item.head)
    return Imported([_Reader(fields, journey, vocabulary, ledger).journey_()])


@dataclass(slots=True)
class _Stage:
    """A stage while its steps are read."""

    number: int
    fields: Fields
    steps: list[Fields]
    gate: str = ""  # the id of the state that lets into it
    exits: list[tuple[Condition, Target]] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)  # the states' ids by the steps' names


class _Reader:
    def __init__(self, fields: Fields, journey: Journey, vocabulary: Vocabulary, ledger: Ledger) -> None:
        self.fields, self.journey, self.vocabulary, self.ledger = fields, journey, vocabulary, ledger
        self.rules = Rules(journey.name, vocabulary, ledger)
        self.stages: list[_Stage] = []

    def journey_(self) -> Journey:
        self.rules.segments(self.fields)
        self.activations()
        version = self.version()
        self.reentry()
        self.goal_(version)
        for number, node in enumerate(version.items("stages")):
            fields = Fields(node, ignored=("id",))
            steps = [Fields(step, ignored=("id",)) for step in fields.items("steps")]
            self.stages.append(_Stage(number, fields, steps, f"{number}:gate"))
        if not self.stages:
            raise Damaged("the journey has no stages", version.place("stages"))
        for stage in self.stages:
            stage.ids = {step.required("name"): f"{stage.number}:{step.required('name')}" for step in stage.steps}
        for stage in self.stages:
            self.stage(stage)
        self.journey.item.rest(self.fields)
        return self.journey

    def version(self) -> Fields:
        """The version that runs: the latest. A file with `stages` at its top has but one."""
        if self.fields.has("stages"):
            self.fields.read.add("journeys")
            return self.fields
        versions = [Fields(node, ignored=("id",)) for node in self.fields.items("journeys")]
        if not versions:
            raise Damaged("the journey has no stages", self.fields.place("journeys", "stages"))
        chosen = next((version for version in versions if version.flag("latest")), versions[-1])
        for number, version in enumerate(versions, 1):
            label = version.text("version") or str(number)
            item = self.ledger.item("version", label, version.span, f"scenario {self.journey.name}")
            state = version.text("state")
            if version is not chosen:
                item.became = ""
                item.lose(f"version {label} is not the latest: it was not imported")
            elif state and state != "draft":
                item.approximate(f"it is '{state}' in Treasure Data; the scenario is a draft")
            if version is chosen:
                version.items("stages"), version.mapping("goal"), version.text("reentry")
                item.rest(version)
        return chosen

    def reentry(self) -> None:
        text = self.fields.text("reentry")
        if not self.fields.has("reentry"):
            self.journey.reentry = "never"
            return
        span = self.fields.place("reentry")
        one_of(text, _REENTRY, span, "'reentry'")
        self.journey.reentry = _REENTRY[text]
        item = self.ledger.item("reentry", text, span, f"reentry: {_REENTRY[text]}")
        if text == "reentry_unless_goal_achieved":
            item.approximate(
                "a contact who reached the goal cannot enter while in its segment; in Treasure Data, never again",
                self.journey.at("reentry"),
            )

    def goal_(self, version: Fields) -> None:
        goal = version.mapping("goal") or self.fields.mapping("goal")
        self.fields.read.add("goal")
        if goal is None:
            return
        condition = self.rules.reference(goal)
        item = self.ledger.item("goal", goal.text("name"), goal.span, "when: {end: goal_reached}")
        self.journey.when.append((condition, End("goal_reached")))
        if self.journey.reentry == "always" and self.fields.text("reentry") == "reentry_unless_goal_achieved":
            self.journey.audience.append(negated(condition, {}))
        remarks = self.journey.at("when")
        item.decide(
            "the goal is a segment, and conversions are counted by events: add 'goal' with an event",
            remarks,
        )
        target = goal.mapping("target")
        if target is not None:
            to = target.required("journey")
            item.lose(f"contacts who reach it jump to '{to}', stage '{target.text('stage')}': let that scenario start "
                      f"by trigger: {{scenario: {self.journey.name}, outcome: [goal_reached]}}", remarks)  # fmt: skip
        item.rest(goal, remarks)

    def activations(self) -> None:
        section = self.fields.mapping("activations")
        for key, node in section.node.fields.items() if section is not None else ():
            fields = Fields(node)
            name = self.template(key)
            item = self.ledger.item("activation", key, section.node.key(key).span if section else node.span,
                                    f"template {name}")  # fmt: skip
            text = self.vocabulary.texts[(name, "activation")]
            text.body = plain(fields.text("name") or key)
            item.decide("it hands contacts to a connection: choose the channel, and write the message; "
                        "its settings were not copied", text.remarks)  # fmt: skip

    def template(self, key: str) -> str:
        self.vocabulary.channel("activation", **_CHANNEL)
        name = f"{self.journey.name}/{self.vocabulary.named(f'template {self.journey.name}', key, 'activation')}"
        self.vocabulary.texts.setdefault((name, "activation"), Text(body=plain(key)))
        return name

    def stage(self, stage: _Stage) -> None:
        title = stage.fields.text("name") or f"stage {stage.number + 1}"
        item = self.ledger.item("stage", title, stage.fields.span)
        entry = stage.fields.mapping("entry_criteria")
        condition = self.criteria(entry, "entry criteria", "") if entry is not None else None
        self.exits(stage)
        if stage.number == 0:
            self.entry(entry, condition)
            self.journey.first = self.following(stage, -1) if stage.steps else self.after_stage(stage)  # type: ignore[assignment]
            item.became = "its states"
        else:
            before = self.stages[stage.number - 1].fields.mapping("milestone")
            conditions = [] if before is None else [self.rules.reference(before)]
            conditions += [condition] if condition is not None else []
            state = State(stage.gate, f"{title} entry")
            first = self.following(stage, -1)
            if conditions:
                state.when = [*stage.exits, (both(conditions), first)]
            else:
                state.next = first
            self.journey.states.append(state)
            item.became = f"state {slug(state.title, 'state')}, which lets into it"
        milestone = stage.fields.mapping("milestone")
        if milestone is not None:
            self.milestone(stage, milestone)
        for number, step in enumerate(stage.steps):
            self.step(stage, number, step)
        stage.fields.text("description")
        item.rest(stage.fields)

    def criteria(self, fields: Fields, kind: str, became: str) -> Condition:
        condition = self.rules.reference(fields)
        item = self.ledger.item(kind, fields.text("name"), fields.span, became or f"condition {condition.text}")
        fields.text("description")
        item.rest(fields)
        return condition

    def entry(self, entry: Fields | None, condition: Condition | None) -> None:
        if entry is None or condition is None:
            raise Damaged("the first stage has no 'entry_criteria'", self.stages[0].fields.span)
        segment = condition.text.removeprefix("segment.")
        trigger = Trigger({"segment": segment}, profile=dict(condition.profile) if condition.profile else None)
        self.journey.triggers.append(trigger)
        item = next(item for item in reversed(self.ledger.items) if item.kind == "entry criteria")
        item.became = f"trigger: {{segment: {segment}}}"
        item.approximate(
            "contacts already in the segment at the start do not enter; 'already_in: true' lets them enter",
            trigger.remarks,
        )

    def exits(self, stage: _Stage) -> None:
        """Exit criteria hold in their stage; with one stage, in the whole scenario."""
        for number, node in enumerate(stage.fields.items("exit_criteria"), 1):
            fields = Fields(node)
            end = End(f"left_{slug(fields.text('name') or str(number), 'stage')}")
            condition = self.criteria(fields, "exit criteria", f"when: {{end: {end.outcome}}}")
            if len(self.stages) == 1:
                self.journey.when.append((condition, end))
            else:
                stage.exits.append((condition, end))

    def milestone(self, stage: _Stage, milestone: Fields) -> None:
        condition = self.criteria(milestone, "milestone", "")
        item = self.ledger.items[-1]
        if stage.number + 1 < len(self.stages):
            gate = self.stages[stage.number + 1].gate
            item.became = f"when {condition.text}: on to the next stage"
            stage.exits.append((condition, gate))
        else:
            item.approximate("this is the last stage, so the milestone ends the journey")
            item.became = "when: {end: milestone_reached}"
            stage.exits.append((condition, End("milestone_reached")))

    def after_stage(self, stage: _Stage) -> Target:
        return self.stages[stage.number + 1].gate if stage.number + 1 < len(self.stages) else End()

    def following(self, stage: _Stage, number: int) -> Target:
        """The next step after that place: the next in the file, or the step after the stage."""
        if number + 1 < len(stage.steps):
            return stage.ids[stage.steps[number + 1].required("name")]
        return self.after_stage(stage)

    def target(self, stage: _Stage, number: int, fields: Fields) -> Target:
        name = fields.text("next")
        if not name:
            return self.following(stage, number)
        one_of(name, stage.ids, fields.place("next"), "'next'")
        return stage.ids[name]

    def step(self, stage: _Stage, number: int, step: Fields) -> None:
        kind, name = step.required("type"), step.required("name")
        item = self.ledger.item(kind, name, step.span)
        state = State(stage.ids[name], name, item=item)
        self.journey.states.append(state)
        options = step.mapping("with") or Fields(Node(step.span, {}, {}))
        match kind:
            case "wait":
                self.wait(stage, number, step, options, state, item)
            case "activation":
                template = self.template(options.required("activation"))
                state.message = Message("activation", template)
                state.next = self.target(stage, number, step)
            case "decision_point":
                self.decision(stage, number, options, state, item)
            case "ab_test":
                self.ab_test(stage, options, state, item)
            case "merge":
                state.next = self.target(stage, number, step)
            case "jump":
                self.jump(options, state, item)
            case "end":
                state.next = self.after_stage(stage)
            case _:
                state.next = self.target(stage, number, step)
                item.lose(f"the language has no step of type '{kind}': the journey skips it", state.remarks)
        if state.waits:
            state.when = [*stage.exits, *state.when]
        step.text("description"), step.text("next")
        item.rest(step, state.remarks)
        item.rest(options, state.remarks)

    def wait(self, stage: _Stage, number: int, step: Fields, options: Fields, state: State, item: Item) -> None:
        condition = options.mapping("condition")
        if condition is not None:
            state.when = [(self.rules.reference(condition), self.target(stage, number, condition))]
            timeout = condition.mapping("timeout")
            if timeout is None:
                item.decide("the wait has no timeout: add one under 'after'", state.remarks)
            else:
                state.after = [After(_duration(timeout), self.target(stage, number, timeout))]
            item.rest(condition, state.remarks)
            return
        to = self.target(stage, number, step)
        days = [_weekday(node) for node in options.items("days_of_week")]
        if options.has("wait_until"):
            day = options.moment("wait_until")[:10]
            state.after = [After(f"date date('{day}') at 09:00", to, End("too_late"), "never")]
            item.approximate(
                "the wait ends at 09:00 of that day; a contact who comes later leaves as 'too_late'", state.remarks
            )
        elif options.has("duration"):
            on = f" on {','.join(days)}" if days else ""
            state.after = [After(_duration(options) + on, to)]
        elif days:
            state.after = [After(f"at 09:00 on {','.join(days)}", to)]
            item.approximate("the wait ends at 09:00 on such a day; in Treasure Data, at the next run", state.remarks)
        else:
            raise Damaged(f"the wait '{state.title}' has no duration, no condition and no day", step.span)

    def decision(self, stage: _Stage, number: int, options: Fields, state: State, item: Item) -> None:
        has_rest = False
        for node in options.items("branches"):
            branch = Fields(node, ignored=("id", "name"))
            to = self.target(stage, number, branch)
            name = branch.text("name") or branch.text("next")
            if branch.flag("excluded"):
                has_rest, state.otherwise = True, to
                branch.read.add("segment")
                self.ledger.item("branch", name, branch.span, f"else of {state.title}")
            else:
                condition = self.rules.reference(branch)
                state.choose.append((condition, to))
                self.ledger.item("branch", name, branch.span, f"choose {condition.text}")
            item.rest(branch, state.remarks)
        if not has_rest:
            state.otherwise = End("no_branch")
            item.approximate("a contact who fits no branch leaves as 'no_branch'", state.remarks)
        if not state.choose:
            state.next = state.otherwise

    def ab_test(self, stage: _Stage, options: Fields, state: State, item: Item) -> None:
        variants = [Fields(node, ignored=("id", "name")) for node in options.items("variants")]
        equal = options.flag("customized_split") is False
        for variant in variants:
            name = variant.required("next")
            one_of(name, stage.ids, variant.place("next"), "'next'")
            share = variant.number("percentage")
            weight = 1 if equal or share is None else share
            if weight:
                state.split.append((stage.ids[name], weight))
            self.ledger.item("variant", variant.text("name") or name, variant.span, f"{weight} of the split")
            item.rest(variant, state.remarks)
        if not state.split:
            raise Damaged(f"the test '{state.title}' has no variants", options.span)
        options.text("unique_id")
        item.approximate("contacts are drawn anew: a contact can get another variant than in Treasure Data",
                         state.remarks)  # fmt: skip

    def jump(self, options: Fields, state: State, item: Item) -> None:
        target = options.mapping("target")
        to = target.required("journey") if target is not None else ""
        stage = target.text("stage") if target is not None else ""
        if to == self.journey.title:
            next_stage = next((other for other in self.stages if other.fields.text("name") == stage), None)
            if next_stage is not None and next_stage.number:
                state.next = next_stage.gate
                item.became = f"on to stage {stage}"
                return
        outcome = f"jumped_to_{slug(to, 'another')}"
        state.next = End(outcome)
        item.decide(f"the scenario of '{to}' must start at its stage '{stage}'; its trigger: "
                    f"{{scenario: {self.journey.name}, outcome: [{outcome}]}}", state.remarks)  # fmt: skip
        item.became = f"end: {outcome}"


def _duration(fields: Fields) -> str:
    unit = one_of(fields.required("unit"), _UNITS, fields.place("unit"), "'unit'")
    number = fields.number("duration")
    if number is None or number <= 0 or number != int(number):
        raise Damaged("'duration' must be a whole number above 0", fields.place("duration"))
    return f"{int(number)}{_UNITS[unit]}"


def _weekday(node: Node) -> str:
    if isinstance(node.value, int) and 0 <= node.value <= 6:
        return _WEEKDAYS[node.value]
    return one_of(node.text.lower()[:3], _WEEKDAYS, node.span, "a day of the week")
