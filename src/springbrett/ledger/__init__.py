"""The ledger: what happened, who did it, in which role, when, about what, on which facts, by which catalogue.

Every service writes here in the same transaction as its rows; nothing here is ever changed or removed, and the
database refuses it (triggers on both SQLite and PostgreSQL). History pages and evaluation read from it.
It holds codes, dates, numbers and identifiers, never free text and never a name: words live in the rooms' rows.
"""
