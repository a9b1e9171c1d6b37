"""Checks whether a file has the shape that its schema requires, and reports each fault once at its place.

Names (of states, events, templates), expressions and waits are checked elsewhere.

| code   | finds                                                        |
| ------ | ------------------------------------------------------------ |
| SCH001 | a key that the place does not know                           |
| SCH002 | a key that is missing                                        |
| SCH003 | a value of the wrong type (a list where a mapping is meant)  |
| SCH004 | a value that is none of those allowed                        |
| SCH005 | a text of the wrong form (a name, a date, a percentage)      |
| SCH006 | a value that is empty                                        |
| SCH007 | a number or a count out of range                             |
| SCH008 | keys that do not go together, or one that needs another      |
| SCH009 | a secret in clear text                                       |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from scenario_cli.language.schema.fault import Fault
from scenario_cli.language.schema.files import Schema, schema_of
from scenario_cli.language.schema.fits import fits as fits_schema
from scenario_cli.language.schema.fits import is_type, types_of
from scenario_cli.language.schema.fixes import fix_of
from scenario_cli.language.schema.indentation import not_indented
from scenario_cli.language.schema.messages import finding_of
from scenario_cli.language.schema.positions import Path, Positions
from scenario_cli.language.schema.sections import section_by_value
from scenario_cli.language.schema.slips import slips_of
from scenario_cli.language.schema.split_slip import branches_as_mappings
from scenario_cli.language.schema.synonyms import key_meant
from scenario_cli.language.schema.too_deep import too_deep
from scenario_cli.language.schema.unknown_keys import meant_by
from scenario_cli.language.yaml_node import UNANCHORED, Node, plain
from scenario_cli.model.diagnostic import Diagnostic, in_reading_order
from scenario_cli.model.memo import memoize, memoized

if TYPE_CHECKING:
    from jsonschema import Draft7Validator, ValidationError


class Shape(NamedTuple):
    """The faults of a file, in reading order, and the keys whose values mean nothing where they are, with these."""

    findings: Sequence[Diagnostic] = ()
    misplaced: Sequence[tuple[Node, Node]] = ()


def check(node: Node, kind: str) -> list[Diagnostic]:
    """The faults in the shape of a file of this kind, in reading order."""
    return list(_checked(node, kind).findings)


def misplaced_keys(node: Node, kind: str) -> Sequence[tuple[Node, Node]]:
    """The keys of a file that are no names there, since they start too far to the right, and splits of another form,
    each with its value.
    """
    return _checked(node, kind).misplaced


def take_as_sound(node: Node, kind: str) -> None:
    """Spares the check of a file that is known to have no fault."""
    memoize(_checked, Shape(), node, kind)


@memoized
def _checked(node: Node, kind: str) -> Shape:
    value = plain(node)
    if fits_schema(kind)(value):
        return Shape()
    faults = [fault for error in _validator(kind).iter_errors(value) for fault in _faults(error)]
    positions = Positions(kind, node)
    findings: list[Diagnostic] = []
    for explained, finding in not_indented(faults, positions):
        findings.append(finding)
        faults = [fault for fault in faults if fault not in explained]
    misplaced = {
        path: finding
        for fault in faults
        for path, finding in (*too_deep(fault, positions), *branches_as_mappings(fault, positions))
    }
    findings.extend(_reported(faults, misplaced, positions))
    keys = [(positions.node(path[:-1]).key(str(path[-1])), positions.node(path)) for path in misplaced]
    return Shape(in_reading_order(findings), keys)


@cache
def _validator(kind: str) -> Draft7Validator:
    from jsonschema import Draft7Validator

    return Draft7Validator(schema_of(kind))


def _reported(faults: list[Fault], misplaced: Mapping[Path, Diagnostic], positions: Positions) -> Iterator[Diagnostic]:
    """Each fault once, without those that follow from another."""
    slips = {**{path: slip for fault in faults for path, slip in slips_of(fault, positions)}, **misplaced}
    yield from slips.values()
    elsewhere = [*misplaced, *((*fault.path, fault.key) for fault in faults if fault.keyword == "unknown")]
    by_path: dict[Path, list[Fault]] = {}
    for fault in faults:
        if positions.node(fault.path).style == UNANCHORED or _is_below(fault, elsewhere):
            continue
        if not any(fault.path[: len(path)] == path for path in slips):
            by_path.setdefault(fault.path, []).append(fault)
    reported: set[tuple[int, str, str]] = set()
    for path, faults_at_path in by_path.items():
        for fault in _independent(faults_at_path, positions):
            identity = (id(positions.node(path)), fault.keyword, fault.key)  # an alias counts as its node
            if identity not in reported:
                reported.add(identity)
                finding = finding_of(fault, positions)
                yield replace(finding, fix=fix_of(fault, finding.span))


def _is_below(missing: Fault, elsewhere: Iterable[Path]) -> bool:
    """Whether a missing key is there, only further in, where it is unknown."""
    depth = len(missing.path)
    return missing.keyword == "required" and any(
        path[-1] == missing.key and len(path) > depth + 1 and path[:depth] == missing.path for path in elsewhere
    )


# If one value has several faults, the first of these explains the others.
_OF_THE_VALUE = ("type", "enum", "not", "minLength", "minItems", "minProperties", "pattern", "minimum", "maximum",
                 "maxProperties", "beside")  # fmt: skip


def _independent(faults: list[Fault], positions: Positions) -> Iterator[Fault]:
    """The faults of one place that do not follow from each other."""
    whole_faults = sorted(
        (fault for fault in faults if fault.keyword in _OF_THE_VALUE),
        key=lambda fault: _OF_THE_VALUE.index(fault.keyword),
    )
    if whole_faults:
        yield whole_faults[0]
        return
    unknown = [fault.key for fault in faults if fault.keyword == "unknown"]
    for fault in faults:
        if fault.keyword in ("required", "needs") and any(
            _is_instead(key, fault) or section_by_value((*fault.path, key), positions) == fault.key for key in unknown
        ):
            continue
        yield fault


def _is_instead(key: str, missing: Fault) -> bool:
    """Whether an unknown key replaces the missing key: misspelled, or a key that belongs under it."""
    inner_keys = missing.schema.get("properties", {}).get(missing.key, {}).get("properties", {})
    title = missing.schema.get("title", "")
    intended = meant_by(key, (missing.key,)) or key_meant(title, key, (missing.key,))
    return key in inner_keys or intended is not None


def _faults(error: ValidationError) -> Iterator[Fault]:
    """An error of jsonschema as faults: one for each key it is about; for a union, those of one branch."""
    path, value = tuple(error.absolute_path), _any_branch(error.instance)
    schema: Schema = _any_branch(error.schema)
    steps = list(error.absolute_schema_path)
    if steps[-3:-2] == ["dependencies"]:
        # A key excludes another key next to it (not, required), or any other (maxProperties).
        own_key = str(steps[-2])
        refused_keys = schema.get("not", {}).get("required") or [key for key in value if key != own_key]
        yield Fault("beside", (*path, refused_keys[0]), value, schema, key=own_key)
    elif steps[-2:-1] == ["propertyNames"]:
        yield Fault("name", (*path, value), value, schema)
    elif error.validator == "anyOf":
        yield from _branch_faults(error, path, value, schema)
    elif error.validator == "additionalProperties":
        properties = schema.get("properties", {})
        yield from (Fault("unknown", path, value, schema, key=key) for key in value if key not in properties)
    elif error.validator == "required":
        yield from (Fault("required", path, value, schema, key=key) for key in schema["required"] if key not in value)
    elif error.validator == "dependencies":
        for key, needed_keys in schema["dependencies"].items():
            if key in value and isinstance(needed_keys, list):
                yield from (Fault("needs", path, value, schema, k, (key,)) for k in needed_keys if k not in value)
    else:
        yield Fault(str(error.validator), path, value, schema)


def _any_branch(value: Any) -> Any:
    """jsonschema declares these as perhaps unset; in an error it hands out they are set."""
    return value


def _branch_faults(error: ValidationError, path: Path, value: Any, schema: Schema) -> Iterator[Fault]:
    """The faults of a union in the branch that was meant: by the value's type, then by the key that names it."""
    branches: list[Schema] = schema["anyOf"]
    of_type = [
        index
        for index, branch in enumerate(branches)
        if not types_of(branch) or any(is_type(value, name) for name in types_of(branch))
    ]
    if not of_type:
        types = tuple(dict.fromkeys(name for branch in branches for name in types_of(branch)))
        yield Fault("type", path, value, {**branches[0], **schema, "type": types})
        return
    if isinstance(value, dict):
        # A branch that lists its values names no type, and no mapping is meant by it.
        of_type = [index for index in of_type if types_of(branches[index])] or of_type
    if len(of_type) > 1 and isinstance(value, dict):
        signs = [branches[index]["required"][0] for index in of_type]
        branch_index = _branch_by_key(value, [branches[index] for index in of_type], signs)
        if branch_index is None:
            known_keys = {key for branch in branches for key in branch.get("properties", value)}
            joint_schema = {"properties": dict.fromkeys(sorted(known_keys)), "title": schema.get("title", "")}
            strange = [key for key in value if key not in known_keys]
            yield from (Fault("unknown", path, value, joint_schema, key=key) for key in strange)
            if not strange:
                yield Fault("none", path, value, schema, alternatives=tuple(signs))
            return
        of_type = [of_type[branch_index]]
    for context in error.context or ():
        if context.relative_schema_path[0] == of_type[0]:
            for fault in _faults(context):
                yield _foreign(fault, branches) if fault.keyword == "unknown" and fault.path == path else fault


def _branch_by_key(value: dict[str, Any], branches: list[Schema], signs: list[str]) -> int | None:
    """The branch whose first required key is there; of several, the branch that knows most keys."""
    candidates = [index for index, sign in enumerate(signs) if sign in value]
    if not candidates:
        strange = [key for key in value if not any(key in branch.get("properties", ()) for branch in branches)]
        candidates = [index for key in strange for index, sign in enumerate(signs) if meant_by(key, signs) == sign]
    if not candidates:
        return None
    return max(candidates, key=lambda index: len(value.keys() & branches[index].get("properties", {}).keys()))


def _foreign(fault: Fault, branches: Iterable[Schema]) -> Fault:
    """The fault of a key that another branch of the union knows: it does not go with the sign of this one."""
    signs = tuple(branch["required"][0] for branch in branches if fault.key in branch.get("properties", ()))
    if not signs:
        return fault
    return Fault("foreign", (*fault.path, fault.key), fault.value, fault.schema, fault.key, signs)
