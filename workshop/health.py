"""For whoever watches the server: is it ready, and its metrics. Whether it is alive live/http.py says."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from ipaddress import ip_address

import redis
from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from . import metrics

log = logging.getLogger(__name__)

MOST_SECONDS = 2.0  # what a database or a layer may take to answer
READY, METRICS = "/readyz", "/metrics"

# Two at most: where one of the two hangs, askers wait for their time and hear so, and no thread more is taken.
_askers = ThreadPoolExecutor(2, thread_name_prefix="ready")


@never_cache
@require_GET
def ready(request: HttpRequest) -> HttpResponse:
    """Requests can be sent here: the database answers, is set up, and hints get to the other processes."""
    asked: dict[str, Future[None]] = {"database": _askers.submit(_ask_database)}
    if settings.REDIS_URL:
        asked["channel layer"] = _askers.submit(_ask_layer)
    silent = [what for what, answer in asked.items() if not _answers(what, answer)]
    if silent:
        return _plain("\n".join(f"The {what} does not answer." for what in silent), status=503)
    return _plain("ok")


@never_cache
@require_GET
def show_metrics(request: HttpRequest) -> HttpResponse:
    """For whoever has METRICS_TOKEN; without one, for this machine. Nobody else learns that it is there."""
    if not _may_see(request):
        raise Http404
    return HttpResponse(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


class WatchersMiddleware:
    """Answers before host and scheme are looked at: a watcher inside asks each process by its own address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == READY:
            return ready(request)
        if request.path == METRICS:
            return show_metrics(request) if _may_see(request) else _plain("Not found.", status=404)
        return self.get_response(request)


def _may_see(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return constant_time_compare(sent, settings.METRICS_TOKEN)
    # A proxy on this machine comes from here too, and brings everybody; a page that points a name of its own at us
    # (DNS rebinding) comes from here with that name.
    forwarded = any(header in request.headers for header in ("X-Forwarded-For", "Forwarded", "Via"))
    return not forwarded and _is_loopback(request.META["REMOTE_ADDR"]) and _is_loopback(request.headers.get("Host", ""))


def _is_loopback(host: str) -> bool:
    """An address, or a Host header with a name or an address in it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        domain, _port = split_domain_port(host.lower())
    try:
        return ip_address(domain.strip("[]")).is_loopback
    except ValueError:
        return domain == "localhost"


def _ask_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations")
            cursor.fetchone()
    finally:
        connection.close()  # this thread's own


def _ask_layer() -> None:
    limits = {"socket_timeout": MOST_SECONDS, "socket_connect_timeout": MOST_SECONDS}
    with redis.Redis.from_url(settings.REDIS_URL, **limits) as layer:
        layer.ping()


def _answers(what: str, answer: "Future[None]") -> bool:
    try:
        answer.result(MOST_SECONDS)
    except TooSlow:
        answer.cancel()
        log.warning("The %s did not answer within %s seconds.", what, MOST_SECONDS)
        return False
    except Exception:
        log.warning("The %s did not answer.", what, exc_info=True)
        return False
    return True


def _plain(sentence: str, status: int = 200) -> HttpResponse:
    return HttpResponse(sentence, content_type="text/plain; charset=utf-8", status=status)
