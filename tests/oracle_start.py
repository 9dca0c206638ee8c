"""The oracle's draws, demand, data and start (see oracle.py)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from scipy.special import expit, logit

from sim.data import (
    MEMBERS,
    adversary,
    complete_history,
    instruments,
    members,
    memberships,
    paths,
    projections,
)
from sim.scenario.models import Scenario
from sim.scenario.parameters import Parameters

M = len(MEMBERS)
US = MEMBERS.index("USA")
ADVERSARY = M  # actor number of the adversary's draws
EARTH = 6371.0  # km; the radius behind distance_km in the tables
FIGURES_END = 2025
LATE_WINDOW = (1991, 1998)  # of countries that joined after 1990


# --------------------------------------------------------------------------------------------- chance


def philox(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Philox4x32-10 of Salmon et al. 2011: four words from a counter of four and a key of two."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        a, b = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (b >> 32) ^ c1 ^ k0, b & 0xFFFFFFFF, (a >> 32) ^ c3 ^ k1, a & 0xFFFFFFFF
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c0, c1, c2, c3


@dataclass(frozen=True)
class Chance:
    """All draws of a run, each by its year, stream and actor."""

    seed: int
    replicate: int

    def uniforms(self, year: int, stream: int, actor: int) -> list[float]:
        low = 0xFFFFFFFF
        counter = (self.replicate & low, self.replicate >> 32, (year << 16) + stream, actor)
        return [(word + 0.5) / 2.0**32 for word in philox(counter, (self.seed & low, self.seed >> 32))]

    def member(self, year: int, actor: int) -> tuple[float, float, float, float]:
        """Normals: growth, commitment, exclusion, budget."""
        u = self.uniforms(year, 0, actor)
        return (*normals(u[0], u[1]), *normals(u[2], u[3]))


def normals(u: float, v: float) -> tuple[float, float]:
    """Two normals from two uniforms (Box & Muller)."""
    r = math.sqrt(-2.0 * math.log(u))
    return r * math.cos(2.0 * math.pi * v), r * math.sin(2.0 * math.pi * v)


# --------------------------------------------------------------------------------------------- demand


def demand(y: float, spill: float, collective: float, national: float, price: float = 1.0) -> float:
    """Eq. 2."""
    real = y / price
    b = (collective + national) * real - (1.0 - collective) * spill
    root = math.sqrt(max(0.0, b * b + 4.0 * national * real * spill))
    q = (b + root) / 2.0
    if b < 0.0 and spill > 0.0:  # the same without cancellation
        q = 2.0 * national * real * spill / (root - b)
    return min(max(q, 0.0), real)


def utility(q: float, spill: float, collective: float, national: float, price: float) -> float:
    """Eq. 1 at y = 1; a term of weight 0 is 0 even where its logarithm is -infinity."""
    total = 0.0
    terms = ((1.0 - collective - national, 1.0 - price * q), (national, q), (collective, q + spill))
    for weight, x in terms:
        if weight != 0.0:
            total += weight * math.log(x) if x > 0.0 else -math.inf
    return total


def taste(s: float, n: float, rho: float) -> float:
    """Eq. 2b."""
    below = s * (1.0 + rho * n) + (1.0 - rho) * n
    if s <= 0.0 or below <= 0.0 or s + n <= 0.0:
        return 0.0
    return min(max(s * (s + n) / below, 0.0), 0.5)


# ------------------------------------------------------------------------------- scenario to numbers


def by_year(name: str, first: int, last: int, t0: int) -> dict[int, np.ndarray]:
    """A column of the completed history as a run from t0 sees it, members, then the adversary: year -> 33 values."""
    table = complete_history(first, last, soviet=t0 < 1990)[0].pivot(index="member", columns="year", values=name)
    table = table.loc[[*MEMBERS, "RUS"]]
    return {year: table[year].to_numpy(dtype=float, copy=True) for year in range(first, last + 1)}


def points(scenario: Scenario, name: str) -> list[tuple[int, float]]:
    own = getattr(scenario, name)
    return [(point.year, point.value) for point in own] if own else table_points(name)


@cache
def table_points(name: str) -> list[tuple[int, float]]:
    table = paths()
    table = table[table["path"] == name].sort_values("year")
    return [(int(year), float(value)) for year, value in zip(table["year"], table["value"], strict=True)]


def step(path: list[tuple[int, float]], year: int) -> float:
    return next((value for start, value in reversed(path) if start <= year), 0.0)


def slope(path: list[tuple[int, float]], year: int) -> float:
    """The pledge: 0 before the first positive point, then linear, then constant."""
    first = next((k for k, (_, value) in enumerate(path) if value > 0.0), None)
    if first is None or year < path[first][0]:
        return 0.0
    years, values = zip(*path[first:], strict=True)
    return float(np.interp(year, years, values))


def great_circle(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Kilometres between all capitals."""
    phi, lam = np.radians(lat), np.radians(lon)
    dphi, dlam = phi[:, None] - phi[None, :], lam[:, None] - lam[None, :]
    half = np.sin(dphi / 2) ** 2 + np.cos(phi)[:, None] * np.cos(phi)[None, :] * np.sin(dlam / 2) ** 2
    return 2.0 * EARTH * np.arcsin(np.sqrt(np.minimum(half, 1.0)))


