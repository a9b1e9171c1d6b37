"""Files named in a stranger's project are read from its own folder only, unless the command line allows more."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenario_cli.cli.main import run

SECRET = "TOKEN-OF-SOMEBODY-ELSE"
PROJECT = """project: shop
timezone: UTC
channels:
  email: {address: contact.email, consent: contact.email_optin}
"""
FILES = {
    "project.yaml": PROJECT,
    "events.yaml": "profile: {email: string, email_optin: boolean}\nevents: {bought: {properties: {sku: string}}}\n",
    "cart.yaml": "scenario: cart\nstatus: live\ntrigger: {event: bought}\n"
    "states:\n  in: {send: {email: hello}, end: done}\n",
    "templates/hello.email.j2": "---\nsubject: Hello\n---\nHello\n",
    "data/log.csv": "contact_id,event,timestamp,sku\nana,bought,2025-03-03T10:00:00Z,a\n",
    "data/people.csv": "contact_id,email,email_optin\nana,ana@example.com,true\n",
}
TABLE = "tables: {{prices: {{file: {file}, key: sku}}}}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "shop"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "log.csv").write_text(f"contact_id,event,timestamp,sku\n{SECRET},bought,2025-03-03T10:00:00Z,{SECRET}\n")
    (outside / "prices.csv").write_text(f"{SECRET},price\na,1\n")
    (outside / "text").write_text(f"{SECRET}: {{{{\n")
    monkeypatch.chdir(tmp_path)
    return root


def ended(capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str]:
    code = run(list(command))
    shown = capsys.readouterr()
    return code, shown.out + shown.err


@pytest.mark.parametrize(
    ("exports", "place"),
    [
        ("{events: ../outside/log.csv}", "5:19"),
        ("{events: [data/log.csv, ../outside/*.csv]}", "5:34"),
        ("{events: data/log.csv, contacts: ../outside/log.csv}", "5:43"),
        ("{events: /etc/passwd}", "5:19"),
        ("{events: ~/log.csv}", None),
        ("{events: link/log.csv}", "5:19"),
        ("{events: link}", "5:19"),
        ("{events: 'http://127.0.0.1:9/log.csv'}", "5:19"),
        ("{events: 'postgresql://127.0.0.1:9/shop'}", "5:19"),
        ("{events: .git/config}", "5:19"),
        ("{sources: [{events: data/log.csv}, {events: ../outside/log.csv}]}", "5:54"),
        ("{sources: [{query: \"FROM '../outside/log.csv'\"}]}", "5:29"),
        ("{query: \"FROM '../outside/log.csv'\"}", "5:18"),
        ("{query: 'SELECT 1; SELECT 2'}", "5:18"),
        ("{query: \"FROM read_text('/etc/passwd')\"}", "5:18"),
        ("{query: \"COPY (SELECT 1) TO 'x'\"}", "5:18"),
    ],
)
def test_an_export_outside_is_refused(
    project: Path, exports: str, place: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "link").symlink_to(project.parent / "outside")
    (project / ".git").mkdir()
    (project / ".git/config").write_text(SECRET)
    (project / "project.yaml").write_text(f"{PROJECT}exports: {exports}\n")
    for command in (["dry-run"], ["events", "inspect"], ["why", SECRET]):
        code, shown = ended(capsys, *command, "--project", "shop")
        assert code == 2
        if place:
            assert f"scenario: shop/project.yaml:{place}: " in shown, shown
        assert shown.count(SECRET) == 0
        assert "root:" not in shown


def test_paths_and_queries_of_the_project_hold_from_its_folder(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for exports in (
        "{events: data/log.csv, contacts: data/people.csv}",
        "{events: 'data/*.csv'}",
        "{query: \"SELECT * FROM 'data/log.csv'\"}",
        "{sources: [{events: data/log.csv}, {query: \"FROM 'data/l*.csv'\"}]}",
    ):
        (project / "project.yaml").write_text(f"{PROJECT}exports: {exports}\n")
        if "*.csv'}" in exports and "query" not in exports:
            (project / "data/people.csv").rename(project / "people.csv")
        code, shown = ended(capsys, "dry-run", "--project", "shop")
        assert code == 0, shown


def test_the_command_line_may_allow_it(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "project.yaml").write_text(f"{PROJECT}exports: {{events: ../outside/log.csv}}\n")
    assert ended(capsys, "dry-run", "--project", "shop")[0] == 2
    assert ended(capsys, "dry-run", "--project", "shop", "--events", "outside/log.csv")[0] == 0
    assert ended(capsys, "dry-run", "--project", "shop", "--allow-outside")[0] == 0
    monkeypatch.setenv("SCENARIO_ALLOW_OUTSIDE", "0")
    assert ended(capsys, "dry-run", "--project", "shop")[0] == 2
    monkeypatch.setenv("SCENARIO_ALLOW_OUTSIDE", "1")
    assert ended(capsys, "dry-run", "--project", "shop")[0] == 0
    # An option for the log gives the project no other rights.
    monkeypatch.delenv("SCENARIO_ALLOW_OUTSIDE")
    (project / "project.yaml").write_text(f"{PROJECT}exports: {{events: data/log.csv, contacts: ../outside/log.csv}}\n")
    assert ended(capsys, "dry-run", "--project", "shop")[0] == 2
    assert ended(capsys, "dry-run", "--project", "shop", "--contacts", "outside/log.csv")[0] == 0


@pytest.mark.parametrize(
    "file", ["../outside/prices.csv", "linked.csv", "../outside/prces.csv", "hidden.csv", "/etc/x"]
)
def test_a_table_outside_is_refused(
    project: Path, file: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".git").mkdir()
    (project / ".git/config").write_text(f"{SECRET},x\n")
    (project / "linked.csv").symlink_to("../outside/prices.csv")
    (project / "hidden.csv").symlink_to(".git/config")
    (project / "project.yaml").write_text(PROJECT + TABLE.format(file=file))
    for command in (["validate", "shop"], ["dry-run", "--project", "shop", "--events", "shop/data/log.csv"]):
        _, shown = ended(capsys, *command)
        assert "table 'prices' cannot be read from" in shown
        assert "shop/project.yaml:5:25" in shown
        assert "SCENARIO_ALLOW_OUTSIDE=1" in shown
        assert SECRET not in shown
        assert "prices.csv'?" not in shown  # files outside are not listed
    monkeypatch.setenv("SCENARIO_ALLOW_OUTSIDE", "1")
    assert "cannot be read from" not in ended(capsys, "validate", "shop")[1]


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("templates/hello.email.j2", "../../outside/text"),
        ("templates/part.j2", "../../outside/text"),
        ("templates/part.j2", "../data/people.csv"),
        ("templates/part.j2", "../.git/config"),
        ("templates/part.j2", "/proc/self/environ"),
        ("cart.yaml", "../outside/text"),
        ("more.yaml", "/proc/self/environ"),
        ("events.yaml", "../outside/text"),
        ("tests/a.test.yaml", "../../outside/text"),
    ],
)
def test_a_link_out_of_the_project_is_not_followed(
    project: Path, path: str, target: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_SOMEBODY", SECRET)
    (project / ".git").mkdir()
    (project / ".git/config").write_text(SECRET)
    (project / "data/people.csv").write_text(SECRET)
    (project / "templates/hello.email.j2").write_text(
        "---\nsubject: Hello\n---\n{% include 'part.j2' %}\n" if "part" in path else "Hello\n"
    )
    place = project / path
    place.parent.mkdir(exist_ok=True)
    place.unlink(missing_ok=True)
    place.symlink_to(target)
    before = place.readlink()
    for command in (["validate", "shop"], ["preview", "cart", "--project", "shop"], ["test", "--project", "shop"],
                    ["fmt", "--diff", "--project", "shop"]):  # fmt: skip
        _, shown = ended(capsys, *command)
        assert SECRET not in shown, (command, shown)
        if command[0] == "validate":
            assert "cannot be read: it is a link to a place outside '" in shown, shown
    assert place.readlink() == before


def test_templates_include_nothing_but_templates(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outside = project.parent / "outside"
    (project / "data/people.csv").write_text(SECRET)
    for name in (
        "../data/people.csv",
        f"{outside}/text",
        "../../outside/text",
        "/etc/passwd",
        "hello.email.j2/../../x",
    ):
        for statement in (f"{{% include '{name}' %}}", f"{{% extends '{name}' %}}", f"{{% import '{name}' as x %}}",
                          f"{{% from '{name}' import x %}}", f"{{% include ['{name}', 'none.j2'] %}}",
                          f"{{% set n = '{name}' %}}{{% include n %}}",
                          f"{{% include '{name}' ignore missing %}}"):  # fmt: skip
            (project / "templates/hello.email.j2").write_text(f"---\nsubject: Hello\n---\n{statement}\n")
            _, shown = ended(capsys, "preview", "cart", "--project", "shop")
            assert SECRET not in shown
            assert "root:" not in shown
