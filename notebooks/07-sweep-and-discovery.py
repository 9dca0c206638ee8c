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
# # 7. Sweep, sensitivity and discovery
#
# Most numbers of the model are assumed within a range. So the question is not what one run says, but what holds over
# the ranges: which numbers drive the result, in which corner of the ranges it tips over, and which policy is regretted
# least whatever is true.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

import sim
from sim import insight

folder = TemporaryDirectory()

# %% [markdown]
# ## Predict
#
# Five numbers that nobody knows, below. European spending in the last year is the outcome.
#
# 1. Which two drive it most while protection is unconditional? Which two under a line at 3.5 %?
# 2. Does the *exclusion* belief matter under unconditional protection?
# 3. Is the effect of all five together the sum of their effects?

# %% [markdown]
# ## Run: one experiment, three designs
#
# The ranges stand in one text. A design chooses the points: `saltelli` for shares of variance, `morris` to screen many
# axes with few points, `latin-hypercube` to find regions. Policies are levers: each meets every point.

# %%
TEXT = """
name = "drivers-{kind}"
title = "What drives European spending?"
question = "Which assumed numbers matter most, under each policy?"
scenario = "us-policies"
outcomes = ["european_share"]
replicates = 4
seed = 1
record = "runs"
design = {{ kind = "{kind}", points = {points} }}

[[levers]]
name = "policy"
choices."unconditional" = {{ "script.2026" = "unconditional" }}
choices."line at 3.5 %" = {{ "script.2026" = "conditional-3.5" }}

[[uncertainties]]
name = "thinning"                    # 0 a pure public good, 1 fully rival forces
key = "parameters.thinning"
low = 0.5
high = 1.0

[[uncertainties]]
name = "us_protection_value"         # what US protection is worth, of protected GDP
key = "parameters.us_protection_value"
low = 0.005
high = 0.03

[[uncertainties]]
name = "threat_scale"                # how strongly members feel the threat
key = "parameters.threat_scale"
low = 0.5
high = 2.0

[[uncertainties]]
name = "adjustment_speed"            # of budgets
key = "parameters.adjustment_speed"
low = 0.05
high = 0.35

[[uncertainties]]
name = "exclusion"                   # belief that those below a line are excluded
key = "parameters.exclusion_mean"
low = 0.05
high = 0.95
"""


def swept(kind: str, points: int, text: str = TEXT) -> sim.Results:
    """Write the experiment, read it, play it."""
    file = Path(folder.name, f"{kind}.toml")
    file.write_text(text.format(kind=kind, points=points))
    return sim.sweep(sim.load_experiment(file), into=folder.name)


saltelli = swept("saltelli", 64)
drivers = insight.sobol(saltelli, "end_european_share")
drivers.pivot(index="axis", columns="policy", values="total").round(2)

# %% [markdown]
# ## Explain
#
# A *total* index is the share of the outcome's variance that would be left if all other axes were known: this axis
# with all its interactions. *First* is the axis alone. Both rest on the ranges: a wide range makes an axis look
# important, and an index says nothing about what was left out. With few points they are rough, and the intervals say
# how rough:

# %%
drivers[["policy", "axis", "first", "first_interval", "total", "total_interval"]].round(2)

# %% [markdown]
# Morris asks for far fewer points, and tells the direction: the mean effect of crossing the whole range, and its
# spread, which is large where an axis bends or interacts.

# %%
effects = insight.morris(swept("morris", 8), "end_european_share")
effects[["policy", "axis", "effect", "strength", "spread"]].round(4)

# %% [markdown]
# ## Run: where does it go wrong?
#
# Scenario discovery turns the question round: of many futures, in which region of the ranges is European spending in
# its lowest quarter? PRIM peels off, slice by slice, what does not lead there. It needs Python 3.12 and `pip install
# "burdenshare[discovery]"`; without them the cell says so.

# %%
futures = swept("latin-hypercube", 200)
low = futures.runs().groupby("cell")["end_european_share"].mean().quantile(0.25)
try:
    box = insight.prim(futures, "end_european_share", below=low)
    print(f"the box holds {box.coverage:.0%} of the low futures; {box.density:.0%} of what it holds is low")
    print(box.limits)
