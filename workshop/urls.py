from django.contrib import admin
from django.urls import include, path

from workshop.accounts.views import home, how
from workshop.health import alive, ready, show_metrics

urlpatterns = [
    path("", home, name="home"),
    path("how/", how, name="how"),
    path("accounts/", include("workshop.accounts.urls")),
    path("meetings/", include("workshop.sessions.urls")),
    path("meetings/", include("workshop.rehearsal.urls")),
    path("", include("workshop.room.urls")),
    path("", include("definitions.exports.urls")),
    path("", include("definitions.elements.urls")),
    path("admin/", admin.site.urls),
    path("healthz", alive),
    path("readyz", ready),
    path("metrics", show_metrics),
]
