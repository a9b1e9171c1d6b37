"""Repairs parts that another tool allows and ours does not: cycles without a wait, splits that end at once, steps that
cannot be reached.
"""

from __future__ import annotations

from scenario_cli.importing.journey import End, Journey, State, Target


def mend(journey: Journey) -> None:
    """Gives every arm of a split a state of its own, cuts cycles without a wait, and leaves out unreachable states."""
    for state in journey.states:
        _drop_repeated(state)
    _split_to_states(journey)
    _cut_rounds(journey)
    _leave_out(journey)


def _drop_repeated(state: State) -> None:
    """Keeps the first of two exits with the same condition: a mapping has each key once."""
    for conditions in (state.when, state.choose):
        seen: set[str] = set()
        for pair in list(conditions):
            if pair[0].text in seen:
                conditions.remove(pair)
                if state.item is not None:
                    text = f"'{pair[0].text}' is asked twice: the first way out is taken"
                    state.item.approximate(text, state.remarks)
            seen.add(pair[0].text)


def _split_to_states(journey: Journey) -> None:
    """An arm must be a state, and each another: the name of the arm is the name of its state."""
    for state in list(journey.states):
        arms: list[tuple[Target, float]] = []
        seen: set[Target] = set()
        for number, (target, weight) in enumerate(state.split, 1):
            if isinstance(target, End) or target in seen:
                arm = State(f"{state.id}:arm{number}", f"{state.title} {number}", next=target)
                journey.states.append(arm)
                target = arm.id
            seen.add(target)
            arms.append((target, weight))
        state.split = arms


def _cut_rounds(journey: Journey) -> None:
    """An edge back to a state that leads here without a wait ends the journey instead: it would go round for ever."""
    by_id = {state.id: state for state in journey.states}
    done: set[str] = set()
    for start in journey.states:
        path: list[str] = []
        stack: list[tuple[str, list[str]]] = [(start.id, list(start.at_once()))] if start.id not in done else []
        path = [start.id] if stack else []
        while stack:
            state_id, ahead = stack[-1]
            if not ahead:
                stack.pop()
                path.pop()
                done.add(state_id)
                continue
            target = ahead.pop()
            if target in path:
                _cut(by_id[state_id], target)
            elif target not in done and target in by_id:
                stack.append((target, list(by_id[target].at_once())))
                path.append(target)


def _cut(state: State, back: str) -> None:
    end = End("went_round")

    def to(target: Target) -> Target:
        return end if target == back else target

    state.when = [(condition, to(target)) for condition, target in state.when]
    state.choose = [(condition, to(target)) for condition, target in state.choose]
    state.otherwise = to(state.otherwise)
    state.next = None if state.next is None else to(state.next)
    if any(target == back for target, _ in state.split):
        state.split, state.next = [], end
    if state.item is not None:
        state.item.decide("it leads back without a wait, an endless loop: the journey ends here",
                          state.remarks)  # fmt: skip


def _leave_out(journey: Journey) -> None:
    by_id = {state.id: state for state in journey.states}
    waiting = [journey.first or journey.states[0].id]
    waiting += [target for target in (on.to for on in journey.on) if isinstance(target, str)]
    reached: set[str] = set()
    while waiting:
        state_id = waiting.pop()
        if state_id not in reached and state_id in by_id:
            reached.add(state_id)
            waiting += [target for target in by_id[state_id].targets() if isinstance(target, str)]
    for state in journey.states:
        state.on = [on for on in state.on if not on.of or on.of in reached]
        if state.id not in reached and state.item is not None:
            state.item.approximate("no step leads to it: it is left out")
            state.item.became = "nothing"
            lost = [*state.remarks, *(note for wait in state.after for note in wait.remarks)]
            for note in lost:
                note.about = note.about or f"{state.item.kind} '{state.item.name}': "
            journey.at("").extend(lost)
    journey.states = [state for state in journey.states if state.id in reached]


def goes_round(journey: Journey) -> bool:
    """Whether a state can lead back to itself."""
    by_id = {state.id: state for state in journey.states}
    for start in journey.states:
        waiting = [target for target in start.targets() if isinstance(target, str)]
        seen: set[str] = set()
        while waiting:
            state_id = waiting.pop()
            if state_id == start.id:
                return True
            if state_id not in seen and state_id in by_id:
                seen.add(state_id)
                waiting += [target for target in by_id[state_id].targets() if isinstance(target, str)]
    return False
