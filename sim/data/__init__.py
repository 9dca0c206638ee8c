"""The figures the model starts from; SOURCES.md beside this file says where each one comes from."""

from sim.data.loader import (
    adversary,
    complete_history,
    europe_canada,
    history,
    instruments,
    members,
    memberships,
    paths,
    projections,
    support,
)
from sim.data.tables import ADVERSARY, MEMBERS, DataError

__all__ = [
    "ADVERSARY",
    "MEMBERS",
    "DataError",
    "adversary",
    "complete_history",
    "europe_canada",
    "history",
    "instruments",
    "members",
    "memberships",
    "paths",
    "projections",
    "support",
]
