"""The figures the model starts from; SOURCES.md beside this file says where each one comes from."""

from sim.data.filling import complete_history
from sim.data.loader import (
    early,
    europe_canada,
    events,
    history,
    instruments,
    memberships,
    olson_zeckhauser,
    paths,
    plans,
    projections,
    soviet_union,
    support,
)
from sim.data.names import member_code
from sim.data.starts import adversary, faces_soviet_union, members
from sim.data.tables import ADVERSARY, MEMBERS, DataError

__all__ = [
    "ADVERSARY",
    "MEMBERS",
    "DataError",
    "adversary",
    "complete_history",
    "early",
    "europe_canada",
    "events",
    "faces_soviet_union",
    "history",
    "instruments",
    "member_code",
    "members",
    "memberships",
    "olson_zeckhauser",
    "paths",
    "plans",
    "projections",
    "soviet_union",
    "support",
]
