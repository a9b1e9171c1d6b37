"""The states and transitions of the shipped cart scenario, written for two general state-machine libraries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from statemachine import State, StateMachine
from transitions import Machine


class Cart(Protocol):
    """One active cart."""

    @property
    def place(self) -> str:
        """The name of its state."""

    total: float
    due: int

    def take(self, event: str) -> None:
        """Handles `cart_updated`, `order_completed`, `emptied` or `wait_is_over`."""


class TransitionsCart:
    """A cart for the library `transitions`."""

    def __init__(self, machine: Machine) -> None:
        self.state = "cart_open"
        self.total = 0.0
        self.due = 0
        self.machine = machine

    @property
    def place(self) -> str:
        return self.state

    def is_large(self) -> bool:
        return self.total >= 80

    def take(self, event: str) -> None:
        self.machine.events[event].trigger(self)


def _transitions_machine() -> Machine:
    states = ["cart_open", "reminder", "offer", "last_call", "emptied", "ordered", "recovered", "no_response"]
    machine = Machine(model=None, states=states, initial="cart_open", auto_transitions=False)
    machine.add_transition("cart_updated", "cart_open", "cart_open")
    machine.add_transition("order_completed", "cart_open", "ordered")
    machine.add_transition("order_completed", ["reminder", "offer", "last_call"], "recovered")
    machine.add_transition("wait_is_over", "cart_open", "reminder")
    machine.add_transition("wait_is_over", "reminder", "offer", conditions="is_large")
    machine.add_transition("wait_is_over", "reminder", "last_call")
    machine.add_transition("wait_is_over", ["offer", "last_call"], "no_response")
    machine.add_transition("emptied", ["cart_open", "reminder", "offer", "last_call"], "emptied")
    return machine


def transitions_models() -> Callable[[], Cart]:
    """Makes each cart a model of the machine, as documented. Registration takes longer with more models."""
    machine = _transitions_machine()

    def cart() -> Cart:
        journey = TransitionsCart(machine)
        machine.add_model(journey)
        return journey

    return cart


def transitions_bare() -> Callable[[], Cart]:
    """Registers no cart; calls the machine's events by hand."""
    machine = _transitions_machine()
    return lambda: TransitionsCart(machine)


class StateMachineCart(StateMachine):
    """A cart for the library `python-statemachine`: each cart is a machine."""

    cart_open = State(initial=True)
    reminder = State()
    offer = State()
    last_call = State()
    emptied_cart = State(final=True)
    ordered = State(final=True)
    recovered = State(final=True)
    no_response = State(final=True)

    cart_updated = cart_open.to(cart_open)
    order_completed = cart_open.to(ordered) | reminder.to(recovered) | offer.to(recovered) | last_call.to(recovered)
    wait_is_over = (
        cart_open.to(reminder)
        | reminder.to(offer, cond="is_large")
        | reminder.to(last_call)
        | offer.to(no_response)
        | last_call.to(no_response)
    )
    emptied = (
        cart_open.to(emptied_cart) | reminder.to(emptied_cart) | offer.to(emptied_cart) | last_call.to(emptied_cart)
    )

    def __init__(self) -> None:
        self.total = 0.0
        self.due = 0
        super().__init__()

    @property
    def place(self) -> str:
        return next(iter(self.configuration)).id

    def is_large(self) -> bool:
        return self.total >= 80

    def take(self, event: str) -> None:
        self.send(event)


MACHINES: Mapping[str, Callable[[], Callable[[], Cart]]] = {
    "transitions": transitions_models,
    "transitions-bare": transitions_bare,
    "python-statemachine": lambda: StateMachineCart,
}