def grant_equivalent(rate: float, spread: float) -> float:
    """What a loan at the EU's rate is worth to a member that would pay a spread (scene 4)."""
    total = 0.0
    for t in range(1, 46):
        total += spread * min(1.0, (46 - t) / 35) / (1.0 + rate + spread) ** t
    return total


@dataclass
class World:
    """What does not change in a run."""

    scenario: Scenario
    p: Parameters
    t0: int
    chance: Chance

    def __post_init__(self) -> None:
        self.geography()
        self.economies()
        self.brussels()

    def geography(self) -> None:
        static, joined, p = members(FIGURES_END), memberships(), self.p
        self.accession = joined["accession_year"].to_numpy()
        self.eu_from = joined["eu_accession_year"].fillna(math.inf).to_numpy()
        self.eu_until = joined["eu_exit_year"].fillna(math.inf).to_numpy()
        self.armed = static["armed_forces"].to_numpy().astype(bool)
        ceiling = static["pledge_ceiling"].to_numpy(dtype=float)
        self.ceiling = np.where(np.isnan(ceiling), math.inf, ceiling)
        self.d = static["distance_km"].to_numpy() * (1 - p.border_discount * static["border"].to_numpy())
        self.prox = np.exp(-self.d / p.threat_distance)
        self.apart = great_circle(static["latitude"].to_numpy(), static["longitude"].to_numpy())

    def economies(self) -> None:
        """Start values and trends; the adversary is the last of 33."""
        now, enemy = members(self.t0), adversary(self.t0)
        both = {name: np.append(now[name], enemy[name]) for name in ("growth", "growth_spread", "balance")}
        self.trend, self.spread, self.start_balance = both.values()
        self.population, self.debt0 = now["population"].to_numpy(), now["debt"].to_numpy()
        self.troops, self.support0 = now["us_troops"].to_numpy(), now["support_share"].to_numpy()
        first = self.t0 - 10
        self.share_data, self.gdp_data = (by_year(name, first, self.t0, self.t0) for name in ("share", "gdp"))
        self.projected = {}
        if self.t0 == FIGURES_END:
            for name in ("growth", "balance"):
                table = projections().pivot(index="member", columns="year", values=name)
                self.projected[name] = table.loc[[*MEMBERS, "RUS"]]
        self.actual = {}
        if self.scenario.economy == "actual":
            self.actual = by_year("gdp", self.t0, FIGURES_END, self.t0)
            self.hold_back()

    def hold_back(self) -> None:
        """The adversary's GDP falls by 30 % a year at most, until it meets the figures again."""
        for year in range(self.t0 + 1, FIGURES_END + 1):
            self.actual[year][M] = np.maximum(self.actual[year], 0.7 * self.actual[year - 1])[M]

    def brussels(self) -> None:
        now, p = members(FIGURES_END), self.p
        money = float(instruments().set_index("name")["value"]["eur_to_usd2015"])
        self.allotment = now["loan_allotment_eur_bn"].to_numpy() * money
        self.envelope = p.loan_envelope * money
        self.loan_spread = now["loan_spread"].to_numpy()
        self.ge = np.array([grant_equivalent(p.eu_rate, spread) for spread in self.loan_spread])
        none, all_ = np.zeros(M, int), np.ones(M, int)
        activated = now["clause_activated"].to_numpy()
        self.loan_flag, self.clause_flag = {
            "recorded": (np.where(self.allotment > 0, 2, 0), np.where(activated, 2, 0)),
            "decided": (all_, all_),
            "none": (none, none),
        }[self.scenario.instruments.take_up]
        base = min(2021, self.t0)
        self.base = self.share_data[base][:M]

    def growth(self, year: int) -> tuple[np.ndarray, np.ndarray]:
        """Expected growth of the year and its spread."""
        if self.actual and year <= FIGURES_END:
            return self.actual[year] / self.actual[year - 1] - 1.0, np.zeros(M + 1)
        known = 2031 if self.projected else self.t0 + 10
        rate = self.projected["growth"][min(year, 2031)].to_numpy() if self.projected else self.trend
        towards = min(1.0, max(0.0, (year - known) / 29))
        return (1.0 - towards) * rate + towards * 0.017, self.spread

    def balance(self, year: int) -> np.ndarray:
        if self.projected:
            return self.projected["balance"][min(year, 2031)].to_numpy()[:M]
        return self.start_balance[:M]

    def alliance(self, year: int) -> np.ndarray:
        return self.accession <= year

    def europe(self, year: int) -> np.ndarray:
        return self.alliance(year) & (np.arange(M) != US)

    def eu(self, year: int) -> np.ndarray:
        return (self.eu_from <= year) & (year < self.eu_until)

    def hostility(self, year: int) -> float:
        return step(points(self.scenario, "hostility"), year)

    def war(self, year: int) -> float:
        return step(points(self.scenario, "war"), year)

    def pledge(self, year: int) -> np.ndarray:
        """z of every member."""
        agreed = np.minimum(slope(points(self.scenario, "pledge"), year), self.ceiling)
        return np.where(self.alliance(year), agreed, 0.0)

    def rule(self, i: int) -> str:
        return self.scenario.reactions.get(MEMBERS[i], self.scenario.reaction)

    def thin(self, gdp: np.ndarray, europe: np.ndarray) -> np.ndarray:
        """k."""
        return (gdp / gdp[europe].sum()) ** self.p.thinning


