"""`scenario completion`: scripts by which a shell completes commands and names, and the answers they ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer

from scenario_cli.cli.console import Stop, emit
from scenario_cli.cli.help import summary

# Each script asks for the words that fit at the cursor. A word has only letters, digits and signs that no shell reads.
_SCRIPTS = {
    "bash": r"""
_scenario() {
  local IFS=$'\n'
  COMPREPLY=($(compgen -W "$(scenario completion words -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1)" \
    -- "${COMP_WORDS[COMP_CWORD]#=}"))
}
complete -o default -F _scenario scenario
""",
    "zsh": r"""
#compdef scenario
_scenario() {
  local -a found
  local line
  for line in ${(f)"$(scenario completion words -- "${(@)words[2,CURRENT]}" 2>/dev/null)"}; do
    found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done
  if (( $#found )); then _describe 'scenario' found; else _files; fi
}
if (( $+functions[compdef] )); then compdef _scenario scenario; fi
""",
    "fish": r"""
function __scenario_words
  set -l words (commandline -opc) (commandline -ct)
  scenario completion words -- $words[2..-1] 2>/dev/null
end
complete --command scenario --arguments '(__scenario_words)'
""",
}
_WORD = re.compile(r"[\w./:-]+")


def completion(
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="The shell: bash, zsh or fish.")],
    line: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
) -> int:
    """Print the script that completes commands and names in a shell.

    Examples:
      scenario completion bash
      scenario completion fish
    """
    if shell == "words":  # a script asks for the words that fit in place of the last of these words
        lines = (f"{word}\t{about}\n" for word, about in _fitting(line or [""]))
        emit("".join(lines), None)
        return 0
    if shell not in _SCRIPTS:
        raise Stop(f"no completion for '{shell}'", f"there is one for {', '.join(_SCRIPTS)}")
    emit(_SCRIPTS[shell].lstrip("\n"), None)
    return 0


def _fitting(line: list[str]) -> Iterator[tuple[str, str]]:
    """The words that fit in place of the last word of a command line, each with a short description."""
    before = [part for word in line[:-1] for part in _parted(word)]
    *option, typed = _parted(line[-1]) or [""]
    head = f"{option[0]}=" if option else ""
    for word, about in _words([*before, *option], typed):
        if word.startswith(typed) and _WORD.fullmatch(word):
            yield head + word, about


def _parted(word: str) -> list[str]:
    """`--format=json` as an option and its value; bash parts it itself, and passes the sign as a word."""
    if word == "=":
        return []
    name, sign, value = word.partition("=")
    return [name, value] if sign and word.startswith("-") else [word]


def _words(before: list[str], typed: str) -> Iterator[tuple[str, str]]:
    from scenario_cli.cli.app import commands

    command: Any = commands()
    arguments: list[str] = []
    option = ""
    for word in before:
        inner = getattr(command, "commands", {})
        if option:
            option = ""
        elif word.startswith("-"):
            option = word if _takes_value(command, word) else ""
        elif word in inner:
            command = inner[word]
        else:
            arguments.append(word)
    if option:
        yield from ((value, "") for value in _values_of_option(command, option, before))
    elif typed.startswith("-"):
        for parameter in command.params:
            if parameter.param_type_name == "option" and not parameter.hidden:
                yield max(parameter.opts, key=len), (parameter.help or "").partition(". ")[0].rstrip(".")
    elif inner := getattr(command, "commands", None):
        yield from ((name, summary(inner[name].help).rstrip(".")) for name in inner)
    else:
        yield from ((name, "") for name in _values_of_argument(command.name or "", arguments, before))


def _takes_value(command: Any, word: str) -> bool:
    return any(word in parameter.opts and not parameter.is_flag for parameter in command.params if parameter.opts
               and parameter.param_type_name == "option")  # fmt: skip


def _values_of_option(command: Any, option: str, before: list[str]) -> Iterable[str]:
    if option == "--scenario":
        return _scenarios(before)
    if option == "--color":
        return ("auto", "always", "never")
    parameter = next(parameter for parameter in command.params if option in parameter.opts)
    # The help lists the values of a choice: "Format: text, json or html. ..."
    listed = re.match(r"[A-Z][^:.]*: ((?:\w+, )*\w+(?: or \w+)?)[.]", parameter.help or "")
    return re.split(", | or ", listed[1]) if listed is not None else ()


def _values_of_argument(command: str, arguments: list[str], before: list[str]) -> Iterable[str]:
    match command:
        case "completion" if not arguments:
            return tuple(_SCRIPTS)
        case "schema" if not arguments:
            from scenario_cli.language.schema.files import KINDS

            return KINDS
        case "rules" if not arguments:
            from scenario_cli.language.rules import RULES

            return [rule.code for rule in RULES]
        case "new" if not arguments:
            from scenario_cli.shipped import shipped

            return list(_named_in(shipped("scenarios")))
        case "dry-run" | "plan" | "results" | "brief" | "map":
            return _scenarios(before)
        case "graph" | "preview" if not arguments:
            return _scenarios(before)
    return ()


def _scenarios(before: list[str]) -> list[str]:
    """The names of the scenarios of the project that the command line means; none if it means none."""
    from scenario_cli.language.find import NoProject, find_project

    named = next((word for option, word in pairwise(before) if option == "--project"), None)
    try:
        return list(_named_in(find_project(named)))
    except (NoProject, OSError):
        return []


def _named_in(root: Path) -> Iterator[str]:
    """The scenarios of a project by the line that names them: to read the files in full would take too long here."""
    from scenario_cli.language.files import Folder
    from scenario_cli.language.kinds import project_files

    for path, kind in project_files(Folder(root)):
        if kind == "scenario":
            text = (root / path).read_text(encoding="utf-8", errors="replace")
            named = re.search(r"^scenario:\s*([\w-]+)", text, re.MULTILINE)
            if named is not None:
                yield named[1]
