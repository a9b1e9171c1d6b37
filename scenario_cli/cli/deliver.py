"""`scenario deliver`: delivers the messages that wait in the outbox of a store."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenario_cli.cli.console import Stop, emit, note
from scenario_cli.cli.options import (
    TEXT_OR_JSON,
    Color,
    Output,
    ProjectDir,
    Quiet,
    ShowData,
    TextOrJson,
    color,
    format_of,
    load_sound,
    outside_allowed,
)
from scenario_cli.cli.store_options import State, elapsed, store_file

if TYPE_CHECKING:
    from scenario_cli.hosts.deliver.deliver import Settings
    from scenario_cli.hosts.deliver.lanes import Lane
    from scenario_cli.model.handing import DeliveryResult
    from scenario_cli.model.project import Project

_REHEARSED = 20  # messages that a rehearsal sends at most, without another limit
_STEP = 0.2  # seconds between two checks for a request to end


def deliver(
    state: State = None,
    project: ProjectDir = None,
    dry: Annotated[
        bool, typer.Option("--dry", help="Show what would be sent. Send nothing and write nothing.")
    ] = False,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="CHANNEL", help="Deliver this channel only; repeatable.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="Try at most N messages.")] = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="ADDRESS", help="Send all mail to this address instead. The outbox stays unchanged."
        ),
    ] = None,
    stale: Annotated[
        str | None,
        typer.Option("--stale", metavar="D", help="Drop messages that are later than this. Default: 1h."),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Repeat until Ctrl-C.")] = False,
    every: Annotated[
        str | None,
        typer.Option("--every", metavar="D", help="With --watch: the pause between two rounds. Default: 30s."),
    ] = None,
    format_: TextOrJson = None,
    output: Output = None,
    show_data: ShowData = False,
    color_: Color = "auto",
    quiet: Quiet = False,
) -> int:
    """Send the messages of the outbox by mail, webhook or file.

    Examples:
      scenario deliver --state crm.db --dry
      scenario deliver --state crm.db --only sms --limit 100
    """
    from scenario_cli.hosts.deliver.channels import lanes_of
    from scenario_cli.hosts.store.errors import StoreError
    from scenario_cli.model.waits import SECOND

    chosen_format = format_of(format_, output, TEXT_OR_JSON)
    colored = color(color_) and output is None
    if watch and (dry or to is not None):
        raise Stop("--watch cannot be combined with --dry or --to", "leave one of them out")
    if every is not None and not watch:
        raise Stop("--every needs --watch", "add --watch, or leave it out")
    if dry and to is not None:
        raise Stop("--dry and --to cannot be combined", "leave one of them out")
    pause = elapsed("--every", every, 30 * SECOND) / SECOND
    loaded = load_sound(project, quiet)
    model = loaded.project
    store = store_file(state, model)
    _check_channels(model, only or [])
    settings = _settings(model, elapsed("--stale", stale, model.run.stale), limit, not only)
    with _wall_clock() as clock:
        while True:
            assert model.delivery is not None
            lanes = lanes_of(model.delivery, Path(model.root), os.environ, only or (), to, outside_allowed())
            try:
                result = _once(store, lanes, settings, clock, dry, to is not None, quiet)
            except StoreError as error:
                raise Stop(error.message, error.hint) from None
            _show(result, chosen_format, colored, show_data, output)
            if watch and not clock.stopping:
                sys.stdout.flush()
                clock.sleep(pause)
            if clock.ended_by is not None:
                note("stopped after the message in progress", quiet)
                return 128 + clock.ended_by
            if not watch:
                return 0 if result.complete else 1


class _WallClock:
    """The time of this machine. The first interrupt asks to end after the message running; the next ends at once."""

    def __init__(self) -> None:
        self.ended_by: int | None = None

    def now(self) -> int:
        return time.time_ns() // 1000

    def sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.stopping and (remaining := until - time.monotonic()) > 0:
            time.sleep(min(remaining, _STEP))

    @property
    def stopping(self) -> bool:
        return self.ended_by is not None


@contextmanager
def _wall_clock() -> Iterator[_WallClock]:
    clock = _WallClock()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def end(number: int, _: object) -> None:
        clock.ended_by = number
        restore()

    for number in before:
        signal.signal(number, end)
    try:
        yield clock
    finally:
        restore()


def _check_channels(project: Project, names: list[str]) -> None:
    from scenario_cli.model.diagnostic import did_you_mean

    if project.delivery is None:
        raise Stop("the project has no delivery.yaml", "it names the server, address or file for each channel")
    for name in names:
        if name not in project.delivery.channels:
            raise Stop(f"--only: delivery.yaml has no channel '{name}'",
                       did_you_mean(name, project.delivery.channels, "its channels"))  # fmt: skip


def _settings(project: Project, stale: int, limit: int | None, all_channels: bool) -> Settings:
    from scenario_cli.hosts.deliver.deliver import Settings

    return Settings(Path(project.root), project.timezone, stale, limit, all_channels)


def _once(
    store: Path, lanes: list[Lane], settings: Settings, clock: _WallClock, dry: bool, rehearsal: bool, quiet: bool
) -> DeliveryResult:
    from scenario_cli.hosts.deliver.deliver import deliver as hand_over
    from scenario_cli.hosts.deliver.trying import look, rehearse

    if dry:
        return look(store, lanes, settings, clock.now())
    if rehearsal:
        return rehearse(store, lanes, settings.limit or _REHEARSED, clock)
    return hand_over(store, lanes, settings, clock, lambda text: note(text, quiet))


def _show(result: DeliveryResult, format_: str, colored: bool, show_data: bool, output: Path | None) -> None:
    from scenario_cli.reports.deliver.json import delivery_json
    from scenario_cli.reports.deliver.masked import masked_delivery
    from scenario_cli.reports.deliver.text import delivery_text

    shown = result if show_data else masked_delivery(result)
    emit(delivery_json(shown) if format_ == "json" else delivery_text(shown, colored), output)
