"""Every measure of docs/model.md on worlds that can be solved by hand, and once more from the members' table."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from types import FunctionType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from sim import data
from sim.compiled import COMPILED, exp
from sim.data import MEMBERS
from sim.engines.batch import play_chunk, run_batch, run_members
from sim.engines.tables import COLUMNS, History, summarise
from sim.measures import COUNTS, LEVELS, MEMBER, ranks, register, years
from sim.scenario import Scenario, load_scenario, with_values
from sim.scenario.parameters import Parameters
from sim.setup import prepare
from sim.world import WORLD

N = len(MEMBERS)
US = MEMBERS.index("USA")

# code: GDP, share of GDP, population, distance to the adversary in km
SMALL_WORLD = {
    "USA": (1000.0, 0.03, 50.0, 3000.0),
    "DEU": (400.0, 0.02, 80.0, 600.0),
    "FRA": (300.0, 0.019_96, 60.0, 900.0),
    "NOR": (100.0, 0.019_94, 10.0, 300.0),
    "POL": (100.0, 0.049_96, 40.0, 0.0),
}


def column(history: Any, name: str) -> np.ndarray:
    """A yearly measure by its name."""
    if name in LEVELS:
        return history.levels[..., LEVELS.index(name)]
    return history.counts[..., COUNTS.index(name)]


def each(history: History, name: str) -> np.ndarray:
    """A measure of members by its name, shape (years, n)."""
    return history.members[:, MEMBER.index(name)]


# --- a world of five members ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def five() -> Callable[[str], float]:
    """The start of a world of five members without spill-ins: capability is spending, tastes are 2.5 %."""
    simple = {
        "allied_weight": 0.0,
        "equipment_share": 0.0,
        "enabler_weight": 0.0,
        "tripwire": 0.0,
        "taste_trend": 0.0,
        "partner_spillin": 0.0,
        "us_protection_value": 0.01,
    }
    base = with_values(load_scenario("no-rearm"), {f"parameters.{k}": v for k, v in simple.items()})
    prepared = prepare(base)
    setup, years = prepared.setup, prepared.years
    codes = [MEMBERS.index(code) for code in SMALL_WORLD]
    gdp, share, people, distance = (np.array(figures) for figures in zip(*SMALL_WORLD.values(), strict=True))
    years["in_alliance"] = False
    years["in_alliance"][:, codes] = True
    years["hostility"] = 0.0
    for name, figures in {"gdp": gdp, "population": people, "distance": distance}.items():
        setup[name][0, codes] = figures
    setup["border"], setup["window_hostility"], setup["window_member"] = 0, 0.0, np.arange(N) == MEMBERS.index("ALB")
    setup["window_share"], setup["window_gdp"] = 0.025, 100.0
    setup["support"][0] = 0.001
    setup["gdp"][0, N], setup["shares"][0, :, N] = 200.0, 0.05
    setup["shares"][0][:, codes] = share
    setup["spending"][0] = setup["shares"][0] * setup["gdp"][0]
    levels, counts = play_chunk(prepared, prepared.parameters, 1, np.arange(1))
    whole = History(levels[0, 0], counts[0, 0], np.empty(0))
    return lambda name: float(column(whole, name))


def figures() -> tuple[np.ndarray, ...]:
    return tuple(np.array(row) for row in zip(*SMALL_WORLD.values(), strict=True))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("us_spending", 30.0),
        ("european_spending", 8 + 5.988 + 1.994 + 4.996),
        ("allied_share", 50.978 / 1900),
        ("european_share", 20.978 / 900),
        ("us_gdp_share", 1000 / 1900),
        ("free_riding_index", 20.978 / (0.025 * 900)),
        ("europe_without_us", 20.978 / (2.5 * 10)),
        ("europe_with_us", (20.978 + 0.01 * 900) / (2.5 * 10)),
        ("enabler_ratio", 0.21),
        ("posture", 1.0),
        ("commitment_belief", 0.75),
        ("exclusion_belief", 0.3),
        ("total_support", 1.9),
        ("loans", 0.0),
        ("challenge_risk", 0.0),
        ("members", 5),
        ("members_at_2", 4),
        ("members_at_3_5", 1),
        ("members_at_5", 1),
        ("treaty_status", 0),
        ("us_policy", 0),
        ("attempt", 0),
        ("de_facto_exit", 0),
        ("challenge", 0),
        ("target", -1),
        ("us_came", 0),
        ("lost", 0),
    ],
)
def test_five_members_by_hand(five: Callable[[str], float], name: str, expected: float) -> None:
    """FRA at 1.996 % counts as at 2.00, NOR at 1.994 % does not; POL at 4.996 % counts as at 5.00."""
    assert five(name) == pytest.approx(expected, rel=1e-12)


def test_who_bears_more_of_the_five(five: Callable[[str], float]) -> None:
    """GDP ranks 5, 4, 3, 1.5, 1.5 and burden ranks 4, 3, 2, 1, 5: covariance 1.5 over 9.5 and 10."""
    gdp, share, *_ = figures()
    one, two = np.array([5, 4, 3, 1.5, 1.5]) - 3, np.array([4, 3, 2, 1, 5]) - 3
    by_hand = one @ two / math.sqrt(one @ one * (two @ two))
    assert five("exploitation_rank") == pytest.approx(by_hand, rel=1e-12)
    assert by_hand == pytest.approx(stats.spearmanr(gdp, share).statistic, rel=1e-12)
    slope = np.polyfit(np.log(gdp), np.log(share), 1)[0]
    assert five("exploitation_slope") == pytest.approx(slope, rel=1e-10)


def test_burdens_and_benefits_of_the_five(five: Callable[[str], float]) -> None:
    """Benefit: mean of the shares of GDP, people and GDP within reach of the adversary (after Sandler & Forbes)."""
    gdp, share, people, distance = figures()
    exposed = gdp * np.exp(-distance / Parameters().threat_distance)
    benefit = gdp / gdp.sum() + people / people.sum() + exposed / exposed.sum()
    assert five("concordance") == pytest.approx(stats.spearmanr(benefit, gdp * share).statistic, rel=1e-12)


# --- ranks, slopes, benefits ----------------------------------------------------------------------


def padded(values: Any, rest: float = 0.0) -> np.ndarray:
    return np.append(np.asarray(values, float), np.full(N - len(values), rest))


def correlation(x: np.ndarray, y: np.ndarray, inside: np.ndarray) -> float:
    one, two = np.empty(N, np.int32), np.empty(N, np.int32)
    return float(ranks.spearman(x, y, inside, one, two, np.empty(N, np.float32)))


def slope_of(gdp: np.ndarray, share: np.ndarray, inside: np.ndarray) -> float:
    return float(ranks.slope(gdp, share, inside, np.empty(N), np.empty(N), np.empty(N)))


vectors = st.lists(st.integers(0, 6).map(float), min_size=N, max_size=N)


def test_spearman_tells_numbers_apart_that_32_bits_cannot() -> None:
    x = 1.0 + 1e-12 * np.random.default_rng(1).permutation(N)
    assert correlation(x, x, np.ones(N)) == 1.0
    y = np.arange(N, dtype=float)
    assert correlation(x, y, np.ones(N)) == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)


@given(vectors, vectors, st.lists(st.booleans(), min_size=N, max_size=N))
def test_spearman_with_ties_and_members_left_out(x: list[float], y: list[float], inside: list[bool]) -> None:
    kept = np.array(inside)
    a, b = np.array(x), np.array(y)
    found = correlation(a, b, kept.astype(float))
    if kept.sum() < 2 or np.ptp(a[kept]) == 0 or np.ptp(b[kept]) == 0:
        assert found == 0.0
    else:
        assert found == pytest.approx(stats.spearmanr(a[kept], b[kept]).statistic, abs=1e-12)


def of_size(n: int) -> Callable[..., float]:
    """`spearman` for ``n`` members, in plain Python: a place past the end is an IndexError there."""
    names: dict[str, Any] = vars(ranks) | {"N": n}
    for name in ("halve_ties", "ranks", "spearman"):
        names[name] = FunctionType(getattr(ranks, name).__code__, names)
    return names["spearman"]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 31, 33])
@pytest.mark.parametrize("ties", [False, True])
def test_spearman_of_any_number_of_members(n: int, ties: bool) -> None:
    luck = np.random.default_rng(n)
    x, y = luck.integers(0, 3 if ties else 10**9, (2, n)).astype(float)
    inside = np.ones(n)
    inside[3:4] = 0.0
    kept = inside > 0.0
    one, two = np.full(n, 7, np.int32), np.full(n, 7, np.int32)
    found = of_size(n)(x, y, inside, one, two, np.empty(n, np.float32))
    if kept.sum() < 2 or np.ptp(x[kept]) == 0 or np.ptp(y[kept]) == 0:
        assert found == 0.0
    else:
        assert found == pytest.approx(stats.spearmanr(x[kept], y[kept]).statistic, abs=1e-12)


@given(st.permutations(range(N)))
def test_spearman_of_ranks_knows_order_only(order: list[int]) -> None:
    x = np.array(order, float)
    everybody = np.ones(N)
    assert correlation(x, np.array([exp(float(v)) for v in x]), everybody) == pytest.approx(1.0, rel=1e-14)
    assert correlation(x, -x, everybody) == pytest.approx(-1.0, rel=1e-14)


@given(
    st.lists(st.floats(1.0, 3e4), min_size=4, max_size=N), st.lists(st.floats(0.001, 0.1), min_size=N, max_size=N),
    st.lists(st.booleans(), min_size=N, max_size=N),
)  # fmt: skip
def test_slope_against_numpy(gdp: list[float], share: list[float], spends: list[bool]) -> None:
    """Those who spend nothing have no logarithm and are left out; so are those outside."""
    n = len(gdp)
    some = np.array(spends[:n])
    assume(some.any())
    shares = np.where(some, share[:n], 0.0)
    found = slope_of(padded(gdp, 7.0), padded(shares, 0.03), padded(np.ones(n)))
    logs = np.log(np.array(gdp)[some])
    if some.sum() < 2 or np.ptp(logs) < 1e-3:
        assert some.sum() >= 2 or found == 0.0
    else:
        assert found == pytest.approx(np.polyfit(logs, np.log(shares[some]), 1)[0], rel=1e-6, abs=1e-7)


def test_a_slope_that_is_known() -> None:
    gdp = np.array([1.0, 10.0, 100.0, 1000.0])
    assert slope_of(padded(gdp, 5.0), padded(0.01 * gdp**0.25, 0.5), padded(np.ones(4))) == pytest.approx(
        0.25, rel=1e-13
    )
    assert slope_of(padded(np.full(4, 9.0), 9.0), padded(gdp / 1e5), padded(np.ones(4))) == 0.0


def test_counts_by_hand() -> None:
    world = np.zeros(1, WORLD).view(np.recarray)[0]
    shares = [0.01994, 0.01996, 0.02, 0.03494, 0.03496, 0.035, 0.04994, 0.04996, 0.2, 0.2]
    world.share[: len(shares)] = shares
    world.member[: len(shares) - 1] = 1.0
    world.protected[3:6] = 1
    game: Any = SimpleNamespace(w=world)
    by_hand = {"members": 9, "members_at_2": 8, "members_at_3_5": 5, "members_at_5": 2, "protected_members": 3}
    assert {name: register.COUNTS[name](game, 0) for name in by_hand} == by_hand


def test_benefits_by_hand() -> None:
    world = np.zeros(1, WORLD).view(np.recarray)[0]
    world.gdp[:3], world.proximity[:3], world.member[:2] = [30.0, 10.0, 99.0], [0.5, 0.1, 1.0], 1.0
    years.benefits(world, padded([5.0, 15.0, 99.0]))
    assert world.benefit[:2] == pytest.approx([0.75 + 0.25 + 15 / 16, 0.25 + 0.75 + 1 / 16])


# --- the yearly table once more, from the members' ------------------------------------------------


@cache
def run(name: str) -> tuple[Scenario, History]:
    scenario = with_values(load_scenario(name), {"parameters.challenge_rate": 0.3})
    return scenario, run_members(scenario, 3, 2)


NAMES = ("backlash", "march-2025", "crimea-2014", "drawdown-1990")


def inside(scenario: Scenario, t: int) -> np.ndarray:
    return data.memberships()["accession_year"].to_numpy() <= scenario.start + t


@pytest.mark.parametrize("name", NAMES)
def test_a_year_is_the_sum_of_its_members(name: str) -> None:
    scenario, history = run(name)
    for t in range(len(history.levels)):
        now = {what: each(history, what)[t] for what in MEMBER}
        all_, europe = inside(scenario, t), inside(scenario, t) & (np.arange(N) != US)
        gdp, spent, share = now["gdp"], now["spending"], now["defence_share"]
        wealth, before = gdp[europe].sum(), gdp.copy()
        if column(history, "lost")[t]:  # beliefs are formed and weighed before a crisis costs its target GDP
            before[column(history, "target")[t]] /= 1 - scenario.parameters.loss_gdp
        expected = {
            "allied_share": spent[all_].sum() / gdp[all_].sum(),
            "european_share": spent[europe].sum() / wealth,
            "us_spending": spent[US],
            "european_spending": spent[europe].sum(),
            "us_gdp_share": gdp[US] / gdp[all_].sum(),
            "exploitation_rank": stats.spearmanr(gdp[all_], share[all_]).statistic,
            "commitment_belief": np.average(now["commitment_belief"][europe], weights=before[europe]),
            "exclusion_belief": np.average(now["exclusion_belief"][europe], weights=before[europe]),
            "loans": now["loan"].sum(),
            "challenge_risk": 1 - np.prod(1 - now["hazard"]),
            "members": all_.sum(),
            "members_at_2": (np.round(share[all_], 4) >= 0.02).sum(),
            "members_at_3_5": (np.round(share[all_], 4) >= 0.035).sum(),
            "members_at_5": (np.round(share[all_], 4) >= 0.05).sum(),
            "protected_members": now["protected"].sum(),
        }
        some = all_ & (share > 0)
        expected["exploitation_slope"] = np.polyfit(np.log(gdp[some]), np.log(share[some]), 1)[0]
        for what, value in expected.items():
            assert float(column(history, what)[t]) == pytest.approx(float(value), rel=1e-9, abs=1e-14), (what, t)


@pytest.mark.parametrize("name", NAMES)
def test_support_adds_up(name: str) -> None:
    """Given in scene 5, before a crisis may cost its target some of its GDP."""
    scenario, history = run(name)
    for t in range(len(history.levels)):
        if not column(history, "lost")[t]:
            given_ = (each(history, "support_share") * each(history, "gdp"))[t, inside(scenario, t)].sum()
            assert column(history, "total_support")[t] == pytest.approx(given_, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_concordance_from_the_figures(name: str) -> None:
    scenario, history = run(name)
    table, setup = data.members(scenario.start), prepare(scenario).setup[0]
    bends = scenario.parameters
    near = np.exp(-setup["distance"] * (1 - bends.border_discount * setup["border"]) / bends.threat_distance)
    people = table["population"].to_numpy()
    for t in range(0, len(history.levels), 3):
        all_ = inside(scenario, t)
        gdp, spent = each(history, "gdp")[t], each(history, "spending")[t]
        parts = [np.where(all_, x, 0.0) / x[all_].sum() for x in (gdp, people, gdp * near)]
        benefit = np.mean(parts, axis=0)
        expected = stats.spearmanr(benefit[all_], spent[all_]).statistic
        assert column(history, "concordance")[t] == pytest.approx(expected, abs=1e-12)


# --- a value for every run ------------------------------------------------------------------------


def made_up(runs: int = 3, years: int = 6) -> tuple[Scenario, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    levels = rng.uniform(0.1, 0.9, (runs, years, len(LEVELS)))
    counts = np.zeros((runs, years, len(COUNTS)), np.int16)
    return load_scenario("status-quo"), levels, counts


def test_means_leave_the_start_out_and_ends_are_ends() -> None:
    scenario, levels, counts = made_up()
    counts[:, :, COUNTS.index("members_at_2")] = np.arange(6)
    summary = summarise(scenario, levels, counts)
    for k, name in enumerate(LEVELS):
        assert summary[f"mean_{name}"] == pytest.approx(levels[:, 1:, k].sum(axis=1) / 5, rel=1e-14)
        assert np.array_equal(summary[f"end_{name}"], levels[:, 5, k])
    assert summary["mean_members_at_2"].tolist() == [3.0] * 3
    assert summary["end_members_at_2"].tolist() == [5] * 3
    assert summary["total_cost"] == pytest.approx(
        levels[:, 1:, LEVELS.index("european_spending")].sum(axis=1), rel=1e-14
    )


@pytest.mark.parametrize(
    ("ratios", "year"),
    [
        ([0.2, 0.5, 0.99, 1.0, 1.2, 0.8], 2028),
        ([0.2, 0.3, 0.4, 0.5, 0.6, 0.999], math.nan),
        ([1.0] * 6, 2025),
        ([0.2] * 5 + [3.0], 2030),
    ],
)
def test_the_year_of_autonomy_is_the_first_with_enough_enablers(ratios: list[float], year: float) -> None:
    scenario, levels, counts = made_up(1)
    levels[0, :, LEVELS.index("enabler_ratio")] = ratios
    assert summarise(scenario, levels, counts)["autonomy_year"] == pytest.approx([year], nan_ok=True)


@pytest.mark.parametrize(
    ("name", "value", "happened"),
    [
        ("challenge", 1, "challenged"), ("lost", 1, "lost"), ("treaty_status", 3, "lawful_exit"),
        ("treaty_status", 4, "unilateral_exit"), ("de_facto_exit", 1, "de_facto_exit"),
    ],
)  # fmt: skip
def test_what_happened_at_all(name: str, value: int, happened: str) -> None:
    scenario, levels, counts = made_up(2)
    counts[1, 4, COUNTS.index(name)] = value
    summary = summarise(scenario, levels, counts)
    for flag in ("challenged", "lost", "lawful_exit", "unilateral_exit", "de_facto_exit"):
        assert summary[flag].tolist() == [False, flag == happened]


def test_a_notice_is_no_exit() -> None:
    scenario, levels, counts = made_up(2)
    counts[:, 3, COUNTS.index("treaty_status")] = [1, 2]
    summary = summarise(scenario, levels, counts)
    assert not summary["lawful_exit"].any()
    assert not summary["unilateral_exit"].any()


@pytest.mark.skipif(not COMPILED, reason="too many runs for plain Python")
def test_chances_are_frequencies() -> None:
    runs = run_batch(load_scenario("backlash"), 1, 400)
    table, years = runs.runs(), runs.years()
    by_run = years[years["year"] > 2025].groupby("replicate")
    assert table["challenged"].tolist() == (by_run["challenge"].max() == 1).tolist()
    assert table["lost"].mean() == (by_run["lost"].max() == 1).mean()
    assert 0 < table["lost"].mean() < table["challenged"].mean() < 1
    assert table["total_cost"].to_numpy() == pytest.approx(by_run["european_spending"].sum().to_numpy(), rel=1e-12)
    assert table["mean_european_share"].to_numpy() == pytest.approx(
        by_run["european_share"].mean().to_numpy(), rel=1e-12
    )
    risk = years[years["year"] == 2026]
    assert risk["challenge"].mean() == pytest.approx(risk["challenge_risk"].mean(), abs=0.08)


# --- tables ---------------------------------------------------------------------------------------


def test_the_yearly_table_says_in_words_what_the_codes_mean() -> None:
    scenario, history = run("backlash")
    runs = run_batch(scenario, 3, [2, 5])
    table = runs.years()
    assert table["year"].tolist() == list(range(2025, 2046)) * 2
    assert table["replicate"].tolist() == [2] * 21 + [5] * 21
    assert set(table["us_policy"]) <= set(scenario.policies)
    first = table[table["replicate"] == 2]
    codes = column(history, "target")
    assert first["target"].tolist() == [MEMBERS[code] if code >= 0 else "" for code in codes]
    total = table["us_spending"] + table["european_spending"]
    assert table["us_spending_share"].to_numpy() == pytest.approx((table["us_spending"] / total).to_numpy())
    assert table["grievance"].to_numpy() == pytest.approx(
        (table["us_spending_share"] - table["us_gdp_share"]).to_numpy()
    )


def test_the_members_table_is_the_run_played_again() -> None:
    scenario, history = run("backlash")
    table = run_batch(scenario, 3, [5, 2]).members(2)
    assert len(table) == 21 * N
    assert table["member"].tolist() == list(MEMBERS) * 21
    assert table["protected"].dtype == bool
    for what in MEMBER:
        assert np.array_equal(table[what].to_numpy(float).reshape(21, N), each(history, what))
    assert run_batch(scenario, 3, [5, 2]).members()["replicate"].unique().tolist() == [5, 2]


# --- some of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "recorded"),
    [
        (["european_share"], {"european_share"}),
        (["end_concordance", "lost"], {"concordance", "lost"}),
        (["autonomy_year", "unilateral_exit"], {"enabler_ratio", "treaty_status"}),
        (["grievance"], {"us_spending", "european_spending", "us_gdp_share"}),
        (["mean_members_at_2", "total_cost"], {"members_at_2", "european_spending"}),
    ],
)
def test_only_what_is_asked_for_and_the_same_bits(asked: list[str], recorded: set[str]) -> None:
    scenario = load_scenario("backlash")
    some, whole = (run_batch(scenario, 3, 40, measures=names) for names in (asked, None))
    assert set(some.measures) == recorded
    for few, all_ in ((some.runs(), whole.runs()), (some.years(), whole.years())):
        assert set(few.columns) < set(all_.columns)
        assert few.equals(all_[few.columns])
    assert {*asked} <= {*some.runs().columns, *some.years().columns}
    assert run_batch(scenario, 3, 40, measures=asked, record="runs").runs().equals(some.runs())


def test_a_measure_that_there_is_not() -> None:
    with pytest.raises(ValueError, match=r"no such measure 'european_shares'; there are allied_share, "):
        run_batch(load_scenario("status-quo"), replicates=1, measures=["european_shares"])


def test_every_column_is_made_of_measures() -> None:
    played = run_batch(load_scenario("status-quo"), replicates=1)
    there = ({*played.runs().columns} | {*played.years().columns}) - {"replicate", "year"}
    assert there == COLUMNS.keys()
