"""A project: the scenarios and all parts that they can use. Plain values, no files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from scenario_cli.model.delivery import Delivery
from scenario_cli.model.expression import Expression
from scenario_cli.model.insights import InsightSettings
from scenario_cli.model.key_dates import KeyDate
from scenario_cli.model.links import LinkSettings
from scenario_cli.model.message_events import MessageEvents
from scenario_cli.model.metrics import Metric, Segment
from scenario_cli.model.policy import Policy
from scenario_cli.model.review import Limit
from scenario_cli.model.scenario import DEFAULT_WINDOW, Message, Scenario
from scenario_cli.model.source import Name, Span
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.waits import HOUR, Duration, Wait

# The channels that every project can declare without details; a project can also name its own.
KNOWN_CHANNELS = ("email", "push", "sms", "in_app", "fullscreen", "postal", "call", "webhook")

# The channels that show HTML: values in their templates are escaped.
HTML_CHANNELS = ("email", "in_app", "fullscreen")

# The fields of a message's front matter that a channel's `title_max` is about.
TITLES = ("title", "subject")

DEFAULT_CLOCK = "0 6 * * *"

# Texts that give an unsubscribe link away, in the languages of most mails.
UNSUBSCRIBE = (
    "unsubscribe", "opt out", "opt-out", "optout", "désabonn", "desabonn", "désinscri", "desinscri", "abmelden",
    "abbestellen", "uitschrijven", "afmelden", "cancelar suscripción", "darse de baja", "disiscri",
    "annulla iscrizione", "cancelar subscrição", "wypisz", "avregistrera", "afmeld",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Property:
    """One property of an event, or an attribute of the profile. `type` is a JSON Schema type, or None: any.

    `items` describes the elements of an array, `fields` the keys of an object if the plan has them. `example` is a
    realistic value: the first of the examples, else of the allowed values; None if the plan has neither. `enum` are all
    the values that it can have, `max_length` the most characters of a text. `owner` provides it, if that is not the
    event's owner.
    """

    name: str
    type: str | None
    span: Span
    items: Property | None = None
    fields: Mapping[str, Property] | None = None
    description: str = ""
    example: Any = None
    enum: tuple[Any, ...] = ()
    max_length: int | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class EventType:
    """An event of the tracking plan. `owner` provides it; `triggered_when` is the situation in which the source sends
    it.
    """

    name: str
    span: Span
    properties: Mapping[str, Property]
    required: tuple[str, ...] = ()
    profile: bool = False
    broadcast: bool = False
    description: str = ""
    triggered_when: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class TrackingPlan:
    """The events, their properties, and the profile's attributes that scenarios can use."""

    events: Mapping[str, EventType] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    profile: Mapping[str, Property] = field(default_factory=dict)

    def expand(self, name: str) -> tuple[str, ...]:
        """The events that a name stands for: a group's members, else the event itself."""
        return self.groups.get(name, (name,))


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel: how a contact is reached. `cost` is per message, in the project's currency."""

    name: str
    span: Span
    address: Expression | None = None
    consent: Expression | None = None
    max_length: int | None = None
    title_max: int | None = None
    cost: float = 0.0
    recipient: str = "contact"


