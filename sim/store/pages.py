"""The headers of a Parquet file's pages: how large each becomes when it is unpacked, before anything is unpacked.

A file's footer says so too, but a reader believes the pages, and each says for itself what to make room for: a page of
some bytes can ask for two gigabytes. pyarrow shows the footer only, so the headers, which are structures of Thrift's
compact protocol, are read here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

__all__ = ["Page", "pages"]

LARGEST = 65_536  # bytes of a header; ours have some ten, and statistics of two labels
DEEPEST = 8
DATA, DICTIONARY, DATA_V2 = 0, 2, 3  # kinds of pages
PLACES = {DATA: (5, 2), DICTIONARY: (7, 2), DATA_V2: (8, 4)}  # kind -> the structure in a header, its field of encoding
ENCODED = {0, 2, 3, 8, 9}  # plain, dictionary (twice), run lengths, byte streams: none unpacks to more than it says


class Page(NamedTuple):
    """Bytes of a page as they lie in the file, and as they are unpacked."""

    packed: int
    unpacked: int


def pages(data: memoryview, start: int, end: int) -> Iterator[Page]:
    """The pages of a column between two places; ValueError, in words, if they are not what our writer writes."""
    at = start
    while at < end:
        header, size = _header(data[at : min(at + LARGEST, end)])
        kind, unpacked, packed = (_whole(header, field) for field in (1, 2, 3))
        place, field = PLACES.get(kind, (0, 0))
        inner = header.get(place)
        if not isinstance(inner, dict) or inner.get(field) not in ENCODED:
            raise ValueError("a page of another kind or encoding")
        at += size + packed
        yield Page(packed, unpacked)
    if at != end:
        raise ValueError("a page that ends behind its column")


def _header(data: memoryview) -> tuple[dict[int, Any], int]:
    try:
        return _structure(data, 0, 0)
    except IndexError:
        raise ValueError("a page whose header does not end") from None


def _whole(header: dict[int, Any], field: int) -> int:
    found = header.get(field)
    if not isinstance(found, int) or found < 0:
        raise ValueError("a page that does not say how large it is")
    return found


def _structure(data: memoryview, at: int, depth: int) -> tuple[dict[int, Any], int]:
    """The fields of a structure, those that are no numbers or structures as None, and where it ends."""
    found: dict[int, Any] = {}
    number = 0
    while head := data[at]:
        at, kind = at + 1, head & 15
        if head >> 4:
            number += head >> 4
        else:
            number, at = _integer(data, at)
        if kind > 2:  # the two truth values are in the head
            found[number], at = _value(data, at, kind, depth)
    return found, at + 1


def _value(data: memoryview, at: int, kind: int, depth: int) -> tuple[Any, int]:
    if kind in (4, 5, 6):
        return _integer(data, at)
    if kind == 8:  # bytes
        length, at = _varint(data, at)
        return None, at + length
    if kind == 12 and depth < DEEPEST:
        return _structure(data, at, depth + 1)
    if kind in (3, 7):  # a byte, a real number
        return None, at + (1 if kind == 3 else 8)
    raise ValueError("a page whose header holds what none holds")


def _integer(data: memoryview, at: int) -> tuple[int, int]:
    value, at = _varint(data, at)
    return (value >> 1) ^ -(value & 1), at


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while (byte := data[at]) & 128:
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if shift > 63:
            raise ValueError("a page whose header holds a number without end")
    return value | byte << shift, at + 1
