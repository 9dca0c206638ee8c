"""The figures themselves, the loader's checks, and the filling of gaps."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import data
from sim.data import filling, tables
from sim.scenario.parameters import Parameters

OTHERS = [code for code in data.MEMBERS if code != "USA"]
MEMBER_COLUMNS = (
    "member name gdp population defence_share world_bank_share nato_share growth growth_spread "
    "debt balance in_alliance in_eu distance_km border us_troops support_share armed_forces "
    "pledge_ceiling loan_allotment_eur_bn clause_activated loan_spread latitude longitude"
)


def value(name: str) -> float:
    """The value of one instrument."""
    return float(data.instruments().set_index("name")["value"][name])


# --- the alliance ---------------------------------------------------------------------------------


def test_thirty_two_members_sorted_and_the_adversary_is_none_of_them() -> None:
    assert len(data.MEMBERS) == 32
    assert list(data.MEMBERS) == sorted(data.MEMBERS)
    assert data.MEMBERS[-1] == "USA"
    assert data.ADVERSARY == "RUS"
    assert data.ADVERSARY not in data.MEMBERS


@pytest.mark.parametrize(
    ("year", "count"),
    [
        (1990, 16), (1998, 16), (1999, 19), (2003, 19), (2004, 26), (2009, 28), (2017, 29),
        (2020, 30), (2022, 30), (2023, 31), (2024, 32), (2025, 32),
    ],
)  # fmt: skip
def test_members_by_year(year: int, count: int) -> None:
    assert data.members(year)["in_alliance"].sum() == count


@pytest.mark.parametrize(("year", "count"), [(1990, 11), (1995, 13), (2004, 21), (2019, 24), (2025, 23)])
def test_eu_members_of_the_alliance_of_2025(year: int, count: int) -> None:
    assert data.members(year)["in_eu"].sum() == count


def test_the_united_kingdom_leaves_the_eu_in_2020() -> None:
    assert data.members(2019).set_index("member")["in_eu"]["GBR"]
    assert not data.members(2020).set_index("member")["in_eu"]["GBR"]


def test_land_borders_with_russia_or_belarus() -> None:
    table = data.members(2025)
    assert list(table.loc[table["border"], "member"]) == ["EST", "FIN", "LTU", "LVA", "NOR", "POL"]


def test_distances_are_great_circles_to_moscow() -> None:
    table, moscow = data.members(2025), data.adversary(2025).iloc[0]
    lat1, lat2 = np.radians(table["latitude"]), math.radians(moscow["latitude"])
    gap = np.radians(table["longitude"]) - math.radians(moscow["longitude"])
    cosine = np.sin(lat1) * math.sin(lat2) + np.cos(lat1) * math.cos(lat2) * np.cos(gap)
    assert (6371 * np.arccos(cosine) / table["distance_km"] - 1).abs().max() < 0.01


# --- spending -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "below"),
    [(2014, set(data.MEMBERS) - {"GBR", "GRC", "USA"}), (2025, {"ALB", "CZE", "ISL", "SVN"})],
)
def test_who_is_below_two_per_cent_by_natos_figures(year: int, below: set[str]) -> None:
    # In 2025 Belgium and Spain stand at 2.00, which NATO has rounded.
    table = data.members(year)
    assert set(table.loc[table["nato_share"] < 0.02, "member"]) == below


@pytest.mark.parametrize("year", range(2014, 2026))
@pytest.mark.parametrize("then", [True, False], ids=["members-of-the-year", "all"])
def test_natos_own_aggregates_from_our_figures(year: int, then: bool) -> None:
    table = data.members(year)
    official = data.europe_canada().set_index("year").loc[year]
    inside = table[table["in_alliance"]] if then else table
    for rows, column in (
        (inside[inside["member"] != "USA"], "europe_canada_share"),
        (inside, "nato_share"),
    ):
        share = np.average(rows["nato_share"], weights=rows["gdp"])
        assert abs(share - official[column]) < 0.0005


def test_only_2025_is_an_estimate() -> None:
    table = data.europe_canada()
    assert list(table.loc[table["estimate"] == 1, "year"]) == [2025]


def test_defence_share_is_natos_from_2014_and_the_world_banks_before() -> None:
    late, early = data.members(2014), data.members(2013)
    assert (late["defence_share"] == late["nato_share"]).all()
    assert (early["defence_share"] == early["world_bank_share"]).all()
    assert early["nato_share"].drop(15).isna().all()


def test_the_step_between_the_two_series_is_as_documented() -> None:
    table = data.members(2014).set_index("member")
    step = 100 * (table["nato_share"] - table["world_bank_share"])
    assert step[step.abs() > 0.1].round(2).to_dict() == {
        "ESP": -0.33,
        "GRC": -0.13,
        "ITA": -0.15,
        "TUR": -0.43,
    }


def test_iceland_has_no_armed_forces_and_spends_nothing() -> None:
    table = data.members(2025).set_index("member")
    assert list(table.index[~table["armed_forces"]]) == ["ISL"]
    own = data.history().query("member == 'ISL'")
    assert (own["defence_share"] == 0).all()
    assert (own.loc[own["year"] >= 2014, "nato_defence_share"] == 0).all()


def test_natos_shares_end_in_2025_and_start_in_2014() -> None:
    table = data.history().dropna(subset="nato_defence_share")
    assert (table["year"].min(), table["year"].max()) == (2014, 2025)
    assert data.ADVERSARY not in set(table["member"])


def test_the_imfs_figures_are_shipped_only_from_1990() -> None:
    early = data.history().query("year < 1990")
    assert early[["debt", "balance"]].isna().all(axis=None)


def test_no_sipri_columns() -> None:
    allowed = {name for table in tables.TABLES.values() for name in table.columns}
    for path in tables.FOLDER.glob("*.csv"):
        header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
        assert set(header) <= allowed
        assert not [name for name in header if "milex" in name or "sipri" in name]


def test_growth_is_of_the_years_before() -> None:
    gdp = data.history().query("member == 'FRA'").set_index("year")["gdp"]
    row = data.members(2025).set_index("member").loc["FRA"]
    assert row["growth"] == pytest.approx(gdp.pct_change().loc[2016:2025].mean())
    assert row["growth_spread"] == pytest.approx(gdp.pct_change().loc[2006:2025].std())


def test_support_is_the_trackers_and_nothing_before_the_war() -> None:
    assert (data.members(2021)["support_share"] == 0).all()
    table = data.members(2023).set_index("member")["support_share"]
    assert table.idxmax() == "EST"
    assert table["DNK"] == pytest.approx(0.0117681, rel=1e-4)
    assert table[["ALB", "MKD", "MNE", "TUR"]].eq(0).all()


def test_projections_cover_every_actor() -> None:
    table = data.projections()
    assert len(table) == 33 * 6
    assert table[["growth", "balance"]].notna().all(axis=None)
    assert "RUS" in set(table["member"])


# --- instruments ----------------------------------------------------------------------------------


def test_loan_allotments() -> None:
    table = data.members(2025).set_index("member")
    loans = table["loan_allotment_eur_bn"]
    cyprus = 1.182  # in the envelope, not in the model
    assert loans.sum() <= value("loan_envelope")
    assert loans.sum() + cyprus == pytest.approx(value("loan_envelope"), abs=0.005)
    assert (loans > 0).sum() == 18
    published = {"POL": 43.7, "ROU": 16.7, "FRA": 16.2, "HUN": 16.2, "ITA": 14.9, "BEL": 8.3,
                 "LTU": 6.4, "PRT": 5.8, "LVA": 5.7, "ESP": 1.0, "FIN": 1.0}  # fmt: skip
    assert loans[list(published)].round(1).to_dict() == published
    assert table["in_eu"][loans > 0].all()
    assert table["in_eu"][table["loan_spread"] > 0].all()


def test_spreads_are_rounded_to_a_quarter_point() -> None:
    steps = data.members(2025)["loan_spread"] / 0.0025
    assert np.allclose(steps, steps.round())


def test_the_clause_was_activated_by_sixteen_eu_members() -> None:
    table = data.members(2025).set_index("member")
    active = table.index[table["clause_activated"]]
    assert len(active) == 16
    assert table["in_eu"][active].all()
    assert not set(active) & {"ESP", "FRA", "ITA", "NLD", "LUX", "ROU", "SWE"}


def test_only_spain_has_a_ceiling_on_its_pledge() -> None:
    table = data.members(2025).set_index("member")["pledge_ceiling"].dropna()
    assert table.to_dict() == {"ESP": 0.021}


def test_every_instrument_has_a_unit_and_a_source() -> None:
    table = data.instruments()
    assert table["name"].is_unique
    assert table["source"].str.len().min() > 20
    assert not table["source"].str.contains("http", regex=False).any()


def test_conversions_agree() -> None:
    product = value("eur_usd_2025") * value("usd2025_to_usd2015")
    assert value("eur_to_usd2015") == pytest.approx(product, abs=0.001)
    middle = (value("replacement_cost_low") + value("replacement_cost_high")) / 2
    assert value("replacement_cost") == pytest.approx(middle * value("usd2025_to_usd2015"), abs=0.5)


@pytest.mark.parametrize("points", [25, 50, 100, 150, 200])
def test_grant_equivalents_follow_from_the_terms(points: int) -> None:
    rate = Parameters().eu_rate
    own = rate + points / 10_000
    years, grace = int(value("loan_maturity")), int(value("loan_grace"))
    debt, worth = 1.0, 0.0
    for year in range(1, years + 1):
        repaid = 1 / (years - grace) if year > grace else 0.0
        worth += (repaid + rate * debt) / (1 + own) ** year
        debt -= repaid
    assert debt == pytest.approx(0)
    assert value(f"grant_equivalent_{points:03d}bp") == pytest.approx(1 - worth, abs=0.0005)


def test_law_is_arithmetic() -> None:
    assert math.ceil(value("treaty_consent") * value("senators") - 1e-4) == 67
    assert math.ceil(value("treaty_consent") * value("representatives") - 1e-3) == 290
    assert value("house_majority") == value("representatives") // 2 + 1


def test_us_forces_match_the_history() -> None:
    table = data.members(2025).set_index("member")
    assert value("us_forces_europe_permanent") == table["us_troops"].drop("CAN").sum()
    assert value("us_forces_europe_permanent") < value("us_forces_europe")
    assert value("us_troop_floor") < value("us_forces_europe")


def test_enabler_share_is_the_mean_of_its_parts() -> None:
    table = data.instruments().set_index("name")["value"]
    parts = table[table.index.str.startswith("us_enabler_share_")]
    assert len(parts) == 5
    assert table["us_enabler_share"] == pytest.approx(parts.mean(), abs=0.005)


# --- completing the history -----------------------------------------------------------------------


@pytest.mark.parametrize(("first", "last"), [(1960, 2025), (1960, 1960), (1980, 2025)])
def test_the_completed_history_has_no_gap(first: int, last: int) -> None:
    table, fills = data.complete_history(first, last)
    assert list(table.columns) == [
        "member", "year", "gdp", "population", "share", "debt", "balance", "us_troops",
    ]  # fmt: skip
    assert len(table) == 33 * (last - first + 1)
    assert np.isfinite(table.drop(columns="member").to_numpy(dtype=float)).all()
    assert (table["gdp"] > 0).all()
    assert not table.duplicated(["member", "year"]).any()
    assert list(fills.columns) == [
        "member", "column", "first_year", "last_year", "method", "value",
    ]  # fmt: skip
    assert fills["first_year"].min() >= first
    assert fills["last_year"].max() <= last


def test_known_figures_are_never_changed_and_every_other_is_reported() -> None:
    table, fills = data.complete_history(1960, 2025)
    raw = data.history()
    reported = {
        (fill["member"], fill["column"], year)
        for fill in fills.to_dict("records")
        for year in range(fill["first_year"], fill["last_year"] + 1)
    }
    for column in ("gdp", "population", "debt", "balance", "us_troops"):
        known = raw[column].notna()
        assert (table.loc[known, column] == raw.loc[known, column]).all()
        blanks = raw.loc[~known, ["member", "year"]].itertuples(index=False)
        assert {(code, column, year) for code, year in blanks} == {key for key in reported if key[1] == column}


def test_russias_share_is_carried_forward_to_2025() -> None:
    table, fills = data.complete_history(2024, 2025)
    shares = table.query("member == 'RUS'")["share"].tolist()
    assert shares[0] == shares[1] == pytest.approx(0.0705, abs=1e-4)
    own = fills.query("method == 'last held'")
    assert own[["member", "column", "first_year", "last_year"]].to_numpy().tolist() == [["RUS", "share", 2025, 2025]]


def test_backcast_uses_the_weighted_growth_of_members_with_figures() -> None:
    raw = data.history()
    known = {year: raw[raw["year"] == year].set_index("member")["gdp"] for year in (1988, 1989)}
    both = known[1988].notna() & known[1989].notna() & (known[1988].index != "RUS")
    assert 15 < both.sum() < 32
    growth = known[1989][both].sum() / known[1988][both].sum()
    table, _ = data.complete_history(1988, 1989)
    before, after = (table[table["year"] == year].set_index("member")["gdp"] for year in known)
    for code in ("POL", "EST", "MNE", "RUS"):
        assert after[code] / before[code] == pytest.approx(growth)


def test_before_1960_gdp_has_maddisons_growth_and_shares_are_held() -> None:
    table, fills = data.complete_history(1950, 1960)
    early = data.early().set_index(["member", "year"])["gdp"]
    gdp = table.set_index(["member", "year"])["gdp"]
    assert (gdp[early.index] == early).all()
    shares = table[table["member"] == "USA"]["share"]
    assert (shares == shares.iloc[-1]).all()
    methods = {(fill["member"], fill["column"]): fill["method"] for fill in fills.to_dict("records")}
    assert methods["USA", "share"] == "first held"
    assert methods["POL", "gdp"] == "backcast"
    assert ("USA", "gdp") not in methods
    assert methods["USA", "balance"] == "zero"


def test_a_start_before_1990_faces_the_soviet_union() -> None:
    soviet, russia = data.adversary(1989).iloc[0], data.adversary(1990).iloc[0]
    assert (soviet["name"], russia["name"]) == ("Soviet Union", "Russia")
    assert soviet["gdp"] > 1.6 * russia["gdp"]
    assert soviet["defence_share"] == 0.14
    methods = {fill["column"]: fill["method"] for fill in data.adversary(1989).attrs["filled"]}
    assert methods["gdp"] == methods["defence_share"] == "Soviet Union"
    table, fills = data.complete_history(1985, 1995, soviet=True)
    plain, _ = data.complete_history(1985, 1995)
    own, other = (t[t["member"] == "RUS"].set_index("year") for t in (table, plain))
    assert (own.loc[1992:] == other.loc[1992:]).all(axis=None)
    assert own.loc[:1991, "gdp"].to_list() == data.soviet_union().query("year >= 1985")["gdp"].to_list()
    pd.testing.assert_frame_equal(table[table["member"] != "RUS"], plain[plain["member"] != "RUS"])
    assert set(fills.query("method == 'Soviet Union'")["column"]) == {"gdp", "population", "share"}


def test_events_are_dated_and_sourced_and_paths_are_some_of_them() -> None:
    table = data.events()
    assert table["basis"].str.len().min() > 15
    assert set(data.paths()["path"]) == {"hostility", "war", "pledge"}
    said = table[table["kind"] == "statement"]
    assert said[["tone", "conditionality"]].notna().all(axis=None)
    assert (said["known"].str.len() == 10).all()
    assert (said["known"].str[:4].astype(int) == said["year"]).all()
    assert table.loc[table["kind"] == "guideline", "year"].to_list() == [2006]


def test_olson_and_zeckhauser_count_fourteen_allies() -> None:
    table = data.olson_zeckhauser()
    joined = data.memberships().set_index("member")["accession_year"]
    assert set(table["member"]) == set(joined[joined <= 1964].index) - {"ISL"}


def test_gaps_are_interpolated_and_ends_held() -> None:
    years = tables.LAST_YEAR - tables.FIRST_YEAR + 1
    values = np.full(years, np.nan)
    values[[10, 14, 20]] = [1.0, 3.0, 6.0]
    fills = filling._fill_row("ZZZ", "debt", values, np.zeros(years - 1))
    assert values[9:21].tolist() == [1, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6]
    assert (values[:10] == 1).all()
    assert (values[20:] == 6).all()
    assert [(f.first_year, f.last_year, f.method) for f in fills] == [
        (1960, 1969, "first held"),
        (1971, 1973, "interpolated"),
        (1975, 1979, "interpolated"),
        (1981, 2025, "last held"),
    ]
    with pytest.raises(data.DataError, match="no figure at all for ZZZ"):
        filling._fill_row("ZZZ", "debt", np.full(years, np.nan), np.zeros(years - 1))


# --- the interface --------------------------------------------------------------------------------


@pytest.mark.parametrize("year", range(1960, 2026))
def test_members_has_one_complete_row_each(year: int) -> None:
    table = data.members(year)
    assert list(table.columns) == MEMBER_COLUMNS.split()
    assert tuple(table["member"]) == data.MEMBERS
    optional = ["world_bank_share", "nato_share", "pledge_ceiling"]
    assert table.drop(columns=optional).notna().all(axis=None)
    assert (table["growth_spread"] > 0).all()
    types = {name: kind.kind for name, kind in table.dtypes.items()}
    flags = {"in_alliance", "in_eu", "border", "armed_forces", "clause_activated"}
    assert {name for name, kind in types.items() if kind == "b"} == flags
    numbers = set(types) - flags - {"member", "name"}
    assert all(types[name] == "f" for name in numbers)


def test_fills_of_the_year_are_reported() -> None:
    assert data.members(2025).attrs["filled"] == []
    filled = data.members(1990).attrs["filled"]
    keys = {(fill["member"], fill["column"], fill["method"]) for fill in filled}
    assert ("DEU", "debt", "first held") in keys
    assert ("EST", "growth", "from backcast gdp") in keys
    assert ("EST", "growth_spread", "from backcast gdp") in keys
    assert ("EST", "defence_share", "first held") in keys
    assert ("CZE", "us_troops", "zero") in keys
    assert not [key for key in keys if key[0] in ("FRA", "RUS")]
    russian = data.adversary(2025).attrs["filled"]
    assert [(fill["column"], fill["method"]) for fill in russian] == [("defence_share", "last held")]


def test_the_adversary() -> None:
    row = data.adversary(2024)
    assert list(row.columns) == [
        "member", "name", "gdp", "population", "defence_share", "growth", "growth_spread",
        "debt", "balance", "latitude", "longitude",
    ]  # fmt: skip
    assert row["member"].tolist() == ["RUS"]
    assert row.attrs["filled"] == []
    assert row.notna().all(axis=None)


@pytest.mark.parametrize("year", [1959, 2026, 0, -1])
def test_members_says_which_years_there_are(year: int) -> None:
    for function in (data.members, data.adversary):
        with pytest.raises(data.DataError, match=f"{year}; available: whole years 1960 to 2025"):
            function(year)


@pytest.mark.parametrize("year", [2025.0, "2025", True, None])
def test_a_year_is_a_whole_number(year: object) -> None:
    with pytest.raises(data.DataError, match="not a whole number"):
        data.members(year)  # type: ignore[arg-type]


def test_numpy_years_will_do() -> None:
    assert len(data.members(np.int64(2020))) == 32  # type: ignore[arg-type]


@pytest.mark.parametrize(("first", "last"), [(1949, 2000), (1990, 2026), (2000, 1999)])
def test_complete_history_says_which_years_there_are(first: int, last: int) -> None:
    with pytest.raises(data.DataError, match="1950 to 2025"):
        data.complete_history(first, last)


def test_tables_are_copies() -> None:
    for function in (data.history, data.instruments, data.projections, data.support):
        table = function()
        table.iloc[:, 0] = "spoilt"
        assert "spoilt" not in set(function().iloc[:, 0])
    completed, _ = data.complete_history(1990, 2025)
    completed["gdp"] = -1.0
    assert (data.complete_history(1990, 2025)[0]["gdp"] > 0).all()


def test_importing_is_cheap() -> None:
    code = "import sys, sim.data.starts; print('pandas' in sys.modules, len(sim.data.MEMBERS))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "32"]


# --- the loader's checks --------------------------------------------------------------------------


@pytest.mark.parametrize("name", tables.TABLES)
def test_a_good_copy_loads(name: str, tmp_path: Path) -> None:
    shutil.copy(tables.FOLDER / f"{name}.csv", tmp_path)
    pd.testing.assert_frame_equal(tables.read(name, tmp_path), tables.read(name))


def broken(tmp_path: Path, name: str, line: int, column: str, text: str | None) -> Path:
    """A folder with a copy of a table in which one field is replaced, or its line dropped."""
    lines = (tables.FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    if text is None:
        del lines[line - 1]
    else:
        fields = lines[line - 1].split(",")
        fields[lines[0].split(",").index(column)] = text
        lines[line - 1] = ",".join(fields)
    (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "line", "column", "text", "allowed"),
    [
        ("history", 70, "gdp", "-5", "a finite number, at least 0.1 and below 100000, or blank"),
        ("history", 70, "gdp", "0", "a finite number"),
        ("history", 70, "gdp", "inf", "a finite number"),
        ("history", 70, "gdp", "nan", "a finite number"),
        ("history", 70, "gdp", "many", "a finite number"),
        ("history", 70, "gdp", "1_000", "a finite number"),
        ("history", 70, "gdp", " 100", "a finite number"),
        ("history", 70, "population", "", "a finite number, at least 0.01 and below 2000"),
        ("history", 70, "defence_share", "0.5", "at least 0 and below 0.5, or blank"),
        ("history", 70, "defence_share", "-0.01", "at least 0 and below 0.5, or blank"),
        ("history", 70, "nato_defence_share", "2.1", "at least 0 and below 0.5, or blank"),
        ("history", 70, "debt", "103", "at least 0 and below 5, or blank"),
        ("history", 70, "balance", "-3.1", "at least -1 and below 1, or blank"),
        ("history", 70, "us_troops", "-1", "at least 0 and below 1e+06, or blank"),
        ("history", 70, "year", "1962.0", "a whole number, at least 1960 and below 2026"),
        ("history", 70, "year", "1959", "a whole number, at least 1960 and below 2026"),
        ("members", 5, "border", "yes", "0 or 1"),
        ("members", 5, "name", "  ", "a text that is not blank"),
        ("members", 5, "accession_year", "", "a whole number, at least 1949 and below 2026"),
        ("members", 5, "loan_allotment_eur_bn", "151", "at least 0 and below 150"),
        ("projections", 9, "growth", "2.5", "at least -0.5 and below 0.5"),
        ("support", 9, "support_share", "", "at least 0 and below 0.5"),
        ("europe_canada", 4, "estimate", "2", "0 or 1"),
        ("adversary", 2, "latitude", "155", "at least -90 and below 90"),
        ("events", 3, "kind", "wish", "hostility, war, pledge, guideline, statement, loans, clause"),
        ("events", 3, "known", "1990-13", "a date such as 2014-09-05, 2014-09 or 2014"),
        ("events", 3, "known", "yesterday", "a date such as 2014-09-05, 2014-09 or 2014"),
        ("early", 9, "gdp", "", "at least 0.1 and below 100000"),
        ("instruments", 3, "value", "", "a finite number"),
        ("instruments", 3, "unit", "", "a text that is not blank"),
    ],
)  # fmt: skip
def test_a_bad_field_is_named(name: str, line: int, column: str, text: str, allowed: str, tmp_path: Path) -> None:
    folder = broken(tmp_path, name, line, column, text)
    message = f"{name}.csv, line {line}, column {column}: found {text!r}; allowed: "
    with pytest.raises(data.DataError, match=f"^{re.escape(message)}.*{re.escape(allowed)}"):
        tables.read(name, folder)


@pytest.mark.parametrize(
    ("name", "line", "column", "text", "message"),
    [
        ("history", 70, "member", "ZZZ", "70, column member+year: found ('ZZZ', 1962)"),
        ("history", 70, "year", "1963", "found ('BEL', 1963) again, first on line 70"),
        ("history", 70, "", None, "found 2177 rows, ('BEL', 1962) and 0 others missing"),
        ("support", 2, "", None, "found 127 rows, ('ALB', 2022) and 0 others missing"),
        ("projections", 3, "", None, "('ALB', 2027) and 0 others missing; allowed: 198 rows"),
        ("europe_canada", 3, "", None, "(2015,) and 0 others missing; allowed: 12 rows"),
        ("members", 33, "", None, "('USA',) and 0 others missing; allowed: 32 rows"),
        ("members", 33, "member", "RUS", "33, column member: found ('RUS',)"),
        ("members", 33, "member", "ALB", "found ('ALB',) again, first on line 2"),
        ("adversary", 2, "member", "CHN", "found ('CHN',); allowed: 1 keys"),
        ("adversary", 2, "", None, "('RUS',) and 0 others missing"),
        ("early", 3, "", None, "found 189 rows, ('BEL', 1951) and 0 others missing"),
        ("soviet_union", 43, "", None, "found 41 rows, (1991,) and 0 others missing"),
        ("instruments", 3, "name", "loan_envelope", "found ('loan_envelope',) again"),
    ],
)
def test_a_bad_key_is_named(name: str, line: int, column: str, text: str | None, message: str, tmp_path: Path) -> None:
    folder = broken(tmp_path, name, line, column, text)
    with pytest.raises(data.DataError, match=rf"^{name}\.csv, line .*{re.escape(message)}"):
        tables.read(name, folder)


def test_rows_must_be_sorted(tmp_path: Path) -> None:
    lines = (tables.FOLDER / "support.csv").read_text(encoding="utf-8").splitlines()
    lines[1], lines[2] = lines[2], lines[1]
    (tmp_path / "support.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(data.DataError, match=r"line 2, column member\+year.*rows are sorted"):
        tables.read("support", tmp_path)


@pytest.mark.parametrize("header", ["", "year,member,support_share", "member,year", "member,year,support_share,extra"])
def test_columns_are_exact(header: str, tmp_path: Path) -> None:
    lines = (tables.FOLDER / "support.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "support.csv").write_text("\n".join([header, *lines[1:]]), encoding="utf-8")
    with pytest.raises(data.DataError, match=r"^support.csv, line 1: columns are .*; allowed: "):
        tables.read("support", tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "line 1: columns are ''"),
        (b"member,year,support_share\nALB,2022\n", "line 2: found 2 fields; allowed: 3"),
        (b"member,year,support_share\n\nALB,2022,0\n", "line 2: found 0 fields; allowed: 3"),
        (b"member,year,support_share\nALB,2022,0,1\n", "line 2: found 4 fields; allowed: 3"),
        (b"member,year,support_share\nALB,2022,\xff\n", "cannot be read"),
        (b'member,year,support_share\nALB,2022,"0\n', "cannot be read"),
    ],
)
def test_a_malformed_file_is_named(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "support.csv").write_bytes(content)
    with pytest.raises(data.DataError, match=rf"^support.csv.*{re.escape(message)}"):
        tables.read("support", tmp_path)


def test_a_missing_file_or_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(data.DataError, match=r"^support.csv: cannot be read"):
        tables.read("support", tmp_path)
    with pytest.raises(data.DataError, match="no table 'aid'; available: members, adversary"):
        tables.read("aid", tmp_path)


# --- the documentation ----------------------------------------------------------------------------


def test_every_column_has_its_source() -> None:
    text = (tables.FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    for name, table in tables.TABLES.items():
        section = re.split(r"^## ", text.split(f"## {name}.csv\n")[1], flags=re.MULTILINE)[0]
        for column in table.columns:
            assert f"\n| `{column}` | " in section, (name, column)


def test_every_csv_file_is_known_to_the_loader() -> None:
    assert {path.stem for path in tables.FOLDER.glob("*.csv")} == set(tables.TABLES)
