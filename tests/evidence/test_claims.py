"""Claims whose truth is known by construction, ranges that cover what is uncertain, drivers that are the right ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engines.batch import run_batch
from sim.evidence import claims, report
from sim.evidence.claims import CLAIMS, HEIGHTS, LINES, WORLDS, Claim, drivers, holding, independent, played
from sim.evidence.priors import PRIORS
from sim.evidence.ranges import ASSUMED, SETTLED, at_unit, uncertain
from sim.scenario import Parameters, with_values
from sim.scenario.parameters import limits

DRAWS = {"thinning": np.array([0.5, 0.7, 0.9, 0.9]), "threat_scale": np.array([0.0, 1.0, 2.0, 2.0])}


def of_share(name: str, line: float) -> Claim:
    """A claim on where Europe ends, with a line that the test chooses."""
    return Claim(name, name, "", ("unconditional",), lambda means: means["unconditional"]["share"] - line)


def test_claims_that_are_true_false_and_half_true() -> None:
    ends = np.sort(played(["unconditional"], DRAWS, 3, 1)["unconditional"]["share"].mean(axis=1))
    between = float(ends[:2].mean())  # the last two draws are the same
    known = [of_share("true", -1.0), of_share("false", 1.0), of_share("in three of four", between)]
    table = holding(DRAWS, replicates=3, claims=known).set_index("claim")
    assert table["holds"].tolist() == [1.0, 0.0, 0.75]
    assert (table["lower_90"] <= table["holds"]).all()
    assert (table["holds"] <= table["upper_90"]).all()
    assert table.loc["true", "lower_90"] < 1.0 == table.loc["true", "upper_90"]
    assert table["draws"].tolist() == [4, 4, 4]
    assert table["independent"].to_numpy() == pytest.approx(16 / 6)
    assert table.loc["true", "undecided"] == table.loc["false", "undecided"] == 0.0
    assert table.loc["true", "margin"] == pytest.approx(1.0 + np.median(ends))


def test_a_margin_within_its_luck_is_undecided() -> None:
    one = {name: values[:1] for name, values in DRAWS.items()}
    shares = played(["unconditional"], one, 8, 1)["unconditional"]["share"]
    table = holding(one, replicates=8, claims=[of_share("the mean", float(shares.mean()))])
    assert table["undecided"].tolist() == [1.0]


def test_worlds_meet_the_same_luck_and_draws() -> None:
    """Each run is the one that the engine plays of that world with these numbers; a world keeps its own."""
    columns = {**DRAWS, "withdrawal_support": np.full(4, 0.2), "exclusion_mean": np.full(4, 0.5)}
    found = played(["lawful exit", LINES[1]], columns, 2, 7)
    free = {name: float(values[2]) for name, values in columns.items()}
    for world, own in (("lawful exit", "withdrawal_support"), (LINES[1], "exclusion_mean")):
        scenario = WORLDS[world].built()
        given = {name: value for name, value in free.items() if name != own}
        alone = run_batch(with_values(scenario, {f"parameters.{name}": value for name, value in given.items()}), 7, 2)
        assert np.array_equal(found[world]["share"][2], alone.summaries["end_european_share"])
        assert np.array_equal(found[world]["protected"][2], alone.summaries["end_protected_members"])
        assert alone.levels is not None
        assert set(found[world]["start"].ravel()) == {alone.levels[0, 0, 1]}


def test_the_hump_by_hand() -> None:
    def margin(*shares: float) -> float:
        means = {name: {"share": np.array([one])} for name, one in zip(LINES, shares, strict=True)}
        return float(claims.hump(means)[0])

    assert len(HEIGHTS) == 6
    assert margin(0.02, 0.025, 0.03, 0.028, 0.025, 0.022) == pytest.approx(0.8)
    assert margin(0.02, 0.021, 0.022, 0.023, 0.024, 0.025) == pytest.approx(-0.1)
    assert margin(0.02, 0.019, 0.018, 0.017, 0.016, 0.015) == pytest.approx(-0.1)


def test_every_claim_has_worlds_a_sentence_and_a_margin() -> None:
    assert len({one.name for one in CLAIMS}) == len(CLAIMS)
    columns = {"thinning": np.array([0.6, 0.9])}
    outcomes = claims.means_of(played({name for one in CLAIMS for name in one.worlds}, columns, 1, 1))
    for one in CLAIMS:
        assert one.says.endswith(".")
        own = {name: outcomes[name] for name in one.worlds}  # it reads no other
        assert one.margin(own).shape == (2,)
        assert np.isfinite(one.margin(own)).all()


def test_draws_that_came_twice_count_once() -> None:
    assert independent({}) == 1.0
    assert independent({"thinning": np.arange(5.0)}) == pytest.approx(5.0)
    assert independent({"thinning": np.full(5, 0.5), "budget_noise": np.arange(5.0)}) == pytest.approx(1.0)


def test_every_number_without_a_source_has_a_range_or_a_reason() -> None:
    unsourced = {
        name for name, field in Parameters.model_fields.items()
        if not str(field.json_schema_extra["basis"]).startswith("Source")  # type: ignore[index,call-overload]
    }  # fmt: skip
    assert unsourced - PRIORS.keys() - ASSUMED.keys() == SETTLED
    assert not PRIORS.keys() & ASSUMED.keys()
    for name, one in uncertain().items():
        low, high = limits(name)
        assert low <= one.low < one.high <= high, name
        assert one.basis, name


@given(st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_points_lie_in_their_ranges(place: float) -> None:
    ranges = uncertain()
    found = at_unit(ranges, np.full((1, len(ranges)), place))
    for name, one in ranges.items():
        value = float(found[name][0])
        assert one.low <= value <= one.high
        if Parameters.model_fields[name].annotation is int:
            assert value == int(value)


def test_drivers_are_those_that_a_margin_is_made_of() -> None:
    """A margin that is a sum of two parameters: the indices are the parts of the variance, and it holds in half."""
    ranges = uncertain()
    unit = claims.sample(claims.Design(kind="saltelli", points=256), len(ranges), 1)
    names = list(ranges)
    one, two = names.index("thinning"), names.index("enabler_cost")
    table, holds = drivers({"made": 2.0 * unit[:, one] + unit[:, two] - 1.5})
    assert table["parameter"].tolist()[:2] == ["thinning", "enabler_cost"]
    assert table["total"].to_numpy()[:3] == pytest.approx([0.8, 0.2, 0.0], abs=0.06)
    assert table["first"].to_numpy()[:3] == pytest.approx([0.8, 0.2, 0.0], abs=0.1)
    assert table["basis"].tolist()[:2] == ["estimated", "assumed"]
    assert holds["made"] == pytest.approx(0.5, abs=0.05)


def test_the_tables_are_whole() -> None:
    tiny = report.Sizes(claim_replicates=2, sobol_points=2, sobol_replicates=1)
    made = report.claimed(tiny, {name: values[:3] for name, values in DRAWS.items()}, lambda _: None)
    assert made["claims"]["claim"].tolist() == [one.name for one in CLAIMS]
    assert made["claims"]["holds_in_ranges"].between(0, 1).all()
    sobol = made["claims-sobol"]
    assert len(sobol) == len(CLAIMS) * len(uncertain())
    assert sobol.groupby("claim")["total"].apply(lambda one: one.is_monotonic_decreasing).all()