except ImportError as missing:
    print("not available here:", missing)

# %% [markdown]
# One axis against the outcome, all other axes pooled, in the same sample:

# %%
from sim.figures import grid_figure

cut = pd.cut(futures.runs()["threat_scale"], 6).map(lambda part: round(part.mid, 2)).astype(float)
grid_figure(futures.runs().assign(threat_scale=cut), ["threat_scale", "policy"], seed=1)

# %% [markdown]
# ## Vary
#
# Swap an axis for another parameter (`burdenshare parameters` lists names, ranges and bases), or take another outcome.

# %%
insight.sobol(saltelli, "mean_free_riding_index").pivot(index="axis", columns="policy", values="total").round(2)

# %% [markdown]
# ## Debrief
#
# Which number would you have measured first, if you had money for one study? Would the answer be the same for an
# administration with another policy? And which result of the earlier notebooks would you now no longer write down
# without its ranges?

# %% [markdown]
# ## Exercises

# %% [markdown]
# ### Exercise 7.1
#
# Does belief in exclusion matter where nobody is excluded? What should its index be?
#
# <details><summary>Answer</summary>
#
# ```python
# one = drivers.query("axis == 'exclusion' and policy == 'unconditional'").iloc[0]
# print(f"total index {one['total']:.4f}, half-width {one['total_interval']:.4f}")
# ```
#
# Nothing, or nearly: under `P = b (1 - c (1 - v))` with v = 1 for all, c drops out for every ally. An index that
# should be nothing is a check of design and model at once.
#
# </details>

# %% [markdown]
# ### Exercise 7.2
#
# Is the whole the sum of its parts? Add up the first-order indices under each policy.
#
# <details><summary>Answer</summary>
#
# ```python
# sums = drivers.groupby("policy")[["first", "total"]].sum()
# print(sums.round(2))
# ```
#
# Were all effects to add up, both sums would be 1. A sum of first-order indices below 1 (or of total ones above 1) is
# what axes do only together, beyond the error of so few points.
#
# </details>

# %% [markdown]
# ### Exercise 7.3
#
# Halve the range of `threat_scale` around its middle. What happens to its index, and did the model change?
#
# <details><summary>Answer</summary>
#
# ```python
# narrow = TEXT.replace("low = 0.5\nhigh = 2.0", "low = 0.875\nhigh = 1.625")
# assert narrow != TEXT
# again = insight.sobol(swept("saltelli", 64, narrow), "end_european_share")
# both = pd.concat({"wide": drivers, "narrow": again}).query("axis == 'threat_scale'")
# print(both[["policy", "total", "total_interval"]].round(2))
# ```
#
# The model is the same; what we claim not to know has changed. Indices are statements about ranges as much as about
# the model.
#
# </details>

# %% [markdown]
# ### Exercise 7.4
#
# Somebody wants Europe to spend much, and knows none of the five numbers. Which policy is regretted least where it is
# regretted most? And if somebody wants many allies protected?
#
# <details><summary>Answer</summary>
#
# ```python
# for outcome in ("end_european_share", "end_protected_members"):
#     choice = insight.minimax(futures, outcome)
#     print(f"{outcome}: {choice.policy['policy']}, worst regret {choice.worst:.4g}")
#     print(choice.regrets.round(4).to_string(index=False))
# assert insight.minimax(futures, "end_protected_members").policy["policy"] == "unconditional"
# ```
#
# Unconditional protection protects all, so nobody who counts protected allies can ever regret it. The model can rank
# policies by an aim; it cannot choose the aim.
#
# </details>

# %% [markdown]
# ### Exercise 7.5
#
# Play the first experiment once more. Which runs are played?
#
# <details><summary>Answer</summary>
#
# ```python
# again = swept("saltelli", 64)
# print("the same folder:", again.folder == saltelli.folder)
# assert again.folder == saltelli.folder and again.runs().equals(saltelli.runs())
# ```
#
# None. A sweep's folder is named by a digest of all that its numbers follow from; what is there and whole is read. A
# sweep that was stopped goes on where it was.
#
# </details>
