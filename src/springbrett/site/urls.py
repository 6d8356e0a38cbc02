"""All pages. Each room brings its own."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"springbrett.{room}.urls"))
    for room in ("access", "employers", "mapping", "choice", "matching", "funding", "agreement", "followup",
                 "outcome", "steering", "vignettes", "desk")
    if find_spec(f"springbrett.{room}") and find_spec(f"springbrett.{room}.urls")
]  # fmt: skip
if find_spec("springbrett.site.views"):
    urlpatterns.append(path("", include("springbrett.site.page_urls")))
    handler400 = "springbrett.site.views.bad_request"
    handler403 = "springbrett.site.views.denied"
    handler404 = "springbrett.site.views.not_found"
    handler500 = "springbrett.site.views.broken"
