"""Members by the names and codes that people write."""

from __future__ import annotations

import pytest

from sim.data import MEMBERS, DataError, member_code
from sim.data.names import USUAL, country_code, member_names
from sim.scenario import ScenarioError, load_scenario, with_values


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Holland", "NLD"), ("the Netherlands", "NLD"), ("Niederlande", "NLD"), ("NL", "NLD"), ("528", "NLD"),
        ("Britain", "GBR"), ("Great Britain", "GBR"), ("UK", "GBR"), ("u.k.", "GBR"), ("Royaume-Uni", "GBR"),
        ("Turkey", "TUR"), ("Türkiye", "TUR"), ("TÜRKEI", "TUR"), ("Tu\u0308rkei", "TUR"), (" deu ", "DEU"),
        ("Deutschland", "DEU"), ("Allemagne", "DEU"), ("Czech Republic", "CZE"), ("Slovak Republic", "SVK"),
        ("EL", "GRC"), ("Ελλάδα", "GRC"), ("America", "USA"), ("United States of America", "USA"), ("Polen", "POL"),
        ("Macedonia", "MKD"), ("Island", "ISL"), ("Suomi", "FIN"),
    ],
)  # fmt: skip
def test_usual_names_and_codes_are_known(name: str, code: str) -> None:
    assert member_code(name) == code


def test_every_member_by_its_own_codes_and_name() -> None:
    for code, name in member_names().items():
        assert {member_code(one) for one in (code, code.lower(), name, name.upper())} == {code}
    assert set(USUAL.values()) <= {*MEMBERS, "RUS"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("UKR", "member 'UKR': Ukraine is not in the alliance; allowed: a code or a name, such as DEU or Germany"),
        ("Irland", "member 'Irland': Ireland is not in the alliance"),
        ("Russia", "is not in the alliance"),
        ("Germny", "member 'Germny': unknown, did you mean Germany?; allowed"),
        ("Hollnd", "unknown, did you mean Netherlands?; allowed"),
        ("GER", "unknown, did you mean DEU?; allowed"),
        ("DUE", "unknown, did you mean DEU?; allowed"),
        ("SLO", "unknown, did you mean SVK or SVN?; allowed"),
        ("XYZ", "member 'XYZ': unknown; allowed"),
        ("", "member '': unknown; allowed"),
        ("\x1b[31m", r"member '\x1b[31m': unknown; allowed"),
        (None, "member 'None': unknown; allowed"),
        ("x" * 10**6, "xxx': unknown; allowed"),
    ],
)
def test_what_is_no_member_says_so(name: object, words: str) -> None:
    with pytest.raises(DataError, match="allowed") as error:
        member_code(name)
    assert words in str(error.value)
    assert len(str(error.value)) < 200


def test_a_country_is_no_member_and_a_word_no_country() -> None:
    assert country_code("Sweden") == "SWE"
    assert country_code("Schweiz") == "CHE"
    assert country_code("Atlantis") is None


def test_a_scenario_names_members_as_one_likes() -> None:
    base = load_scenario("status-quo")
    named = with_values(base, {"reactions.Holland": "inertia", "reactions.DEU": "follow"})
    assert named.reactions == {"NLD": "inertia", "DEU": "follow"}
    assert with_values(named, {"reactions.Deutschland": "inertia"}).reactions["DEU"] == "inertia"
    with pytest.raises(ScenarioError, match=r"reactions\.Britain = .*: the same field as reactions\.GBR; allowed"):
        with_values(base, {"reactions.GBR": "follow", "reactions.Britain": "inertia"})
    with pytest.raises(ScenarioError, match=r"reactions\.Ukraine = .*: member Ukraine is not in the alliance"):
        with_values(base, {"reactions.Ukraine": "follow"})
    with pytest.raises(ScenarioError, match=r"reactions\.Britain = .*: the same member as GBR; allowed: each"):
        with_values(base, {"reactions": {"GBR": "follow", "Britain": "inertia"}})
