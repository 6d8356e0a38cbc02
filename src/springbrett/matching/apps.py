from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "springbrett.matching"
    default_auto_field = "django.db.models.BigAutoField"
