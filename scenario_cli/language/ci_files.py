"""The files that check a project after every change: a CI workflow, hooks before a commit, owners, a README.

Builds texts. Knows only the names of folders, and writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

HOSTS = ("github", "gitlab")
_PYTHON = "3.12"


def repository_files(host: str, project: str, version: str, owner: str) -> Mapping[str, str]:
    """Files by their path in the repository. `project` is the project's folder there, `.` for the repository itself;
    `owner` approves changes of the policy, empty if nobody is named yet."""
    option = "" if project == "." else f" --project {_quoted(project)}"
    hooks = {".pre-commit-config.yaml": _hooks(project, option, version)}
    owners = _owners("" if project == "." else project, owner)
    if host == "github":
        workflow = _WORKFLOW.format(python=_PYTHON, version=version, option=option)
        return {".github/workflows/scenarios.yml": workflow, **hooks, ".github/CODEOWNERS": owners}
    pipeline = _PIPELINE.format(python=_PYTHON, version=version, option=option)
    return {".gitlab-ci.yml": pipeline, **hooks, ".gitlab/CODEOWNERS": owners}


def project_files(title: str, host: str) -> Mapping[str, str]:
    """Files by their path in the project: a README and the list of files not to commit."""
    name = {"github": "GitHub", "gitlab": "GitLab"}[host]
    return {"README.md": _README.format(title=title, host=name), ".gitignore": _IGNORED}


def _quoted(project: str) -> str:
    return project if project.replace("/", "").replace("-", "").replace("_", "").isalnum() else f"'{project}'"


def _owners(project: str, owner: str) -> str:
    folder = f"/{project}" if project else ""
    files = [f"{folder}/{name}".replace(" ", "\\ ") for name in ("policy.yaml", "project.yaml", "delivery.yaml")]
    width = max(map(len, files))
    if owner:
        head = ["# Who approves a change of what touches every scenario."]
        return "\n".join([*head, *(f"{file:{width}} {owner}" for file in files)]) + "\n"
    head = [
        "# Who approves a change of what touches every scenario: put an account or a team in the place of @OWNER,",
        "# and remove the '# ' before the lines.",
    ]
    return "\n".join([*head, *(f"# {file:{width}} @OWNER" for file in files)]) + "\n"


_WORKFLOW = """\
name: scenarios
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 2   # a pull request, and what it goes into
      - uses: actions/setup-python@v5
        with:
          python-version: "{python}"
      - run: pip install --quiet scenario-cli=={version}
      - name: Find mistakes
        run: scenario validate{option} --format github
      - name: Check the layout
        if: ${{{{ !cancelled() }}}}
        run: scenario fmt{option} --diff
      - name: Test the scenarios
        if: ${{{{ !cancelled() }}}}
        run: scenario test{option} --format github
      - name: Show what the pull request changes
        if: ${{{{ !cancelled() && github.event_name == 'pull_request' }}}}
        run: scenario diff HEAD^1{option} --format markdown >> "$GITHUB_STEP_SUMMARY"
"""

_PIPELINE = """\
scenarios:
  image: python:{python}
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script:
    - pip install --quiet scenario-cli=={version}
    - scenario validate{option} --format junit --output scenarios.junit.xml || true
    - scenario validate{option} --format gitlab --output scenarios.quality.json
    - scenario fmt{option} --diff
    - scenario test{option} --format junit --output tests.junit.xml
  artifacts:
    when: always
    reports:
      codequality: scenarios.quality.json
      junit: [scenarios.junit.xml, tests.junit.xml]

scenario-diff:
  image: python:{python}
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    GIT_DEPTH: 0   # with the commit at which the branch began
  script:
    - pip install --quiet scenario-cli=={version}
    - scenario diff "$CI_MERGE_REQUEST_DIFF_BASE_SHA"{option} --output scenario-diff.html
  artifacts:
    when: always
    expose_as: What the merge request changes
    paths: [scenario-diff.html]
"""


def _hooks(project: str, option: str, version: str) -> str:
    folder = "" if project == "." else f"^{re.escape(project)}/"
    head = "# Checks before a commit: install pre-commit, then run 'pre-commit install' once.\nrepos:\n"
    lines = ["  - repo: local", "    hooks:"]
    for command, endings in (("fmt", "ya?ml"), ("validate", "(ya?ml|j2|html|txt|csv)"), ("test", "(ya?ml|j2|html)")):
        lines += [
            f"      - id: scenario-{command}",
            f"        name: scenario {command}",
            f"        entry: scenario {command}{option}",
            "        language: python",
            f'        additional_dependencies: ["scenario-cli=={version}"]',
            f"        files: {folder}.*\\.{endings}$",
            "        pass_filenames: false",
            "        require_serial: true",
        ]
    return head + "\n".join(lines) + "\n"


_README = """\
# {title}

Customer journeys as YAML state machines, checked by [scenario-cli](https://pypi.org/project/scenario-cli/).

| file | holds |
| --- | --- |
| `*.yaml` beside this file | a scenario each: who enters, what is sent and when, how it ends |
| `templates/` | the texts of the messages, by channel and language |
| `tests/` | what must come of a contact's events |
| `project.yaml` | time zone, channels, programs, reference tables, the event export |
| `events.yaml` | the tracking plan: events, properties, attributes |
| `metrics.yaml` | metrics and segments |
| `policy.yaml` | quiet hours, frequency caps, control group: they concern every scenario |

## Change a scenario

```sh
pip install scenario-cli
scenario validate          # what is wrong
scenario test              # what must come of test contacts
scenario dry-run           # who would have received what, over the event log
scenario preview NAME      # the messages as they are read
```

{host} runs `validate`, `fmt` and `test` for each change, and shows what it means for customers.
"""

_IGNORED = """\
# Stores of 'scenario run', with what DuckDB keeps beside them
*.db
*.db.wal
# Plans and pages that commands write
*.head.json
out/
# Exports hold personal data: they belong to no repository
exports/
"""
