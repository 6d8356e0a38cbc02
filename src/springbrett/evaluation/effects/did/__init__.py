"""Differences over time: effects of a measure that reaches some sooner, some later and some never.

A long table of units and periods is laid out wide (`panel`), reduced to sufficient statistics by first treated period
and stratum (`cells`, also in one pass over files larger than memory, `stream`, and from outcomes kept as `intervals`),
and every estimator is a set of two-by-two differences between those cells (`contrasts`) or a regression on them
(`regression`). Few offices ask for `clusters`.
"""
