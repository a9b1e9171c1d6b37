"""The shape of files: correct files, and the findings of incorrect ones.

`cases/<kind>/ok_*.yaml` must have no findings; every other file there is broken, and its findings are in `<name>.out`.
To write them anew after a change of wording: UPDATE_CASES=1 pytest tests/language/schema
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from scenario_cli.language.reader import read_yaml
from scenario_cli.language.schema.check import check
from scenario_cli.language.schema.files import KINDS, schema_of
from scenario_cli.language.schema.fits import fits
from scenario_cli.language.yaml_node import Node, plain
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.shipped import shipped
from tests.reference.settings import scaled
from tests.rows import rows

CASES = Path(__file__).parent / "cases"
OK = sorted(CASES.glob("*/ok_*.yaml"))
BROKEN = sorted(set(CASES.glob("*/*.yaml")) - set(OK))


def written(kind: str) -> Any:
    return json.loads((shipped("schemas") / f"{kind}.schema.json").read_text(encoding="utf-8"))


def read(path: Path) -> Node:
    node, faults = read_yaml(path.read_bytes(), path.name)
    assert node is not None
    assert not faults
    return node


def line_of(finding: Diagnostic) -> str:
    hint = f" | {finding.hint}" if finding.hint else ""
    return f"{finding.span.line}:{finding.span.column}: {finding.code} {finding.message}{hint}"


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@rows("path", OK, ids=name_of)
def test_a_file_in_order_is_silent(path: Path) -> None:
    assert [line_of(finding) for finding in check(read(path), path.parent.name)] == []


@rows("path", BROKEN, ids=name_of)
def test_each_fault_is_reported_once_at_its_place(path: Path) -> None:
    printed = "".join(f"{line_of(finding)}\n" for finding in check(read(path), path.parent.name))
    expected = path.with_suffix(".out")
    if os.environ.get("UPDATE_CASES"):
        expected.write_text(printed, encoding="utf-8")
    assert printed == expected.read_text(encoding="utf-8")


@rows("path", BROKEN, ids=name_of)
def test_messages_keep_the_house_form(path: Path) -> None:
    for finding in check(read(path), path.parent.name):
        assert finding.severity == "error"
        assert finding.message[0] == finding.message[0].lower()
        assert not finding.message.endswith(".")
        assert "given schema" not in finding.message


def test_every_expected_output_belongs_to_a_case() -> None:
    assert {path.with_suffix(".yaml") for path in CASES.glob("*/*.out")} == set(BROKEN)


def test_every_documented_code_is_used() -> None:
    from scenario_cli.language.schema import check as schema

    given_codes = {finding.code for path in BROKEN for finding in check(read(path), path.parent.name)}
    documented = {
        line.split("|")[1].strip() for line in (schema.__doc__ or "").splitlines() if line.startswith("| SCH")
    }
    assert given_codes == documented


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """All schemas within a schema."""
    yield schema
    for keyword, value in schema.items():
        if keyword in ("properties", "definitions", "dependencies"):
            for part in value.values():
                if isinstance(part, dict):
                    yield from parts(part)
        elif keyword == "anyOf":
            for part in value:
                yield from parts(part)
        elif isinstance(value, dict) and keyword in ("items", "additionalProperties", "propertyNames", "not"):
            yield from parts(value)


@rows("kind", KINDS)
def test_a_schema_is_draft_07_and_refers_to_no_other(kind: str) -> None:
    schema = written(kind)
    Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["$id"] == f"{kind}.schema.json"
    for part in parts(schema):
        if "$ref" in part:
            prefix, _, name = part["$ref"].rpartition("/")
            assert prefix == "#/definitions"
            assert name in schema["definitions"]
            # Validators ignore keys next to a reference, so only notes are allowed.
            assert part.keys() <= {"$ref", "description", "examples", "default", "errorMessage", "meaning"}


@rows("kind", KINDS)
def test_every_key_has_a_description_and_an_example(kind: str) -> None:
    for part in parts(schema_of(kind)):
        for key, field in part.get("properties", {}).items():
            if "$ref" not in field:
                assert field.get("description", "").endswith("."), key
                assert field.get("examples"), key


@rows("kind", KINDS)
def test_every_example_and_default_fits_its_own_schema(kind: str) -> None:
    whole = schema_of(kind)
    for part in parts(whole):
        validator = Draft7Validator({**part, "definitions": whole["definitions"]})
        for example in (*part.get("examples", ()), *([part["default"]] if "default" in part else [])):
            # A default can be given for a key whose text names another default elsewhere, but the schema must allow it.
            assert validator.is_valid(example), example


@rows("kind", KINDS)
def test_no_definition_is_left_over(kind: str) -> None:
    schema = written(kind)
    used = {part["$ref"].rpartition("/")[2] for part in parts(schema) if "$ref" in part}
    assert used == set(schema.get("definitions", {}))


@rows("kind", KINDS)
def test_every_key_is_used_in_a_file_in_order(kind: str) -> None:
    whole = schema_of(kind)

    def used(schema: dict[str, Any], value: Any) -> Iterator[tuple[int, str]]:
        if "$ref" in schema:
            schema = whole["definitions"][schema["$ref"].rpartition("/")[2]]
        for branch in schema.get("anyOf", ()):
            if Draft7Validator({**branch, "definitions": whole["definitions"]}).is_valid(value):
                yield from used(branch, value)
        if isinstance(value, list):
            for item in value:
                yield from used(schema.get("items", {}), item)
        if isinstance(value, dict):
            fields = schema.get("properties", {})
            for key, field in value.items():
                if key in fields:
                    yield id(fields), key
                other = schema.get("additionalProperties")
                yield from used(fields.get(key, other if isinstance(other, dict) else {}), field)

    used_keys = {mark for path in OK if path.parent.name == kind for mark in used(whole, plain(read(path)))}
    unused = [
        key
        for part in parts(whole)
        for key in part.get("properties", {})
        if (id(part["properties"]), key) not in used_keys
    ]
    assert unused == []


@rows("kind", KINDS)
def test_schemas_are_laid_out_one_way(kind: str) -> None:
    text = (shipped("schemas") / f"{kind}.schema.json").read_text(encoding="utf-8")
    assert text == json.dumps(written(kind), indent=2, ensure_ascii=False) + "\n"


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, field in entries:
        yield from places(field, (*path, key))


STRANGE: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, 0, -1, 7, 2.0, 2.5, "", "a", "a b", "10%", "2025-01-01", "string", [], ["a"], {}, {"a": "b"},
     {"end": "done"}, {"end": "a b"}, {"event": "a"}, {"template": "a"}, [{"wait": "1h", "to": "a"}], [{}],
     [{"1h": "a"}], {"to": "a"}]
)  # fmt: skip
FILES = [(path.parent.name, plain(read(path))) for path in OK]


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, Any]:
    """A correct file in which something was replaced, removed, renamed or added."""
    kind, value = draw(st.sampled_from(FILES))
    value = deepcopy(value)
    for _ in range(draw(st.integers(1, 3))):
        *above, last = draw(st.sampled_from([path for path in places(value) if path] or [("a",)]))
        holder = value
        for step in above:
            holder = holder[step]
        change = draw(st.sampled_from(["replace", "remove", "rename", "add"]))
        if change == "replace" or not isinstance(holder, dict):
            holder[last] = deepcopy(draw(STRANGE))
        elif change == "remove":
            holder.pop(last, None)
        else:
            keys = ["end", "to", "send", "wait", "for", "event", "absence", "sum", "of", "from", "x y", "", "nxt"]
            name = draw(st.sampled_from(keys))
            holder[name] = holder.pop(last, None) if change == "rename" else deepcopy(draw(STRANGE))
    return kind, value


@given(damaged())
@settings(max_examples=scaled(200), deadline=None)
def test_the_fast_check_agrees_with_jsonschema_and_reports_every_fault(case: tuple[str, Any]) -> None:
    kind, value = case
    valid = Draft7Validator(written(kind)).is_valid(value)
    assert fits(kind)(value) is valid
    assert Draft7Validator(schema_of(kind)).is_valid(value) is valid
    node, _ = read_yaml(json.dumps(value).encode(), "case.yaml")
    assert node is not None
    assert bool(check(node, kind)) is not valid


def test_endless_nesting_is_a_finding() -> None:
    deep = "{items: " * 300 + "string" + "}" * 300
    node, findings = read_yaml(f"profile: {{a: {deep}}}".encode(), "events.yaml")
    assert node is None
    assert [finding.message for finding in findings] == ["values are nested more than 100 levels deep"]


def test_a_file_in_order_does_not_import_jsonschema() -> None:
    program = (
        "import sys\n"
        "from scenario_cli.language.reader import read_yaml\n"
        "from scenario_cli.language.schema.check import check\n"
        "node, _ = read_yaml(b'scenario: a\\ntrigger: {event: b}\\nstates: {c: {end: d}}\\n', 'a.yaml')\n"
        "assert check(node, 'scenario') == []\n"
        "assert 'jsonschema' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
