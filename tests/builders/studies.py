"""The smallest study there is something to see in."""

SIMULATED = 'simulate = { persons = 2000, years = 5, seed = 1, calibrated_to = { nb = "x", nn = "x", en = "x" } }'


def study(name: str = "study", engine: str = "duckdb", data: str = SIMULATED) -> str:
    """The text of a study file. `data`: a line of its table of that name."""
    words = '{ nb = "x", nn = "x", en = "x" }'
    return f"""
name = "{name}"
minimum_cell = 5
seed = 1
engine = "{engine}"
title = {words}
question = {words}
background = {words}
[data]
{data}
[population]
measures = ["arbeidstrening"]
first_start = 2018-01-01
last_start = 2019-12-31
[comparison]
design = "not_yet_treated"
per_treated = 1
[outcomes]
codes = ["in_work", "wage"]
headline = "in_work"
horizon = 12
[[estimators]]
code = "raw_difference"
"""
