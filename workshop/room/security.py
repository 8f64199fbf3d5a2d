"""What browsers are told to refuse, and what they report of it."""

import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import BadRequest, SuspiciousOperation, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, RawPostDataException
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from workshop import metrics

log = logging.getLogger(__name__)

REPORTS = "/csp-reports"
MOST_BYTES = 8 * 1024
LINES_A_MINUTE = 10

# Nothing inline and nothing from elsewhere; the same for every page of ours, so that pages can be cached.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "frame-ancestors 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",  # markup is made in static/js/parts/markup.js and nowhere else
        "trusted-types words",
        f"report-uri {REPORTS}",
        "report-to csp",  # the newer way, which browsers take where the page came by TLS
    )
)
# The scripts of Django's admin, which superusers alone get to see, make markup of text in many places.
POLICY_OF_ADMIN = "; ".join(part for part in POLICY.split("; ") if "trusted-types" not in part)
DIRECTIVES = {part.split()[0] for part in POLICY.split("; ")} | {
    f"{kind}-src-{where}" for kind in ("script", "style") for where in ("elem", "attr")
}

KINDS = ("inline", "eval", "data", "blob", "trusted-types-sink", "trusted-types-policy")


class ContentSecurityPolicyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY_OF_ADMIN if _is_admin(request) else POLICY)
        response.headers.setdefault("Reporting-Endpoints", f'csp="{REPORTS}"')
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response


def _is_admin(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.app_name == "admin"


class ReadableFormsMiddleware:
    """Refuses a form that can't be read before anybody else reads it.

    Django's check of the CSRF token would read it first, and the page that says so would read it once more: a form in
    UTF-16, or of two thousand fields, got a bare 500 and a traceback in the log.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.POST  # noqa: B018  # it is parsed at its first use
        except (BadRequest, SuspiciousOperation, TooManyFilesSent, MultiPartParserError):
            return HttpResponseBadRequest(render_to_string("400.html"))
        return self.get_response(request)


def is_from_our_page(request: HttpRequest) -> bool:
    """Browsers say with each POST where the page stands that sends it: here, by scheme, host and port.

    One that does not say it (or `null`) may have been made to send it by a page from elsewhere.
    """
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


@csrf_exempt  # browsers send these by themselves
@require_POST
def take_report(request: HttpRequest) -> HttpResponse:
    """A browser kept something from one of our pages: counted, and a few a minute are logged.

    Anyone may send anything here, so nothing that was sent is repeated: only which of our rules, on which of our pages.
    """
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return HttpResponse(status=413)
    metrics.CSP_REPORTS.inc()
    if _lines.may():
        told = _read(request)
        log.warning("A browser kept something from a page: %s at %s, from %s", *told)
    return HttpResponse(status=204)


def _read(request: HttpRequest) -> tuple[str, str, str]:
    """The rule, the pattern of the page's address, and where what was kept out came from."""
    try:
        sent: Any = json.loads(request.body)
    except (ValueError, RecursionError, RawPostDataException):  # the last: it came as a form, and was read as one
        sent = None
    if isinstance(sent, list) and sent and isinstance(sent[0], dict):
        report = sent[0].get("body")
    else:
        report = sent.get("csp-report") if isinstance(sent, dict) else None
    if not isinstance(report, dict):
        return "unreadable", "unreadable", "unreadable"
    directive = str(report.get("effectiveDirective") or report.get("effective-directive"))
    document = str(report.get("documentURL") or report.get("document-uri"))
    blocked = str(report.get("blockedURL") or report.get("blocked-uri"))
    return (
        directive if directive in DIRECTIVES else "another rule",
        _pattern_of(document),
        blocked if blocked in KINDS else "elsewhere",
    )


def _pattern_of(address: str) -> str:
    try:
        return f"/{resolve(urlsplit(address).path).route}"
    except (Resolver404, ValueError):
        return "(no address of ours)"


class _Lines:
    """So many a minute, whoever sends them."""

    def __init__(self, most: int) -> None:
        self.most, self.left, self.since = most, most, 0.0
        self.lock = threading.Lock()

    def may(self) -> bool:
        with self.lock:
            if time.monotonic() - self.since > 60:
                self.left, self.since = self.most, time.monotonic()
            self.left -= 1
            return self.left >= 0


_lines = _Lines(LINES_A_MINUTE)
