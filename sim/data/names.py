"""What countries are called: a member by the codes and names that people write.

ISO 3166's names and codes, and what countries are called in the languages of the alliance, are those of the package
pycountry; it is loaded only for a name that is not in ``members.csv``.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterator
from functools import cache

from sim.data.tables import MEMBERS, DataError, columns

__all__ = ["ALLOWED", "country_code", "member_code", "member_names", "no_member"]

# usual in English, and in no list of ISO's; EL and UK are the European Union's own codes
USUAL = {
    "America": "USA", "Britain": "GBR", "EL": "GRC", "England": "GBR", "Great Britain": "GBR", "Holland": "NLD",
    "Luxemburg": "LUX", "Macedonia": "MKD", "Roumania": "ROU", "Russia": "RUS", "The Netherlands": "NLD",
    "Turkey": "TUR", "U.K.": "GBR", "U.S.": "USA", "U.S.A.": "USA", "UK": "GBR", "US": "USA", "West Germany": "DEU",
}  # fmt: skip
LANGUAGES = "bg cs da de el es et fi fr hr hu is it lb lt lv mk nb nl nn pl pt ro sk sl sq sv tr".split()
ALLOWED = "a code or a name, such as DEU or Germany"
LONGEST = 100  # letters of a name
NEAR = 0.75  # how much of a misspelt name has to agree


def member_names() -> dict[str, str]:
    """Code -> the English name that the model uses."""
    return dict(zip(MEMBERS, columns("members")["name"], strict=True))


def member_code(name: object) -> str:
    """The three-letter code of a member given by any usual name or code, in any case.

    Raises:
        DataError: something that is no member, with the member that may have been meant.
    """
    code = country_code(name) if isinstance(name, str) else None
    if code not in MEMBERS:
        raise DataError(f"member {str(name)[:40]!r}: {no_member(name)}; allowed: {ALLOWED}")
    return str(code)


def no_member(name: object) -> str:
    """Words for a name that is no member's: another country, or one that may have been meant."""
    if not isinstance(name, str) or len(name) > LONGEST:
        return "unknown"
    code = country_code(name)
    if code is not None:
        return f"{_called(code)} is not in the alliance"
    hint = " or ".join(_meant(name))
    return f"unknown, did you mean {hint}?" if hint else "unknown"


def country_code(name: str) -> str | None:
    """The three-letter code of any country, None for what is none."""
    form = _form(name[:LONGEST])
    return _own().get(form) or _listed(form) or _translated().get(form)


def _form(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()


@cache
def _own() -> dict[str, str]:
    names = {name: code for code, name in member_names().items()} | USUAL | {code: code for code in MEMBERS}
    return {_form(name): code for name, code in names.items()}


def _listed(name: str) -> str | None:
    """By ISO 3166: names, official names, codes of two and three letters, numbers."""
    import pycountry

    try:
        return str(pycountry.countries.lookup(name).alpha_3)
    except LookupError:
        return None


@cache
def _translated() -> dict[str, str]:
    """By what countries are called in the languages of the alliance."""
    return {_form(name): code for name, code in _translations()}


def _translations() -> Iterator[tuple[str, str]]:
    import gettext

    import pycountry

    for language in LANGUAGES:
        said = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True).gettext
        for country in pycountry.countries:
            yield said(country.name), country.alpha_3
            if hasattr(country, "common_name"):
                yield said(country.common_name), country.alpha_3


def _called(code: str) -> str:
    import pycountry

    country = pycountry.countries.get(alpha_3=code)
    return str(getattr(country, "common_name", country.name)) if country else code


def _meant(name: str) -> list[str]:
    """The members that may have been meant: of a few letters, which no likeness can tell apart, those whose names begin
    so or whose codes have the same letters; else the name most like it."""
    form, names = _form(name), member_names()
    if len(form) <= 3:
        swapped = [code for code in names if sorted(_form(code)) == sorted(form)]
        return swapped or [code for code, full in names.items() if form and full.casefold().startswith(form)]
    known = {one: code for one, code in _own().items() if len(one) > 3 and code in names}
    return [names[known[one]] for one in difflib.get_close_matches(form, known, n=1, cutoff=NEAR)]
