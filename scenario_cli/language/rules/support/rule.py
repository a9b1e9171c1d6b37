"""The form of a rule: its code, its document with examples, its check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from scenario_cli.language.rules.support.subject import Overview, Subject
from scenario_cli.model.diagnostic import Diagnostic, Fix, Severity
from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass

Findings = Iterator[Diagnostic]

# A scenario, or a part of one; or several files by name, `example.yaml` the scenario among them.
Example = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """One fault that a project can have.

    `finds` names the fault, `because` gives the harm, `mend` the repair. In `example` the rule finds something, in
    `instead` nothing. A rule looks at one scenario at a time (`check`), at what scenarios share or lack together
    (`check_project`), or at both. A rule `of_sound_files` skips files with errors, because it would report their
    consequences. A rule about templates is not `of_sound_scenarios`: an error of the scenario that sends a template
    says nothing about the template. `severity` is the worst of its findings, unless a project or the command line
    raises it. `fixes` describes what `validate --fix` does about a finding, if it does something.
    """

    code: str
    name: str
    severity: Severity
    finds: str
    because: str
    mend: str
    example: Example
    instead: Example
    check: Callable[[Subject], Findings] | None = None
    check_project: Callable[[Overview], Findings] | None = None
    of_sound_files: bool = True
    of_sound_scenarios: bool = True
    fixes: str = ""

    def finding(
        self,
        message: str,
        span: Span,
        hint: str | None = None,
        related: Iterable[tuple[str, Span]] = (),
        fix: Fix | None = None,
    ) -> Diagnostic:
        """A finding of this rule: the fault, its position, a hint, related positions, a safe fix."""
        return Diagnostic(self.code, message, span, self.severity, hint, tuple(related), fix)


def files_of(example: Example) -> Mapping[str, str]:
    """The files of an example by name."""
    return {"example.yaml": example} if isinstance(example, str) else example
