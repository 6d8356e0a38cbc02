from django.apps import AppConfig


class ChoiceConfig(AppConfig):
    name = "springbrett.choice"
    default_auto_field = "django.db.models.BigAutoField"
