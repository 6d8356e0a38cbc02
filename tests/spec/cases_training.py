"""The kinds of training of tiltaksforskriften chapter 7, and the days its text changed."""

from datetime import date

TF = "tiltaksforskriften"
OLD = date(2016, 10, 1)
REWRITTEN = date(2019, 7, 1)
LETTERS = date(2025, 7, 1)
ADAPTED = date(2025, 8, 1)
TODAY = date(2026, 11, 22)
A_TO_E = ("amo", "language_course", "studiespesialisering", "fag_og_yrkesopplaering", "hoyere_yrkesfaglig")
TRAINING = (*A_TO_E, "tilrettelagt_fagopplaering", "hoyere_utdanning")
