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
# # 2. Who pays when all are safer?
#
# One member's forces protect the others too. So each may lean back and let the others pay. How far that goes, who pays
# in the end, and whether the large are "exploited" by the small, is the oldest question of the field (Olson &
# Zeckhauser 1966). Here the alliance stands still: no time, no chance, no adversary that learns. Each member gives its
# best reply to what all others spend, until nobody wants to change: a Nash equilibrium.
#
# GDP comes from the data of 2025; the tastes for security below are free to choose.

# %%
import pandas as pd

import sim

members = sim.data.members(2025).set_index("member")
gdp = members["gdp"]  # constant 2015 US$ bn
TASTE = 0.03  # what each would spend of its GDP if it were alone and unthreatened
gdp.nlargest(6).round(0)

# %% [markdown]
# ## Predict
#
# All 32 members care for security equally, and every dollar that anybody spends protects all alike, a *pure public
# good*.
#
# 1. How many of the 32 spend anything?
# 2. What share of its GDP does the largest one spend: `TASTE`, more, or less?
# 3. One of two nearly equal members hands income to the other. Does the sum of their defence spending rise or fall?

# %% [markdown]
# ## Run: a pure public good
#
# A taste for *collective* security only; weight 1, since all of an ally's spending protects me as my own does.

# %%
spending = pd.Series(sim.equilibrium(gdp, TASTE, 0.0), gdp.index)
shares = spending / gdp
print("who pays:", shares[shares > 0].round(4).to_dict())

# %% [markdown]
# ## Explain
#
# The best response says it all: the more others spend, the less I do, nearly dollar for dollar.

# %%
alone = sim.best_response(1000.0, 0.0, TASTE, 0.0)
for others in (0, 10, 20, 30, 40):
    mine = sim.best_response(1000.0, others, TASTE, 0.0)
    print(f"others spend {others:2}: I spend {mine:5.1f}, in all {others + mine:5.1f}; alone {alone:.1f}")

# %% [markdown]
# A member of income y alone would spend `TASTE` y. If the others provide more than about that, it spends nothing. With
# equal tastes only the richest stand above that mark. The rest ride free, wholly.
#
# **Neutrality** (Warr 1983; Bergstrom, Blume & Varian 1986): among those who pay, it does not matter who has the money.

# %%
for pair in ((100, 98), (99, 99), (98, 100), (110, 88)):
    q = sim.equilibrium(pair, TASTE, 0.0)
    print(f"incomes {pair}: spending {q[0]:.3f} and {q[1]:.3f}, in all {q.sum():.4f}")

# %% [markdown]
# The sum stays the same as long as both pay: who is handed a dollar raises his spending by it, the other cuts his.
# Once one has dropped out, neutrality ends.

# %% [markdown]
# ## Run: joint products
#
# In fact every member spends something. The same forces also serve ends of one's own: borders, disasters, prestige
# (Sandler 1977). Give each a *national* taste as well; a part of security that no ally can provide.

# %%
COLLECTIVE, NATIONAL = 0.02, 0.01  # their sum is TASTE
joint = pd.Series(sim.equilibrium(gdp, COLLECTIVE, NATIONAL), gdp.index) / gdp
print(f"{(joint > 0).sum()} of {len(joint)} pay, from {joint.min():.2%} to {joint.max():.2%} of GDP")
print(f"rank correlation of GDP and share: {joint.corr(gdp, method='spearman'):.2f}")
joint.nlargest(5).round(4)

# %% [markdown]
# ## Explain
#
# All pay now, and still the share rises with size. What the others provide is nearly the same sum for all, but for a
# small member it is many times its own income, and for the largest it is little. So the large bear the greater
# *burden*, the share of GDP. That is the **exploitation hypothesis**. It follows here from size alone: tastes are
# equal, and nobody is greedier than anybody else.
#
# Is it so in the figures? Spearman's correlation of GDP and share, year by year, among members of that year with
# armed forces.

# %%
joined = sim.data.memberships().set_index("member")["accession_year"]
armed = members.index[members["armed_forces"]]
history = sim.data.history().query("member in @armed")
history = history[history["year"] >= history["member"].map(joined)]
history["share"] = history["nato_defence_share"].fillna(history["defence_share"])
by_year = history.groupby("year")[["gdp", "share"]].corr(method="spearman").xs("gdp", level=1)["share"]
by_year.loc[[1964, 1980, 1990, 2000, 2013, 2020, 2025]].round(2)

# %% [markdown]
# A correlation of 1 would be the static alliance above. What falls short of it is everything that it leaves out:
# distance from the threat, tastes that differ, forces that cannot be in two places, and promises. The whole model has
# these, and measures the same correlation in every year of a run. Compare its Cold War with the figures above.

