"""Keys at the wrong place that only names betray: an event beside the key for events, a key of a state among events."""

from __future__ import annotations

from collections.abc import Set

from scenario_cli.language.schema.at_path import schemas_at
from scenario_cli.language.schema.files import schema_of
from scenario_cli.language.schema.hints import flow
from scenario_cli.language.schema.outer_keys import fits_as, misplaced_key, outer_owner
from scenario_cli.language.schema.positions import Path, Positions
from scenario_cli.language.schema.sections import under
from scenario_cli.language.yaml_node import plain
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.project import Project
from scenario_cli.model.source import Span
from scenario_cli.model.wait_grammar import WaitError, parse_wait


def hint_by_name(path: Path, positions: Positions, project: Project) -> str | None:
    """Where an unknown key belongs that names an event, a channel or a wait."""
    key, around = str(path[-1]), path[:-1]
    meanings = {
        "event": key in project.plan.events or key in project.plan.groups,
        "channel": key in project.channels,
        "wait": _is_wait(key),
    }
    for schema in schemas_at(positions.kind, around, positions.root) if any(meanings.values()) else ():
        known = schema.get("properties", {})
        for section in known:
            if meanings.get(_meaning_of_names((*around, section), positions.kind)):
                return _below(section, path, positions)
        if meanings["channel"] and {"channel", "template"} <= known.keys():
            return f"write '{flow({'template': plain(positions.node(path))})[1:-1]}' and 'channel: {key}'"
    return None


def _is_wait(text: str) -> bool:
    try:
        parse_wait(text, Span("", 1, 1, 1, 1))
    except WaitError:
        return False
    return True


def _meaning_of_names(path: Path, kind: str = "scenario") -> str:
    """The meaning of the names that a section holds; nothing if it holds none."""
    schemas = schemas_at(kind, path, None)
    return next((schema["propertyNames"].get("meaning", "") for schema in schemas if "propertyNames" in schema), "")


def _below(section: str, path: Path, positions: Positions) -> str:
    """The change that brings a key into a section, which is there or not."""
    if section in positions.node(path[:-1]).fields:
        return under(section)
    return f"write it under '{section}': '{section}: {flow({path[-1]: plain(positions.node(path))})}'"


def key_among_names(path: Path, positions: Positions, faulty: Set[Span]) -> Diagnostic | None:
    """The finding about a key of the language among names, if the value fits as that of the key. The names beside it
    that are in `faulty` are none.
    """
    value = positions.node(path)
    states = positions.root.get("states")
    if states is not None and value.text in states.fields:
        return None  # the target of a transition: its name is the fault
    if (
        _meaning_of_names(path[:-1]) == "wait"
        and path[-1] in schema_of("scenario")["definitions"]["wait"]["properties"]
    ):
        return _of_long_wait(path, positions)
    owner = outer_owner(path, positions)
    if owner is not None and fits_as(path, (*owner, path[-1]), positions) <= (0 if value.is_map else -1):
        owner = None
    if owner is not None and len(owner) == len(path) - 2:  # the nearest
        return misplaced_key(path, owner, positions)
    neighbour = _of_neighbour(path, positions, faulty)
    return neighbour or (misplaced_key(path, owner, positions) if owner is not None else None)


def _of_long_wait(path: Path, positions: Positions) -> Diagnostic | None:
    """A condition or an hour among waits in their short form, which the long form of the wait above it takes."""
    around, key = path[:-1], str(path[-1])
    waits = positions.node(around).fields
    names = [name for name in waits if name == key or _is_wait(name)]
    if len(names) == 1:
        return None
    wait = names[max(names.index(key) - 1, 0)]
    wait = names[1] if wait == key else wait
    long_form = {"wait": wait, key: plain(waits[key]), "to": plain(waits[wait])}
    message = f"{positions.subject(around)} is in the short form, which has no '{key}'"
    hint = f"the long form is a list: '- {flow(long_form)}'"
    return Diagnostic("SCH008", message, positions.key_span(path), hint=hint)


def _of_neighbour(path: Path, positions: Positions, faulty: Set[Span]) -> Diagnostic | None:
    """A key of the entry beside it, such as the 'expires' of a message beside its channel."""
    around, key = path[:-1], str(path[-1])
    for neighbour, value in positions.node(around).fields.items():
        entry = (*around, neighbour)
        forms = [schema for schema in schemas_at("scenario", entry, None) if key in schema.get("properties", ())]
        if neighbour == key or not forms or positions.key_span(entry) in faulty:
            continue
        hint = f"move it to the right, below '{neighbour}'"
        if not value.is_map:
            # The long form of a message needs a template; that of a transition leads to a state.
            long_form = {forms[0].get("required", ["to"])[0]: plain(value), key: plain(positions.node(path))}
            hint = f"write '{neighbour}: {flow(long_form)}'"
        message = f"'{key}' belongs to {positions.name_of(entry)}, not to '{around[-1]}'"
        return Diagnostic("SCH001", message, positions.key_span(path), hint=hint)
    return None
