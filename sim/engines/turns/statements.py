"""Scene 2 for one actor: it speaks or listens."""

from __future__ import annotations

from sim.compiled import logistic
from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.rules import statements
from sim.scenes.statements import say
from sim.world import N, dot

__all__ = ["close", "listen", "speak"]


@turn
def speak(board: Board, t: int) -> None:
    """Authority times tones of the year's statements, the script's and up to four others."""
    say(game(board), t)


@turn
def listen(board: Board, i: int) -> None:
    """The log odds of two beliefs and the beliefs themselves."""
    g = game(board)
    p, w = g.p, g.w
    eta, eta_a = p.statement_weight, p.act_weight
    if i == N:
        eta, eta_a = p.adversary_statement_weight, p.adversary_act_weight
    m, sigma = p.belief_reversion, p.belief_noise
    w.commitment[i] = statements.belief(
        w.commitment[i], w.commitment_mean[i], m, w.words_commitment, eta, w.act_commitment, eta_a, sigma,
        w.normals[1, i],
    )  # fmt: skip
    w.exclusion[i] = statements.belief(
        w.exclusion[i], w.exclusion_mean[i], m, w.words_exclusion, eta, w.act_exclusion, eta_a, sigma, w.normals[2, i]
    )
    w.commitment_belief[i], w.exclusion_belief[i] = logistic(w.commitment[i]), logistic(w.exclusion[i])


@turn
def close(board: Board) -> None:
    """The allies' trust in the United States."""
    w = game(board).w
    w.trust = dot(w.allied_gdp, w.commitment_belief) / w.protected_gdp
