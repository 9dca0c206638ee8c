# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 4. Words and acts
#
# Protection that is not believed neither deters nor saves anybody money. Allies and the adversary each hold a belief
# that the United States stands by its commitments. What moves it: what is said, or what is done?

# %%
from math import exp

import pandas as pd

import sim

scenario = sim.load_scenario("status-quo")
p = scenario.parameters

# %% [markdown]
# ## Predict
#
# 1. What costs more trust: the harshest statement that a president can make, or one attempt to leave the treaty that
#    Congress refuses?
# 2. Statements come four times as often and stray much further, but lean the same way. Does trust fall?
# 3. How much of a change of trust arrives in budgets?

# %% [markdown]
# ## Run: four worlds
#
# * `status-quo`: unconditional protection, a few statements a year that lean towards reassurance;
# * `turbulence`: the same policy, as many statements as the model can hear, from wholehearted to dismissive;
# * `exit-blocked`: an administration that asks to leave and is refused;
# * `exit-de-facto`: the treaty stands, and protection is withheld.

# %%
WORLDS = ("status-quo", "turbulence", "exit-blocked", "exit-de-facto")
played = {name: sim.run_batch(sim.load_scenario(name), seed=1, replicates=100) for name in WORLDS}
years = pd.concat([one.years().assign(policy=name) for name, one in played.items()])

# %%
from sim.figures import challenge, grid_figure

grid_figure(years, ["year", "policy"], "commitment_belief", seed=1)

# %% [markdown]
# ## Explain
#
# Beliefs are kept as log odds (Eq. 7 of `docs/model.md`). Every year they fade a little towards a mean, hear each
# statement (weight times the speaker's authority times its tone from -1 to 1), hear last year's costly acts, and have
# a small surprise of their own. One step each, from today's belief:


# %%
def after(belief: float, step: float) -> float:
    """The belief after a step in log odds."""
    return 1 / (1 + (1 - belief) / belief * exp(-step))


steps = {
    "a president's harshest statement": -p.statement_weight,
    "an attempt to leave that fails": -p.act_weight * p.attempt_act,
    "a notice to leave": -p.act_weight * p.notice_act,
    "coming to an ally's aid": p.act_weight,
    "staying away from a protected ally": -p.act_weight,
}
for what, step in steps.items():
    print(f"{what:36} {p.commitment_start:.0%} -> {after(p.commitment_start, step):.0%}")

# %% [markdown]
# Words are cheap: whoever speaks pays nothing if they turn out empty, so they carry little (Crawford & Sobel 1982).
# Acts are believed because they cost something (Fearon 1997). In the model this is an *assumption*, held in two
# weights, `statement_weight` and `act_weight`, and not a result. What is a result is how it adds up: many small words
# of one tone, few large acts, and a memory that fades.
#
# Turbulence has two sides. Wild statements widen the band. But if the mean tone leans to one side, *more* statements
# also mean more of that lean. The mean tone of the policy here:

# %%
print("mean tone:", scenario.policies["unconditional"].tone)

# %% [markdown]
# ## Vary
#
# What if words weighed nothing, or three times as much? The same world and the same luck; medians of trust and
# spending at the end.

# %%
rows = {}
for factor in (0, 1, 3):
    weights = {"statement_weight": factor * p.statement_weight}
    end = sim.run_batch(sim.load_scenario("turbulence"), seed=1, replicates=100, parameters=weights).runs()
    rows[f"words x {factor}"] = end[["end_commitment_belief", "end_european_share"]].median()
pd.DataFrame(rows).T.round(4)

# %% [markdown]
# The adversary listens too, with weights of its own. What it makes of it compares policies and forecasts nothing:

# %%
challenge(years, by="policy", seed=1)

# %% [markdown]
# ## Debrief
#
# Which of your three answers hung on a number that somebody assumed? How would you measure it? (Studies of statements
# and budgets find little: Becker, Kreps, Poast & Terman 2024. `burdenshare parameters` gives range and basis of
# each weight.)

# %% [markdown]
# ## Exercises

# %% [markdown]
# ### Exercise 4.1
#
# Set the weight of statements to nothing, for allies and for the adversary. How far apart are `turbulence` and
# `status-quo` now?
#
# <details><summary>Answer</summary>
#
# ```python
# deaf = {"statement_weight": 0.0, "adversary_statement_weight": 0.0}
# quiet, loud = (
#     sim.run_batch(sim.load_scenario(name), seed=1, replicates=20, parameters=deaf).years()
#     for name in ("status-quo", "turbulence")
# )
# print("the same to the last bit:", quiet.equals(loud))
# assert quiet.equals(loud)
# ```
#
# The two differ in statements only. If nobody listens they are the same world, and with common luck the same numbers.
#
# </details>

# %% [markdown]
# ### Exercise 4.2
#
# An act has shaken trust. With nothing else said or done, after how many years is half of the shock forgotten?
#
# <details><summary>Answer</summary>
#
# ```python
# from math import log
#
# print(f"{log(0.5) / log(1 - p.belief_reversion):.1f} years at belief_reversion = {p.belief_reversion}")
# ```
#
# In log odds a shock shrinks by the factor `1 - belief_reversion` each year.
#
# </details>

# %% [markdown]
# ### Exercise 4.3
#
# Who trusts the United States most at the start, and why?
#
# <details><summary>Answer</summary>
#
# ```python
# start = played["status-quo"].members().query("year == 2025 and member != 'USA'").set_index("member")
# troops = sim.data.members(2025).set_index("member")["us_troops"]
# top = start["commitment_belief"].nlargest(5)
# print(pd.DataFrame({"belief": top.round(3), "us_troops": troops[top.index]}))
# ```
#
# All begin at the same belief but for a tripwire: US troops in the country, whose loss would commit those who sent them
# (Schelling 1966). Its weight, `tripwire`, is assumed to be small.
#
# </details>

# %% [markdown]
# ### Exercise 4.4
#
# An administration lets an ally below the line go without help in a crisis. What happens to the two beliefs, in
# commitment and in exclusion, and who is glad of it?
#
# <details><summary>Answer</summary>
#
# The promise below the line was v = 0, so nothing was broken: belief in commitment is not touched (the act weighs -v).
# But the threat has been carried out, so belief in exclusion rises (by 1 - v). Allies above the line lose nothing.
# Allies below it now expect less, and have more reason to reach up, or to arm alone. Had the ally been above the line,
# v = 1, it would be the other way round: belief in commitment falls, exclusion is not the issue. And the adversary has
# learned the same lesson as the allies.
#
# </details>
