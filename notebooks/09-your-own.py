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
# # 9. Write your own policy and reaction rule
#
# A policy is data: a small file. A rule of behaviour is a few lines of Python. Neither asks you to touch the model.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

import sim

folder = TemporaryDirectory()

# %% [markdown]
# ## Predict
#
# An administration protects by *promise kept*: in full whoever spends what the pledge of the year asks, at seven
# tenths whoever comes within a fifth of it, and at three tenths the rest.
#
# 1. Does Europe end above or below the line at 3.5 %?
# 2. How many allies are promised at least half?

# %% [markdown]
# ## Run: a policy of your own
#
# `extends` takes everything else from a scenario that is there. A tier is a minimum, from there on a protection.
# `measure` says of what: the `share` of GDP, the `effort` (its rise over three years), or the part of the `pledge`.

# %%
POLICY = """
extends = "status-quo"
name = "promise-kept"
title = "Protection by promise kept"
question = "Does protection that follows the pledge move more allies than a line that stands still?"
cannot_say = "Whether any administration would measure allies so."

[script]
2025 = "unconditional"
2026 = "promise"

[policies.promise]
measure = "pledge"
tiers = [
  { minimum = 0.0, protection = 0.3 },
  { minimum = 0.8, protection = 0.7 },
  { minimum = 1.0, protection = 1.0 },
]
tone = 0.1             # of what is said of commitment, -1 to 1
conditionality = 0.5   # and of excluding those below
"""


def written(text: str, name: str = "mine.toml") -> Path:
    """The text as a file."""
    path = Path(folder.name, name)
    path.write_text(text)
    return path


mine = sim.load_scenario(written(POLICY))
played = {one.name: sim.run_batch(one, seed=1, replicates=200) for one in (mine, sim.load_scenario("conditional-3.5"))}
pd.DataFrame({
    name: one.runs()[["end_european_share", "end_protected_members", "end_commitment_belief"]].median()
    for name, one in played.items()
}).T.round(4)  # fmt: skip

# %%
from sim.figures import fan

fan(pd.concat([one.years().assign(policy=name) for name, one in played.items()]), seed=1)

# %% [markdown]
# A mistake is one line that names file, line, key, what was found and what is allowed:

# %%
try:
    sim.load_scenario(written(POLICY.replace('measure = "pledge"', 'measure = "promise"'), "wrong.toml"))
except sim.ScenarioError as error:
    print(error)

# %% [markdown]
# ## Run: a rule of your own
#
# Six reaction rules can be named in a file, for all (`reaction = "inertia"`) or for one member (`reactions = { DEU =
# "inertia" }`). Anything else is a subclass of `sim.Member` that replaces one decision: `want`, `vote`, `give_support`,
# `use_loan` or `help`. It sees its own numbers and what everybody can see.


# %%
class Promised(sim.Member):
    """A government that wants at least what it has pledged."""

    def want(self) -> float:
        return max(self.pledge, super().want())


allies = [code for code in sim.data.MEMBERS if code != "USA"]
usual = sim.run(mine, seed=1)
alone = sim.run(mine, seed=1, members={"DEU": Promised})
all_of_them = sim.run(mine, seed=1, members=dict.fromkeys(allies, Promised))

paths = {"as usual": usual, "Germany only": alone, "all allies": all_of_them}
pd.DataFrame({name: one.years().set_index("year")["european_share"] for name, one in paths.items()}).iloc[::5].round(4)

# %% [markdown]
# What did the others do when Germany alone kept its word? The same luck, so the difference is theirs:

# %%
before, after = (one.members().query("year == @mine.end").set_index("member") for one in (usual, alone))
change = 100 * (after["defence_share"] - before["defence_share"])
change[change.abs() > 0.005].sort_values().round(3)  # points of GDP

# %% [markdown]
# ## Explain
#
# * The run with subclasses has the *same* draws: luck is keyed by seed, run, year and actor, and does not depend on who
#   asks for it. That is why two runs can be subtracted.
# * A want is not a budget. Voted is what speed, fiscal room and the largest cut allow, so even a member that wants its
#   pledge from the first year on comes to it slowly. To replace that too, replace `vote`.
# * The others see Germany's capability and lean back, or reach for the next tier: strategic substitutes (notebook 2)
#   and tiers (notebook 3) at once.

# %% [markdown]
# ## Vary
#
# Change a tier, the measure or a tone in `POLICY`; give the rule to the three largest, or to the smallest ten. What is
# the least number of allies that have to keep their word for Europe to reach the pledge?

