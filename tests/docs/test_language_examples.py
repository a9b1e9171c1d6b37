"""Every example of the documentation is valid and gives the result on the page; an example that no test runs fails.

After an intended change: UPDATE_DOCS=1 pytest tests/docs writes the results on the pages anew. Read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from scenario_cli.model.vocabulary import (
    DATETIME_PARTS,
    FILTERS,
    FUNCTIONS,
    READER_FILTERS,
    TESTS,
    TEXT_FILTERS,
)
from tests.docs import example_projects as projects
from tests.docs.pages import (
    COMMANDS,
    FILES,
    LANGUAGE,
    PAGES,
    RESULTS,
    ROOT,
    SHOWN,
    Example,
    blocks_of,
    compare,
    examples_of,
)
from tests.docs.test_command_examples import PAGES_OF_COMMANDS
from tests.rows import rows

REFERENCE = "".join(page.read_text(encoding="utf-8") for page in LANGUAGE)
WAITS = next(page for page in LANGUAGE if page.name == "waits.md")
# These are compared elsewhere: as sessions, and as a whole page.
ELSEWHERE = (*PAGES_OF_COMMANDS, ROOT / "docs" / "rules.md")
EXAMPLES = [example for page in PAGES if page not in ELSEWHERE for example in examples_of(page)]


@rows("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_works_as_the_page_shows(example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    if block := example.of("values"):
        compare(example.page, block, projects.values(example, block, tmp_path))
        return
    loaded = projects.load(example, tmp_path)
    if block := example.of("finding"):
        compare(example.page, block, projects.findings(loaded))
        return
    assert projects.errors(loaded) == ""
    if trace := example.of("trace"):
        outcome = projects.run(loaded, trace.text)
        compare(example.page, trace, outcome.trace)
        if message := example.of("message"):
            compare(example.page, message, outcome.messages)
        if rows := example.of("rows"):
            compare(example.page, rows, outcome.rows)


def test_every_block_of_every_page_is_tested() -> None:
    for page in PAGES:
        kinds = {block.kind for block, _ in blocks_of(page)}
        assert kinds <= FILES | RESULTS | COMMANDS | SHOWN, f"{page.name} has blocks that no test knows"
    tested = sum(len(example.blocks) for example in EXAMPLES)
    all_blocks = [block for page in PAGES if page not in ELSEWHERE for block, _ in blocks_of(page)]
    assert tested == sum(block.kind in FILES | RESULTS for block in all_blocks)
    assert {block.kind for block in all_blocks} <= {"yaml", "jinja", "csv"} | RESULTS | SHOWN


@rows("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_shows_one_result_of_a_kind(example: Example) -> None:
    kinds = [block.kind for block in example.blocks if block.kind in RESULTS]
    assert len(kinds) == len(set(kinds))
    assert not ({"message", "rows"} & set(kinds)) or "trace" in kinds
    assert not ({"finding", "values"} & set(kinds)) or len(kinds) == 1


def test_the_pages_hold_the_examples_they_should() -> None:
    """A change in the search for examples must not lose examples unnoticed."""
    kinds = [block.kind for page in LANGUAGE for block, _ in blocks_of(page)]
    assert kinds.count("trace") >= 75
    assert kinds.count("finding") >= 25
    assert len(projects.waits_of(WAITS)) >= 20


@rows(("wait", "begins", "over"), projects.waits_of(WAITS))
def test_a_wait_of_the_table_ends_as_the_page_says(wait: str, begins: str, over: str) -> None:
    assert projects.wait_is_over(wait, begins) == over


@pytest.mark.parametrize(
    ("begins", "names"),
    [("**Filters**: ", FILTERS), ("**Tests** (after `is`): ", TESTS), ("expressions it has: ", TEXT_FILTERS)],
)
def test_the_page_lists_what_an_expression_may_use(begins: str, names: frozenset[str]) -> None:
    listed = REFERENCE.partition(begins)[2].partition(".")[0]
    assert listed == ", ".join(sorted(names))


def test_the_page_lists_every_function_date_part_and_reader_filter() -> None:
    assert [name for name in FUNCTIONS if f"| `{name}(" not in REFERENCE] == []
    assert [name for name in DATETIME_PARTS if f"`{name}`" not in REFERENCE] == []
    assert [name for name in READER_FILTERS if f"| `{name}" not in REFERENCE] == []
