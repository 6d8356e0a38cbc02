"""Studies: a protocol written before the numbers are seen, run stage by stage, held back where its checks fail.

`protocol` is what a study file may hold, `check` says everything that is wrong with one, `run` carries it out into a
folder, `gate` decides whether the headline may be said, `disclosure` keeps small groups from being told or worked out,
`manifest` makes the same inputs recognisable and `compare` says what changed between two runs and why.
"""
