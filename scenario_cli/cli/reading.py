"""Reads an export for the commands that run scenarios over one."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from scenario_cli.cli.console import Stop, note, progress_bar
from scenario_cli.cli.options import date_formats, decimals, instant, mapping, one_of, outside_allowed
from scenario_cli.cli.written_files import refuse_overwriting

if TYPE_CHECKING:
    from scenario_cli.analysis.needs import Types
    from scenario_cli.cli.export_arguments import ExportArguments
    from scenario_cli.events.errors import ExportError
    from scenario_cli.events.staged import StagedLog
    from scenario_cli.model.export import Access, ContactFields, ExportOptions
    from scenario_cli.model.inspection import Inspection
    from scenario_cli.model.project import Exports, Project

    Progress = Callable[[str, int, int | None], None]
    Staging = AbstractContextManager[StagedLog]

FEW_ROWS = 100_000  # below this a second process costs more time than it saves


def export_options(project: Project, export: ExportArguments) -> ExportOptions:
    """The options of the command line, completed by those of project.yaml.

    A mapping on the command line is laid over the project's; with `--events` the project's contacts table
    and tool are left out, since they belong to another export.
    """
    from dataclasses import replace
    from typing import cast

    from scenario_cli.events.sources import NAMES
    from scenario_cli.model.export import ExportOptions, Identity

    exports = project.exports
    if export.rejects and not export.rejects.absolute().parent.is_dir():
        raise Stop(
            f"--rejects: folder {export.rejects.parent} does not exist", "create it first, or choose another file"
        )
    from_project = not export.events and not export.query
    outside = outside_allowed(export.allow_outside)
    if from_project and not (exports.events or exports.query or exports.sources):
        raise Stop("no event export is given", "give one with --events PATH, or in project.yaml under 'exports'")
    options = ExportOptions(
        events=exports.events if from_project else tuple(export.events or ()),
        contacts=tuple(export.contacts or (exports.contacts if from_project else ())),
        mapping={**exports.mapping, **mapping(export.map_)},
        contacts_mapping={**exports.contacts_mapping, **mapping(export.contacts_map, "--contacts-map")},
        timezone=export.timezone or exports.timezone or project.timezone,
        timezone_stated=bool(export.timezone or exports.timezone),
        source=one_of("--source", export.source, NAMES)
        if export.source
        else (exports.source if from_project else None),
        query=export.query or (exports.query if from_project else None),
        identity=cast("Identity", one_of("--identity", export.identity or exports.identity, _IDENTITIES)),
        dedupe=export.dedupe or exports.dedupe,
        rejects=str(export.rejects) if export.rejects else None,
        reaches=_reaches(project),
        contact_fields=_contact_fields(project),
        date_formats={**exports.date_formats, **date_formats(export.date_format)},
        decimals={**exports.decimals, **decimals(export.decimal)},
        group=export.group or (exports.group if from_project else None),
        keep_ids=export.keep_ids or exports.keep_ids,
        access=_access(project, exports, from_project, outside),
        contacts_access=_access(project, exports, from_project and not export.contacts, outside),
    )
    parts = exports.sources if from_project else ()
    refuse_overwriting([*options.events, *options.contacts, *(path for part in parts for path in part.events)])
    if not parts:
        return options
    options_at_top = [options] if exports.events or exports.query else []
    return replace(
        options,
        sources=(
            *options_at_top,
            *(_part(options, part, _access(project, part, from_project, outside)) for part in exports.sources),
        ),
    )


def _access(project: Project, exports: Exports, from_project: bool, outside: bool) -> Access:
    """The reach of paths: paths of project.yaml stay in its folder, unless the command line allows others."""
    from scenario_cli.model.export import Access

    if not from_project:
        return Access(outside=outside)
    positions = {text: f"{span.file}:{span.line}:{span.column}" for text, span in exports.spans.items()}
    return Access(project.root, outside, positions)


def _part(options: ExportOptions, source: Exports, access: Access) -> ExportOptions:
    """The options of one of several sources; the common options fill the gaps."""
    from dataclasses import replace

    return replace(
        options,
        events=source.events,
        mapping={**options.mapping, **source.mapping},
        timezone=source.timezone or options.timezone,
        timezone_stated=bool(source.timezone) or options.timezone_stated,
        source=source.source or options.source,
        query=source.query,
        date_formats={**options.date_formats, **source.date_formats},
        decimals={**options.decimals, **source.decimals},
        group=source.group or options.group,
        access=access,
    )


def _reaches(project: Project) -> tuple[tuple[str, str], ...]:
    """Attributes with an address and with the consent to use it, of the channels that read just those."""
    from scenario_cli.model.expression import path_of

    pairs: dict[tuple[str, str], None] = {}
    for channel in project.channels.values():
        paths = [path_of(part.root) if part else None for part in (channel.address, channel.consent)]
        names = [path[1] for path in paths if path and len(path) == 2 and path[0] == "contact"]
        if len(names) == 2:
            pairs[names[0], names[1]] = None
    return tuple(pairs)


def _contact_fields(project: Project) -> ContactFields | None:
    """The attributes that channels to contacts read as address and as consent; None if there are none."""
    from scenario_cli.model.export import ContactFields
    from scenario_cli.model.expression import path_of

    addresses: dict[str, str] = {}
    consents: dict[str, None] = {}
    for channel in project.channels.values() if project.channels else ():
        address, consent = (path_of(part.root) if part else None for part in (channel.address, channel.consent))
        kind = _ADDRESS_KINDS.get(channel.name)
        if channel.recipient == "contact" and address and len(address) == 2 and address[0] == "contact" and kind:
            addresses.setdefault(address[1], kind)
        if channel.recipient == "contact" and consent and len(consent) == 2 and consent[0] == "contact":
            consents[consent[1]] = None
    if not addresses and not consents:
        return None
    events = tuple(name for name, event in project.plan.events.items() if event.profile)
    return ContactFields(tuple(addresses.items()), tuple(consents), events)


# The channels whose addresses have a form of their own.
_ADDRESS_KINDS = {"email": "email", "sms": "phone", "call": "phone", "whatsapp": "phone"}


def refuse_without_log(hint: str, export: ExportArguments, **options: object) -> None:
    """Stops if an option is about a log and no log is read: it would do nothing."""
    for name, value in {**asdict(export), **options}.items():
        if value and name != "allow_outside":  # it is about reference tables, too
            raise Stop(f"--{name.strip('_').replace('_', '-')} needs an event log", hint)


@contextmanager
def read_log(
    project: Project,
    scenarios: Iterable[str],
    options: ExportOptions,
    quiet: bool,
    rows: bool = True,
    contact: str | None = None,
    beside: Project | None = None,
    survey: Collection[str] | None = None,
    more: Mapping[str, Types] | None = None,
) -> Iterator[StagedLog]:
    """The log that `staged_log` stages, with a progress bar; stops if it cannot be read."""
    from scenario_cli.hosts.exports import staged_log

    with _reading(
        project,
        options,
        quiet,
        lambda progress: staged_log(project, scenarios, options, progress, rows, contact, beside, survey, more=more),
    ) as staged:
        yield staged


@contextmanager
def read_insights_log(
    project: Project, options: ExportOptions, parts: Collection[str], quiet: bool
) -> Iterator[StagedLog]:
    """The log that `insights_log` stages, in the same manner."""
    from scenario_cli.hosts.insights.log import insights_log

    with _reading(project, options, quiet, lambda progress: insights_log(project, options, parts, progress)) as staged:
        yield staged


@contextmanager
def _reading(
    project: Project, options: ExportOptions, quiet: bool, stage: Callable[[Progress | None], Staging]
) -> Iterator[StagedLog]:
    from scenario_cli.events.errors import ExportError

    _refuse_unknown_fields(project, options)
    try:
        with ExitStack() as staging:
            with progress_bar(quiet) as progress:
                staged = staging.enter_context(stage(progress))
            if options.rejects:
                table = staged.report.contacts_table
                unusable = [*staged.report.unusable, *(table.unusable if table else ())]
                count = sum(kind.count for kind in unusable)
                note(f"wrote {count:,} rows that could not be used to {options.rejects}", quiet)
            yield staged
    except ExportError as error:
        raise _stop(error) from None


def inspected(
    options: ExportOptions,
    quiet: bool,
    declared: Mapping[str, Mapping[str, str | None]] | None = None,
    attributes: Mapping[str, str | None] | None = None,
    broadcast: Collection[str] = (),
) -> Inspection:
    """The facts about an export. The temporary folder that it is read into is removed."""
    import tempfile

    from scenario_cli.events.errors import ExportError
    from scenario_cli.events.inspect import inspect

    with tempfile.TemporaryDirectory(prefix="scenario-") as folder:
        try:
            with progress_bar(quiet) as progress:
                return inspect(options, Path(folder), progress, declared, attributes, broadcast)
        except ExportError as error:
            raise _stop(error) from None


def _stop(error: ExportError) -> Stop:
    """Its hint can show values of the export."""
    from scenario_cli.reports.masking import masked

    return Stop(masked(error.message), masked(error.hint) if error.hint else None)


def _refuse_unknown_fields(project: Project, options: ExportOptions) -> None:
    """A name on the left of a mapping that nothing reads is a slip of the keyboard."""
    from scenario_cli.model.diagnostic import did_you_mean

    plan = project.plan
    properties = {name for event in plan.events.values() for name in event.properties}
    for option, mapping_, names in (
        *(("--map", part.mapping, {*_EVENT_FIELDS, *properties}) for part in options.parts),
        ("--contacts-map", options.contacts_mapping, {*_CONTACT_FIELDS, *plan.profile}),
    ):
        for name in mapping_:
            if name not in names:
                raise Stop(f"{option}: no scenario uses '{name}'", did_you_mean(name, names, "names"))


_IDENTITIES = ("forward", "backward", "off")
_EVENT_FIELDS = (
    "contact_id", "event", "timestamp", "event_id", "sequence", "properties", "anonymous_id", "previous_id",
)  # fmt: skip
_CONTACT_FIELDS = ("contact_id", "updated_at", "known_since")


def check_times(**times: str | None) -> None:
    """Stops at an option that holds no time, before the project and the log are read, which take long.

    Which instant it is depends on the clock of the project: see `span`.
    """
    for name, text in times.items():
        instant(f"--{name.strip('_').replace('_', '-')}", text, "UTC")


def check_workers(workers: int | None) -> None:
    """Stops at a number of processes that cannot be."""
    if workers is not None and workers < 1:
        raise Stop("--workers must be 1 or more")


def number_of_workers(workers: int | None, rows: int) -> int:
    """The number of workers: as requested; else one for a short log, and one a core for a long log."""
    if workers is not None:
        return workers
    return 1 if rows < FEW_ROWS else min(os.cpu_count() or 1, 8)


def span(staged: StagedLog, from_: str | None, until: str | None, timezone: str) -> tuple[int | None, int]:
    """The instant from which contacts can enter, and the instant until which time passes: by default the log's last."""
    return span_until(staged.report.last, from_, until, timezone)


def span_until(last: int | None, from_: str | None, until: str | None, timezone: str) -> tuple[int | None, int]:
    """The same for a log with a `last` instant, or without one."""
    start = instant("--from", from_, timezone)
    end = instant("--until", until, timezone)
    if end is None:
        end = last if last is not None else 0
    if start is not None and start > end:
        raise Stop("--from is after the end of the replay", "choose an earlier --from or a later --until")
    return start, end
