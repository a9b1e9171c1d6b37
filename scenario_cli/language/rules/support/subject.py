"""The subjects of rules: the project and each of its scenarios, with the results of analysis, calculated once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TypeVar, cast

from scenario_cli.analysis.captures import Captured, captured
from scenario_cli.analysis.graph import reachable
from scenario_cli.analysis.time import flow
from scenario_cli.analysis.time.quiet_hours import quiet_about, quiet_minutes
from scenario_cli.language.names.metrics import catalogue
from scenario_cli.language.names.scopes import ScopedExpression, Scopes, project_expressions, scopes_of
from scenario_cli.language.names.shapes import Scope
from scenario_cli.language.templates.contents import Assignment, Contents, contents, sources
from scenario_cli.language.templates.files import TemplateText
from scenario_cli.model.expression import Expression, expressions_in
from scenario_cli.model.policy import Policy, QuietHours
from scenario_cli.model.project import Project, Template
from scenario_cli.model.scenario import Message, Scenario, State

T = TypeVar("T")


class Overview:
    """A project. `texts` are the files below templates/ by their path there; `today` is the day of the check."""

    def __init__(self, project: Project, texts: Mapping[str, TemplateText], today: date) -> None:
        self.project = project
        self.texts = texts
        self.today = today
        self._quiet: dict[tuple[QuietHours, ...], bytearray] = {}
        self._contents: dict[str, dict[str, Contents]] = {}
        self._words: dict[str, str] = {}

    @cached_property
    def subjects(self) -> list[Subject]:
        return [Subject(scenario, self) for scenario in self.project.scenarios.values()]

    @cached_property
    def base(self) -> Scope:
        """The scope that every expression has at least."""
        return Scope(self.project.plan, catalogue(self.project))

    @cached_property
    def expressions(self) -> list[Expression]:
        """Every expression of the project outside its templates."""
        project = self.project
        definitions = (
            *project.metrics.values(),
            *project.segments.values(),
            project.policy,
            *project.channels.values(),
        )
        expressions = [expression for definition in definitions for expression in expressions_in(definition)]
        return expressions + [scoped.expression for subject in self.subjects for scoped in subject.scoped_expressions]

    @cached_property
    def scoped_expressions(self) -> list[ScopedExpression]:
        """The conditions and values of metrics, segments and caps, each with its scope."""
        return list(project_expressions(self.project, self.base))

    @cached_property
    def templates(self) -> dict[tuple[str, str], list[Template]]:
        """The variants of each template, by its name and channel."""
        by_message: dict[tuple[str, str], list[Template]] = {}
        for template in self.project.templates:
            by_message.setdefault((template.name, template.channel), []).append(template)
        return by_message

    def templates_of(self, message: Message) -> Sequence[Template]:
        """The variants of the template that a message uses."""
        return self.templates.get((message.template.text, message.channel.text), ())

    def contents(self, template: Template) -> dict[str, Contents]:
        """The printed contents of a template: its fields by name, its body under the empty name."""
        if template.file not in self._contents:
            template_text = self.texts[template.path]
            # A variable that is set at the top is known in each text below.
            given_values = tuple(
                piece
                for text in template_text.sets
                for piece in contents(text, self.texts)
                if isinstance(piece, Assignment)
            )
            by_field: dict[str, Contents] = {}
            for name, text in (*template_text.fields.items(), ("", template_text)):
                pieces_ = contents(text, self.texts)
                by_field[name] = given_values + pieces_
                given_values += tuple(piece for piece in pieces_ if isinstance(piece, Assignment))
            self._contents[template.file] = by_field
        return self._contents[template.file]

    def words(self, template: Template) -> str:
        """All texts of a template and of the templates that it extends or includes, in lower case."""
        if template.file not in self._words:
            self._words[template.file] = "\n".join(sources(template.body, self.texts)).lower()
        return self._words[template.file]

    def quiet(self, message: Message, scenario: Scenario, on_project_clock: bool = False) -> bytearray:
        """Whether a marketing message of a scenario is held, for each minute of the week on the contact's or the
        project's clock.
        """
        rules = quiet_about(self.project.policy, message, scenario, on_project_clock)
        if rules not in self._quiet:
            self._quiet[rules] = quiet_minutes(rules)
        return self._quiet[rules]


class Subject:
    """One scenario of a project."""

    def __init__(self, scenario: Scenario, overview: Overview) -> None:
        self.scenario = scenario
        self.overview = overview
        self._after: dict[str, set[str]] = {}
        self._once: dict[object, object] = {}

    def once(self, work_out: Callable[[Subject], T]) -> T:
        """The result of a function for this scenario, kept for the next call."""
        if work_out not in self._once:
            self._once[work_out] = work_out(self)
        return cast(T, self._once[work_out])

    @property
    def project(self) -> Project:
        return self.overview.project

    @cached_property
    def reachable(self) -> set[str]:
        """The names of the states that some path from the first one leads to."""
        return reachable(self.scenario)

    @cached_property
    def states(self) -> list[State]:
        """The states that can be reached, in the order written."""
        return [state for name, state in self.scenario.states.items() if name in self.reachable]

    @cached_property
    def timed_edges(self) -> dict[str, list[flow.TimedEdge]]:
        """The edges that lead out of each state, with the time that each takes."""
        return flow.timed_edges(self.scenario, self.project)

    @cached_property
    def prompt_edges(self) -> dict[str, list[flow.TimedEdge]]:
        """The same for edges where no message is held."""
        return flow.timed_edges(self.scenario, replace(self.project, policy=Policy()))

    @cached_property
    def earliest(self) -> dict[str, int]:
        """The soonest after entry, in microseconds, that a journey can reach each state."""
        return flow.earliest(self.scenario, self.timed_edges)

    def after(self, name: str) -> set[str]:
        """The states that a journey can come to once it has been in one, and that one itself."""
        if name not in self._after:
            self._after[name] = flow.reached(name, self.timed_edges)
        return self._after[name]

    @cached_property
    def captured(self) -> Captured:
        """The captures on the paths to each state."""
        return captured(self.scenario)

    @cached_property
    def scopes(self) -> Scopes:
        """The scopes of the scenario's expressions."""
        return scopes_of(self.scenario, self.overview.base)

    @property
    def scoped_expressions(self) -> Sequence[ScopedExpression]:
        """Every expression of the scenario, each with its scope."""
        return self.scopes.expressions

    @property
    def messages(self) -> list[tuple[State | None, Message]]:
        """Every message that a journey can ask for, with its state."""
        return [
            (sending.state, message)
            for sending in self.scenario.sendings
            if sending.state is None or sending.state.name in self.reachable
            for message in sending.messages
        ]
