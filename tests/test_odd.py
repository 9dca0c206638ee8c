"""The description of the model in docs/odd.md, and its companions, against the code.

The tables between `<!-- generated: NAME -->` and `<!-- end: NAME -->` are written from the code; renew them, and links
to tests that moved, with `ACCEPT=1 make test` (or pytest on this file), as the golden transcripts.
"""

from __future__ import annotations

import ast
import os
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from sim.measures import COUNTS, LEVELS
from sim.measures import MEMBER as MEMBER_MEASURES
from sim.scenario.parameters import Parameters
from sim.world import PATH, POLICY, SETUP, WORLD, YEAR
from tests.odd_tables import GENERATED, GLOSSARY, LIMITS, MODEL, ODD, ROOT, between, parameters, read, written

PAGES = (ODD, LIMITS, GLOSSARY)

# Grimm et al. 2020: seven elements, eleven design concepts; Mueller et al. 2013 add the last three.
ELEMENTS = (
    "1 Purpose and patterns", "2 Entities, state variables and scales", "3 Process overview and scheduling",
    "4 Design concepts", "5 Initialisation", "6 Input data", "7 Submodels",
)  # fmt: skip
CONCEPTS = (
    "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing", "Interaction",
    "Stochasticity", "Collectives", "Observation",
    "Theoretical and empirical background", "Individual decision making", "Heterogeneity",
)  # fmt: skip
# of WORLD: room for intermediate results, no state
SCRATCH = {"per_gdp", "one", "two", "scratch", "words", "rank", "other_rank", "rounded"}


# --- the generated parts --------------------------------------------------------------------------


@pytest.mark.parametrize("name", GENERATED)
def test_what_is_generated_says_what_the_code_says(name: str) -> None:
    page, make = GENERATED[name]
    if os.environ.get("ACCEPT"):
        page.write_text(between(name).sub(lambda m: f"{m[1]}\n{make()}\n\n{m[3]}", read(page)), encoding="utf-8")
    assert written(read(page), name) == make(), "code and document differ; if the code is right, ACCEPT=1"


@pytest.mark.parametrize(("name", "moved"), [("thinning", "default"), ("lead_time", "description")])
def test_a_parameter_that_moved_is_noticed(name: str, moved: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Parameters.model_fields[name], moved, {"default": 0.123, "description": "new"}[moved])
    assert written(read(ODD), "parameters") != parameters()


def test_every_parameter_and_every_measure_stands_on_the_page_of_equations() -> None:
    names = (*Parameters.model_fields, *LEVELS, *COUNTS, *MEMBER_MEASURES)
    assert [name for name in names if not re.search(rf"(?<![\w.]){name}(?!\w)", read(MODEL))] == []


@pytest.mark.parametrize("page", [ODD, LIMITS], ids=lambda page: page.stem)
def test_numbers_stand_in_generated_parts_only(page: Path) -> None:
    """Defaults move; what is written by hand must not repeat them."""
    text = re.sub(r"<!-- generated.*?<!-- end[^>]*-->|https?://\S+", "", read(page), flags=re.S)
    assert re.findall(r"(?<![\w.:/])\d*\.\d+(?![\w.])", text) == []


# --- links ----------------------------------------------------------------------------------------

LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")


@cache
def functions(path: Path) -> tuple[str, ...]:
    """Functions and classes of a Python file, by name."""
    nodes = ast.parse(read(path)).body
    return tuple(node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef))


@cache
def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", read(path), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken(page: Path, text: str) -> list[str]:
    """Links that lead nowhere; one whose text is `code` names a function of the file that it leads to."""
    wrong = []
    for label, target in LINK.findall(text):
        name, _, anchor = target.partition("#")
        if "://" in target:
            continue
        path = (page.parent / name).resolve() if name else page
        if not path.exists():
            wrong.append(f"{target}: no such file")
        elif anchor and anchor not in anchors(path):
            wrong.append(f"{target}: no such heading")
        elif path.suffix == ".py" and label.startswith("`") and label.strip("`").split(".")[-1] not in functions(path):
            wrong.append(f"{label} is not in {target}")
    return wrong


