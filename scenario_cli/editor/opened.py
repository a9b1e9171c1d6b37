"""The projects that an editor has files open of: their buffers, when they are read, and their findings.

A change is read once typing pauses. Until then requests are answered from the last reading, if it still applies.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls import uris
from pygls.lsp.server import LanguageServer

from scenario_cli.editor.project import OpenProject, View
from scenario_cli.editor.texts import Text
from scenario_cli.language.find import project_above
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.source import Span

_NO_FILE = Path(os.devnull)  # nothing can be below it
_PAUSE = 0.25  # seconds without a change, after which a project is read
_MOST_PAUSES = 8  # after so many it is read although typing continues

_SEVERITIES = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "info": lsp.DiagnosticSeverity.Information,
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
        self.written_root = root  # as the editor writes it, such as through a link

    @property
    def is_current(self) -> bool:
        """Whether the view contains every change."""
        return self.view is not None and self.changes_read == self.changes

    def note_change(self) -> None:
        """Has the project read once typing pauses."""
        self.changes += 1
        self.changed.set()

    def note_spelling(self, uri: str) -> None:
        """Remembers how the editor writes the project's folder."""
        inside = path_of(uri).relative_to(self.root).parts
        written = Path(uris.to_fs_path(uri) or uri).parts
        if written[-len(inside) :] == inside:
            self.written_root = Path(*written[: -len(inside)])


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
        root = project_above(path)
        if root is None:
            return None
        if root not in self.projects:
            project = self.projects[root] = Opened(root, self.allow_outside)
            project.keeper = asyncio.ensure_future(self.keep_read(project))
        return self.projects[root]

    def buffer(self, uri: str, content: bytes | None) -> None:
        """Uses a document's text in place of its file's content; None: the file itself counts again."""
        path = path_of(uri)
        if content is None:
            self.uris.pop(path, None)
        else:
            self.uris[path] = uri
        project = self.project_of(path)
        for opened in self.projects.values():
            if opened is project and content is not None:
                opened.buffers[path] = content
                opened.note_spelling(uri)
            elif opened.buffers.pop(path, None) is None:
                continue
            opened.note_change()

    def regroup(self) -> None:
        """Gives each open document to the project that contains it, after a project.yaml has come or gone."""
        for root in [root for root in self.projects if project_above(root) != root]:
            project = self.projects.pop(root)
            if project.keeper is not None:
                project.keeper.cancel()
            self.publish(project, {})
        for uri, document in self.workspace.text_documents.items():
            self.buffer(uri, document.source.encode("utf-8", "replace"))

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
                project.changes_read = changes
                self.show(project, view)
            except Exception as error:  # the editor continues with the earlier reading
                self.log(f"{project.root} could not be read: {type(error).__name__}: {error}")

    def show(self, project: Opened, view: View) -> None:
        """Sends the findings of every file that has some, and of those that had."""
        texts: dict[str, Text] = {}
        by_document: dict[str, list[lsp.Diagnostic]] = {}
        for finding in view.loaded.findings:
            by_document.setdefault(self.uri(finding.span.file), []).append(self.diagnostic(finding, view, texts))
        if self.projects.get(project.root) is project:
            self.publish(project, by_document)

    def publish(self, project: Opened, by_document: dict[str, list[lsp.Diagnostic]]) -> None:
        # What goes is sent first: an editor can write the name of the same file in another form.
        for uri in [*(project.reported - by_document.keys()), *by_document]:
            self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, by_document.get(uri, [])))
        project.reported = set(by_document)

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
        path = path_of(params.text_document.uri)
        project = self.project_of(path)
        if project is None or not path.is_relative_to(project.root):
            return None
        view = project.view or project.read()
        inside = path.relative_to(project.root).as_posix()
        content = project.buffers.get(path)
        text = self.text(content.decode("utf-8", errors="replace") if content is not None else view.text(inside))
        return project, view, inside, text.content, text.offset((params.position.line, params.position.character))

    def text(self, text: str) -> Text:
        """A text whose columns are counted as the editor wants it."""
        return Text(text, self.workspace.position_encoding or lsp.PositionEncodingKind.Utf16)

    def location(self, span: Span, view: View, texts: dict[str, Text]) -> lsp.Location:
        return lsp.Location(self.uri(span.file), self.range(span, view, texts))

    def range(self, span: Span, view: View, texts: dict[str, Text]) -> lsp.Range:
        if span.file not in view.loaded.sources:  # a table
            start, end = (span.line - 1, span.column - 1), (span.end_line - 1, span.end_column - 1)
            return lsp.Range(lsp.Position(*start), lsp.Position(*end))
        if span.file not in texts:
            texts[span.file] = self.text(view.loaded.sources[span.file])
        return range_of(texts[span.file], *texts[span.file].offsets(span))

    def uri(self, file: str) -> str:
        """The document of a file, as the editor names it if it is open, and else the folder of the project."""
        path = Path(file).absolute()
        if path in self.uris:
            return self.uris[path]
        project = next((project for root, project in self.projects.items() if path.is_relative_to(root)), None)
        if project is not None:
            path = project.written_root / path.relative_to(project.root)
        return uris.from_fs_path(str(path)) or ""

    def log(self, message: str) -> None:
        self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Error, message))


def range_of(text: Text, start: int, end: int) -> lsp.Range:
    return lsp.Range(lsp.Position(*text.position(start)), lsp.Position(*text.position(end)))


def path_of(uri: str) -> Path:
    """The file of a document, by the path that findings have; of one that is no file, a path in no project."""
    path = uris.to_fs_path(uri)
    return Path(path).resolve() if path is not None else _NO_FILE / uri
