"""The language server: answers an editor over standard input and output."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams

from scenario_cli.editor.candidates import candidates_at
from scenario_cli.editor.finding_places import carried_over, occurrence_at
from scenario_cli.editor.hover import hover_at
from scenario_cli.editor.opened import Opened, ScenarioServer, path_of, range_of
from scenario_cli.editor.project import View
from scenario_cli.editor.properties import property_at
from scenario_cli.editor.rename import CannotRename, doubtful_places, renamable_at, renamed
from scenario_cli.editor.texts import Text
from scenario_cli.model.source import Span

_KINDS = {
    "key": lsp.CompletionItemKind.Property,
    "property": lsp.CompletionItemKind.Field,
    "value": lsp.CompletionItemKind.EnumMember,
    "function": lsp.CompletionItemKind.Function,
    "filter": lsp.CompletionItemKind.Function,
    "test": lsp.CompletionItemKind.Keyword,
    "operator": lsp.CompletionItemKind.Operator,
    "statement": lsp.CompletionItemKind.Keyword,
    "template": lsp.CompletionItemKind.File,
    "event": lsp.CompletionItemKind.Event,
    "event of the plan": lsp.CompletionItemKind.Event,
    "state": lsp.CompletionItemKind.Constant,
}


def serve(version: str, allow_outside: bool) -> None:
    """Answers until the editor shuts the server down. Other output of the process goes to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")  # the server closes its output
    with contextlib.redirect_stdout(sys.stderr):
        create_server(version, allow_outside).start_io(stdout=answers)


def create_server(version: str, allow_outside: bool = False) -> ScenarioServer:
    """The server with all that it answers."""
    server = ScenarioServer(version, allow_outside)
    _follow_documents(server)
    _answer_questions(server)
    _answer_renames(server)
    return server


# The files that findings depend on: also those of tables.
_READ_FILES = ("**/*.{yaml,yml,csv,tsv,parquet,json,jsonl}", "**/templates/**")


