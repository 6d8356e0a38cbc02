from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The web shell: base page, look, translations."""

    name = "springbrett.site"
    label = "site"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give every form the way of drawing itself that pages use."""
        from springbrett.site.forms import add_page_rendering

        add_page_rendering()
