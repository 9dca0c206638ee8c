"""The figures the model starts from; SOURCES.md beside this file says where each one comes from."""

from sim.data.loader import (
    ADVERSARY,
    MEMBERS,
    DataError,
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
