import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peers.django_site.settings")

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import SessionMiddlewareStack
from django.core.asgi import get_asgi_application
from django.urls import path

http = get_asgi_application()

from bench.peers.django_site.room.consumers import Watching  # noqa: E402

application = ProtocolTypeRouter(
    {"http": http, "websocket": SessionMiddlewareStack(URLRouter([path("live/<str:code>", Watching.as_asgi())]))}
)
