"""The language server in a process of its own, driven by a client over standard input and output."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("pygls", reason="the language server's library is not installed")

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from scenario_cli.cli.main import run
from tests.docs.pages import ROOT
from tests.editor.session import Session, at
from tests.editor.transcript import transcript


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    root = tmp_path_factory.mktemp("edited") / "shop"
    assert run(["init", str(root), "-q"]) == 0
    assert run(["new", "reactivation", "--project", str(root), "-q"]) == 0
    shutil.rmtree(root / "data")
    with contextlib.chdir(root):  # where editors start it
        session = Session(root.resolve())
    yield session
    assert session.close() == 0


CART = "cart_abandonment.yaml"


@pytest.fixture
def cart(session: Session) -> Iterator[str]:
    """The text of an open scenario; it is closed again unchanged."""
    text = session.open_and_read(CART)
    yield text
    session.shut(CART)


def has(code: str) -> Callable[[list[lsp.Diagnostic]], bool]:
    return lambda findings: code in [finding.code for finding in findings]


def test_the_server_lists_its_capabilities(session: Session) -> None:
    able = session.server.capabilities
    assert able.completion_provider and able.hover_provider and able.definition_provider and able.rename_provider
    assert able.position_encoding in (None, lsp.PositionEncodingKind.Utf16)


def test_findings_come_while_typing_and_go_when_mended(session: Session, cart: str) -> None:
    session.change(CART, cart.replace("event: order_completed", "event: order_complete"))
    (finding,) = session.shown(CART, lambda findings: any(each.code == "REF001" for each in findings))
    assert finding.message.startswith("unknown event 'order_complete'\ndid you mean 'order_completed'?")
    assert (finding.severity, finding.source) == (lsp.DiagnosticSeverity.Error, "scenario")
    assert finding.range.start == at(cart, "order_completed            #")
    session.change(CART, cart)
    assert session.shown(CART, lambda findings: not findings) == []


def test_columns_are_counted_in_units_of_utf_16(session: Session, cart: str) -> None:
    changed = cart.replace("title: Abandoned cart", 'title: "🛒🛒 Panier"\ngoal_: {}')
    changed = changed.replace(
        "where: journey.state != 'cart_open'", "where: \"'🛒é' in event.channel and event.emial\""
    )
    session.change(CART, changed)
    findings = session.shown(CART, lambda findings: any("emial" in each.message for each in findings))
    (finding,) = [each for each in findings if "emial" in each.message]
    assert finding.range.start == at(changed, "emial")
    assert finding.range.end == at(changed, "emial", 5)


def test_columns_are_counted_as_the_editor_prefers(tmp_path: Path) -> None:
    """Neovim and Helix prefer bytes."""
    (tmp_path / "project.yaml").write_text("project: p\ntimezone: UTC\n", encoding="utf-8")
    (tmp_path / "events.yaml").write_text("events: {paid: {}}\n", encoding="utf-8")
    session = Session(tmp_path.resolve(), lsp.PositionEncodingKind.Utf8, lsp.PositionEncodingKind.Utf16)
    session.open("one.yaml", "")
    assert session.server.capabilities.position_encoding == lsp.PositionEncodingKind.Utf8
    text = "scenario: one\ntrigger: {event: paid, where: \"'🛒é' == event.nothing\"}\nstates: {a: {end: b}}\n"
    session.change("one.yaml", text)
    (finding,) = [each for each in session.shown("one.yaml", has("REF004")) if each.code == "REF004"]
    before = text.split("\n")[1].partition("nothing")[0]
    assert finding.range.start == lsp.Position(1, len(before.encode()))
    labels = [item.label for item in session.complete("one.yaml", lsp.Position(1, len(before.encode()))).items]
    assert "timestamp" in labels
    assert session.close() == 0


def test_a_change_in_one_file_is_found_in_another(session: Session, cart: str) -> None:
    events = session.open("events.yaml")
    session.change("events.yaml", events.replace("\n  order_completed:", "\n  order_paid:"))
    session.shown(CART, lambda findings: any("order_completed" in each.message for each in findings))
    session.shut("events.yaml")
    session.shown(CART, lambda findings: not findings)


def test_names_are_completed_while_the_file_is_broken(session: Session, cart: str) -> None:
    text = cart.replace("cart_open:\n    set:", "cart_open:\n    next: \n    set: {[", 1)
    session.change(CART, text)
    session.shown(CART, lambda findings: any((each.code or "").startswith("YAML") for each in findings))  # type: ignore[union-attr]
    labels = [item.label for item in session.complete(CART, at(text, "next: ", 6)).items]
    assert labels[:5] == ["cart_open", "reminder", "worth_an_offer", "offer", "last_call"]


def test_an_item_replaces_what_is_typed(session: Session, cart: str) -> None:
    text = cart.replace("email: cart/reminder", "email: cart/re")
    session.change(CART, text)
    position = at(text, "email: cart/re", 14)
    (item,) = [item for item in session.complete(CART, position).items if item.label == "cart/reminder"]
    assert isinstance(item.text_edit, lsp.TextEdit)
    assert item.text_edit.new_text == "cart/reminder"
    assert item.text_edit.range == lsp.Range(at(text, "email: cart/re", 7), position)


def test_hover_shows_a_template_even_while_the_file_is_broken(session: Session, cart: str) -> None:
    sound = session.hover(CART, at(cart, "cart/offer", 2))
    session.change(CART, f"{cart}\nx: [\n")
    shown = session.hover(CART, at(cart, "cart/offer", 2))
    assert shown == sound
    assert shown.startswith("**template** `cart/offer`\n\nemail: `templates/cart/offer.email.j2` (also fr)")
    assert "subject: {{ discount }}% off the basket you left" in shown


def test_a_file_that_is_broken_when_it_is_opened_has_the_names_of_the_file_on_disk(tmp_path: Path) -> None:
    """An editor that starts again opens what was not saved."""
    assert run(["init", str(tmp_path / "shop"), "-q"]) == 0
    session = Session((tmp_path / "shop").resolve())
    cart = (session.root / CART).read_text(encoding="utf-8")
    text = f"{cart}\nx: [\n"
    session.open(CART, text)
    (location,) = session.definition(CART, at(text, "else: last_call", 8))
    assert location.range.start == at(cart, "last_call:")
    session.shown(CART, lambda findings: any((each.code or "").startswith("YAML") for each in findings))  # type: ignore[union-attr]
    assert session.definition(CART, at(text, "else: last_call", 8)) == [location]
    assert session.close() == 0


def test_a_rename_right_after_a_change_knows_the_change(session: Session, cart: str) -> None:
    text = f"# a line more\n{cart}"
    session.change(CART, text)
    time.sleep(0.1)  # the server has the change, and still waits for more
    edit = session.rename(CART, at(text, "else: last_call", 8), "last_word")
    assert edit.changes is not None
    places = [change.range.start for change in edit.changes[session.uri(CART)]]
    assert at(text, "last_call:") in places and at(text, "else: last_call", 6) in places


def test_hover_shows_the_definition_of_a_metric(session: Session) -> None:
    text = session.open_and_read("metrics.yaml")
    metric = text[text.index("metric.") + 7 :].partition(" ")[0]
    shown = session.hover("metrics.yaml", at(text, f"metric.{metric}", 9))
    session.shut("metrics.yaml")
    assert shown.startswith(f"**metric** `{metric}`\n\n")
    assert f"```yaml\n{metric}: " in shown or f"```yaml\n{metric}:\n" in shown


@pytest.mark.parametrize(
    ("file", "needle", "target", "definition"),
    [
        (CART, "else: last_call", CART, "last_call:"),
        (CART, "email: cart/reminder", "templates/cart/reminder.email.j2", ""),
        (CART, "event: cart_updated", "events.yaml", "cart_updated:"),
        ("reactivation.yaml", "segment.", "metrics.yaml", ""),
    ],
)
def test_a_name_has_its_definition(session: Session, file: str, needle: str, target: str, definition: str) -> None:
    text = session.open_and_read(file)
    locations = session.definition(file, at(text, needle, len(needle) + (2 if needle.endswith(".") else 0)))
    session.shut(file)
    assert session.uri(target) in [location.uri for location in locations]
    if definition:
        other = (session.root / target).read_text(encoding="utf-8")
        assert [location.range.start for location in locations] == [at(other, definition)]


def test_references_are_with_or_without_the_definition(session: Session, cart: str) -> None:
    position, definition = at(cart, "else: last_call", 8), at(cart, "last_call:\n")
    places = session.references(CART, position)
    assert [(place.uri, place.range.start) for place in places].count((session.uri(CART), definition)) == 1
    without = session.references(CART, position, include_declaration=False)
    assert len(without) == len(places) - 1 > 1
    assert definition not in [place.range.start for place in without]


def test_a_definition_is_found_at_its_place_in_a_buffer_that_has_changed(session: Session, cart: str) -> None:
    text = f"# a line more\n{cart}"
    session.change(CART, text)
    (location,) = session.definition(CART, at(text, "else: last_call", 8))
    assert location.range.start == at(text, "last_call:\n")


def test_a_state_is_renamed_in_every_file(session: Session, cart: str) -> None:
    edit = session.rename(CART, at(cart, "else: last_call", 8), "last_word")
    assert edit.changes is not None
    assert {uri.rpartition("/")[2] for uri in edit.changes} == {CART, "cart_abandonment.test.yaml"}
    assert all(change.new_text == "last_word" for changes in edit.changes.values() for change in changes)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("offer", "there is a state 'offer' already"),
        ("last call", "'last call' is not a name: use letters, digits and _, and no digit first"),
        ("never", "'never' has a meaning of its own here"),
        ("null", "'null' has a meaning of its own here"),
    ],
)
def test_a_name_that_does_not_do_is_refused(session: Session, cart: str, name: str, reason: str) -> None:
    with pytest.raises(JsonRpcException, match=reason):
        session.rename(CART, at(cart, "else: last_call", 8), name)


def test_a_place_without_a_name_of_the_project_is_not_renamed(session: Session, cart: str) -> None:
    with pytest.raises(JsonRpcException, match="the name of an event cannot be changed here"):
        session.rename(CART, at(cart, "event: cart_updated", 9), "basket_updated")


def test_a_fix_is_offered_where_the_validator_has_one(session: Session, cart: str) -> None:
    text = cart.replace("program: conversion", "program: Conversion")
    session.change(CART, text)
    (finding,) = session.shown(CART, lambda findings: any(each.code == "REF005" for each in findings))
    context = lsp.CodeActionContext([finding])
    document = lsp.TextDocumentIdentifier(session.uri(CART))
    params = lsp.CodeActionParams(document, finding.range, context)
    (action,) = session.wait(session.client.text_document_code_action_async(params))
    assert action.title == "write 'conversion'"
    assert action.edit.changes[session.uri(CART)][0].new_text == "conversion"


@pytest.mark.parametrize(
    "text", ["", "\x00", "\ufeff", "a: [", "- - - -", "{{{{", "a: !!python/object x", "🛒: 🛒", "\t"]
)
def test_no_text_ends_the_server(session: Session, cart: str, text: str) -> None:
    session.change(CART, text)
    session.complete(CART, lsp.Position(0, 1))
    session.hover(CART, lsp.Position(0, 0))
    session.definition(CART, lsp.Position(5, 5))


def test_a_document_that_is_no_file_is_left_alone(session: Session, cart: str) -> None:
    """A new document has no place yet; an editor also opens versions of other times under the paths of files."""
    for uri in ("untitled:new.yaml", f"git:{session.root / CART}?ref=HEAD"):
        document = lsp.TextDocumentItem(uri, "yaml", 1, "scenario: [")
        session.client.text_document_did_open(lsp.DidOpenTextDocumentParams(document))
        place = lsp.CompletionParams(lsp.TextDocumentIdentifier(uri), lsp.Position(0, 1))
        assert session.wait(session.client.text_document_completion_async(place)).items == ()
    session.change(CART, cart.replace("event: order_completed", "event: order_complete"))
    session.shown(CART, has("REF001"))
    locations = session.definition(CART, at(cart, "event: cart_updated", 9))
    assert [location.uri for location in locations] == [session.uri("events.yaml")]
    assert not [uri for uri in session.diagnostics if not uri.startswith("file:")]


def test_a_file_of_no_project_is_left_alone(session: Session, tmp_path: Path) -> None:
    path = str(tmp_path / "docker-compose.yaml")
    session.open(path, "services: {}\n")
    assert session.complete(path, lsp.Position(0, 3)).items == ()
    assert session.hover(path, lsp.Position(0, 3)) == ""
    session.shut(path)


UNKNOWN = "scenario: one\ntrigger: {event: nothing}\nstates: {told: {end: done}}\n"


def notify(session: Session, path: Path, change: lsp.FileChangeType) -> None:
    events = [lsp.FileEvent(path.as_uri(), change)]
    session.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams(events))


def test_an_open_file_belongs_to_a_project_from_its_project_file_on(session: Session, tmp_path: Path) -> None:
    one, project = str(tmp_path / "one.yaml"), tmp_path / "project.yaml"
    (tmp_path / "events.yaml").write_text("events: {paid: {}}\n", encoding="utf-8")
    session.open(one, UNKNOWN)
    for _ in range(2):
        project.write_text("project: p\ntimezone: UTC\n", encoding="utf-8")
        notify(session, project, lsp.FileChangeType.Created)
        session.shown(one, has("REF001"))
        project.unlink()
        notify(session, project, lsp.FileChangeType.Deleted)
        session.shown(one, lambda findings: not findings)
    session.shut(one)


def test_a_file_moves_to_a_project_that_is_made_below_another(session: Session, tmp_path: Path) -> None:
    """A part of the findings is of the outer project, until the inner has a project file."""
    inner = tmp_path / "inner"
    inner.mkdir()
    for folder in (tmp_path, inner):
        (folder / "events.yaml").write_text("events: {paid: {}}\n", encoding="utf-8")
    (tmp_path / "project.yaml").write_text("project: p\ntimezone: UTC\n", encoding="utf-8")
    one = str(inner / "one.yaml")
    session.open(str(tmp_path / "two.yaml"), UNKNOWN.replace("one", "two"))
    session.open(one, UNKNOWN)
    session.shown(str(tmp_path / "two.yaml"), has("REF001"))
    (inner / "project.yaml").write_text("project: q\ntimezone: UTC\n", encoding="utf-8")
    notify(session, inner / "project.yaml", lsp.FileChangeType.Created)
    session.shown(one, has("REF001"))
    session.shut(str(tmp_path / "two.yaml"))
    session.shut(one)


def test_a_fault_of_a_table_has_its_line(session: Session, tmp_path: Path) -> None:
    table = tmp_path / "products.csv"
    (tmp_path / "events.yaml").write_text("events: {paid: {}}\n", encoding="utf-8")
    table.write_text("sku,name\na,b\nc,d,e\n", encoding="utf-8")
    project = str(tmp_path / "project.yaml")
    text = "project: p\ntimezone: UTC\ntables: {products: {file: products.csv, key: sku}}\n"
    Path(project).write_text(text, encoding="utf-8")
    session.open(project)
    (finding,) = session.shown(str(table), lambda findings: len(findings) == 1)
    assert finding.range.start == lsp.Position(2, 0)
    session.shut(project)


def test_a_file_in_a_folder_that_is_not_made_yet_has_the_names_of_its_project(session: Session, cart: str) -> None:
    path = "templates/later/one.email.j2"
    session.open(path, "{{ contact. }}")
    assert "email" in [item.label for item in session.complete(path, lsp.Position(0, 11)).items]
    session.shut(path)


def test_files_have_names_below_the_folder_that_the_editor_opened(session: Session, tmp_path: Path) -> None:
    """A link to the folder: a file that is not open would else be opened a second time under another name."""
    shutil.copytree(session.root, tmp_path / "real")
    (tmp_path / "link").symlink_to("real", target_is_directory=True)
    events, cart = tmp_path / "real" / "events.yaml", str(tmp_path / "link" / CART)
    events.write_text(events.read_text(encoding="utf-8").replace("order_completed:", "order_done:"), encoding="utf-8")
    text = session.open(cart)
    session.shown(cart, has("REF001"))
    session.shown(str(tmp_path / "link/tests/cart_abandonment.test.yaml"), has("REF001"))
    locations = session.definition(cart, at(text, "email: cart/reminder", 8))
    assert session.uri(str(tmp_path / "link/templates/cart/reminder.email.j2")) in [each.uri for each in locations]
    session.shut(cart)


PAGE = ROOT / "docs" / "editor.md"


def test_the_page_shows_a_real_session(session: Session) -> None:
    """After an intended change: UPDATE_DOCS=1 pytest tests/editor/test_server.py"""
    head, opening, rest = PAGE.read_text(encoding="utf-8").partition("\n## A session\n")
    before, fence, behind = rest.partition("```text\n")
    shown, closing, after = behind.partition("```\n")
    assert opening and fence and closing
    lines = transcript(session)
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(f"{head}{opening}{before}{fence}{lines}{closing}{after}", encoding="utf-8")
    else:
        assert shown == lines