@dataclass(frozen=True, slots=True)
class Measure:
    """The calculation of a KPI: the share of contacts who did `of`, an event or `segment.NAME`, and then the event
    `then`, with the condition `where` if given, within a time.
    """

    of: Name
    then: Name
    span: Span
    within: Duration = DEFAULT_WINDOW
    where: Expression | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """A family of scenarios. `kpi` is its description, `measure` its calculation, if there is one."""

    name: str
    span: Span
    title: str = ""
    objective: str = ""
    kpi: str = ""
    measure: Measure | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A reference table in a file, by the values of its column `key`, or of that and `more_keys` together.

    With a column `valid_from`, the row of a key that became valid last before the requested instant counts. `columns`
    are the file's, if it could be read. `path` is the file as project.yaml writes it, from the project's folder;
    `stored` is the place of its content on disk, if that is not `file`.
    """

    name: str
    span: Span
    file: str
    key: str
    valid_from: str = ""
    columns: tuple[str, ...] | None = None
    owner: str = ""
    path: str = ""
    stored: str = ""
    more_keys: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns by which rows are looked up, in the order in which `lookup` takes their values."""
        return (self.key, *self.more_keys)


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that the project gives a name: a number, text or boolean, or a list or mapping of these."""

    name: str
    span: Span
    value: Any


@dataclass(frozen=True, slots=True)
class Conventions:
    """The conventions that the project's scenarios must follow, in addition to the language's rules.

    `names` are regular expressions for the names of scenarios, states and events; `unsubscribe` are texts, in lower
    case, one of them must be in each marketing e-mail.
    """

    max_states: int = 30
    max_conditions: int = 40
    names: Mapping[str, str] = field(default_factory=dict)
    unsubscribe: tuple[str, ...] = UNSUBSCRIBE


@dataclass(frozen=True, slots=True)
class Template:
    """One template file: the channel's fields from its front matter, and the body, both Jinja texts.

    `sets` are the statements `{% set %}` of the front matter that are on lines of their own. `body_line` is the line
    of the file on which the body begins.
    """

    name: str
    channel: str
    locale: str | None
    file: str
    path: str  # below templates/
    fields: Mapping[str, Name]
    body: str
    body_line: int
    sets: tuple[Name, ...] = ()

    @property
    def head(self) -> tuple[Name, ...]:
        """The Jinja texts of the front matter, in the order in which they are carried out."""
        return (*self.sets, *self.fields.values())


@dataclass(frozen=True, slots=True)
class Exports:
    """The paths of the project's event export and contacts table, and the names of their columns.

    `spans` has the place in project.yaml for each path or query.
    """

    events: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)
    contacts_mapping: Mapping[str, str] = field(default_factory=dict)
    timezone: str | None = None
    source: str | None = None
    identity: str = "forward"
    dedupe: bool = False
    date_formats: Mapping[str, str] = field(default_factory=dict)
    decimals: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None
    keep_ids: bool = False
    query: str | None = None
    sources: tuple[Exports, ...] = ()
    spans: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunSettings:
    """The settings of `scenario run` and `scenario deliver` if the command line gives no others.

    `state` is the store's file as project.yaml writes it, from the project's folder. In microseconds: how long events
    can arrive late (`lateness`), and how long after its time a message can still be handed over (`stale`).
    """

    state: str | None = None
    lateness: int = 0
    stale: int = HOUR


@dataclass(frozen=True, slots=True)
class Project:
    """Everything a run needs, resolved. `root` is the project's folder; `digest` covers its whole content; `title` is
    its name for readers of its messages.
    """

    name: str
    root: str
    timezone: str
    digest: str
    title: str = ""
    locale: str = "en"
    salt: str = ""
    currency: str = ""
    plan: TrackingPlan = TrackingPlan()
    channels: Mapping[str, Channel] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    programs: Mapping[str, Programme] = field(default_factory=dict)
    phases: tuple[str, ...] = ()
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    segments: Mapping[str, Segment] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    constants: Mapping[str, Constant] = field(default_factory=dict)
    clock: str = DEFAULT_CLOCK  # cron, on the project's clock: when segments that time can change are calculated
    phase_spans: tuple[Span, ...] = ()
    conventions: Conventions = field(default_factory=Conventions)
    key_dates: Mapping[str, KeyDate] = field(default_factory=dict)
    review_after: int | None = None  # days
    committee: Wait | None = None  # when scenarios are reviewed together, on the project's clock
    limits: tuple[Limit, ...] = ()  # that `scenario diff` checks a change against
    templates: tuple[Template, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)  # every file below templates/, without front matter
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    faulty: frozenset[str] = frozenset()  # scenarios, made or not, whose files have faults
    exports: Exports = Exports()
    run: RunSettings = RunSettings()
    insights: InsightSettings | None = None
    links: LinkSettings | None = None
    messages: MessageEvents | None = None  # None if the log has no messages of another tool
    delivery: Delivery | None = None  # None if there is no delivery.yaml
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def template_texts(self) -> Iterator[str]:
        """Every text of a template: the files below templates/, and the fields of their front matter."""
        yield from self.texts.values()
        yield from (text.text for template in self.templates for text in template.head)

    def recipient(self, message: Message) -> str:
        """The recipient of a message: `contact`, `staff` or `system`; its own, else its channel's."""
        channel = self.channels.get(message.channel.text)
        return message.recipient or (channel.recipient if channel is not None else "contact")
