"""Vignette studies: the same constructed persons put to many advisers, and what their answers say. No Django, no clock.

`studies` reads a study as data, `design` decides who sees whom in which order, `answers` is the table everything else
works on. `shares` counts, `agreement` says how far advisers judge alike, `attributes` which traits of a person move the
judgement, `groups` whether offices and experience differ; `run` makes the results folder and the report of one study.
"""
