"""Every command line of the documentation is run in a copy of the shipped project, and its output compared.

A page is one session: its commands run in their order on the page, in a folder with `scenarios/`. A block that names
its file is written there first. `scenario` runs in this process, anything else in a shell. After an intended change:
UPDATE_DOCS=1 pytest tests/docs writes the results on the pages anew. Read the difference.
"""

from __future__ import annotations

import io
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from scenario_cli.cli.main import run
from scenario_cli.shipped import shipped
from tests.cli.commands import commands
from tests.docs.pages import COMMANDS, FILES, ROOT, SHOWN, Block, blocks_of, compare
from tests.sample.shop import one_in, packed_part_of_the_log

DOCS = ROOT / "docs"
PAGES_OF_COMMANDS = (
    ROOT / "README.md",
    *(
        DOCS / name
        for name in (
            "audience.md",
            "commands.md",
            "ci.md",
            "deliver.md",
            "diff.md",
            "editor.md",
            "exports.md",
            "first-ten-minutes.md",
            "insights.md",
            "library.md",
            "live.md",
            "reading-exports.md",
            "relationship-plan.md",
            "results.md",
            "state.md",
            "testing.md",
            "tracking-plan.md",
            "why.md",
        )
    ),
    *sorted((DOCS / "commands").glob("*.md")),
)


# The results on these pages come from these scenarios of the shipped project only; other pages show the whole project.
SCENARIOS = {
    "audience": (),
    "commands/brief": ("cart_abandonment",),
    "commands/docs": ("cart_abandonment",),
    "commands/events": (),
    "commands/fmt": (),
    "commands/graph": ("nurturing", "reactivation", "welcome"),
    "commands/import": (),
    "commands/plan": (),
    "commands/preview": ("cart_abandonment", "reactivation", "welcome"),
    "commands/results": (),
    "commands/validate": (),
    "commands/why": ("welcome",),
    "editor": ("welcome",),
    "exports": ("welcome",),
    "first-ten-minutes": (),
    "insights": ("welcome",),
    "reading-exports": (),
    "results": ("key_dates", "promotion_affinity"),
    "testing": ("cart_abandonment", "key_dates", "welcome"),
    "why": ("cart_abandonment", "nurturing", "welcome"),
}

# These pages show a share of the contacts, or these contacts: their log has no others.
CONTACTS = {
    "commands/map": one_in(6),
    "commands/preview": {"c0104"}.__contains__,
    "commands/why": {"c0011", "c0101", "c0111", "c0305"}.__contains__,
}

# These pages use the example project that is written out on this page.
SHOP = DOCS / "commands" / "dry-run.md"
PAGES_ABOUT_THE_SHOP = ("commands/events", "commands/plan", "commands/results", "reading-exports")

# These pages use a project that `scenario init shop` makes, and state this.
PAGES_ABOUT_A_NEW_PROJECT = ("commands/fmt", "commands/validate")


def name_of(page: Path) -> str:
    """`why` for docs/why.md, `commands/why` for docs/commands/why.md."""
    return page.relative_to(DOCS).with_suffix("").as_posix() if page.is_relative_to(DOCS) else page.stem


def lay_out(page: Path, folder: Path) -> None:
    """The shipped project. For some pages it is without the scenarios that they do not show, and without tests that
    name these: reading all scenarios anew after each change takes longer than everything else on the pages.
    """
    library = shipped("scenarios")
    scenarios = {path.stem for path in library.glob("*.yaml")} - {"project", "events", "metrics", "policy"}
    left_out = scenarios - reached(library, SCENARIOS.get(name_of(page), scenarios), scenarios)
    name_of_others = re.compile(rf"\b({'|'.join(sorted(left_out))})\b") if left_out else re.compile("(?!)")

    def elsewhere(place: str, names: list[str]) -> list[str]:
        tests = Path(place).name == "tests"
        return [
            name
            for name in names
            if name.partition(".")[0] in left_out
            or (tests and name_of_others.search((Path(place) / name).read_text(encoding="utf-8")))
        ]

    shutil.copytree(library, folder, ignore=elsewhere)
    if name_of(page) in CONTACTS:
        packed_part_of_the_log(folder / "data", CONTACTS[name_of(page)])


