from collections.abc import Callable

from django.core.exceptions import BadRequest, SuspiciousOperation, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string

# Nothing inline and nothing from elsewhere; the same for every page, so that pages can be cached.
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
    )
)


class ContentSecurityPolicyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response


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