# ---------------------------------------------------------------------------------------------- start


@dataclass
class State:
    """What a year leaves to the next, and what its scenes hand on within it."""

    gdp: np.ndarray
    debt: np.ndarray
    q: dict[int, np.ndarray]
    s: dict[int, np.ndarray]
    stock: np.ndarray
    capability: np.ndarray
    l: np.ndarray  # noqa: E741
    z: np.ndarray
    enemy_gdp: float
    enemy_share: dict[int, float]
    enemy_q: dict[int, float]
    enemy_stock: float
    enemy_capability: float
    enemy_l: float
    enemy_z: float
    policy: str
    support: np.ndarray
    support_money: np.ndarray
    enabler: float
    orders: dict[int, float]
    trust: float = 0.0  # Europe's mean beliefs in commitment and in exclusion
    doubt: float = 0.0
    grievance: float = 0.0
    elected: bool = False
    status: int = 0
    notice: int = 0
    attempt: int = 0
    posture: float = 1.0
    exited: int = 0
    act: float = 0.0
    exclusion_act: float = 0.0
    aftermath: float = 0.0
    wanted: np.ndarray = field(default_factory=lambda: np.zeros(M))
    loan: np.ndarray = field(default_factory=lambda: np.zeros(M))
    drawn: np.ndarray = field(default_factory=lambda: np.zeros(M))
    price: np.ndarray = field(default_factory=lambda: np.ones(M))
    room: np.ndarray = field(default_factory=lambda: np.zeros(M))
    rise: np.ndarray = field(default_factory=lambda: np.zeros(M))
    using: np.ndarray = field(default_factory=lambda: np.zeros(M, bool))
    loan_open: int | None = None
    clause_open: int | None = None
    tier: np.ndarray = field(default_factory=lambda: np.zeros(M))
    expected: np.ndarray = field(default_factory=lambda: np.zeros(M))
    protected: np.ndarray = field(default_factory=lambda: np.zeros(M))
    hazard: np.ndarray = field(default_factory=lambda: np.zeros(M))
    threat: np.ndarray = field(default_factory=lambda: np.zeros(M))
    risk: float = 0.0
    target: int = -1
    came: int = 0
    lost: int = 0

    @property
    def beta(self) -> np.ndarray:
        return expit(self.l)

    @property
    def c(self) -> np.ndarray:
        return expit(self.z)


