"""Comparisons whose truth is known: who takes part follows the covariates, and so does what becomes of them."""

from springbrett.evaluation.coverage.small_cross_section import EFFECT, comparison

__all__ = ["EFFECT", "comparison"]
