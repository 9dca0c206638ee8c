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
# # 5. Can the United States leave?
#
# The treaty lets any member leave a year after notice (Article 13). Since the end of 2023 US law asks for more: two
# thirds of the senators present, or an Act of Congress (22 U.S.C. 1928f). An administration may try without, and courts
# may or may not stop it. Or it may stay in the treaty and withhold what it is about.

# %%
import pandas as pd

import sim

# %% [markdown]
# ## Predict
#
# 1. One legislator in ten favours leaving. How likely are two thirds of the Senate? And if five in ten do?
# 2. Rank three ways out by what Europe spends afterwards: lawful, without Congress, in fact.
# 3. How many US troops leave if the treaty stands and protection is withheld?

# %% [markdown]
# ## Run: four ways

# %%
WAYS = ("exit-blocked", "exit-lawful", "exit-unilateral", "exit-de-facto")
played = {name: sim.run_batch(sim.load_scenario(name), seed=1, replicates=200) for name in WAYS}
columns = ["lawful_exit", "unilateral_exit", "de_facto_exit", "end_posture", "end_commitment_belief",
           "end_european_share"]  # fmt: skip
pd.DataFrame({name: one.runs()[columns].mean() for name, one in played.items()}).T.round(3)

# %% [markdown]
# One history from start to end, by law:

# %%
from sim.figures import run_figure

lawful = sim.load_scenario("exit-lawful")
run = sim.run(lawful, seed=1)
run_figure(run.years(), run.members(), lawful, seed=1)

# %% [markdown]
# The first years of it in numbers. `attempt`: 0 none, 1 failed, 2 lawful, 3 alone. `treaty_status`: 0 in force, 1
# lawful notice, 2 notice without Congress, 3 left lawfully, 4 left alone.

# %%
run.years()[["year", "us_policy", "attempt", "treaty_status", "posture", "protected_members"]].head(6).round(3)

# %% [markdown]
# ## Explain
#
# * **Votes.** Each legislator present favours leaving with some chance, which rises with the grievance over burdens;
#   they vote alike to some degree (`polarisation`), so votes are beta-binomial. Two thirds of the senators suffice, or
#   60 senators and 218 representatives for an Act that the President signs.
# * **Notice.** A year passes before it takes effect. In that year the treaty binds, and everybody has heard.
# * **Without Congress** nothing is gained in time, and the courts may rule that the treaty stands.
# * **In fact.** Protection needs no vote to be withheld. Troops do: the law keeps a floor as long as the treaty stands
#   and the administration does not certify a drawdown.
#
# How much support does a lawful exit need? Any chance in favour can be tried, since it is a parameter:

# %%
rows = []
for support in (0.1, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9):
    end = sim.run_batch(lawful, seed=1, replicates=200, parameters={"withdrawal_support": support}, record="runs")
    rows.append({"support": support, "lawful_exit": end.runs()["lawful_exit"].mean()})
pd.DataFrame(rows).set_index("support")

# %% [markdown]
# An administration that fails asks again in every new Congress. Ten chances at a low one are more than one chance.

# %% [markdown]
# ## Vary
#
# Legislators who vote as two blocs, or each for himself. For which support is a bloc good for leaving, for which bad?

# %%
SUPPORT = 0.4
for alike in (0.0, 0.05, 0.2, 0.5):
    numbers = {"withdrawal_support": SUPPORT, "polarisation": alike}
    end = sim.run_batch(lawful, seed=1, replicates=200, parameters=numbers, record="runs").runs()
    print(f"polarisation {alike:4}: left lawfully in {end['lawful_exit'].mean():.0%} of runs")

# %% [markdown]
# ## Debrief
#
# Which obstacle would you call the strongest: the vote, the year of notice, the courts, the troop floor? Which one does
# nothing against an exit in fact? What, then, is the law worth to an ally: the treaty, the forces, or the belief?

# %% [markdown]
# ## Exercises

# %% [markdown]
# ### Exercise 5.1
#
# How many years lie between notice and exit, in all runs of `exit-lawful` and `exit-unilateral`?
#
# <details><summary>Answer</summary>
#
# ```python
# years = pd.concat([played[name].years().assign(way=name) for name in ("exit-lawful", "exit-unilateral")])
# left = years[years["treaty_status"].isin([3, 4])].groupby(["way", "replicate"])["year"].min()
# notice = years[years["attempt"].isin([2, 3])].groupby(["way", "replicate"])["year"].max()
# print((left - notice).dropna().value_counts())
# assert ((left - notice).dropna() == 1).all()
# ```
#
# One, by Article 13. The model plays whole years; the law adds 180 days of notice to Congress, which fit in.
#
# </details>

# %% [markdown]
# ### Exercise 5.2
#
# Two thirds are counted of the senators *present*. How many yeas are enough with the smallest quorum, and is it easier?
#
# <details><summary>Answer</summary>
#
# ```python
# for present in (100, 51):
#     numbers = {"withdrawal_support": 0.4, "senators_present": present}
#     end = sim.run_batch(lawful, seed=1, replicates=200, parameters=numbers, record="runs").runs()
#     print(f"{present} present: {-(-2 * present // 3)} yeas; left lawfully in {end['lawful_exit'].mean():.0%} of runs")
# ```
#
# 34 instead of 67. Whether that is easier hangs on who stays away: here the absent are like those present, so it is the
# same two thirds of a smaller body, whose votes scatter a little more, while an Act (60 yeas) is out of reach.
#
# </details>

# %% [markdown]
# ### Exercise 5.3
#
# What remains of `exit-unilateral` if the courts always stop a notice without Congress?
#
# <details><summary>Answer</summary>
#
# ```python
# lone = sim.load_scenario("exit-unilateral")
# stopped = sim.run_batch(lone, seed=1, replicates=100, parameters={"court_block": 1.0}).runs()
# print("left alone:", stopped["unilateral_exit"].sum(), "of", len(stopped))
# quiet = sim.run_batch(sim.load_scenario("status-quo"), seed=1, replicates=100).runs()
# for name, one in (("courts always stop it", stopped), ("status quo", quiet)):
#     print(f"{name}: belief in US commitment at the end {one['end_commitment_belief'].median():.2f}")
# assert not stopped["unilateral_exit"].any()
# ```
#
# Nobody leaves. Notices are given and struck down, again and again; the treaty stands, and the second line
# says what is left of the trust in it.
#
# </details>

# %% [markdown]
# ### Exercise 5.4
#
# How low do US forces in Europe sink in `exit-de-facto`, and in `exit-lawful`? Why the difference?
#
# <details><summary>Answer</summary>
#
# ```python
# floor = sim.load_scenario("exit-de-facto").parameters.posture_floor
# lowest = {name: float(played[name].years()["posture"].min()) for name in ("exit-de-facto", "exit-lawful")}
# print("over those of today:", lowest, "floor:", floor)
# assert lowest["exit-de-facto"] >= floor - 1e-12
# ```
#
# The statutory floor binds as long as the treaty stands and nobody certifies (both are so in `exit-de-facto`). In
# `exit-lawful` the administration certifies, and the treaty is left. An exit in fact leaves the forces, without the
# promise to use them; whether they then protect anybody is a matter of belief.
#
# </details>
