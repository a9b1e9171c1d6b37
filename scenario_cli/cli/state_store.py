"""Shared parts of the commands of `scenario state`: the store, the project, and their errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import Stop, note
from scenario_cli.cli.store_options import store_file

if TYPE_CHECKING:
    from scenario_cli.hosts.store.database import Store
    from scenario_cli.hosts.store.definitions import Definitions
    from scenario_cli.hosts.store.names import Names
    from scenario_cli.language.project import Loaded

ContactId = Annotated[str, typer.Argument(metavar="CONTACT", help="The id of the contact, as in the export.")]


@contextmanager
def stopping() -> Iterator[None]:
    """Turns the errors of a store into the sentence that ends the command."""
    from scenario_cli.events.errors import ExportError
    from scenario_cli.hosts.store.errors import StoreError

    try:
        yield
    except (StoreError, ExportError) as error:
        raise Stop(error.message, error.hint) from None


@contextmanager
def read_store(
    state: Path | None, project: str | None, quiet: bool, command: str = ""
) -> Iterator[tuple[Store, Loaded | None]]:
    """The store to read, and the project that it belongs to, if there is one here and it has no errors.

    A long reading needs a `command`: the lock has its name until the end. Raises `StoreError`.
    """
    from scenario_cli.hosts.store.database import opened
    from scenario_cli.hosts.store.lock import locked_to_read

    path, loaded = named_store(state, project, quiet)
    lock = locked_to_read(path, command) if command and path.is_file() else nullcontext()
    with lock, opened(path, read_only=True) as store:
        yield store, belonging(store, loaded, project, quiet)


def named_store(state: Path | None, project: str | None, quiet: bool) -> tuple[Path, Loaded | None]:
    """The store's file, and the project that is named or that the current folder is in; None without a sound one.

    A store that `--state` names needs no project.
    """
    from scenario_cli.cli.options import load_root, project_root
    from scenario_cli.language.find import NoProject, find_project

    try:
        root = find_project(project)
    except NoProject:
        if state is not None and project is None:
            return state, None
        project_root(project)  # stops, and reports the fault
        raise
    loaded = load_root(root, errors_only=True)
    path = store_file(state, loaded.project)
    if not loaded.broken:
        return path, loaded
    note("the project has errors, so the store is read without it: see 'scenario validate'", quiet)
    return path, None


def belonging(store: Store, loaded: Loaded | None, project: str | None, quiet: bool) -> Loaded | None:
    """The project, if the store belongs to it. A project that was not requested is left out if it does not."""
    name = store.meta("project")
    if loaded is None or name in (None, loaded.project.name):
        return loaded
    own_name = loaded.project.name
    if project is not None:
        raise Stop(f"{store.path} belongs to the project '{name}', not to '{own_name}'", "leave --project out")
    note((
        f"{store.path} belongs to the project '{name}', so it is read without the project '{own_name}' of this "
        "folder"
    ), quiet)  # fmt: skip
    return None


def timezone_of(loaded: Loaded | None) -> str:
    """The project's time zone; UTC without a project."""
    return loaded.project.timezone if loaded is not None else "UTC"


def definitions_in(store: Store, loaded: Loaded) -> Definitions:
    """Today's definitions, and the older ones that journeys of the store run on. Raises `StoreError`."""
    from scenario_cli.cli.older_definitions import OlderDefinitions, texts_of
    from scenario_cli.cli.options import outside_allowed
    from scenario_cli.hosts.store.definitions import definitions_for
    from scenario_cli.language.files import folder_with

    root = Path(loaded.project.root)
    texts = texts_of(loaded, root)
    older = OlderDefinitions(folder_with(root, {}, outside_allowed()), texts)
    return definitions_for(store, loaded.project, texts, older.read)


def names_in(store: Store, loaded: Loaded | None, quiet: bool) -> Names:
    """The words of the project for the content of a store; none without a project. Raises `ExportError`."""
    from scenario_cli.hosts.store.errors import StoreError
    from scenario_cli.hosts.store.names import Names

    if loaded is None:
        return Names()
    try:
        definitions = definitions_in(store, loaded)
    except StoreError as error:
        note(f"{error.message}; waits and triggers are therefore not described", quiet)
        return Names()
    return Names(definitions.project, definitions.compiled())
