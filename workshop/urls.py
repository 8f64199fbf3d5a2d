from django.contrib import admin
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from workshop.accounts.views import home, how


def alive(request: HttpRequest) -> HttpResponse:
    """For whoever watches the process: it answers."""
    return HttpResponse("ok", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """For whoever sends requests here: the database answers too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


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
]
