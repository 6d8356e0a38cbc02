"""Triggers that make the database itself refuse to change or remove rows of a table, on SQLite and PostgreSQL."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import migrations
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

GUARDED: list[str] = []
"""Every table a migration has guarded, as loaded."""


class AppendOnly(migrations.RunPython):
    """A migration step after which `table` only grows."""

    def __init__(self, table: str) -> None:
        self.table = table
        if table not in GUARDED:
            GUARDED.append(table)
        super().__init__(self._guard, self._open)

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return (self.__class__.__name__, [self.table], {})

    def _guard(self, apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in _STATEMENTS[editor.connection.vendor]:
            editor.execute(statement.format(table=self.table), params=None)

    def _open(self, apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in _UNDO[editor.connection.vendor]:
            editor.execute(statement.format(table=self.table), params=None)


_STATEMENTS = {
    "sqlite": (
        "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN "
        "SELECT RAISE(ABORT, '{table} is append-only: update refused'); END",
        "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN "
        "SELECT RAISE(ABORT, '{table} is append-only: delete refused'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION springbrett_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, lower(TG_OP); END $$",
        "CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION springbrett_append_only()",
        "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION springbrett_append_only()",
    ),
}
_UNDO = {
    "sqlite": ("DROP TRIGGER {table}_no_update", "DROP TRIGGER {table}_no_delete"),
    "postgresql": ("DROP TRIGGER {table}_no_change ON {table}", "DROP TRIGGER {table}_no_truncate ON {table}"),
}


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Take the triggers away and put them back. Only for emptying a test database between tests."""
    _run(connection, _UNDO)
    try:
        yield
    finally:
        _run(connection, _STATEMENTS)


def _run(connection: BaseDatabaseWrapper, statements: Mapping[str, tuple[str, ...]]) -> None:
    with connection.cursor() as cursor:
        for table in GUARDED:
            for statement in statements[connection.vendor]:
                cursor.execute(statement.format(table=table))
