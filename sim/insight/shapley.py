"""Who of several contributed how much to what they bring about together (Shapley 1953)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["shapley"]


def shapley(
    players: Sequence[str], worth: Callable[[frozenset[str]], float], after: Mapping[str, str] | None = None
) -> dict[str, float]:
    """Each player's mean contribution over all orders in which they may come in; exact, and no order is favoured.

    The values sum to ``worth(all) - worth(none)`` (Shapley 1953, "A value for n-person games").

    Args:
        players: names, 12 or fewer, as every set of them is looked at.
        worth: of a set of players, called once for each.
        after: player -> another that has to be there first. Orders that break this are left out (Faigle & Kern 1992,
            "The Shapley value for cooperative games under precedence constraints").

    Raises:
        ValueError: more than 12 players, or a precedence that names others or runs in a circle.
    """
    after, number = dict(after or {}), {name: k for k, name in enumerate(players)}
    if len(number) > 12 or len(number) < len(players) or not {*after, *after.values()} <= set(number):
        raise ValueError(f"shapley needs at most 12 names, each once, and `after` among them; found {list(players)}")
    needs = [1 << number[after[name]] if name in after else 0 for name in players]
    whole = (1 << len(players)) - 1

    def steps(here: int) -> Iterator[tuple[int, int]]:
        """Who may come next, and the set that there is then."""
        return ((k, here | 1 << k) for k in range(len(players)) if not here >> k & 1 and here & needs[k] == needs[k])

    before, onward = [1] + whole * [0], whole * [0] + [1]  # numbers of orders that lead to a set, and on from it
    for here in range(whole + 1):
        for _, there in steps(here):
            before[there] += before[here]
    for here in range(whole - 1, -1, -1):
        onward[here] = sum(onward[there] for _, there in steps(here))
    if not onward[0]:
        raise ValueError(f"no order of the players meets {after}")
    worths = [
        worth(frozenset(name for k, name in enumerate(players) if here >> k & 1)) if before[here] else 0.0
        for here in range(whole + 1)
    ]
    values = [0.0 for _ in players]
    for here in range(whole):
        for k, there in steps(here) if before[here] else ():
            values[k] += before[here] * onward[there] / onward[0] * (worths[there] - worths[here])
    return dict(zip(players, values, strict=True))
