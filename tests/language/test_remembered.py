"""Remembered texts give the same project in later runs, are never used for another text or other code, and never stop a
run if they are damaged.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from jinja2.lexer import Lexer
from jinja2.nodes import Node as JinjaNode

from scenario_cli.language import expressions, nodes, reader, remembered
from scenario_cli.language.files import Folder, Memory
from scenario_cli.language.project import Loaded, load_files
from scenario_cli.language.schema import check as schema
from scenario_cli.language.templates import syntax
from scenario_cli.language.templates.packed import packed, unpacked
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.shipped import shipped

PROJECT = {
    "project.yaml": (
        "project: shop\ntimezone: Europe/Paris\nchannels:\n  email: {address: contact.email, consent: 'true'}\n"
    ),
    "events.yaml": "profile: {email: {type: string}}\nevents:\n  ordered: {properties: {total: {type: number}}}\n",
    "thanks.yaml": (
        "scenario: thanks\ntrigger: {event: ordered}\nstates:\n"
        "  thank: {send: {email: thanks/mail}, after: {1d: {end: done}}}\n"
    ),
    "templates/thanks/mail.email.j2": (
        "---\nsubject: Thanks\n---\n{% if trigger.totl %}{{ contact.email }}{% endif %}\n"
    ),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the remembered texts."""
    folder = tmp_path / "cache"
    monkeypatch.setenv(remembered.FOLDER, str(folder))
    return folder


def _forget() -> None:
    """Makes the process forget all that it has read, like a new process."""
    for remembers in (reader._read, syntax.parse_template, expressions._parsed, expressions._sound):
        remembers.cache_clear()
    remembered._memories.clear()


def _load(contents: dict[str, str], root: Path) -> Loaded:
    """The project as a new process reads it."""
    _forget()
    return load_files(Memory({path: text.encode() for path, text in contents.items()}, root))


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that PyYAML and Jinja's lexer read."""
    texts: list[str] = []

    def counted_yaml(text: str) -> object:
        texts.append(text)
        return loader(text)

    def counted_tokens(self: Lexer, source: str, name: str | None, *further: str) -> object:
        texts.append(source)
        return tokeniter(self, source, name, *further)

    loader, tokeniter = yaml.CSafeLoader, Lexer.tokeniter
    monkeypatch.setattr(yaml, "CSafeLoader", counted_yaml)
    monkeypatch.setattr(Lexer, "tokeniter", counted_tokens)
    return texts


def test_a_second_run_parses_nothing_and_finds_the_same(folder: Path, tmp_path: Path, parsed: list[str]) -> None:
    first = _load(PROJECT, tmp_path)
    assert [finding.code for finding in first.findings if finding.severity == "error"] == ["REF004"]
    read_first = len(parsed)
    assert read_first >= len(PROJECT)
    second = _load(PROJECT, tmp_path)
    assert len(parsed) == read_first
    assert (second.findings, second.project, second.sources) == (first.findings, first.project, first.sources)


def test_the_library_is_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []
    for setting in ("off", str(folder), str(folder)):
        monkeypatch.setenv(remembered.FOLDER, setting)
        _forget()
        runs.append(load_files(Folder(shipped("scenarios"))))
    without, noting, recalling = runs
    assert without == noting == recalling


def test_a_text_that_changed_is_parsed_anew(folder: Path, tmp_path: Path, parsed: list[str]) -> None:
    _load(PROJECT, tmp_path)
    parsed.clear()
    changed = {**PROJECT, "events.yaml": PROJECT["events.yaml"].replace("total", "totl")}
    assert not _load(changed, tmp_path).broken
    assert parsed == [changed["events.yaml"]]


def test_texts_with_faults_are_checked_again(folder: Path, tmp_path: Path) -> None:
    broken = {
        **PROJECT,
        "thanks.yaml": "scenario: thanks\nscenario: twice\n",
        "templates/thanks/mail.email.j2": "{% if %}",
    }
    first, second = _load(broken, tmp_path), _load(broken, tmp_path)
    assert {"YAML002"} <= {finding.code for finding in first.findings}
    assert second.findings == first.findings


def test_a_shape_is_checked_again_by_another_schema(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources: list[str] = []

    def counted(node: Node, kind: str) -> list[Diagnostic]:
        sources.append(kind)
        return check(node, kind)

    check = schema.check
    monkeypatch.setattr(schema, "check", counted)
    _load(PROJECT, tmp_path)
    assert sorted(sources) == ["events", "project", "scenario"]
    sources.clear()
    _load(PROJECT, tmp_path)
    assert sources == []
    monkeypatch.setattr(nodes, "schema_digest", {"events": "1", "project": "2", "scenario": "3"}.__getitem__)
    _load(PROJECT, tmp_path)
    assert sorted(sources) == ["events", "project", "scenario"]


def test_a_process_that_reads_on_and_on_writes_now_and_then(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    sizes = []
    for word in ("a", "ab", "abc", "abcd"):
        clock[0] += 25
        with remembered.remembering(tmp_path):
            reader.read_yaml(f"{word}: 1\n".encode(), "a.yaml")
        sizes.append(sum(path.stat().st_size for path in folder.iterdir()))
    assert sizes[0] == sizes[1] == sizes[2] < sizes[3]


def _truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-5])


