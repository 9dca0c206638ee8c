"""Where the records of one run lie, so that one number leads compiled code to all of them.

To hand over records one by one takes longer than what a member does with them in a scene.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiled import COMPILED, compiling
from sim.setup import Prepared
from sim.world import PARAMETERS, PATH, POLICY, SETUP, WORLD, YEAR, Game

__all__ = ["Board", "Fields", "Records", "attributes", "game", "own"]

Board = Any  # the address of a table of addresses; without a compiler the Game itself
LAID_OUT = ("board", "figures", "state", "_table")


class Fields:
    """A record by its fields, each a row of places: ``fields.gdp[3]`` is a plain number, and may be set.

    A field without a shape has one place.
    """

    def __init__(self, record: NDArray[Any]) -> None:
        self._record = record

    def __getattr__(self, name: str) -> Any:
        field: Any = self._record[name]
        places = memoryview(field if field.ndim == 1 else field[0])
        setattr(self, name, places)
        return places


class Records:
    """What one run reads and writes, and the board that leads there.

    Attributes:
        prepared: what runs of a scenario share. setup, world, path: of SETUP and WORLD one record, of PATH one a year;
            the run's own.
        seed, replicate: where its luck comes from.
        figures, state: ``setup`` and ``world`` by their fields.
        board: what turns are called with.
    """

    board: Board
    figures: Fields
    state: Fields

    def __init__(
        self, prepared: Prepared, setup: NDArray[Any], world: NDArray[Any], path: NDArray[Any], seed: int,
        replicate: int,
    ) -> None:  # fmt: skip
        self.prepared, self.setup, self.world, self.path = prepared, setup, world, path
        self.seed, self.replicate = seed, replicate
        self._lay_out()

    def _lay_out(self) -> None:
        parameters, _, years, policies = self.prepared
        self.figures, self.state = Fields(self.setup), Fields(self.world)
        if COMPILED:
            # in the order of Game
            parts = parameters, self.setup, years, policies, self.world, self.path
            one, two, three, four, five, six = (part.ctypes.data for part in parts)
            luck = self.seed, self.replicate
            self._table = np.array([one, two, three, years.size, four, policies.size, five, six, self.path.size, *luck])
            self.board = self._table.ctypes.data
        else:
            self.board = Game(
                parameters[0], self.setup[0], years, policies, self.world[0], self.path, self.seed, self.replicate
            )

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in LAID_OUT}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """A copy, or what another process has read: its records lie elsewhere."""
        self.__dict__.update(state)
        self._lay_out()


def attributes(
    owner: type, way: str, fields: Mapping[str, str], at: int | None = None, flags: Iterable[str] = ()
) -> None:
    """Give a class attributes that read and write the run's records.

    ``way`` leads from an object to ``state`` or ``figures``, ``fields`` from attributes to fields there; ``at`` is the
    place in the field, an object's own ``index`` unless given. ``flags`` are the attributes that are true or false.
    """
    kinds = SETUP if way.endswith("figures") else WORLD
    for name, field in fields.items():
        stored = float if kinds[field].base.kind == "f" else int
        setattr(owner, name, _attribute(attrgetter(f"{way}.{field}"), stored, name in flags, at))


def _attribute(places: Callable[[Any], Any], stored: type, is_flag: bool, at: int | None) -> property:
    def read(self: Any) -> Any:
        value = places(self)[self.index if at is None else at]
        return value > 0 if is_flag else value

    def write(self: Any, value: Any) -> None:
        places(self)[self.index if at is None else at] = stored(value)

    return property(read, write)


def own(records: NDArray[Any]) -> NDArray[Any]:
    """A copy, byte by byte, which is sooner done than field by field."""
    return records.view(np.uint8).copy().view(records.dtype)


def _located() -> Any:
    """The function ``game`` for compiled code, made by hand: numba's own functions return copies."""
    import numba
    from llvmlite import ir
    from numba.extending import intrinsic
    from numba.np.arrayobj import populate_array

    one = [numba.from_dtype(kind) for kind in (PARAMETERS, SETUP, YEAR, POLICY, WORLD, PATH)]
    many = [numba.types.Array(kind, 1, "C") for kind in one]
    whole = numba.types.int64
    kinds = numba.types.NamedTuple([one[0], one[1], many[2], many[3], one[4], many[5], whole, whole], Game)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        table = builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())
        row = iter(range(len(kinds.types) + sum(isinstance(kind, numba.types.Array) for kind in kinds.types)))

        def read() -> Any:
            return builder.load(builder.gep(table, [ir.Constant(ir.IntType(64), next(row))]))

        def part(kind: Any) -> Any:
            if kind is whole:
                return read()
            if not isinstance(kind, numba.types.Array):
                return builder.inttoptr(read(), context.get_value_type(kind))
            array, size = context.make_array(kind)(context, builder), ir.Constant(ir.IntType(64), kind.dtype.size)
            data = builder.inttoptr(read(), array.data.type)
            populate_array(array, data=data, shape=(read(),), strides=(size,), itemsize=size, meminfo=None)
            return array._getvalue()

        return context.make_tuple(builder, kinds, [part(kind) for kind in kinds.types])

    @intrinsic  # type: ignore[untyped-decorator]
    def game(typing: Any, board: Any) -> Any:
        return kinds(board), generate

    return game


def _itself(board: Board) -> Game:
    return board  # type: ignore[no-any-return]


if COMPILED:
    with compiling():
        game = _located()
else:
    game = _itself
