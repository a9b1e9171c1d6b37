"""The description of a tool's exports: the place of each of our fields. Reads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sql:
    """An SQL expression. A column is in braces, `{user.id}`, and is its text, NULL if the file lacks it; `{file:key}`
    is the value of a `key=value` folder in the file's path.
    """

    template: str


# Columns looked at in turn, row by row (dots lead into objects), or an expression over columns.
ValuePath = tuple[str, ...] | Sql


@dataclass(frozen=True, slots=True)
class Tables:
    """A tool's tables in a warehouse: one file each, with a separate table for each kind of custom event.

    A file is one of them if it has none of the columns `raw`. `event` is the event's name in it; `calls` maps tables
    that do not name the event to its name, `others` maps tables without events to a note on their content and use, with
    `{file}` for its name.
    """

    raw: frozenset[str]
    event: ValuePath
    calls: Mapping[str, str]
    others: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """One tool's exports.

    `name` is the value of `--source`, `title` the name in messages, `also` other names. `signs` are sets of columns: a
    file that has all of one set is certainly from this tool.

    A property is looked for in `objects`, then in `pairs` (lists of `{key, value}`), then in a column of its own name
    (`prefix` before it), then under its other names in `renamed`, then in the objects `behind`. Objects in `encoded`
    are texts that hold JSON. A `*` at the end of an object's name matches any ending.

    `timezone` applies to timestamps without a zone. `header` are the columns of files without a header. `wrapped` maps
    the key of a document that holds the list of records to SQL for a record, over `item` and `document`. `end_mark` is
    a line that the tool writes when it breaks an export off. `tables` are those of the tool's warehouse, if they differ
    from its records.
    """

    name: str
    title: str
    signs: tuple[frozenset[str], ...]
    contact_id: ValuePath
    event: ValuePath
    timestamp: ValuePath
    event_id: ValuePath = ()
    anonymous_id: ValuePath = ()
    previous_id: ValuePath = ()
    objects: tuple[str, ...] = ()
    encoded: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    prefix: str = ""
    renamed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    behind: tuple[str, ...] = ()
    timezone: str = "UTC"
    header: tuple[str, ...] = ()
    wrapped: Mapping[str, str] = field(default_factory=dict)
    end_mark: str = ""
    also: tuple[str, ...] = ()
    tables: Tables | None = None


def signs(*columns: str) -> tuple[frozenset[str], ...]:
    """Each text names the columns of one set, with blanks between."""
    return tuple(frozenset(text.split()) for text in columns)