def _changed(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def _emptied(file: Path) -> None:
    file.write_bytes(b"")


def _unreadable(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("damage", [_truncated, _changed, _emptied, _unreadable])
def test_a_damaged_file_is_as_none(
    folder: Path, tmp_path: Path, parsed: list[str], damage: Callable[[Path], None]
) -> None:
    first = _load(PROJECT, tmp_path)
    damage(next(folder.iterdir()))
    parsed.clear()
    assert _load(PROJECT, tmp_path).findings == first.findings
    assert parsed


def test_other_code_does_not_see_it(
    folder: Path, tmp_path: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _load(PROJECT, tmp_path)
    parsed.clear()
    monkeypatch.setattr(remembered, "_code", lambda: "0" * 32)
    _load(PROJECT, tmp_path)
    assert parsed


def test_the_code_is_that_of_all_sources_that_read_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "language"
    shutil.copytree(Path(remembered.__file__).parent, copy)
    monkeypatch.setattr(remembered, "__file__", str(copy / "remembered.py"))
    read = remembered._code.__wrapped__
    before = read()
    assert before == remembered._code()
    for name in ("yaml_scalars.py", "templates/syntax.py"):
        (copy / name).write_text("# changed\n", encoding="utf-8")
        assert read() != before
        before = read()


@pytest.mark.parametrize(("setting", "ci"), [("off", ""), ("0", ""), ("", "true"), ("/dev/null/below", "")], ids=str)
def test_nothing_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, ci: str) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(remembered.FOLDER, setting)
    monkeypatch.setenv("CI", ci)
    assert _load(PROJECT, tmp_path).findings
    assert not (tmp_path / "home").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows names another folder, and has no modes")
def test_the_memory_is_in_the_private_cache_folder_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(remembered.FOLDER, raising=False)
    monkeypatch.delenv("CI", raising=False)
    _load(PROJECT, tmp_path)
    folder = tmp_path / "home/scenario-cli"
    modes = [path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())]
    assert modes == [0o700, 0o600]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_a_folder_that_others_may_write_to_is_left_alone(folder: Path, tmp_path: Path, parsed: list[str]) -> None:
    _load(PROJECT, tmp_path)
    folder.chmod(0o777)
    parsed.clear()
    _load(PROJECT, tmp_path)
    assert parsed


def test_only_the_newest_files_stay_and_foreign_files_are_kept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "MOST_FILES", 2)
    folder.mkdir(mode=0o700)
    (folder / "notes").write_text("mine", encoding="utf-8")
    for name in ("a", "b", "c"):
        _load(PROJECT, tmp_path / name)
    assert len(list(folder.iterdir())) == 3
    assert (folder / "notes").exists()


def test_an_alias_is_the_node_that_it_names(folder: Path, tmp_path: Path) -> None:
    text = b"one: &a {b: [1, &c x]}\ntwo: *a\nthree: [*c, *a]\n"
    for _ in range(2):
        with remembered.remembering(tmp_path):
            reader._read.cache_clear()
            node, _ = reader.read_yaml(text, "a.yaml")
        remembered._memories.clear()
        assert node is not None
        first, second, third = node.fields.values()
        assert first is second is third.items[1]
        assert third.items[0] is first.fields["b"].items[1]


@pytest.mark.parametrize(
    "text",
    ["", "plain", "{% from 'a' import b, c as d %}{{ b() }}", "{% macro a(b, c=1) %}{{ b }}{% endmacro %}{{ a(1) }}",
     "{% for a, b in c|dictsort if a recursive %}{{ loop(a) }}{% else %}-{% endfor %}",
     "{% set a %}x{% endset %}{% block b scoped %}{{ super() }}{% endblock %}",
     "{{ 123456789012345678901234567890 ~ 1e400 ~ 'é\n' }}", "{% include ['a', b] ignore missing %}"],
)  # fmt: skip
def test_a_tree_is_restored_unchanged_or_not_kept(text: str) -> None:
    tree = syntax.parse_template(text)
    try:
        value = packed(tree)
    except ValueError:
        return
    assert unpacked(value) == tree
    recalled, first = (list(parsed.tree.find_all(JinjaNode)) for parsed in (unpacked(value), tree))
    assert [node.lineno for node in recalled] == [node.lineno for node in first]
