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
# # 6. Europe re-arms
#
# Two European instruments were made for defence in 2025: 150 bn euro of loans, and a clause that lets a government
# exceed its fiscal path. And one thing cannot be bought soon: the *enablers*, tankers, transport, satellites and
# command, without which other forces do not go far. What holds Europe back: money, rules, will, or time?

# %%
import pandas as pd

import sim

# %% [markdown]
# ## Predict
#
# 1. What do the loans add to Europe's spending at their peak, in points of GDP? What does the clause?
# 2. Who takes the loans: the large, the poor, the near?
# 3. If the US leaves next year and Europe orders enablers at once, when is the first year with more of them?

# %% [markdown]
# ## Run: loans and clause
#
# Four worlds on the same luck, and what each adds to the one without either. Medians over the runs, in points of GDP.

# %%
CASES = ("no-rearm", "loans-only", "clause-only", "rearm")
played = {name: sim.run_batch(sim.load_scenario(name), seed=1, replicates=200) for name in CASES}
shares = pd.DataFrame({name: one.years().set_index(["replicate", "year"])["european_share"]
                       for name, one in played.items()})  # fmt: skip
added = 100 * shares.drop(columns="no-rearm").sub(shares["no-rearm"], axis=0)
added.groupby("year").median().loc[[2026, 2028, 2030, 2035, 2045]].round(4)

# %% [markdown]
# Who borrows, in one run (constant 2015 US$ bn), and what that is of its GDP:

# %%
members = played["rearm"].members()
borrowed = members.groupby("member").agg(loan=("loan", "sum"), gdp=("gdp", "first"))
borrowed.assign(of_gdp=borrowed["loan"] / borrowed["gdp"]).nlargest(6, "loan").round(3)

# %% [markdown]
# ## Explain
#
# * **A loan is a small gift.** What it is worth is the interest saved, over 45 years. That lowers the price of defence
#   a little for those who pay more than the EU for their debt, and it does nothing for the others.
# * **The clause is room, not money.** It raises the most that a share may rise in a year. Room that nobody wants to use
#   changes nothing: it helps only members that want more than their ordinary budget can carry.
# * **Take-up** is as recorded in 2025 here; a scenario may let each member decide instead (`take_up = "decided"`).
#
# So first ask how often members want more than they spend. One run, European members, all years:

# %%
european = members.query("member != 'USA' and year > 2025")
wants = european["wanted_share"] > european["defence_share"]
print(f"wants more than it spends: {wants.mean():.0%} of member-years; "
      f"spends under the clause: {(european['room_used'] > 0).mean():.0%}")  # fmt: skip

# %% [markdown]
# ## Run: enablers
#
# Europe's own enablers over what its operations need; 1 is autonomy.

# %%
from sim.figures import grid_figure

NAMES = ("status-quo", "exit-de-facto", "exit-lawful")
worlds = {name: sim.run_batch(sim.load_scenario(name), seed=1, replicates=200) for name in NAMES}
years = pd.concat([one.years().assign(policy=name) for name, one in worlds.items()])
grid_figure(years, ["year", "policy"], "enabler_ratio", seed=1)

# %% [markdown]
# ## Explain
#
# Enablers age away and are replaced. Europe orders *more* than that as trust falls below what it was, a part of what it
# spends (Eq. 19), and what is ordered arrives years later (`enabler_lead_time`). So the first years are decided
# already, whatever happens now, and orders grow with budgets, which are slow themselves.

# %% [markdown]
# ## Vary
#
# Faster delivery, or more of the budget for enablers, under a lawful exit. Which of the two brings autonomy nearer?

# %%
lawful = sim.load_scenario("exit-lawful")
usual = lawful.parameters
for lead in (usual.enabler_lead_time, 3):
    for priority in (usual.enabler_priority, 2 * usual.enabler_priority):
        numbers = {"enabler_lead_time": lead, "enabler_priority": priority}
        end = sim.run_batch(lawful, seed=1, replicates=100, parameters=numbers, record="runs").runs()
        print(f"{lead} years, priority {priority:.2f}: autonomous by 2045 in {end['autonomy_year'].notna().mean():4.0%}"
              f" of runs, median of these {end['autonomy_year'].median():.0f}")  # fmt: skip

# %% [markdown]
# ## Debrief
#
# Name the instrument that you would have bet on at the start, and say what it would need to work: another size, other
# members, another moment, or another will. Can you tell from these runs what governments *would have done* in 2025
# without the instruments? (See `sim.load_scenario("no-rearm").cannot_say`.)

# %% [markdown]
# ## Exercises

# %% [markdown]
# ### Exercise 6.1
#
# Check that no run lends more than the 150 bn euro of the regulation. Mind the units.
#
# <details><summary>Answer</summary>
#
# ```python
# units = sim.data.instruments().set_index("name")["value"].astype(float)
# lent = played["rearm"].years().groupby("replicate")["loans"].sum() / units["eur_to_usd2015"]
# print(f"lent: {lent.min():.1f} to {lent.max():.1f} bn euro of 2025, of {units['loan_envelope']:.0f}")
# assert (lent <= units["loan_envelope"] + 1e-6).all()
# ```
#
# </details>

# %% [markdown]
# ### Exercise 6.2
#
# Show that nothing that is decided after the start changes enablers before the lead time has passed.
#
# <details><summary>Answer</summary>
#
# ```python
# lead = usual.enabler_lead_time
# table = years.pivot(index=["replicate", "year"], columns="policy", values="enabler_ratio")
# same = table.eq(table["status-quo"], axis=0).all(axis=1).groupby("year").all()
# print(f"the same in all worlds and runs until {same[same].index.max()}; lead time {lead} years from 2025 on")
# assert same.loc[: 2025 + lead].all()
# ```
#
# What is ordered in 2026 arrives `lead` years later, so 2026 + `lead` is the first year that can differ.
#
# </details>

# %% [markdown]
# ### Exercise 6.3
#
# What is a loan of 1 bn euro worth to a member that pays one point of interest more than the EU?
#
# <details><summary>Answer</summary>
#
# ```python
# print(f"as a gift: {units['grant_equivalent_100bp']:.1%} of it "
#       f"(half a point: {units['grant_equivalent_050bp']:.1%}, two points: {units['grant_equivalent_200bp']:.1%})")
# ```
#
# The interest saved over 45 years, ten of them without repayment, discounted at the member's own rate.
#
# </details>

# %% [markdown]
# ### Exercise 6.4
#
# "If Europe spent 3.5 %, it would not need the United States." Which two numbers of a run would you look at?
#
# <details><summary>Answer</summary>
#
# `european_share` says what is spent, `europe_without_us` what the forces can do alone over the adversary's, and
# `enabler_ratio` whether they can be used. Spending turns into capability late, and forces without enablers count for
# less (Eq. 12b). So look at the last two, not at the first.
#
# ```python
# end = years.query("year == 2045").groupby("policy")
# print(end[["european_share", "enabler_ratio", "europe_without_us"]].median().round(3))
# ```
#
# </details>
