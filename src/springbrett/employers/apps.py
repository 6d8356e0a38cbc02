from django.apps import AppConfig


class EmployersConfig(AppConfig):
    name = "springbrett.employers"
    default_auto_field = "django.db.models.BigAutoField"
