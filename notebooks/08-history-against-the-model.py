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
# # 8. History against the model
#
# Why believe any of it? One test: stand in an earlier year, forget what came later, let the model say what each member
# would spend, and compare. A forecast that is no better than "nothing changes" is not worth the trouble.

# %%
import sim

# %% [markdown]
# ## Predict
#
# 1. Five years ahead, by how many points of GDP is the model wrong about a member, on average? And "no change"?
# 2. Of the model's 90 % intervals, how many hold what came?
# 3. Which years does it miss worst: a quiet decade, or a turning point?

# %% [markdown]
# ## Run
#
# From every year on, forecasts 1, 3, 5 and 10 years ahead, in two variants: *conditional* is given what growth and
# events then were, *unconditional* knows neither.

# %%
table = sim.hindcast(2005, 2024, series=("world-bank",), replicates=50)
allies = table[table["member"] != "EUROPE"]
errors = allies.assign(
    model=(allies["forecast"] - allies["actual"]).abs(), no_change=(allies["no_change"] - allies["actual"]).abs()
)
(100 * errors.groupby(["variant", "horizon"])[["model", "no_change"]].mean()).round(3)  # points of GDP

# %% [markdown]
# Europe and Canada as a whole, from every fifth year. Dots are the figures, lines and bands the forecasts.

# %%
from sim.figures import europe_figure

europe = table[(table["member"] == "EUROPE") & (table["origin"] % 5 == 0)]
europe_figure(europe, rests="50 runs an origin, seed 1")

# %% [markdown]
# ## Explain
#
# * **What a forecast knows.** Tastes come from what members spent in the years before the origin; the other
#   parameters are those that the same past allows. So this is out of sample in the figures, and *not* in the rules: who
#   wrote them had seen the whole record.
# * **Two variants, two questions.** Conditional asks whether governments respond as the rules say, given what
#   happened. Unconditional asks what a forecaster could have said. Nobody foresaw 2014 or 2022, so a good model may
#   well lose there.
# * **No change** is hard to beat: budgets are slow. It is the yardstick that counts.
# * **Intervals.** A 90 % band that holds far less than 90 % of what came is too sure of itself.

# %%
inside = allies["actual"].between(allies["lower_90"], allies["upper_90"])
inside.groupby([allies["variant"], allies["horizon"]]).mean().unstack().round(2)

# %% [markdown]
# ## Vary
#
# Another window, or another reaction rule in the model's place: free riders, followers, keepers of the pledge, or
# governments that stay where they are. Mean error in points of GDP, three years ahead.

# %%
RULES = ("joint-product", "threat-only", "pledge-driven", "inertia", "no change")
rules = sim.hindcast(2014, 2024, horizons=(3,), series=("world-bank",), variants=("conditional",), methods=RULES,
                     replicates=20).query("member != 'EUROPE'")  # fmt: skip
rules["error"] = 100 * (rules["forecast"] - rules["actual"]).abs()
rules.groupby("method")["error"].mean().sort_values().round(3)

# %% [markdown]
# ## Debrief
#
# Where did the model beat no change, and where not? Would you use it for next year's budget, for the choice between two
# policies, or for neither? A model may be poor at levels and still order policies rightly; it may also be right about
# the past for a wrong reason. [docs/evidence.md](../docs/evidence.md) holds much more, failures first.

# %% [markdown]
# ## Exercises

# %% [markdown]
# ### Exercise 8.1
#
# Which members does it miss by most, five years ahead and given what came? Is it too high or too low?
#
# <details><summary>Answer</summary>
#
# ```python
# far = errors.query("horizon == 5 and variant == 'conditional'")
# far = far.assign(bias=far["forecast"] - far["actual"])
# by_member = (100 * far.groupby("member")[["model", "no_change", "bias"]].mean()).round(2)
# print(by_member.nlargest(6, "model"))
# ```
#
# `bias` above 0: the model said more than came. A member with a large error in both columns changed for reasons that
# neither knows.
#
# </details>

# %% [markdown]
# ### Exercise 8.2
#
# By origin: when does the model lose to no change, and what came then?
#
# <details><summary>Answer</summary>
#
# ```python
# far = errors.query("horizon == 5 and variant == 'unconditional'")
# by_origin = (100 * far.groupby("origin")[["model", "no_change"]].mean()).round(2)
# print(by_origin.assign(model_is_better=by_origin["model"] < by_origin["no_change"]))
# ```
#
# Add five to the origin and ask what lay between: the crisis of 2008 and the cuts after it, 2014, 2022. Origins that
# lie side by side share most of their years, so they are not independent tests.
#
# </details>

# %% [markdown]
# ### Exercise 8.3
#
# `fit_until` stops the clock for tastes and parameters. Take those of 2004 for all origins. Is it much worse than those
# of each origin's own year?
#
# <details><summary>Answer</summary>
#
# ```python
# old = sim.hindcast(2005, 2024, fit_until=2004, horizons=(5,), series=("world-bank",), variants=("conditional",),
#                    replicates=20).query("member != 'EUROPE'")
# aged = 100 * (old["forecast"] - old["actual"]).abs().groupby(old["origin"]).mean()
# fresh = 100 * errors.query("horizon == 5 and variant == 'conditional'").groupby("origin")["model"].mean()
# print(aged.to_frame("tastes of 2004").assign(own_year=fresh).round(2))
# ```
#
# If the gap grows with the distance from 2004, tastes drift, and what was learned long ago says less. If it does not,
# they are stable, or they do not matter.
#
# </details>

# %% [markdown]
# ### Exercise 8.4
#
# "The model is right: conditional on what happened it beats no change." Name three reasons for doubt.
#
# <details><summary>Answer</summary>
#
# 1. It was given later growth, hostility and pledges; no change was given nothing. The fair race for a forecaster is
#    the unconditional one.
# 2. The rules and the defaults were written by people who knew the record.
# 3. Few origins, which overlap, and members that move together: there are far fewer independent tests than rows.
#
# And a fourth: other rules may do as well (see "Vary"), so a good score does not show *why* governments spend.
#
# </details>
