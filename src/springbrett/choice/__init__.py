"""Step 2, choice: a needs profile against every measure in the catalogue, and the decision a named person makes.

In: a `NeedsProfile`, the date, and what the person has used of each measure before. Out: one `MeasureOption` for every
measure (none is hidden), and then a `Choice`: measure, chain, reason, the person's own wish, and the proposal as it was
shown. Legal basis: tiltaksforskriften § 1-3 (conditions common to all measures), § 3-3 and § 3-5 for arbeidstrening.
The system proposes; it never refuses or allocates by itself.
"""
