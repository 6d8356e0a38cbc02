from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "springbrett.desk"
    default_auto_field = "django.db.models.BigAutoField"
