from django.apps import AppConfig


class VignettesConfig(AppConfig):
    name = "springbrett.vignettes"
    default_auto_field = "django.db.models.BigAutoField"
