from django.apps import AppConfig


class OutcomeConfig(AppConfig):
    name = "springbrett.outcome"
    default_auto_field = "django.db.models.BigAutoField"
