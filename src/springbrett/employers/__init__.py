"""Employers: who takes people in, where, who answers there, and what they have room for.

What comes in: what a market contact or a caseworker learns about an employer. What goes out: openings that a person can
be matched with, and an employer's record as it can be read from the ledger: how many were there, how many were hired,
what ended early and why. The record is shown as figures, never as a mark. Working with an employer that does not
function should end, so a stop is a dated row with a coded reason, and matching obeys it.
"""
