"""Luck as an input: every random number is a pure function of its own key.

The key is (seed, replicate, stream, year, actor). Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random
numbers: as easy as 1, 2, 3", SC'11) turns it into a block of four 32-bit words, whenever and wherever it is asked
for. So luck does not depend on the policy, on who else is in the batch, on the worker or on the order of play; two
policies are compared under the same luck, and any run can be replayed alone.

The words of a block are the draws of one stream; ``STREAMS`` below says what each is for.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.compiled import ROUND, kernel, log, rule
from sim.data import MEMBERS

__all__ = [
    "ALLY", "COLUMNS", "MEMBER", "STATEMENT", "WASHINGTON", "WORLD", "block", "draw_year", "fill_normals", "normals",
    "resampler", "uniform",
]  # fmt: skip

# Streams, one block of four words for each (stream, year, actor).
MEMBER = 0  # actor: a member or the adversary. Four normals: growth, commitment, exclusion, budget
WORLD = 1  # actor 0. Normal: common growth (words 0, 1). Uniforms: challenge (2), target (3)
WASHINGTON = 2  # uniforms; actor 0: senators, representatives, goes alone, courts; actor 1: election, comes, outcome
STATEMENT = 3  # actor: slot. Uniforms: is made (0), by whom (1). Normals: tone and conditionality (words 2, 3)
ALLY = 4  # actor: a member. Uniform: comes to the aid of the target (0)

# What every year draws, a column for each block: members and adversary, the world, Washington's two, four statements.
# Drawn together they take a vector's time, one by one a scalar's; nobody need read them all.
ACTORS, SLOTS = len(MEMBERS) + 1, 4
OF_WORLD, OF_CONGRESS, OF_OFFICE, OF_SLOTS = ACTORS, ACTORS + 1, ACTORS + 2, ACTORS + 3
COLUMNS = OF_SLOTS + SLOTS
STREAMS = np.array([MEMBER] * ACTORS + [WORLD] + [WASHINGTON] * 2 + [STATEMENT] * SLOTS)
WHOSE = np.array([*range(ACTORS), 0, 0, 1, *range(SLOTS)])

WORD = 0xFFFFFFFF
TO_UNIT = 1.0 / 4294967296.0
TWO_52, TWO_52_BITS = 4503599627370496.0, 0x4330000000000000
HALF_PI = 1.5707963267948966
S3, S5, S7, S9 = -1.0 / 6.0, 1.0 / 120.0, -1.0 / 5040.0, 1.0 / 362880.0
S11, S13 = -1.0 / 39916800.0, 1.0 / 6227020800.0
C4, C6, C8, C10 = 1.0 / 24.0, -1.0 / 720.0, 1.0 / 40320.0, -1.0 / 3628800.0
C12, C14 = 1.0 / 479001600.0, -1.0 / 87178291200.0


@rule
def block(seed: int, replicate: int, stream: int, year: int, actor: int) -> tuple[int, int, int, int]:
    """Four 32-bit words of Philox4x32-10. The seed (64 bits) is the key; the rest is the counter."""
    low, high = int(replicate), int(seed)  # plain integers, where NumPy's would warn of the overflow that is meant
    x2, x3 = ((int(year) & 0xFFFF) << 16) | (int(stream) & 0xFFFF), int(actor) & WORD
    return philox(low & WORD, (low >> 32) & WORD, x2, x3, high & WORD, (high >> 32) & WORD)


@rule
def philox(x0: int, x1: int, x2: int, x3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Ten rounds of Philox4x32 (Salmon et al. 2011, section 3.3): counter x, key k, all of 32 bits."""
    for _ in range(10):
        p0 = 0xD2511F53 * x0
        p1 = 0xCD9E8D57 * x2
        x0, x1, x2, x3 = ((p1 >> 32) & WORD) ^ x1 ^ k0, p1 & WORD, ((p0 >> 32) & WORD) ^ x3 ^ k1, p0 & WORD
        k0, k1 = (k0 + 0x9E3779B9) & WORD, (k1 + 0xBB67AE85) & WORD
    return x0, x1, x2, x3


@rule
def uniform(word: int) -> float:
    """A uniform draw in the open interval (0, 1) from one word.

    The word becomes a float as the low bits of one, because older vector units have no conversion.
    """
    whole = float(np.int64(word | TWO_52_BITS).view(np.float64)) - TWO_52
    return (whole + 0.5) * TO_UNIT


@rule
def normals(word: int, other: int) -> tuple[float, float]:
    """Two independent standard normals from two words (Box & Muller 1958)."""
    return around(log(uniform(word)), other)


@rule
def around(logarithm: float, other: int) -> tuple[float, float]:
    """The same from the first uniform's logarithm and the second word; sine and cosine by their series."""
    radius = math.sqrt(-2.0 * logarithm)
    turn = 4.0 * uniform(other)
    quarter = (turn + ROUND) - ROUND  # the nearest whole quarter turn
    x = (turn - quarter) * HALF_PI
    z = x * x
    y = z * z
    s = (S3 + z * S5) + y * ((S7 + z * S9) + y * (S11 + z * S13))
    s = (s * z) * x + x
    c = (C4 + z * C6) + y * ((C8 + z * C10) + y * (C12 + z * C14))
    c = (c * z - 0.5) * z + 1.0
    # | instead of `or`: without branches the loop over actors is vectorised
    odd = (quarter == 1.0) | (quarter == 3.0)
    sine = c if odd else s
    cosine = s if odd else c
    sine = -sine if (quarter == 2.0) | (quarter == 3.0) else sine
    cosine = -cosine if (quarter == 1.0) | (quarter == 2.0) else cosine
    return radius * cosine, radius * sine


@kernel
def draw_year(seed: int, replicate: int, year: int, words: NDArray[np.int64], normal: NDArray[np.float64]) -> None:
    """The four words of every column of a year and the normals that they make, both of shape (4, COLUMNS)."""
    first, second, third, fourth = words[0], words[1], words[2], words[3]
    for k in range(COLUMNS):
        first[k], second[k], third[k], fourth[k] = block(seed, replicate, STREAMS[k], year, WHOSE[k])
    make_normals(words, normal)


@kernel
def fill_normals(seed: int, replicate: int, year: int, out: NDArray[np.float64]) -> None:
    """The four normals of every member and the adversary for one year, into ``out`` of shape (4, actors)."""
    words = np.empty(out.shape, np.int64)
    for actor in range(out.shape[1]):
        words[0, actor], words[1, actor], words[2, actor], words[3, actor] = block(seed, replicate, MEMBER, year, actor)
    make_normals(words, out)


@kernel
def make_normals(words: NDArray[np.int64], out: NDArray[np.float64]) -> None:
    """Normals from words, two rows from each two; logarithms first, because the processor overlaps short loops only."""
    first, second, third, fourth = words[0], words[1], words[2], words[3]
    one, two, three, four = out[0], out[1], out[2], out[3]
    for k in range(one.size):
        one[k] = log(uniform(first[k]))
    for k in range(one.size):
        three[k] = log(uniform(third[k]))
    for k in range(one.size):
        one[k], two[k] = around(one[k], second[k])
    for k in range(one.size):
        three[k], four[k] = around(three[k], fourth[k])


def resampler(seed: int) -> np.random.Generator:
    """What results are resampled with (bootstrap); the model itself never draws from it."""
    return np.random.Generator(np.random.Philox(key=seed))
