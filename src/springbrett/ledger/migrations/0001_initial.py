from django.db import migrations, models

from springbrett.ledger.append_only import AppendOnly


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("occurred_at", models.DateTimeField()),
                ("action", models.CharField(max_length=60)),
                ("step", models.CharField(max_length=20)),
                ("actor_account_id", models.UUIDField()),
                ("actor_role", models.CharField(max_length=20)),
                ("office_id", models.UUIDField(null=True)),
                ("case_id", models.UUIDField(null=True)),
                ("person_id", models.UUIDField(null=True)),
                ("employer_id", models.UUIDField(null=True)),
                ("object_kind", models.CharField(blank=True, max_length=40)),
                ("object_id", models.UUIDField(null=True)),
                ("facts", models.JSONField(default=dict)),
                ("catalogue_version", models.CharField(max_length=40)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["case_id", "id"], name="ledger_by_case"),
                    models.Index(fields=["person_id", "id"], name="ledger_by_person"),
                    models.Index(fields=["employer_id", "action", "id"], name="ledger_by_employer"),
                    models.Index(fields=["action", "occurred_at"], name="ledger_by_action"),
                ],
            },
        ),
        AppendOnly("ledger_event"),
    ]
