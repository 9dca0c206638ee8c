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
# # 3. Conditional protection and its hump
#
# The United States could protect only those who spend enough. Does a higher line mean more spending? The answer hangs
# on two things: how far away the line is, and whether allies believe that those below it would really be left out.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

import sim
from sim import insight

# %% [markdown]
# ## Predict
#
# Draw it before you run it: across, the line from 0 to 6 % of GDP; upwards, what Europe spends in the last year.
#
# 1. Is it a straight rise, a curve that flattens, or a hump? Where is the top?
# 2. Draw a second curve for a world in which nobody believes that anyone would be excluded.
# 3. At the top of the first curve, how many of the allies are protected?

# %% [markdown]
# ## Run
#
# An experiment is a small file: what is varied, how often each case is played, what is kept. Levers are what somebody
# can choose, uncertainties what nobody controls. All cells are played on the same luck.

# %%
folder = TemporaryDirectory()
file = Path(folder.name, "line.toml")
file.write_text("""
name = "line"
title = "Where does a line for protection lift spending most?"
question = "Where does a line for protection lift spending most?"
scenario = "us-policies"            # from 2026 on its policy 'conditional' is in force
outcomes = ["european_share", "protected_members"]
replicates = 40
seed = 1
record = "runs"

[[levers]]
name = "threshold"
key = "policies.conditional.tiers.1.minimum"
start = 0.0
stop = 0.06
step = 0.005

[[uncertainties]]
name = "exclusion"
[uncertainties.choices."believed"]
"parameters.exclusion_start" = 0.95
"parameters.exclusion_mean" = 0.95
"parameters.adversary_exclusion" = 0.95
[uncertainties.choices."not believed"]
"parameters.exclusion_start" = 0.05
"parameters.exclusion_mean" = 0.05
"parameters.adversary_exclusion" = 0.05
""")
results = sim.sweep(sim.load_experiment(file), into=folder.name)
runs = results.runs()
print(f"{len(runs):,} runs")

# %%
from sim.figures import hump

hump(runs, by=["exclusion"], year=2045, seed=1)

# %% [markdown]
# The top of each curve, and who is protected there:

# %%
medians = runs.groupby(["exclusion", "threshold"])[["end_european_share", "end_protected_members"]].median()
medians.loc[medians.groupby("exclusion")["end_european_share"].idxmax()].round(4)

# %% [markdown]
# ## Explain
#
# A member expects protection `P = b (1 - c (1 - v))`: b its belief that the US stands by its commitments, c its belief
# that the US would really exclude, v what the policy promises at the tier that the member has reached: 0 below the
# line, 1 from there on. So what the line can threaten it with is `b c`, and no more.
#
# * A line *below* what a member spends anyway asks nothing of it.
# * A line *a little above*: reaching up costs little and wins `b c` of a guarantee. The member wants exactly the line.
# * A line *far above*: that much spending costs more than the guarantee is worth. The member gives up, takes `P = b (1
#   - c)`, and arms for itself, which for many is less than the line.
#
# Members differ in size, distance and taste, so they give up one after the other. Where more give up than reach up,
# the curve turns. If c is small there is nothing to reach for, and the line does little.
#
# The whole range of what a line can do, by belief:

# %%
spread = medians["end_european_share"].groupby("exclusion").agg(["min", "max"])
spread.assign(range=spread["max"] - spread["min"]).round(4)

# %% [markdown]
# ## Vary
#
# Any two lines of the experiment. The difference is taken run by run on the same luck, so that few runs suffice.

# %%
HIGH, LOW = 0.035, 0.02
insight.paired_differences(results, "end_european_share", {"threshold": HIGH}, {"threshold": LOW}).round(5)

# %% [markdown]
# ## Debrief
#
# Who would have to believe what, for the policy to work? The threat has to be believed by those below the line, and
# the promise by those above it. Would the same administration be believed in both? And who pays the price if the line
# is too high: the one that drew it, or the ones below it?

# %% [markdown]
# ## Exercises

# %% [markdown]
# ### Exercise 3.1
#
# What must come out at a line of 0, whatever the parameters are?
#
# <details><summary>Answer</summary>
#
# Everybody is at or above it, so all allies are protected in all runs, and belief in exclusion cannot matter for them:
# `1 - v` is 0.
#
# ```python
# at_zero = runs[runs["threshold"] == 0.0]
# print(at_zero.groupby("exclusion")["end_protected_members"].agg(["min", "max"]))
# assert at_zero["end_protected_members"].nunique() == 1
# ```
#
# A limiting case that you know beforehand is the best test of a model, and of your understanding of it.
#
# </details>

# %% [markdown]
# ### Exercise 3.2
#
# From which line on are fewer than 16 allies protected at the end, if exclusion is believed?
#
# <details><summary>Answer</summary>
#
# ```python
# believed = {"exclusion": "believed"}
# found = insight.tipping_point(results, "end_protected_members", "threshold", 16, where=believed)
# print(f"{found.at:.2%} of GDP, interval {found.low:.2%} to {found.high:.2%}; crossed {found.crossings} time(s)")
# ```
#
# `nan` would mean that it never crosses. The interval holds chance only, and the mean is taken as linear between lines
# half a point apart.
#
# </details>

# %% [markdown]
# ### Exercise 3.3
#
# Who stays below the line in one run with the line at 3.5 %? Is it the small, the distant, or those that began low?
#
# <details><summary>Answer</summary>
#
# ```python
# cells = results.cells().set_index("cell")
# cell = int(cells.query("threshold == 0.035 and exclusion == 'believed'").index[0])
# end = results.members(cell, 0).query("year == 2045 and member != 'USA'").set_index("member")
# data = sim.data.members(2025).set_index("member")[["gdp", "distance_km", "nato_share"]]
# print(data.groupby(end["protected"]).median().round(3))
# ```
#
# Compare the medians of the two groups. Where a member started, how near the adversary is and how large it is all
# count in its choice; one run shows an association, no more.
#
# </details>

# %% [markdown]
# ### Exercise 3.4
#
# Instead of one line: protection that grows in steps (`graduated`), or that rewards rising shares (`effort-based`).
# Which one lifts spending most, which one protects most allies?
#
# <details><summary>Answer</summary>
#
# ```python
# for name in ("status-quo", "conditional-3.5", "graduated", "effort-based"):
#     end = sim.run_batch(sim.load_scenario(name), seed=1, replicates=100, record="runs").runs()
#     print(f"{name:16} share {end['end_european_share'].median():.2%}, "
#           f"protected {end['end_protected_members'].median():.0f}")
# ```
#
# Steps lie nearer to where each member stands, so fewer are so far below the next one that they give up. They also ask
# less. The table says which side prevails with the parameters as they are.
#
# </details>

# %% [markdown]
# ### Exercise 3.5
#
# "A line that nobody can miss costs nothing." Right or wrong?
#
# <details><summary>Answer</summary>
#
# In the model, right for those above: they are promised what they had. In the world it may be wrong. That a guarantee
# can be withdrawn at all is news, to allies and to the adversary; the model lets words and acts move beliefs, but has
# no rule by which the mere existence of a line does. `sim.load_scenario("conditional-2").cannot_say` says so.
#
# </details>
