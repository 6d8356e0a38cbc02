from django.apps import AppConfig


class SteeringConfig(AppConfig):
    name = "springbrett.steering"
    default_auto_field = "django.db.models.BigAutoField"
