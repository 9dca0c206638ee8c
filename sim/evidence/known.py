"""What could be known of the parameters in a year: a small posterior of every cut-off, so that forecasts do not peek.

`make calibration` writes the table: `sim.calibrate` for every year, the same draws and the same steps for all.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyarrow import csv

__all__ = ["FIRST_CUT", "TABLE", "known"]

TABLE = Path(__file__).parent / "posteriors.csv"
FIRST_CUT = 1995  # before it there are too few forecasts whose outcome a calibration could have seen


def known(until: int) -> dict[str, NDArray[np.float64]]:
    """Draws of the parameters on figures up to a year, parameter name -> (draws,); empty before FIRST_CUT.

    Empty means the shipped defaults, which have seen all figures: whoever shows forecasts from before 1995 has to say
    so.
    """
    table = _posteriors()
    own = table.loc[table["until"] == until].drop(columns="until")
    return {str(name): own[name].to_numpy(float) for name in own} if len(own) else {}


@cache
def _posteriors() -> pd.DataFrame:
    table: pd.DataFrame = csv.read_csv(TABLE).to_pandas()  # every digit, which not every release of pandas keeps
    return table
