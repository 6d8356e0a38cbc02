"""Step 7, evaluation: Evidence from outcomes. Comes in: the ledger as plain rows or Parquet. Goes out: results.

No Django here: what evaluation knows, anybody can recompute from the exported files alone. Chain by chain it asks
whether cases reached what their own chain meant them to reach; the engine of study protocols builds on the same files.
"""
