"""The decorator of the model's values and of results calculated from them: reading a project makes thousands.

Every start makes some 150 of these classes. `dataclasses` writes the text of each method for each class and compiles
it, which takes longer than all else in importing the model; so all but `__init__` are shared here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen=False, eq=True, order=False, **options):
        """`dataclasses.dataclass`, whose frozen values are made in a fifth of the time, and their classes in less.

        A frozen dataclass sets each of its fields by a call. Here only the type checker refuses to change a field;
        values are compared, hashed and shown as ever.
        """
        if order or not eq:
            return dataclasses.dataclass(unsafe_hash=frozen, eq=eq, order=order, **options)

        def decorated(cls):
            own = set(cls.__dict__)
            # Without a text of its own, a class is given a text that describes its signature, at some cost.
            cls.__doc__ = cls.__doc__ or cls.__name__
            decorated_class = dataclasses.dataclass(repr=False, eq=False, **options)(cls)
            _compare_and_show(decorated_class, frozen, own)
            return decorated_class

        return decorated


def _compare_and_show(cls: type, frozen: bool, own: set[str]) -> None:
    """Gives a class the comparison, the hash and the text of a dataclass, unless it has its `own`."""
    fields = dataclasses.fields(cls)
    values = _values([field.name for field in fields if field.compare])
    names = [field.name for field in fields if field.repr]

    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(values(self))

    def text(self: object) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    for name, method in (("__eq__", equal), ("__hash__", hashed if frozen else None), ("__repr__", text)):
        if name not in own:
            setattr(cls, name, method)


def _values(names: Sequence[str]) -> Callable[[object], tuple[object, ...]]:
    """A function that gives the fields of a value as one tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)