def lagged(values: dict, year: int, start: int):
    """A series, held at its first value before the data."""
    return values[max(year, start - 10)]


def first_stock(w: World, q: dict):
    """Stock at t0, of members or of the adversary."""
    p, t0 = w.p, w.t0
    stock = p.equipment_share * q[t0 - 10] / p.depreciation
    for year in range(t0 - 9, t0 + 1):
        order = lagged(q, year - p.lead_time, t0)
        stock = (1.0 - p.depreciation) * stock + p.equipment_share * order
    return stock


def window(w: World) -> tuple[int, int]:
    if w.scenario.taste_window is not None:
        return w.scenario.taste_window
    return (2014, 2021) if w.t0 >= 2022 else (w.t0 - 7, w.t0)


def means(w: World, first: int, last: int) -> tuple[np.ndarray, ...]:
    """Share, GDP, hostility, last year's share and its gap to the pledge over a window, of 33 actors."""
    share, gdp = (np.mean(list(by_year(name, first, last, w.t0).values()), axis=0) for name in ("share", "gdp"))
    hostility = np.mean([step(table_points("hostility"), year) for year in range(first, last + 1)])
    shares = by_year("share", first - 1, last, w.t0)
    lag = np.mean([shares[year] for year in range(first - 1, last)], axis=0)
    gaps = []
    for year in range(first, last + 1):
        agreed = np.minimum(slope(table_points("pledge"), year), w.ceiling)
        before = shares[year - 1][:M]
        gaps.append(np.append(np.maximum(0.0, agreed * (w.accession <= year) - before) * (before > 0), 0.0))
    return share, gdp, np.full(M + 1, hostility), lag, np.mean(gaps, axis=0)


def aim(p: Parameters, share: float, lag: float, gap: float) -> float:
    """Where the budgets of a window were heading."""
    if p.adjustment_speed == 0:
        return share
    heading = lag + (share - lag - p.pledge_pull * gap) / p.adjustment_speed
    return (1 - p.taste_trend) * share + p.taste_trend * float(np.clip(heading, share / 2, 2 * share))


