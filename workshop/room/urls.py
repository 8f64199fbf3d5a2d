from django.urls import path, re_path

from . import pages

app_name = "room"
OF_MEETING = r"(?P<public_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
urlpatterns = [
    path("join/", pages.join, name="join"),
    path("j/<str:code>", pages.join, name="join-code"),
    path("phone/<uuid:public_id>/", pages.phone, name="phone"),
    path("desk/<uuid:public_id>/", pages.desk, name="desk"),
    path("screen/<uuid:public_id>/", pages.screen, name="screen"),
    re_path(rf"^(?P<view>phone|desk|screen)/{OF_MEETING}/panels$", pages.panels, name="panels"),
    re_path(rf"^(?P<view>phone|desk|screen)/{OF_MEETING}/draft$", pages.draft, name="draft"),
    re_path(rf"^(?P<view>phone|desk)/{OF_MEETING}/do/(?P<name>[a-z0-9-]{{1,30}})$", pages.do, name="do"),
    re_path(r"^open/(?P<scope>screen|outcome|co-facilitate)/$", pages.open_link, name="open-link"),
]