def led_home(text: str) -> str:
    """Links to tests that have moved, led to the one file that has them now."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))

    def lead(found: re.Match[str]) -> str:
        homes = [str(path.relative_to(ROOT)) for path in files if found[1] in functions(path)]
        return f"[`{found[1]}`](../{homes[0] if len(homes) == 1 else found[2]})"

    return re.sub(r"\[`(test_\w+)`\]\(\.\./(tests/[^)]+)\)", lead, text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_resolve(page: Path) -> None:
    if os.environ.get("ACCEPT"):
        page.write_text(led_home(read(page)), encoding="utf-8")
    assert LINK.search(read(page))
    assert broken(page, read(page)) == []


@pytest.mark.parametrize(
    "link",
    ["[`growth`](../sim/rules/forces.py)", "[`test_nothing`](../tests/test_odd.py)", "[x](../sim/none.py)",
     "[(9)](model.md#no-such-scene)"],
)  # fmt: skip
def test_a_broken_link_is_noticed(link: str) -> None:
    assert len(broken(ODD, link)) == 1


def test_a_test_that_moved_is_found() -> None:
    link = "[`test_links_resolve`](../tests/{}.py)"
    assert led_home(link.format("test_other")) == link.format("test_odd")
    unknown = "[`test_nowhere`](../tests/test_odd.py)"
    assert led_home(unknown) == unknown


# --- nothing is left out --------------------------------------------------------------------------


def section(text: str, title: str) -> str:
    """What stands under a heading, up to the next of its rank."""
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^\1 |\Z)", text, re.M | re.S)
    assert found, f"no heading {title}"
    return found[2]


def described(text: str) -> set[tuple[str, str]]:
    """The functions that a text links to: file and name."""
    links = [(target, label.strip("`").split(".")[-1]) for label, target in LINK.findall(text) if "`" in label]
    return {(target.removeprefix("../"), name) for target, name in links}


def test_every_function_of_a_scene_and_every_rule_is_described() -> None:
    files = [path for folder in ("rules", "scenes") for path in sorted((ROOT / "sim" / folder).rglob("*.py"))]
    all_ = {(str(path.relative_to(ROOT)), name) for path in files for name in functions(path) if name[0].islower()}
    assert len(all_) > 70
    assert sorted(all_ - described(section(read(ODD), "7 Submodels"))) == []


def test_every_submodel_has_its_place_on_the_page_of_equations_and_a_test() -> None:
    rows = [line for line in section(read(ODD), "7 Submodels").splitlines() if line.startswith("| [`")]
    assert len(rows) > 70
    assert [row for row in rows if "](model.md#" not in row or not re.search(r"`test_\w+`\]\(\.\./tests/", row)] == []


def test_every_state_variable_is_described() -> None:
    fields = [name for record in (WORLD, SETUP, YEAR, POLICY, PATH) for name in record.names or ()]
    named = set(re.findall(r"`(\w+)`", section(read(ODD), ELEMENTS[1])))
    assert sorted(set(fields) - SCRATCH - named) == []


def test_the_elements_of_the_protocol_in_their_order() -> None:
    text = read(ODD)
    assert tuple(re.findall(r"^## (\d .+)$", text, re.M)) == ELEMENTS
    titles = re.findall(r"^### (.+)$", section(text, ELEMENTS[3]), re.M)
    assert [title for title in titles if title in CONCEPTS[:11]] == list(CONCEPTS[:11])
    assert set(titles) == set(CONCEPTS)


# --- equations ------------------------------------------------------------------------------------


@cache
def equations() -> tuple[str, ...]:
    """The numbers at the ends of the displayed lines of docs/model.md."""
    groups = re.findall(r"^ {4}.*\s\((\d+[a-z]?(?:, \d+[a-z]?)*)\)$", read(MODEL), re.M)
    return tuple(number for group in groups for number in group.split(", "))


def cited(text: str) -> list[str]:
    """Eq. 9; Eqs. 3 and 4; Eqs. 11, 12 and 14; after a comma it is an equation of the source that was named."""
    groups = re.findall(r"(?<!, )\bEqs?\.\s+\(?((?:\d+[a-z]?(?:,\s+|\s+and\s+)?)+)", text)
    return [number for group in groups for number in re.findall(r"\d+[a-z]?", group)]


def test_equations_have_one_number_each() -> None:
    assert [number for number, times in Counter(equations()).items() if times > 1] == []
    assert len(equations()) > 20


def test_equations_that_the_code_cites_exist() -> None:
    found = {(str(path.relative_to(ROOT)), n) for path in (ROOT / "sim").rglob("*.py") for n in cited(read(path))}
    assert len(found) > 20
    assert [f"{path}: Eq. {number}" for path, number in sorted(found) if number not in equations()] == []


def test_equations_that_the_description_cites_exist_and_all_are_cited() -> None:
    labels = [label for label, target in LINK.findall(read(ODD)) if target.startswith("model.md#")]
    numbers = {number for label in labels for number in re.findall(r"\((\d+[a-z]?)\)", label)}
    assert numbers == set(equations())


def test_citations_are_found_in_any_form() -> None:
    assert cited("by Eq. 2b and Eqs. 3 and 4 (Eq. 7); Eqs. 11, 12 and 14; Eq.\n9 too; Raftery 2007, Eq. 21") == [
        *("2b", "3", "4", "7", "11", "12", "14", "9"),
    ]  # fmt: skip


# --- the glossary ---------------------------------------------------------------------------------


def test_terms_are_sorted_told_in_a_sentence_and_used() -> None:
    entries = re.findall(r"^\* \*\*(.+?)\*\*: (.+(?:\n  .+)*)$", read(GLOSSARY), re.M)
    terms = [term for term, _ in entries]
    assert len(terms) >= 40
    assert terms == sorted(set(terms), key=str.lower)
    assert [term for term, sentence in entries if not sentence.endswith(".")] == []
    stories = [path for path in (ROOT / "sim/lessons/texts").glob("*.toml") if path.stem != "glossary"]
    pages = (ODD, LIMITS, MODEL, *(ROOT / one for one in ("README.md", "docs/explain.md")), *stories)
    pages += tuple((ROOT / "scenarios").glob("*.toml"))
    text = " ".join(" ".join(read(page).lower().split()) for page in pages)
    assert [term for term in terms if term.lower() not in text] == [], "explained, but used nowhere"
