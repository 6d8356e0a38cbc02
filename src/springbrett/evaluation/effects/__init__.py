"""Estimators: functions on arrays that hand out `records.Estimate` or `records.EffectPath`, or raise `CannotEstimate`.

Each states its estimand, its assumptions and its diagnostics, and earns trust by a known value, an edge case, an
external implementation and simulated coverage (tests/reference, tests/unit, tests/spec).
"""
