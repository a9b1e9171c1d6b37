"""Options for reading event exports, and the report on their content. Reads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from scenario_cli.model.value_class import dataclass

Identity = Literal["forward", "backward", "off"]


@dataclass(frozen=True, slots=True)
class Access:
    """The reach of an export: without limits if the command line names it.

    - `folder` is the project's, if project.yaml names the export: paths start from there, and all files must be there;
      databases and addresses are refused.
    - `outside` allows paths out of the folder, and views of a database that read other files.
    - `positions` has the place in project.yaml for each path or query.
    - `checked_files` were found within these bounds before, each with its name in messages: they are read
      without checks, also copies elsewhere.
    """

    folder: str | None = None
    outside: bool = False
    positions: Mapping[str, str] = field(default_factory=dict)
    checked_files: Mapping[str, str] = field(default_factory=dict)

    @property
    def confined_to(self) -> str | None:
        """The folder that no path can lead out of."""
        return None if self.outside else self.folder

    def prefix(self, text: str) -> str:
        """The position of a path or query in its file, as a prefix of a message."""
        return f"{self.positions[text]}: " if text in self.positions else ""


ANYWHERE = Access()


@dataclass(frozen=True, slots=True)
class ContactFields:
    """Attributes of contacts that decide whether they can be reached: `addresses`, each `email` or `phone`, and
    `consents`. `events` are the events that change the profile."""

    addresses: tuple[tuple[str, str], ...]
    consents: tuple[str, ...]
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """The files of events and contacts, the names of their columns, and how to read them.

    - `mapping` goes from our field (`contact_id`, `event`, `timestamp`, `event_id`, `sequence`, `properties`,
      `anonymous_id`, `previous_id`) or a property of the tracking plan to a column; a value in single quotes is a
      constant.
    - `timezone` is that of timestamps without a zone; unless `timezone_stated` by the user, a tool's own clock goes
      before it.
    - `source` is the tool that the events come from, `generic` if they are read by the columns' names; None: detected.
    - `identity` decides the contact of rows with only an anonymous id: `forward`, the contact linked to the id by then;
      `backward`, also before; `off`, no contact.
    - `query` is put to the databases among the events; without events it is the only source.
    - `reaches` are pairs of attributes, an address and the consent to write to it; empty: the usual names.
    - `contact_fields` are the attributes with addresses and consents; None: the usual names.
    - `date_formats` give for a field or property, or for all (the empty name), the format of dates: `day-first`,
      `month-first` or a pattern of strptime.
    - `decimals` give for a property, or for all (the empty name), the decimal mark of its numbers: `comma` or `point`.
    - `group` is a column: rows with the same value in it are one event.
    - `keep_ids`: ids such as `guest` and `N/A` count as contacts.
    - `sources` are several exports that are read as one log; they go before `events` and `query`.
    - `access` is the reach of `events` and `query`, `contacts_access` that of `contacts`.
    - `rejects` is a file to write unusable rows to; `dedupe`: rows that fully equal an earlier row are left out.
    """

    events: tuple[str, ...]
    contacts: tuple[str, ...] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)
    contacts_mapping: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "UTC"
    timezone_stated: bool = False
    source: str | None = None
    identity: Identity = "forward"
    query: str | None = None
    rejects: str | None = None
    dedupe: bool = False
    reaches: tuple[tuple[str, str], ...] = ()
    contact_fields: ContactFields | None = None
    date_formats: Mapping[str, str] = field(default_factory=dict)
    decimals: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None
    keep_ids: bool = False
    sources: tuple[ExportOptions, ...] = ()
    access: Access = ANYWHERE
    contacts_access: Access = ANYWHERE

    @property
    def parts(self) -> tuple[ExportOptions, ...]:
        """The exports that make up the log, each with its own columns and dates."""
        return self.sources or (self,)


@dataclass(frozen=True, slots=True)
class Sample:
    """One unusable row: its file, its line (in Parquet and JSON arrays its row) if known, its beginning."""

    file: str
    line: int | None
    excerpt: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """Rows left out for one reason; `samples` are the first five of them."""

    reason: str
    count: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Misfit:
    """Values of one property that are not of the declared type and so count as missing."""

    event: str
    property: str
    declared: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class Absent:
    """A name that was looked for and nowhere found; `near` are names found that resemble it."""

    name: str
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A property that no row of its event has a value for; `near` are columns that resemble it."""

    event: str
    property: str
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContactsReport:
    """Content of the contacts table: rows = used + unusable. `repeated` rows gave way to a later row of their contact;
    `changes` are rows with an instant (`updated_at`). Misfits have an empty event name.
    """

    files: tuple[str, ...]
    rows: int
    used: int
    repeated: int
    changes: int
    unusable: tuple[Unusable, ...]
    misfits: tuple[Misfit, ...]
    unfilled: tuple[Unfilled, ...]


@dataclass(frozen=True, slots=True)
class ReadReport:
    """Content of an export. rows = used + unwanted rows + unusable rows.

    `first` and `last` are instants in microseconds since 1970-01-01 UTC over every usable row, also the
    unwanted ones. `unwanted` are the most frequent fifty names; `unwanted_rest` counts the rows of others.
    """

    files: tuple[str, ...]
    rows: int
    used: int
    wanted: tuple[tuple[str, int], ...]
    unwanted: tuple[tuple[str, int], ...]
    unwanted_rest: int
    contacts: int
    first: int | None
    last: int | None
    unusable: tuple[Unusable, ...]
    misfits: tuple[Misfit, ...]
    absent: tuple[Absent, ...]
    unfilled: tuple[Unfilled, ...]
    notes: tuple[str, ...]
    contacts_table: ContactsReport | None = None
