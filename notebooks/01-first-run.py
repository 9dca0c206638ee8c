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
# # 1. First run
#
# One world, one history, then a thousand. You load a scenario, play it with agents that you can look at, and see how
# far chance carries the same policy.
#
# Every share is a fraction of GDP, money is in constant 2015 US$ bn. What is assumed is listed by
# `burdenshare parameters`; every equation stands in `docs/model.md`. Run the cells from top to bottom; the first run on
# a machine compiles for some seconds.

# %%
import pandas as pd

import sim

scenario = sim.load_scenario("conditional-3.5")
print(scenario.title)
print(scenario.question)
print("It cannot say:", scenario.cannot_say)

# %% [markdown]
# ## Predict
#
# From 2026 on the United States protects only allies that spend 3.5 % of their GDP on defence. Write down, before you
# go on:
#
# 1. Will every ally reach the line by the last year? Who will not?
# 2. Does Germany want to spend more than it does, or less?
# 3. If chance is played a thousand times, how far apart are the histories in the end?

# %% [markdown]
# ## Run: one history, with agents
#
# `AllianceModel` is a `mesa.Model`: every member, the US among them, the adversary, the European Union, Congress and
# the administration take their turns. One step is one year.

# %%
model = sim.AllianceModel(scenario, seed=1)
germany = model.members["DEU"]
for _ in range(5):
    model.step()
    print(f"{model.year}  share {germany.defence_share:.2%}  wanted {germany.wanted_share:.2%}  "
          f"expects protection {germany.expected_protection:.0%}")  # fmt: skip

# %% [markdown]
# `sim.run` plays a history to its end and keeps its tables.

# %%
run = sim.run(scenario, seed=1)
end = run.members().query("year == @scenario.end").set_index("member")
end[["defence_share", "wanted_share", "protected"]].sort_values("defence_share").round(4)

# %% [markdown]
# Every member at once: where it began, what it has pledged, where it ended.

# %%
from sim.figures import dots, fan

dots(run.members(), title=scenario.title, seed=run.seed)

# %% [markdown]
# ## Run: a thousand histories
#
# The batch engine plays the same rules with the same draws, compiled: run 0 below is the history above, to the last
# bit.

# %%
many = sim.run_batch(scenario, seed=1, replicates=1000)
years = many.years()
first = years.query("replicate == 0").set_index("year")["european_share"]
assert (first.to_numpy() == run.years()["european_share"].to_numpy()).all()
years.groupby("year")["european_share"].describe(percentiles=[0.05, 0.5, 0.95]).iloc[::5].round(4)

# %%
fan(years, seed=many.seed)

# %% [markdown]
# ## Explain
#
# * **Wanted and voted.** A government first forms the share that it *wants*: the best reply to what allies spend, to
#   the threat and to the line. A budget then goes only part of the way each year, is pulled towards the pledge, and is
#   held by what debt and industry allow (Eq. 6 of `docs/model.md`). Wants jump; budgets do not.
# * **The line.** A member compares two best shares: the best one below the line, with little protection, and the best
#   one from the line on, with more. It takes the better of the two. A line that is far away may not be worth it.
# * **Expected protection** is belief, not law: the chance, as the member sees it, that the United States comes.
# * **The fan** holds chance only: growth, budgets, beliefs and crises that differ from run to run. Half of the
#   histories lie in the inner band, nine tenths in the outer one.

# %% [markdown]
# ## Vary
#
# The same luck under another policy: name any scenario that `burdenshare scenarios` lists. What differs below is the
# policy, and nothing else.

# %%
other = sim.run_batch(sim.load_scenario("status-quo"), seed=1, replicates=1000)
both = [many.years().assign(policy="conditional-3.5"), other.years().assign(policy="status-quo")]
fan(pd.concat(both), seed=1)

# %% [markdown]
# ## Debrief
#
# Compare your predictions with the table and the fan. Which one was wrong, and is the reason in the model (a rule that
# you did not think of) or in the world (something that the model leaves out)? `scenario.cannot_say` is where to look
# for the second.

# %% [markdown]
# ## Exercises

# %% [markdown]
# ### Exercise 1.1
#
# Which five members spend the largest share in the last year of the run, and which five are furthest from what they
# want?
#
# <details><summary>Answer</summary>
#
# ```python
# print(end["defence_share"].nlargest(5).round(4).to_dict())
# print((end["wanted_share"] - end["defence_share"]).abs().nlargest(5).round(4).to_dict())
# ```
#
# A gap between want and budget is no mistake: it is what slow budgets, fiscal room and the pull of the pledge leave.
#
# </details>

# %% [markdown]
# ### Exercise 1.2
#
# Play the scenario twice with seed 1 and once with seed 2. What is the same, what is not?
#
# <details><summary>Answer</summary>
#
# ```python
# again, another = sim.run(scenario, seed=1).years(), sim.run(scenario, seed=2).years()
# print("seed 1 again is the same:", again.equals(run.years()))
# print("seed 2 is the same:", another.equals(run.years()))
# assert again.equals(run.years()) and not another.equals(run.years())
# assert another.iloc[0]["european_share"] == again.iloc[0]["european_share"]  # the start is data, not chance
# ```
#
# Luck follows from the seed and the number of the run, so any history can be played again. The first row, the start
# year, is the same for all seeds: it comes from the figures.
#
# </details>

# %% [markdown]
# ### Exercise 1.3
#
# In what part of the thousand histories is the European share higher in the last year than in the first?
#
# <details><summary>Answer</summary>
#
# ```python
# ends = many.runs()["end_european_share"]
# print(f"{(ends > first.iloc[0]).mean():.1%} of {len(ends):,} runs end above {first.iloc[0]:.2%}")
# ```
#
# </details>

# %% [markdown]
# ### Exercise 1.4
#
# A newspaper writes: "By 2045 Europe will with 90 % probability spend within the outer band." What is wrong with it?
#
# <details><summary>Answer</summary>
#
# The band is conditional on the policy, on the parameters and on the model itself. It holds only the chance *inside*
# the model. It does not hold what we do not know about the parameters (a scenario that says `parameters = "posterior"`
# draws the estimated ones anew in every run; many are assumed), nor what the model leaves out, nor whether the policy
# is kept for twenty years. Notebook 7 varies parameters, notebook 8 holds the model against history.
#
# </details>

# %% [markdown]
# ### Exercise 1.5
#
# Take the difference of the two policies run by run, in the last year. Is it known better than either level?
#
# <details><summary>Answer</summary>
#
# ```python
# level, base = many.runs()["end_european_share"], other.runs()["end_european_share"]
# apart = level - base
# print(f"spread (s.d.): line {level.std():.5f}, status quo {base.std():.5f}, difference {apart.std():.5f}")
# print(f"correlation of the pairs: {level.corr(base):.2f}")
# ```
#
# Run k has the same draws under both policies. If the two go up and down together (a correlation above one half where
# both spread alike), the difference spreads less than a level. That is what common luck is for.
#
# </details>
