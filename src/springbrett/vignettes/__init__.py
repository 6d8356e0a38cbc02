"""Vignette studies: constructed persons put to advisers, to see how differently the same case is judged.

A study is data (`data/*.toml`). While a round of it is open, those who work in the invited roles answer one person per
page, saved as they go, under a random number that is not tied to their name; the analyst opens and closes rounds, sees
how many have answered, and results in which small numbers are hidden. The analysis itself is `evaluation.vignettes`.
A survey without persons uses the same pages.
"""
