from django.urls import path, re_path

from . import pages

app_name = "room"
urlpatterns = [
    path("join/", pages.join, name="join"),
    path("j/<str:code>", pages.join, name="join-code"),
    path("phone/<uuid:public_id>/", pages.phone, name="phone"),
    path("desk/<uuid:public_id>/", pages.desk, name="desk"),
    path("screen/<uuid:public_id>/", pages.screen, name="screen"),
    re_path(r"^(?P<view>phone|desk|screen)/(?P<public_id>[0-9a-f-]{36})/panels$", pages.panels, name="panels"),
    re_path(r"^(?P<view>phone|desk|screen)/(?P<public_id>[0-9a-f-]{36})/draft$", pages.draft, name="draft"),
    re_path(r"^(?P<view>phone|desk)/(?P<public_id>[0-9a-f-]{36})/do/(?P<name>[a-z0-9-]{1,30})$", pages.do, name="do"),
    re_path(r"^open/(?P<scope>screen|outcome|co-facilitate)/$", pages.open_link, name="open-link"),
]
