"""Scene 2, statements: US leaders speak, members and the adversary listen."""

from __future__ import annotations

from sim import chance
from sim.compiled import kernel, logistic
from sim.rules import statements
from sim.world import Game, N, dot

__all__ = ["listen"]


@kernel
def listen(g: Game, t: int) -> None:
    """Scene 2: words of this year and acts of the last move two beliefs of every member and of the adversary."""
    p, w = g.p, g.w
    say(g, t)
    tone, condition = w.words_commitment, w.words_exclusion
    act, act_x = w.act_commitment, w.act_exclusion
    m, eta, eta_a, sigma = p.belief_reversion, p.statement_weight, p.act_weight, p.belief_noise
    for i in range(N):
        w.commitment[i] = statements.belief(
            w.commitment[i], w.commitment_mean[i], m, tone, eta, act, eta_a, sigma, w.normals[1, i]
        )
    for i in range(N):
        w.exclusion[i] = statements.belief(
            w.exclusion[i], w.exclusion_mean[i], m, condition, eta, act_x, eta_a, sigma, w.normals[2, i]
        )
    eta, eta_a = p.adversary_statement_weight, p.adversary_act_weight
    w.commitment[N] = statements.belief(
        w.commitment[N], w.commitment_mean[N], m, tone, eta, act, eta_a, sigma, w.normals[1, N]
    )
    w.exclusion[N] = statements.belief(
        w.exclusion[N], w.exclusion_mean[N], m, condition, eta, act_x, eta_a, sigma, w.normals[2, N]
    )
    for i in range(N + 1):
        w.commitment_belief[i] = logistic(w.commitment[i])
    for i in range(N + 1):
        w.exclusion_belief[i] = logistic(w.exclusion[i])
    w.trust = dot(w.allied_gdp, w.commitment_belief) / w.protected_gdp


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
