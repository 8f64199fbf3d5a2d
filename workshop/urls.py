from django.contrib import admin
from django.urls import include, path

from workshop.accounts.views import home, how, to_admin
from workshop.health import ready, show_metrics
from workshop.room.security import take_report

urlpatterns = [
    path("", home, name="home"),
    path("how/", how, name="how"),
    path("accounts/", include("workshop.accounts.urls")),
    path("meetings/", include("workshop.sessions.urls")),
    path("meetings/", include("workshop.rehearsal.urls")),
    path("", include("workshop.room.urls")),
    path("", include("definitions.exports.urls")),
    path("", include("definitions.elements.urls")),
    path("admin/login/", to_admin),
    path("admin/", admin.site.urls),
    path("readyz", ready),
    path("metrics", show_metrics),
    path("csp-reports", take_report),
]
