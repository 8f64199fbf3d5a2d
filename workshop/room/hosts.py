"""On a laptop in a meeting room: answer under its own names and private addresses, and no others.

A page from elsewhere that points a name of its own at this machine (DNS rebinding) gets nothing.
"""

import ipaddress
import socket
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port


def is_local(host: str) -> bool:
    """Whether a Host header names this machine or a private address; the port does not matter."""
    domain, _port = split_domain_port(host.lower())
    if domain in ("localhost", "testserver") or domain == socket.gethostname().lower():
        return domain != "testserver" or "testserver" in settings.ALLOWED_HOSTS
    if domain.endswith(".local"):
        return True
    try:
        return ipaddress.ip_address(domain.strip("[]")).is_private
    except ValueError:
        return False


def is_ours(host: str) -> bool:
    """Whether to answer under this Host header at all."""
    if settings.ALLOWED_HOSTS == ["*"] or not settings.DEPLOYED:
        domain, _port = split_domain_port(host.lower())
        return is_local(host) or domain in settings.ALLOWED_HOSTS
    domain, _port = split_domain_port(host.lower())
    return domain in settings.ALLOWED_HOSTS


class LocalHostsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = request.META.get("HTTP_HOST", "testserver")
        if not is_ours(host):
            raise DisallowedHost(f"{host!r} is not this machine")
        return self.get_response(request)
