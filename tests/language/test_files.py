"""A project can be in a folder, in memory, in a git revision, or under unsaved buffers: it is the same project."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from scenario_cli.hosts.tables import load_tables
from scenario_cli.language.files import Files, Folder, Memory, Overlay, store_tables
from scenario_cli.language.project import Loaded, load_files, load_project
from scenario_cli.language.reader import MAX_BYTES
from scenario_cli.language.revision import NoRevision, Revision, revision

PROJECT = {
    "project.yaml": "project: shop\ntables:\n  shops: {file: data/shops.csv, key: shop}\nchannels: {email: {}}\n",
    "events.yaml": "profile: {shop: string}\nevents: {opened: {properties: {shop: string}}}\n",
    "first.yaml": "scenario: first\ntrigger: {event: opened}\n"
    "states: {in: {send: {email: hello}, after: {1d: {end: done}}}}\n",
    "sub/second.yaml": "scenario: second\ntrigger: {event: opend}\nstates: {in: {end: done}}\n",
    "templates/hello.email.j2": "---\nsubject: Hello\n---\n{% include 'foot.j2' %}"
    "{{ table('shops', contact.shop).city }}",
    "templates/foot.j2": "unsubscribe",
    "tests/first.test.yaml": "scenario: first\ncases:\n"
    "  - {name: one, timeline: [{at: 2026-01-01 10:00, event: opened}], expect: {outcome: done}}\n",
    "data/shops.csv": "shop,city\na,Lyon\n",
    ".hidden/third.yaml": "scenario: [",
}


def write(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def git(folder: Path, *arguments: str) -> None:
    identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.c", "GIT_COMMITTER_NAME": "a",
                "GIT_COMMITTER_EMAIL": "a@b.c", "GIT_CONFIG_GLOBAL": os.devnull}  # fmt: skip
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, env={**os.environ, **identity})


def committed(repository: Path, files: dict[str, str], tag: str) -> None:
    write(repository, files)
    git(repository, "init", "-q", "-b", "main")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", tag)
    git(repository, "tag", tag)


def in_memory(root: Path) -> Files:
    return Memory({path: text.encode() for path, text in PROJECT.items()}, root)


def in_revision(root: Path) -> Files:
    committed(root.parent, {f"{root.name}/{path}": text for path, text in PROJECT.items()}, "v1")
    shutil.rmtree(root)
    return revision(root, "v1")


def under_buffers(root: Path) -> Files:
    write(root, {**PROJECT, "first.yaml": "scenario: [", "templates/foot.j2": "other"})
    (root / "sub/second.yaml").unlink()
    edited = ("first.yaml", "templates/foot.j2", "sub/second.yaml")
    return Overlay(Folder(root), {path: PROJECT[path].encode() for path in edited})


@pytest.mark.parametrize("make_files", [in_memory, in_revision, under_buffers])
def test_the_same_project_is_read_from_anywhere(make_files: Callable[[Path], Files], tmp_path: Path) -> None:
    root = tmp_path / "repository" / "crm"
    loaded = load_files(make_files(root), tests=True)
    folder = load_project(write(root, PROJECT), tests=True)
    assert loaded == folder
    assert loaded.project.digest == folder.project.digest
    assert {finding.code for finding in folder.findings} >= {"REF001"}
    assert set(folder.project.scenarios) == {"first", "second"}


@pytest.mark.parametrize("make_files", [in_memory, in_revision])
def test_tables_that_lie_on_no_disk_are_stored_in_a_folder_of_the_caller(
    make_files: Callable[[Path], Files], tmp_path: Path
) -> None:
    root, scratch = tmp_path / "repository" / "crm", tmp_path / "scratch"
    scratch.mkdir()
    files = make_files(root)
    stored = store_tables(load_files(files).project, files, scratch)
    assert load_tables(stored)["shops"].look_up("a", 0) == {"shop": "a", "city": "Lyon"}
    assert replace(stored.tables["shops"], stored="") == load_files(files).project.tables["shops"]


def test_tables_of_a_folder_stay_where_they_are(tmp_path: Path) -> None:
    root, scratch = write(tmp_path / "crm", PROJECT), tmp_path / "scratch"
    project = load_project(root).project
    assert store_tables(project, Folder(root), scratch) == project
    assert not scratch.exists()


def test_a_missing_table_is_a_finding_with_similar_files(tmp_path: Path) -> None:
    files = {**PROJECT, "project.yaml": PROJECT["project.yaml"].replace("shops.csv", "shop.csv")}
    folder = load_project(write(tmp_path, files))
    memory = load_files(Memory({path: text.encode() for path, text in files.items()}, tmp_path))
    (missing,) = (finding for finding in folder.findings if finding.code == "REF019")
    assert missing.hint == "did you mean 'shops.csv'? in 'data': 'shops.csv'"
    assert memory == folder


@pytest.mark.parametrize(
    "table",
    [
        "shop,city\nA1,Cup\u2028blue\nA2,a\x0bb\x85c\n",
        'shop,city\r\nA1,"Cup,\r\nblue"\r\n\r\nA2,Bowl',
        # The top of a large table, which is checked, ends in this value.
        "shop,city\n" + "A1,Cup\n" * (MAX_BYTES // 7 - 100) + '"' + "A2\n" * 1_000 + '",Bowl\n',
    ],
    ids=["other-ends-of-lines", "a-value-of-two-lines", "a-large-table"],
)
def test_a_table_with_a_value_in_each_column_has_no_finding(tmp_path: Path, table: str) -> None:
    files = {**PROJECT, "data/shops.csv": table}
    loaded = load_files(Memory({path: text.encode() for path, text in files.items()}, tmp_path))
    assert [finding.message for finding in loaded.findings if finding.code == "REF019"] == []


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    write(tmp_path, PROJECT)
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere.yaml")
    (tmp_path / "templates/gone.email.j2").symlink_to(tmp_path / "templates/nowhere.j2")
    findings = {finding.span.file.rpartition("/")[2]: finding for finding in load_project(tmp_path).findings}
    assert findings["gone.yaml"].message == "the file cannot be read: it is a link to a file that does not exist"
    assert (
        findings["gone.email.j2"].message == "the template cannot be read: it is a link to a file that does not exist"
    )


def test_a_renamed_file_has_its_old_name_in_the_old_revision(tmp_path: Path) -> None:
    committed(tmp_path, PROJECT, "v1")
    git(tmp_path, "mv", "first.yaml", "primary.yaml")
    git(tmp_path, "commit", "-qm", "renamed")
    old, new = (load_files(revision(tmp_path, name)).project for name in ("v1", "main"))
    assert Path(old.scenarios["first"].file).name == "first.yaml"
    assert Path(new.scenarios["first"].file).name == "primary.yaml"
    assert old.digest == new.digest


def test_a_revision_holds_links_and_tables_beside_the_project(tmp_path: Path) -> None:
    files = {f"crm/{path}": text for path, text in PROJECT.items()}
    files["crm/project.yaml"] = files["crm/project.yaml"].replace("data/shops.csv", "../shared/shops.csv")
    files["shared/shops.csv"] = files.pop("crm/data/shops.csv")
    write(tmp_path, files)
    (tmp_path / "crm/linked.yaml").symlink_to("../shared/linked.yaml")
    committed(tmp_path, {"shared/linked.yaml": "scenario: linked\ntrigger: {event: opened}\nstates: {in: {end: x}}\n"},
              "v1")  # fmt: skip
    at_revision, folder = (
        load_files(revision(tmp_path / "crm", "v1")),
        load_project(tmp_path / "crm", allow_outside=True),
    )
    assert at_revision == folder
    assert "linked" in at_revision.project.scenarios
    assert at_revision.project.tables["shops"].columns == ("shop", "city")


def test_a_folder_that_cannot_be_listed_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {**PROJECT, "more/second.yaml": "scenario: second\n", "templates/more/a.push.j2": "Hello\n"})

    def scan(folder: str) -> object:
        if Path(folder).name == "more":
            raise PermissionError(13, "Permission denied", folder)
        return scandir(folder)

    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", scan)
    findings = load_project(tmp_path).findings
    told = [
        finding.span.file.removeprefix(f"{tmp_path}/")
        for finding in findings
        if finding.message == "the folder cannot be read: permission is missing"
    ]
    assert told == ["more", "templates/more"]


def test_an_object_that_git_has_lost_is_a_finding(tmp_path: Path) -> None:
    committed(tmp_path, PROJECT, "v1")
    files = revision(tmp_path, "v1")
    name = files.entries["first.yaml"].object
    (tmp_path / ".git/objects" / name[:2] / name[2:]).unlink()
    (lost,) = (finding for finding in load_files(files).findings if finding.code == "YAML010")
    assert lost.message == "the file cannot be read: git does not have this object"


def refusal(call: Callable[[], Revision]) -> tuple[str, str]:
    with pytest.raises(NoRevision) as refused:
        call()
    return str(refused.value), refused.value.hint


def test_an_unknown_revision_is_refused_with_existing_ones(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    committed(repository, {f"crm/{path}": text for path, text in PROJECT.items()}, "v1")
    root = repository / "crm"
    unknown = "the repository 'repository' has no revision '{}'"
    assert refusal(lambda: revision(root, "mian")) == (
        unknown.format("mian"),
        "did you mean 'main'? branches and tags: 'main', 'v1'",
    )
    assert refusal(lambda: revision(root, "--all"))[0] == unknown.format("--all")
    assert refusal(lambda: revision(repository / "cmr", "v1")) == (
        "no project in 'cmr' at revision 'v1'",
        "did you mean 'crm'? projects there: 'crm'",
    )
    outside = write(tmp_path / "outside", PROJECT)
    assert "is not in a git repository" in refusal(lambda: revision(outside, "v1"))[0]


def test_a_repository_without_a_commit_is_told(tmp_path: Path) -> None:
    repository = write(tmp_path / "repository", PROJECT)
    git(repository, "init", "-q")
    assert refusal(lambda: revision(repository, "HEAD"))[0] == "the repository 'repository' has no commit yet"


def test_a_shallow_clone_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    committed(tmp_path / "whole", PROJECT, "v1")
    committed(tmp_path / "whole", {"first.yaml": PROJECT["first.yaml"] + "# more\n"}, "v2")
    git(tmp_path, "clone", "-q", "--depth", "1", "--branch", "v2", f"file://{tmp_path}/whole", "part")
    assert "git fetch --unshallow" in refusal(lambda: revision(tmp_path / "part", "v1"))[1]


def test_without_the_program_git_folders_are_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refusal(lambda: revision(tmp_path, "v1"))[0] == "the program 'git' is not installed"


def test_unsaved_files_go_before_saved_ones(tmp_path: Path) -> None:
    write(tmp_path, PROJECT)
    loaded: Loaded = load_project(tmp_path, unsaved={tmp_path / "third.yaml": b"scenario: third\n"})
    assert any(finding.span.file.endswith("third.yaml") for finding in loaded.findings)