def set_tastes(w: World) -> None:
    """Theta of members and of the adversary, from the means over the window."""
    p, (first, last) = w.p, window(w)
    figures = means(w, first, last)
    if last < LATE_WINDOW[1]:
        late = np.append(w.accession > 1990, False)
        free = means(w, LATE_WINDOW[0], last if last > LATE_WINDOW[0] else LATE_WINDOW[1])
        figures = tuple(np.where(late, *pair) for pair in zip(free, figures, strict=True))
    enemy_share = figures[0][M]
    share, gdp, tau, lag, gap = (figure[:M] for figure in figures)
    europe, q = w.europe(last), share * gdp
    k, whole = w.thin(gdp, europe), gdp[europe].sum()
    us = p.commitment_start * p.us_protection_value * whole
    w.theta = np.zeros(M)
    for i in range(M):
        allies = p.allied_weight * sum(q[j] for j in range(M) if europe[j] and j != i)
        reach = allies if i == US else allies + us
        part = 1.0 if europe[i] or i == US else p.partner_spillin
        n = part * k[i] / gdp[i] * reach - p.threat_scale * tau[i] * w.prox[i]
        w.theta[i] = taste(aim(p, share[i], lag[i], gap[i]), n, p.collective_share)
    w.enemy_theta = taste(enemy_share, -p.adversary_hostility, p.collective_share)


def beginning(w: World) -> State:
    """The state of year t0."""
    p, t0 = w.p, w.t0
    set_tastes(w)
    years = range(t0 - 10, t0 + 1)
    s = {year: w.share_data[year][:M] for year in years}
    q = {year: s[year] * w.gdp_data[year][:M] for year in years}
    enemy_share = {year: float(w.share_data[year][M]) for year in years}
    enemy_q = {year: enemy_share[year] * float(w.gdp_data[year][M]) for year in years}
    stock, enemy_stock = first_stock(w, q), float(first_stock(w, enemy_q))
    gdp, europe = w.gdp_data[t0][:M], w.europe(t0)
    state = State(
        gdp=gdp.copy(), debt=w.debt0.copy(), q=q, s=s, stock=stock,
        capability=(1 - p.equipment_share) * q[t0] + p.depreciation * stock,
        l=logit(p.commitment_start) + tripwire(w), z=np.full(M, logit(p.exclusion_start)),
        enemy_gdp=float(w.gdp_data[t0][M]), enemy_share=enemy_share, enemy_q=enemy_q,
        enemy_stock=enemy_stock, enemy_capability=enemy_force(w, enemy_q[t0], enemy_stock),
        enemy_l=float(logit(p.adversary_commitment)), enemy_z=float(logit(p.adversary_exclusion)),
        policy=w.scenario.script[str(t0)], support=w.support0.copy(), support_money=w.support0 * gdp,
        enabler=1.0 - p.enabler_us_share, orders={},
    )  # fmt: skip
    state.wanted = s[t0].copy()
    w.w_us = p.us_protection_value * gdp[europe].sum() / state.capability[US]
    w.enemy_r0, w.alliance_c0 = state.enemy_capability / gdp[europe].sum(), state.capability[w.alliance(t0)].sum()
    w.steady_order = p.enabler_depreciation * (1.0 - p.enabler_us_share)
    w.maintenance = w.steady_order / q[t0][europe].sum()
    state.trust, state.doubt = (float(np.average(b[europe], weights=gdp[europe])) for b in (state.beta, state.c))
    w.beta0 = state.trust
    state.threat = w.p.threat_scale * w.hostility(t0) * w.prox
    shares = us_shares(w, state, t0)
    state.grievance = shares[0] - shares[1]
    return state


def tripwire(w: World) -> np.ndarray:
    x = w.p.tripwire * np.log(1.0 + w.troops / 1000.0)
    x[US] = 0.0
    return x


def enemy_force(w: World, q: float, stock: float) -> float:
    p = w.p
    return max(1e-6, p.adversary_price_level * ((1 - p.equipment_share) * q + p.depreciation * stock))


def us_shares(w: World, x: State, t: int) -> tuple[float, float]:
    """The US' part of the alliance's spending and of its GDP."""
    inside = w.alliance(t)
    total = x.q[t][inside].sum()
    return x.q[t][US] / total if total > 0.0 else 0.0, x.gdp[US] / x.gdp[inside].sum()
