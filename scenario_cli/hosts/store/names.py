"""Words for the identities under which states are stored: waits, messages, triggers, segments of a program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scenario_cli.analysis.labels import trigger_label
from scenario_cli.engine.compiled import CompiledState, CompiledTimeout, Machine, Program
from scenario_cli.engine.waits import branch_of
from scenario_cli.model.project import Project

_NEVER = "never"  # a snapshot's instant for a wait that never ends


class Names:
    """The names of the identities in a snapshot; without a program, or for an unknown identity, there is none."""

    def __init__(self, project: Project | None = None, program: Program | None = None) -> None:
        self.segments: dict[str, str] = {}
        self.triggers: dict[tuple[str, str], str] = {}
        self._program = program
        if project is None or program is None:
            return
        self.segments = {segment.identity: segment.name for segment in program.segments.values()}
        for machine in program.machines:
            for name, trigger in zip(machine.trigger_identities, project.scenarios[machine.name].triggers, strict=True):
                self.triggers[machine.name, name] = trigger_label(trigger)

    def waits(self, journey: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
        """The waits of a saved journey that end, each with its target and its instant; both are empty if unknown."""
        timeouts = {timeout.identity: timeout for timeout in self._timeouts(journey)}
        for name, due in journey.get("waits", {}).items():
            if due is None or due == _NEVER:
                continue
            if name not in timeouts:
                yield "", "", due
                continue
            branch = branch_of(timeouts[name], journey.get("fallbacks", {}).get(name))
            yield branch.cause, branch.target.state or f"end: {branch.target.outcome}", due

    def held(self, journey: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
        """The channels of the messages that a saved journey holds back, each with until when; empty if not known."""
        channels = self._channels(journey)
        for name, (_, until) in journey.get("held", {}).items():
            yield channels.get(name, ""), until
        for _, name, _, until, *_ in journey.get("answers", ()):
            yield channels.get(name, ""), until

    def _timeouts(self, journey: Mapping[str, Any]) -> tuple[CompiledTimeout, ...]:
        state = self._state(journey)
        return state.after if state is not None else ()

    def _channels(self, journey: Mapping[str, Any]) -> dict[str, str]:
        state = self._state(journey)
        if state is None:
            return {}
        answers = (send for transitions in state.on.values() for transition in transitions for send in transition.sends)
        return {message.identity: message.channel for send in (*state.sends, *answers) for message in send.choices}

    def _state(self, journey: Mapping[str, Any]) -> CompiledState | None:
        """The state that a saved journey is in, of the definition that it runs on."""
        if self._program is None:
            return None
        name, definition = journey["scenario"], journey.get("definition")
        machine: Machine | None = self._program.by_name.get(name)
        if machine is None or definition not in (None, machine.definition):
            machine = self._program.pinned.get((name, definition or ""))
        return machine.states.get(journey["state"]) if machine is not None else None
