"""Registers: one documented layout for persons, stays in measures, work, benefits, education, needs levels and places.

A folder holds one file per table, Parquet or CSV. `layout` is the source of what stands in it, `read` reads it, `check`
says what is wrong by file, row and column, `pseudonyms` replaces the keys on the way in, `from_ledger` makes the same
folder from the application's own export.
"""
