"""Registers too large to hold: read, conditioned and reduced by an engine, a block of persons at a time.

`open` gives an engine on a folder of registers: DuckDB inside the process, or Apache Spark. Both carry out the same
Ibis expressions (`expressions`); there is no second way of saying them. `sweep` reduces interval files sorted by person
on one machine as fast as they can be read, and `monthly` makes such files from registers with one row per month.
"""

from springbrett.evaluation.engine.engines import Engine, EngineError, open
from springbrett.evaluation.engine.stays import Stays

__all__ = ["Engine", "EngineError", "Stays", "open"]
