"""Step 2, choice: a needs profile against every measure in the catalogue, and the decision a named person makes.

In: a `NeedsProfile`, the date, and what the person has used of each measure before. Out: one `MeasureOption` for every
measure that is given or comes later (none of them is hidden), and then a `Choice`: measure, chain, reason, the person's
own wish, and the proposal as it was shown. What may come before, beside and after a measure, and how much of its time
is used, is worked out here too (`chaining`) and used again by agreement and outcome. Legal basis: tiltaksforskriften
§ 1-3 (conditions common to all measures), § 3-3 and § 3-5 for arbeidstrening, § 10-4 for what must come first. The
system proposes; it never refuses or allocates by itself.
"""
