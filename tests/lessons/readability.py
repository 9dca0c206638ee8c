"""How hard a text is to read: the grade of Kincaid et al. 1975, with syllables counted by rule.

    grade = 0.39 words / sentences + 11.8 syllables / words - 15.59

The counter goes by groups of vowels and a few endings; it is right for most English words, and the tests hold it to a list.
Colons and semicolons end no sentence, which makes grades rather too high.
"""

from __future__ import annotations

import re

__all__ = ["grade", "plain", "syllables"]

APART = re.compile(r"i[ao]|[^aeiouqg]ua|eo|[cl]ie[nt]|rea[cl](?=[ti])|eat(?=ed|ion|or)|[dr]ea$|ean$|eing$")
TOGETHER = re.compile(r"[cstx]ion|[cst]ia[ln]|peop|geo|lean|mean|clean")  # of the pairs above
SILENT = re.compile(r"[^aeiouyl]e$|[aeiouyr]le$|[^aeiouytdl]ed$|[aeiou]led$|[^aeiouysxzclg]es$|[aeiou]les$")
WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")


def syllables(word: str) -> int:
    """Groups of vowels, less a silent e, es or ed at the end; at least one."""
    letters = re.sub(r"['\u2019].*$", "", word.lower())
    found = len(re.findall(r"[aeiouyü]+", letters)) + len(APART.findall(letters)) - len(TOGETHER.findall(letters))
    return max(1, found - bool(SILENT.search(letters)))


def plain(markdown: str) -> str:
    """Prose without marks; every item of a list and every heading ends as a sentence does."""
    lines = []
    for block in re.split(r"\n\s*\n|\n(?=[*#-] )", markdown.strip()):
        text = " ".join(re.sub(r"^\s*(#+|\*|-)\s+", "", block).replace("**", "").replace("`", "").split())
        lines.append(text if re.search(r"[.!?:\"]$", text) or not text else f"{text}.")
    return "\n".join(lines)


def grade(markdown: str) -> float:
    """The Flesch-Kincaid grade of a text in Markdown."""
    text = plain(markdown)
    words = WORD.findall(text)
    sentences = [part for part in re.split(r"[.!?]+(?=\s|$|[\"\u201d)])", text) if WORD.search(part)]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
