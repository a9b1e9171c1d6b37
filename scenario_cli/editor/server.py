"""The language server: answers an editor over standard input and output. Only this module knows the protocol.

A change is read once typing pauses. Until then requests are answered from the last reading, if it still applies.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls import uris
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from scenario_cli.editor.candidates import candidates_at
from scenario_cli.editor.finding_places import carried_over, occurrence_at
from scenario_cli.editor.hover import hover_at
from scenario_cli.editor.project import OpenProject, View
from scenario_cli.editor.rename import CannotRename, renamable_at, renamed
from scenario_cli.editor.texts import Text
from scenario_cli.language.find import NoProject, find_project
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.source import Span

_PAUSE = 0.25  # seconds without a change, after which a project is read
_MOST_PAUSES = 8  # after so many it is read although typing continues

_SEVERITIES = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "info": lsp.DiagnosticSeverity.Information,
}
_KINDS = {
    "key": lsp.CompletionItemKind.Property,
    "property": lsp.CompletionItemKind.Field,
    "value": lsp.CompletionItemKind.EnumMember,
    "function": lsp.CompletionItemKind.Function,
    "filter": lsp.CompletionItemKind.Function,
    "test": lsp.CompletionItemKind.Keyword,
    "template": lsp.CompletionItemKind.File,
    "event": lsp.CompletionItemKind.Event,
    "event of the plan": lsp.CompletionItemKind.Event,
    "state": lsp.CompletionItemKind.Constant,
}


class Opened(OpenProject):
    """A project with a file that is open in the editor."""

    def __init__(self, root: Path, allow_outside: bool) -> None:
        super().__init__(root, allow_outside)
        self.changed = asyncio.Event()
        self.changes = 0  # of files and buffers, since the project was opened
        self.changes_read = -1  # how many of them the view contains
        self.reading = asyncio.Lock()
        self.reported: set[str] = set()  # the documents that the editor shows findings of
        self.keeper: asyncio.Task[None] | None = None

    @property
    def is_current(self) -> bool:
        """Whether the view contains every change."""
        return self.view is not None and self.changes_read == self.changes

    def note_change(self) -> None:
        """Has the project read once typing pauses."""
        self.changes += 1
        self.changed.set()


class ScenarioServer(LanguageServer):
    """The server with the projects that files are open of."""

    def __init__(self, version: str, allow_outside: bool) -> None:
        super().__init__("scenario", version, text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
        self.allow_outside = allow_outside
        self.projects: dict[Path, Opened] = {}
        self.uris: dict[Path, str] = {}  # of open documents, as the editor writes them

    # --- projects and their findings ---

    def project_of(self, path: Path) -> Opened | None:
        """The project that contains a file, opened if necessary; None if no project contains it."""
        try:
            root = find_project(str(path if path.exists() else path.parent))
        except NoProject:
            return None
        if not path.is_relative_to(root):
            return None
        if root not in self.projects:
            project = self.projects[root] = Opened(root, self.allow_outside)
            project.keeper = asyncio.ensure_future(self.keep_read(project))
        return self.projects[root]

    def buffer(self, uri: str, content: bytes | None) -> None:
        """Uses a document's text in place of its file's content; None: the file itself counts again."""
        path = _path(uri)
        project = self.project_of(path)
        if content is None:
            self.uris.pop(path, None)
        else:
            self.uris[path] = uri
        if project is not None:
            if content is None:
                project.buffers.pop(path, None)
            else:
                project.buffers[path] = content
            project.note_change()

    async def keep_read(self, project: Opened) -> None:
        """Reads a project again and again, each time that changes have come and typing pauses."""
        while True:
            await project.changed.wait()
            for _ in range(_MOST_PAUSES):
                project.changed.clear()
                await asyncio.sleep(_PAUSE)
                if not project.changed.is_set():
                    break
            await self.read(project)

    async def read(self, project: Opened) -> None:
        """Reads a project that has changed and shows its findings; after an internal error the earlier view stays."""
        async with project.reading:
            if project.is_current:
                return
            changes = project.changes
            try:
                view = await asyncio.to_thread(project.read)
            except Exception as error:  # the editor continues with the earlier reading
                self.log(f"{project.root} could not be read: {type(error).__name__}: {error}")
                return
            project.changes_read = changes
            self.show(project, view)

    def show(self, project: Opened, view: View) -> None:
        """Sends the findings of every file that has some, and of those that had."""
        texts: dict[str, Text] = {}
        by_document: dict[str, list[lsp.Diagnostic]] = {}
        for finding in view.loaded.findings:
            by_document.setdefault(self.uri(finding.span.file), []).append(self.diagnostic(finding, view, texts))
        for uri in project.reported - by_document.keys():
            by_document[uri] = []
        for uri, diagnostics in by_document.items():
            self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, diagnostics))
        project.reported = {uri for uri, diagnostics in by_document.items() if diagnostics}

    def diagnostic(self, finding: Diagnostic, view: View, texts: dict[str, Text]) -> lsp.Diagnostic:
        message = finding.message if finding.hint is None else f"{finding.message}\n{finding.hint}"
        related = [
            lsp.DiagnosticRelatedInformation(self.location(span, view, texts), words) for words, span in finding.related
        ]
        return lsp.Diagnostic(
            self.range(finding.span, view, texts),
            message,
            severity=_SEVERITIES[finding.severity],
            code=finding.code,
            source="scenario",
            related_information=related or None,
        )

    # --- requests about a place ---

    def at(self, params: Any) -> tuple[Opened, View, str, str, int] | None:
        """The project, its view, the file with its text, and the offset that a question is about."""
        path = _path(params.text_document.uri)
        project = self.project_of(path)
        if project is None or not path.is_relative_to(project.root):
            return None
        view = project.view or project.read()
        inside = path.relative_to(project.root).as_posix()
        content = project.buffers.get(path)
        text = Text(content.decode("utf-8", errors="replace")) if content is not None else Text(view.text(inside))
        return project, view, inside, text.content, text.offset((params.position.line, params.position.character))

    def location(self, span: Span, view: View, texts: dict[str, Text]) -> lsp.Location:
        return lsp.Location(self.uri(span.file), self.range(span, view, texts))

    def range(self, span: Span, view: View, texts: dict[str, Text]) -> lsp.Range:
        if span.file not in texts:
            texts[span.file] = Text(view.loaded.sources.get(span.file, ""))
        return _range(texts[span.file], *texts[span.file].offsets(span))

    def uri(self, file: str) -> str:
        """The document of a file, as the editor names it if it is open."""
        path = Path(file).absolute()
        return self.uris.get(path) or uris.from_fs_path(str(path)) or ""

    def log(self, message: str) -> None:
        self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Error, message))


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


def _follow_documents(server: ScenarioServer) -> None:
    @server.feature(lsp.INITIALIZED)
    def _(params: lsp.InitializedParams) -> None:
        watching = server.client_capabilities.workspace
        files = watching.did_change_watched_files if watching is not None else None
        if files is not None and files.dynamic_registration:
            patterns = [lsp.FileSystemWatcher(f"**/*.{ending}") for ending in ("yaml", "yml", "j2", "html", "txt")]
            options = lsp.DidChangeWatchedFilesRegistrationOptions(patterns)
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
    paths = [_path(uri) for uri in documents]
    for root, project in server.projects.items():
        if any(path.is_relative_to(root) for path in paths):
            project.note_change()


def _answer_questions(server: ScenarioServer) -> None:
    characters = [".", " ", ":", "/", "'", "|", "{", "=", "["]

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=characters))
    def _(params: lsp.CompletionParams) -> lsp.CompletionList:
        cursor = server.at(params)
        if cursor is None:
            return lsp.CompletionList(False, [])
        _, view, path, text, offset = cursor
        lines = Text(text)
        items = [
            lsp.CompletionItem(
                candidate.label,
                kind=_KINDS.get(candidate.kind, lsp.CompletionItemKind.Value),
                detail=candidate.kind,
                documentation=candidate.about or None,
                sort_text=f"{number:05}",
                text_edit=lsp.TextEdit(_range(lines, candidate.start, candidate.end), candidate.text),
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
        occurrence = occurrence_at(*cursor[1:]) if cursor is not None else None
        if cursor is None or occurrence is None:
            return []
        project, view = cursor[:2]
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
        symbol = at_cursor.symbol
        return [
            _place(server, project, view, path, occurrence.span)
            for path, occurrence in view.everywhere()
            if (occurrence.symbol.kind, occurrence.symbol.name) == (symbol.kind, symbol.name)
            and (symbol.kind != "state" or symbol.owner in (occurrence.symbol.owner, *occurrence.symbol.owners))
        ]

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix]))
    def _(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        path = _path(params.text_document.uri)
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
        text = Text(cursor[3])
        return lsp.PrepareRenamePlaceholder(_range(text, *text.offsets(occurrence.span)), occurrence.symbol.name)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    async def _(params: lsp.RenameParams) -> lsp.WorkspaceEdit:
        cursor = await _current(server, params)
        project, view = cursor[:2]
        with _renaming_errors():
            symbol = renamable_at(*cursor[1:]).symbol
            stretches = await asyncio.to_thread(renamed, project, symbol, params.new_name)
        scenario = view.project.scenarios.get(symbol.owner)
        state = scenario.states.get(symbol.name) if scenario is not None else None
        if state is not None and state.split is not None:
            words = f"'{symbol.name}' splits: draws depend on its name, so contacts will be drawn anew"
            server.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, words))
        changes: dict[str, list[lsp.TextEdit]] = {}
        for path, places in stretches.items():
            text = Text(view.named(path).text)
            uri = server.uri(str(project.root / path))
            changes[uri] = [lsp.TextEdit(_range(text, *place), params.new_name) for place in places]
        return lsp.WorkspaceEdit(changes)


async def _current(server: ScenarioServer, params: Any) -> tuple[Opened, View, str, str, int]:
    project = server.project_of(_path(params.text_document.uri))
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
    start, end = Text(named).offsets(span)
    offsets = [carried_over(named, now, offset) for offset in (start, end)]
    text = Text(now)
    start, end = (start if at is None else at for at, start in zip(offsets, (start, end), strict=True))
    return lsp.Location(server.uri(str(project.root / path)), _range(text, start, end))


def _range(text: Text, start: int, end: int) -> lsp.Range:
    return lsp.Range(lsp.Position(*text.position(start)), lsp.Position(*text.position(end)))


def _overlap(left: lsp.Range, right: lsp.Range) -> bool:
    return _order(left.start) <= _order(right.end) and _order(right.start) <= _order(left.end)


def _order(position: lsp.Position) -> tuple[int, int]:
    return position.line, position.character


def _path(uri: str) -> Path:
    """The file of a document, by the path that findings have."""
    return Path(uris.to_fs_path(uri) or uri).resolve()