# %%
largest = sim.data.members(2025).set_index("member").loc[allies, "gdp"].nlargest(3).index
some = sim.run(mine, seed=1, members=dict.fromkeys(largest, Promised))
print(f"{', '.join(largest)}: {some.years()['european_share'].iloc[-1]:.2%} in the last year")

# %% [markdown]
# ## Debrief
#
# You have changed a policy without code, and behaviour without touching the model. Which of your results would survive
# another seed? Run k of `sim.run(..., replicate=k)` tells. Which would survive another rule for all the others?

# %% [markdown]
# ## Exercises

# %% [markdown]
# ### Exercise 9.1
#
# Write a policy that promises everybody one half, whatever they spend. Who counts as protected?
#
# <details><summary>Answer</summary>
#
# ```python
# half = POLICY.replace('"promise-kept"', '"half"')
# start, end_of = half.index("tiers = ["), half.index("tone =")
# half = half[:start] + "tiers = [{ minimum = 0.0, protection = 0.5 }]\n" + half[end_of:]
# everybody = sim.run_batch(sim.load_scenario(written(half, "half.toml")), seed=1, replicates=20).years()
# print(everybody.query("year > 2025")["protected_members"].unique())
# assert set(everybody.query("year > 2025")["protected_members"]) == {len(allies)}
# ```
#
# All: a report counts whoever is promised at least half. What they *expect* is less, by both beliefs. A count hides the
# difference between .5 and 1, so look at `expected_protection` too.
#
# </details>

# %% [markdown]
# ### Exercise 9.2
#
# Write a member that wants nothing at all. How fast does its share fall, and why not faster?
#
# <details><summary>Answer</summary>
#
# ```python
# class Rider(sim.Member):
#     def want(self):
#         return 0.0
#
# share = sim.run(mine, seed=1, members={"ESP": Rider}).members().query("member == 'ESP'")["defence_share"]
# print(f"from {share.iloc[0]:.2%} to {share.iloc[-1]:.2%}; largest fall in a year {-share.diff().min():.2%}")
# assert -share.diff().min() <= mine.parameters.fiscal_cut + 1e-12
# ```
#
# A budget goes a part of the way (`adjustment_speed`), is pulled up towards the pledge, and may not fall by more than
# `fiscal_cut` a year.
#
# </details>

# %% [markdown]
# ### Exercise 9.3
#
# Write a debt brake: a parliament that never raises the share while debt is above all of GDP. Give it to all allies.
#
# <details><summary>Answer</summary>
#
# ```python
# class Braked(sim.Member):
#     def vote(self):
#         voted = super().vote()
#         return min(voted, self.defence_share) if self.debt > 1.0 else voted
#
# braked = sim.run(mine, seed=1, members=dict.fromkeys(allies, Braked))
# for name, one in (("as usual", usual), ("debt brake", braked)):
#     print(f"{name}: {one.years()['european_share'].iloc[-1]:.2%}")
# table = braked.members().query("member in @allies").sort_values(["member", "year"])
# rises = table.groupby("member")["defence_share"].diff() > 0
# assert not (rises & (table["debt"] > 1.0)).any()
# ```
#
# The assertion holds because debt of the year is known before budgets are voted (scene 1 before scene 5).
#
# </details>

# %% [markdown]
# ### Exercise 9.4
#
# The literature does not agree on how governments react. Let all of them follow each of the six rules, in the world of
# `POLICY`. How far apart do they end?
#
# <details><summary>Answer</summary>
#
# ```python
# for rule in ("joint-product", "pure-public", "threat-only", "follow", "pledge-driven", "inertia"):
#     text = POLICY.replace('name = "promise-kept"', f'name = "promise-kept"\nreaction = "{rule}"')
#     world = sim.load_scenario(written(text, f"{rule}.toml"))
#     ends = sim.run_batch(world, seed=1, replicates=100, record="runs").runs()["end_european_share"]
#     print(f"{rule:14} {ends.median():.2%}")
# ```
#
# The spread over rules is uncertainty about the model itself. It belongs beside the spread over chance (notebook 1) and
# over parameters (notebook 7).
#
# </details>

# %% [markdown]
# ### Exercise 9.5
#
# `sim.sweep(..., engine="mesa", members={"DEU": Promised})` refuses the class above. Why, and what is to be done?
#
# <details><summary>Answer</summary>
#
# A sweep with agents of your own runs in worker processes, and each has to import the class by its module's name. A
# class in a notebook has none. Put it into a file beside your script, import it from there, and begin the sweep under
# `if __name__ == "__main__":` ([docs/runners.md](../docs/runners.md) shows both files). The manifest of the sweep then
# names the class and the digest of its text, so that results of different rules never mix.
#
# </details>
