"""How often the intervals hold the truth: every estimator over repeated draws of worlds whose truth is known.

Each estimator is drawn where what it leans on holds, and in one named case where it does not, so that the failing is
seen. `springbrett study coverage` makes the table; the one in the repository is `coverage.toml`, which
`docs/reference/estimators.md` reads.
"""
