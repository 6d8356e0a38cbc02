"""Money, as pure arithmetic: what a wage costs, what part of it is refunded and when, what a mentor and a grant cost.

Comes in: a measure and its rates from the catalogue, the facts about the person, the terms of an agreement. Goes out:
amounts in whole kroner per calendar month, each with the calculation line by line. Decimal throughout; every rounding
is stated where it happens. Knows nothing of the web or the database.

Legal basis: tiltaksforskriften §§ 5-6, 8-6, 9-5, 10-6, 10-7, 11-4 and 14A-7; firearigforskriften §§ 6 and 7.
"""