def reached(library: Path, names: Iterable[str], scenarios: set[str]) -> set[str]:
    """These scenarios, and those that they name."""
    reached_names: set[str] = set()
    new = set(names)
    while new:
        reached_names |= new
        words = {word for name in new for word in re.findall(r"\w+", (library / f"{name}.yaml").read_text("utf-8"))}
        new = (words & scenarios) - reached_names
    return reached_names


def write(block: Block, folder: Path) -> None:
    (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
    (folder / block.file).write_text(block.text, encoding="utf-8")


class Session:
    """A terminal without formatting: both streams in one text, and the last exit code."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.code = 0

    def answer(self, command: str, patch: pytest.MonkeyPatch) -> str:
        if command == "echo $?":
            return f"{self.code}\n"
        if not command.startswith("scenario "):
            process = subprocess.run(
                ["bash", "-c", command], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            self.code = process.returncode
            return process.stdout
        command, _, source = command.partition(" < ")
        operators = [word for word in shlex.shlex(command, posix=True, punctuation_chars="|<>;&") if word in "|<>;&"]
        assert not operators, f"{command}: only a command by itself is run"
        with patch.context() as inside, io.StringIO() as screen:
            if source:
                inside.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((self.folder / source).read_bytes())))
            inside.setattr(sys, "stdout", screen)
            inside.setattr(sys, "stderr", screen)
            self.code = run(shlex.split(command)[1:])
            return screen.getvalue()

    def replayed(self, block: str, patch: pytest.MonkeyPatch) -> str:
        """The block with the answers to its commands."""
        shown = ""
        for line in block.splitlines():
            if line.startswith("$ "):
                shown += f"{line}\n" + self.answer(line.removeprefix("$ "), patch)
        return shown


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder, for every page the same one: what a page has read, the next need not read again."""
    folder = tmp_path_factory.getbasetemp() / "page"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


@pytest.mark.parametrize("page", PAGES_OF_COMMANDS, ids=lambda page: name_of(page))
def test_the_commands_of_a_page_give_its_output(page: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(page, desk / "scenarios")
    monkeypatch.chdir(desk)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    session = Session(desk)
    if name_of(page) in PAGES_ABOUT_THE_SHOP:
        for block, _ in blocks_of(SHOP):
            if block.kind in FILES:
                write(block, desk)
    if name_of(page) in PAGES_ABOUT_A_NEW_PROJECT:
        assert run(["init", "shop", "-q"]) == 0
    for block, _ in blocks_of(page):
        if block.kind in COMMANDS:
            assert block.text.startswith("$ "), f"{page.name}:{block.line} has no command"
            compare(page, block, session.replayed(block.text, monkeypatch))
        elif block.kind in FILES:
            assert block.file, f"{page.name}:{block.line} does not say which file it is"
            write(block, desk)
        else:
            assert block.kind in SHOWN, f"{page.name}:{block.line} is of a kind that no test knows"


@pytest.mark.parametrize("command", sorted(commands()))
def test_the_page_lists_every_option_of_a_command(command: str) -> None:
    page = (DOCS / "commands" / f"{command.split()[0]}.md").read_text(encoding="utf-8")
    own = page.partition(f"# scenario {command}\n")[2]
    section = own.partition("\n## ")[0] if " " in command or command == "state" else own
    options = {name for param in commands()[command].params for name in param.opts if name.startswith("--")} - {
        "--help"
    }
    tables = "\n".join(line for line in section.splitlines() if line.startswith("| `-") or "[--" in line)
    assert set(re.findall(r"(?<![\w-])--[a-z-]+", tables)) - {"--help"} >= options
    assert set(re.findall(r"[|,\[] ?`?(--[a-z-]+)", tables)) <= options


def test_every_make_target_that_the_pages_name_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    pages = [ROOT / "README.md", *DOCS.rglob("*.md")]
    named = {name for page in pages for name in re.findall(r"\bmake ([a-z]+)`", page.read_text(encoding="utf-8"))}
    assert {"demo", "test"} <= named <= targets


def test_the_readme_stays_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 200
