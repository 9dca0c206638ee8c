"""Scene 2, statements: US leaders speak, members and the adversary listen."""

from __future__ import annotations

from typing import NamedTuple

from sim import chance
from sim.compiled import kernel, logistic
from sim.rules import statements
from sim.steps import stage
from sim.world import Game, N, Record, dot

__all__ = ["listen", "listen_one", "say", "sum_up"]


class Heard(NamedTuple):
    """Words of this year and acts of the last, with their weights for who hears them."""

    reversion: float
    noise: float
    word_weight: float
    act_weight: float
    words_commitment: float
    act_commitment: float
    words_exclusion: float
    act_exclusion: float


@kernel
def heard(g: Game, word_weight: float, act_weight: float) -> Heard:
    """They are the same for all."""
    p, w = g.p, g.w
    return Heard(
        p.belief_reversion, p.belief_noise, word_weight, act_weight, w.words_commitment, w.act_commitment,
        w.words_exclusion, w.act_exclusion,
    )  # fmt: skip


@kernel
def by_members(g: Game, t: int) -> Heard:
    """What members make of them."""
    return heard(g, g.p.statement_weight, g.p.act_weight)


@kernel
def by_adversary(g: Game, t: int) -> Heard:
    """What the adversary makes of them."""
    return heard(g, g.p.adversary_statement_weight, g.p.adversary_act_weight)


def believe_commitment(w: Record, s: Record, c: Heard, i: int) -> None:
    """Log odds of the belief that the United States stands by its word (Eq. 7)."""
    w.commitment[i] = statements.belief(
        w.commitment[i], w.commitment_mean[i], c.reversion, c.words_commitment, c.word_weight, c.act_commitment,
        c.act_weight, c.noise, w.normals[1, i],
    )  # fmt: skip


def believe_exclusion(w: Record, s: Record, c: Heard, i: int) -> None:
    """Log odds of the belief that it excludes those below the line (Eq. 7b)."""
    w.exclusion[i] = statements.belief(
        w.exclusion[i], w.exclusion_mean[i], c.reversion, c.words_exclusion, c.word_weight, c.act_exclusion,
        c.act_weight, c.noise, w.normals[2, i],
    )  # fmt: skip


def expect_commitment(w: Record, s: Record, c: Heard, i: int) -> None:
    """The belief as a probability."""
    w.commitment_belief[i] = logistic(w.commitment[i])


def expect_exclusion(w: Record, s: Record, c: Heard, i: int) -> None:
    """The belief as a probability."""
    w.exclusion_belief[i] = logistic(w.exclusion[i])


note_all, note_one = stage(by_members, believe_commitment, believe_exclusion)
_, note_adversary = stage(by_adversary, believe_commitment, believe_exclusion)
expect_all, expect_one = stage(by_members, expect_commitment, expect_exclusion, actors=N + 1)


@kernel
def listen_one(g: Game, i: int, t: int) -> None:
    """One actor's two beliefs."""
    if i < N:
        note_one(g, i, t)
    else:
        note_adversary(g, i, t)
    expect_one(g, i, t)


@kernel
def sum_up(g: Game, t: int) -> None:
    """The allies' trust in the United States."""
    w = g.w
    w.trust = dot(w.allied_gdp, w.commitment_belief) / w.protected_gdp


@kernel
def listen(g: Game, t: int) -> None:
    """Scene 2: words of this year and acts of the last move two beliefs of every member and of the adversary."""
    say(g, t)
    note_all(g, t)
    note_adversary(g, N, t)
    expect_all(g, t)
    sum_up(g, t)


@kernel
def say(g: Game, t: int) -> None:
    """What US leaders say this year: the script's statements and up to four others."""
    p, w, y = g.p, g.w, g.years[t]
    w.words_commitment, w.words_exclusion = y.words_commitment, y.words_exclusion
    tone, condition = g.policies[w.policy].tone, g.policies[w.policy].conditionality
    for slot in range(chance.SLOTS if p.statement_rate > 0.0 else 0):
        k = chance.OF_SLOTS + slot
        if statements.is_made(p.statement_rate, chance.uniform(w.words[0, k])):
            authority = statements.authority(chance.uniform(w.words[1, k]))
            one, other = w.normals[2, k], w.normals[3, k]
            w.words_commitment += authority * statements.tone(tone, p.statement_noise, one)
            w.words_exclusion += authority * statements.tone(condition, p.statement_noise, other)