def _follow_documents(server: ScenarioServer) -> None:
    @server.feature(lsp.INITIALIZED)
    def _(params: lsp.InitializedParams) -> None:
        watching = server.client_capabilities.workspace
        files = watching.did_change_watched_files if watching is not None else None
        if files is not None and files.dynamic_registration:
            watchers = [lsp.FileSystemWatcher(pattern) for pattern in _READ_FILES]
            options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
            registration = lsp.Registration("files", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            server.client_register_capability(lsp.RegistrationParams([registration]))

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def _(params: lsp.DidOpenTextDocumentParams) -> None:
        server.buffer(params.text_document.uri, params.text_document.text.encode("utf-8", "replace"))

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def _(params: lsp.DidChangeTextDocumentParams) -> None:
        document = server.workspace.get_text_document(params.text_document.uri)
        server.buffer(params.text_document.uri, document.source.encode("utf-8", "replace"))

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def _(params: lsp.DidCloseTextDocumentParams) -> None:
        server.buffer(params.text_document.uri, None)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def _(params: lsp.DidSaveTextDocumentParams) -> None:
        _changed_on_disk(server, [params.text_document.uri])

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def _(params: lsp.DidChangeWatchedFilesParams) -> None:
        _changed_on_disk(server, [change.uri for change in params.changes])


def _changed_on_disk(server: ScenarioServer, documents: Iterable[str]) -> None:
    paths = [path_of(uri) for uri in documents]
    for root, project in server.projects.items():
        if any(path.is_relative_to(root) for path in paths):
            project.note_change()
    if any(path.name == "project.yaml" for path in paths):
        server.regroup()


def _answer_questions(server: ScenarioServer) -> None:
    characters = [".", " ", ":", "/", "'", "|", "{", "=", "["]

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=characters))
    def _(params: lsp.CompletionParams) -> lsp.CompletionList:
        cursor = server.at(params)
        if cursor is None:
            return lsp.CompletionList(False, [])
        _, view, path, text, offset = cursor
        lines = server.text(text)
        items = [
            lsp.CompletionItem(
                candidate.label,
                kind=_KINDS.get(candidate.kind, lsp.CompletionItemKind.Value),
                detail=candidate.kind,
                documentation=candidate.about or None,
                sort_text=f"{number:05}",
                text_edit=lsp.TextEdit(range_of(lines, candidate.start, candidate.end), candidate.text),
            )
            for number, candidate in enumerate(candidates_at(view, path, text, offset))
        ]
        return lsp.CompletionList(False, items)

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def _(params: lsp.HoverParams) -> lsp.Hover | None:
        cursor = server.at(params)
        hover = hover_at(*cursor[1:]) if cursor is not None else None
        return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, hover.text)) if hover is not None else None

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def _(params: lsp.DefinitionParams) -> list[lsp.Location]:
        cursor = server.at(params)
        if cursor is None:
            return []
        project, view = cursor[:2]
        occurrence = occurrence_at(*cursor[1:])
        if occurrence is None:
            read = property_at(*cursor[1:])
            path = Path(read.span.file).absolute() if read is not None and read.span.file else None
            if read is None or path is None or not path.is_relative_to(project.root):
                return []
            return [_place(server, project, view, path.relative_to(project.root).as_posix(), read.span)]
        return [
            _place(server, project, view, path, definition.span)
            for path, definition in view.definitions(occurrence.symbol)
        ]

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def _(params: lsp.ReferenceParams) -> list[lsp.Location]:
        cursor = server.at(params)
        at_cursor = occurrence_at(*cursor[1:]) if cursor is not None else None
        if cursor is None or at_cursor is None:
            return []
        project, view = cursor[:2]
        found = view.references(at_cursor.symbol)
        if params.context.include_declaration:
            found = [*view.definitions(at_cursor.symbol), *found]
        return [_place(server, project, view, path, occurrence.span) for path, occurrence in found]

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix]))
    def _(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        path = path_of(params.text_document.uri)
        project = server.project_of(path)
        view = project.view if project is not None else None
        if project is None or view is None or not project.is_current:
            return []
        texts: dict[str, Text] = {}
        actions: list[lsp.CodeAction] = []
        for finding in view.loaded.findings:
            place = server.range(finding.span, view, texts)
            if finding.fix is None or Path(finding.span.file).absolute() != path or not _overlap(place, params.range):
                continue
            edits = [lsp.TextEdit(server.range(edit.span, view, texts), edit.text) for edit in finding.fix.edits]
            change = lsp.WorkspaceEdit({params.text_document.uri: edits})
            actions.append(lsp.CodeAction(finding.fix.title, kind=lsp.CodeActionKind.QuickFix, edit=change,
                                          diagnostics=[server.diagnostic(finding, view, texts)]))  # fmt: skip
        return actions


def _answer_renames(server: ScenarioServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    async def _(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder:
        cursor = await _current(server, params)
        with _renaming_errors():
            occurrence = renamable_at(*cursor[1:])
        text = server.text(cursor[3])
        return lsp.PrepareRenamePlaceholder(range_of(text, *text.offsets(occurrence.span)), occurrence.symbol.name)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    async def _(params: lsp.RenameParams) -> lsp.WorkspaceEdit:
        cursor = await _current(server, params)
        project, view = cursor[:2]
        with _renaming_errors():
            symbol = renamable_at(*cursor[1:]).symbol
            stretches = await asyncio.to_thread(renamed, project, symbol, params.new_name)
        if project.view is not view:
            raise JsonRpcInvalidParams("the project has changed meanwhile; try again")
        scenario = view.project.scenarios.get(symbol.owner)
        state = scenario.states.get(symbol.name) if scenario is not None else None
        warnings = [
            f"{place} compares the state of an event with '{symbol.name}' and keeps that: does it mean this state?"
            for place in doubtful_places(view, symbol)
        ]
        if state is not None and state.split is not None:
            warnings.append(f"'{symbol.name}' splits: draws depend on its name, so contacts will be drawn anew")
        for words in warnings:
            server.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, words))
        changes: dict[str, list[lsp.TextEdit]] = {}
        for path, places in stretches.items():
            text = server.text(view.named(path).text)
            uri = server.uri(str(project.root / path))
            changes[uri] = [lsp.TextEdit(range_of(text, *place), params.new_name) for place in places]
        return lsp.WorkspaceEdit(changes)


async def _current(server: ScenarioServer, params: Any) -> tuple[Opened, View, str, str, int]:
    project = server.project_of(path_of(params.text_document.uri))
    if project is not None:
        await server.read(project)
        if not project.is_current:
            raise JsonRpcInvalidParams("the project changes faster than it is read, or could not be read; try again")
    cursor = server.at(params)
    if cursor is None:
        raise JsonRpcInvalidParams("this file belongs to no project")
    return cursor


@contextlib.contextmanager
def _renaming_errors() -> Any:
    """Turns the reason why a name stays into the answer that editors show."""
    try:
        yield
    except CannotRename as error:
        raise JsonRpcInvalidParams(str(error)) from None


def _place(server: ScenarioServer, project: Opened, view: View, path: str, span: Span) -> lsp.Location:
    """The current place of a span that was found in the text last read."""
    named = view.named(path).text
    content = project.buffers.get(project.root / path)
    now = content.decode("utf-8", errors="replace") if content is not None else named
    start, end = server.text(named).offsets(span)
    offsets = [carried_over(named, now, offset) for offset in (start, end)]
    text = server.text(now)
    start, end = (start if at is None else at for at, start in zip(offsets, (start, end), strict=True))
    return lsp.Location(server.uri(str(project.root / path)), range_of(text, start, end))


def _overlap(left: lsp.Range, right: lsp.Range) -> bool:
    return _order(left.start) <= _order(right.end) and _order(right.start) <= _order(left.end)


def _order(position: lsp.Position) -> tuple[int, int]:
    return position.line, position.character
