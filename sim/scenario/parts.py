"""The parts of a scenario: policies and their tiers, statements, elections, instruments, paths over time."""

from __future__ import annotations

import pathlib
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from sim.scenario.errors import fault
from sim.scenario.parameters import Frozen

__all__ = [
    "Elections",
    "Instruments",
    "Name",
    "Path",
    "PUBLISHED",
    "Policy",
    "Reaction",
    "REACTIONS",
    "Statement",
    "Text",
    "Tier",
    "Year",
    "visible",
]

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,59}$")]
# Control characters but line breaks, marks that turn the direction of writing, spaces of no width, odd line ends.
HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def visible(text: str) -> str:
    """A text that shows what it holds, on a terminal and in a figure."""
    if found := HIDDEN.search(text):
        raise fault(f"holds the hidden character U+{ord(found[0]):04X}", allowed="text without it")
    return text


Text = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(visible)]
Year = Annotated[int, Field(ge=1960, le=2200)]
Probability = Annotated[float, Field(ge=0, le=1)]
Tone = Annotated[float, Field(ge=-1, le=1)]


def _reactions() -> tuple[str, ...]:
    """The reaction rules: those of the literature in the order of docs/model.md, and what else lies in their folder."""
    folder = pathlib.Path(__file__).parents[1] / "rules" / "reactions"
    there = {path.stem.replace("_", "-") for path in folder.glob("*.py")} - {"--init--"}
    return (*PUBLISHED, *sorted(there - {*PUBLISHED}))


PUBLISHED = ("joint-product", "pure-public", "threat-only", "follow", "pledge-driven", "inertia")
REACTIONS = _reactions()
if TYPE_CHECKING:
    Reaction = str
else:
    Reaction = Literal[REACTIONS]


class Tier(Frozen):
    """From this line on, this level of protection."""

    # Up to 100, so that per cent get a message of their own.
    minimum: float = Field(
        ge=-0.2, le=100, description="where the tier starts, in what the policy measures: 0.035 for 3.5 %"
    )
    protection: Probability = Field(description="level of protection in [0, 1]")


class Policy(Frozen):
    """What a US administration offers and does; a new policy needs no code."""

    measure: Literal["share", "effort", "pledge"] = Field(
        "share",
        description="share of GDP; effort, its rise over three years; pledge, share over the agreed path",
    )
    tiers: tuple[Tier, ...] = Field(
        (Tier(minimum=0.0, protection=1.0),),
        min_length=1,
        max_length=8,
        description="rising lines; the first starts at 0 or below",
    )
    posture: float = Field(1.0, ge=0, le=3, description="target for US forces in Europe, 1 as at the start")
    support: float = Field(1.0, ge=0, le=5, description="factor on US support to a partner under attack")
    tone: Tone = Field(0.3, description="mean tone of statements on commitment")
    conditionality: Tone = Field(0.0, description="mean tone of statements on excluding those below a line")
    resolve: Probability = Field(0.9, description="true chance that the US comes to a fully protected ally; assumed")
    seeks_withdrawal: bool = Field(False, description="asks Congress to leave the treaty")
    goes_alone: Probability = Field(0.0, description="chance that it gives notice when Congress refuses")
    certifies: bool = Field(False, description="certifies a drawdown below the statutory floor")

    @model_validator(mode="after")
    def _tiers_rise(self) -> Policy:
        if self.tiers[0].minimum > 0:
            raise fault("the first tier must start at 0 or below", "tiers", 0, "minimum", allowed="-0.2 to 0")
        whole, most = ("the pledge", 2.0) if self.measure == "pledge" else ("GDP", 1.0)
        for index, tier in enumerate(self.tiers):
            if tier.minimum > most:
                wrong = f"too high; write {tier.minimum / 100:g} for {tier.minimum:g} % of {whole}"
                allowed = f"a fraction of {whole} from -0.2 to {most:g}"
                raise fault(wrong, "tiers", index, "minimum", allowed=allowed)
        for index, (before, after) in enumerate(pairwise(self.tiers), start=1):
            if after.minimum <= before.minimum:
                wrong = f"tiers must rise and not overlap, but the tier before starts at {before.minimum:g}"
                allowed = f"a number above {before.minimum:g}"
                raise fault(wrong, "tiers", index, "minimum", allowed=allowed)
            if after.protection < before.protection:
                wrong = f"protection must not fall, but the tier before has {before.protection:g}"
                allowed = f"a number from {before.protection:g} to 1"
                raise fault(wrong, "tiers", index, "protection", allowed=allowed)
        return self


class Statement(Frozen):
    """Something that was, or is to be, said in public; heard in its year, which must be a simulated one."""

    year: Year
    authority: Probability = Field(description="1 president, .7 cabinet, .4 adviser, .2 legislator")
    tone: Tone = Field(0.0, description="on commitment, -1 to 1")
    conditionality: Tone = Field(0.0, description="on exclusion, -1 to 1")
    source: Text = Field(description="where it is documented")


class Elections(Frozen):
    """Policies that voters choose between, with the weights of Eq. 8."""

    policy: Name
    alpha: float = Field(0.0, ge=-50, le=50, description="log weight at no grievance")
    gamma: float = Field(0.0, ge=-200, le=200, description="how grievance over burdens moves it")


class Instruments(Frozen):
    """How EU members take up loans and the escape clause."""

    take_up: Literal["recorded", "decided", "none"] = Field(
        "recorded", description="as recorded in 2025, by each member's own decision, or not at all"
    )


class Path(Frozen):
    """A value from a year on; between two points of a sloping path it is interpolated."""

    year: Annotated[int, Field(ge=1900, le=2200)]
    value: float = Field(ge=0, le=1)