# %%
from sim.figures import grid_figure

cold_war = sim.run_batch(sim.load_scenario("cold-war-1960"), seed=1, replicates=50)
grid_figure(cold_war.years(), ["year"], "exploitation_rank", seed=1)

# %% [markdown]
# ## Vary
#
# Set the two tastes and the weight of allied forces, and run the cell again. At what weight do all bear the same share?

# %%
COLLECTIVE, NATIONAL, WEIGHT = 0.02, 0.01, 0.3
varied = pd.Series(sim.equilibrium(gdp, COLLECTIVE, NATIONAL, weights=WEIGHT), gdp.index) / gdp
print(f"from {varied.min():.2%} to {varied.max():.2%} of GDP; alone each would spend {COLLECTIVE + NATIONAL:.2%}")

# %% [markdown]
# ## Debrief
#
# Free riding needs no bad will and no mistake: it is what a best reply looks like when security spills over. Then what
# would make the small pay more? Less spill-over (rival forces), more private benefit, threats that reach them first,
# or somebody who excludes those that do not pay. The last one is notebook 3.

# %% [markdown]
# ## Exercises

# %% [markdown]
# ### Exercise 2.1
#
# The largest member leaves the alliance of the pure public good. Who pays now, and how much security is left?
#
# <details><summary>Answer</summary>
#
# ```python
# left = gdp.drop("USA")
# without = pd.Series(sim.equilibrium(left, TASTE, 0.0), left.index)
# print("who pays:", (without / left)[without > 0].round(4).to_dict())
# print(f"total spending {spending.sum():.0f} before, {without.sum():.0f} after")
# assert without.sum() < spending.sum() and (without > 0).any()
# ```
#
# Those next in size step in, but not for all that is lost: the total falls.
#
# </details>

# %% [markdown]
# ### Exercise 2.2
#
# Somebody outside gives the alliance 10 bn of defence. By how much does the total rise? (A gift is a negative threat.)
#
# <details><summary>Answer</summary>
#
# ```python
# gift = sim.equilibrium(gdp, TASTE, 0.0, threat=-10.0)
# rise = gift.sum() + 10.0 - spending.sum()
# print(f"members spend {spending.sum() - gift.sum():.2f} less, so the total rises by {rise:.2f} only")
# assert 0 < rise < 10
# ```
#
# This is crowding out: with a taste B each payer cuts (1-B) for every dollar that others add.
#
# </details>

# %% [markdown]
# ### Exercise 2.3
#
# Does neutrality hold with joint products? Give each of two members a national taste and move income between them.
#
# <details><summary>Answer</summary>
#
# ```python
# totals = [sim.equilibrium(pair, COLLECTIVE, NATIONAL).sum() for pair in ((100, 98), (99, 99), (110, 88))]
# print([f"{total:.4f}" for total in totals])
# assert max(totals) - min(totals) > 1e-9
# ```
#
# It does not: what a member buys for itself cannot be bought by another one, so who has the money matters. The
# differences are small as long as most of the benefit is shared.
#
# </details>

# %% [markdown]
# ### Exercise 2.4
#
# Olson & Zeckhauser computed the rank correlation for 1964. Find it again, from their table.
#
# <details><summary>Answer</summary>
#
# ```python
# table = sim.data.olson_zeckhauser()
# print(f"{table['gnp'].corr(table['defence_share'], method='spearman'):.3f} for {len(table)} members; "
#       "published: .490")
# ```
#
# It differs from the value of 1964 above because the figures do: they used GNP in dollars of the day and the shares of
# their time, the series above is the World Bank's.
#
# </details>

# %% [markdown]
# ### Exercise 2.5
#
# Let the weight of allied forces go from 1 (a pure public good) to 0 (what protects you does not protect me). What
# becomes of total spending and of exploitation?
#
# <details><summary>Answer</summary>
#
# ```python
# totals = {}
# for weight in (1.0, 0.5, 0.1, 0.0):
#     q = pd.Series(sim.equilibrium(gdp, COLLECTIVE, NATIONAL, weights=weight), gdp.index)
#     burden = (q / gdp).round(9)
#     totals[weight] = q.sum()
#     print(f"weight {weight}: total {q.sum():6.0f}, shares from {burden.min():.2%} to {burden.max():.2%}")
# assert totals[0.0] > totals[1.0]
# assert burden.max() - burden.min() < 1e-6  # weight 0: everybody is alone, and all shares are equal
# ```
#
# Less spill-over, more spending. But burdens are even only at weight 0: as long as anything spills over, a tenth of
# what the largest spends is still many times a small member's own budget. And the security that each enjoys falls: at
# weight 0 nobody protects anybody.
#
# </details>
