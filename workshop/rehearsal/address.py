"""Where simulated colleagues may go: to this machine's own server, and nowhere else. Pure."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit


class NotOurs(ValueError):
    """An address that is not this program's own."""


@dataclass(frozen=True)
class Address:
    """Where to connect, and the origin that the server knows itself by: behind a proxy they differ."""

    connect: str  # http://127.0.0.1:8000
    origin: str  # https://words.example.org, or the same

    @property
    def headers(self) -> dict[str, str]:
        """As a page of the origin sends them; and as the proxy does, where there is one."""
        scheme, host = self.origin.split("://")
        return {"Host": host, "Origin": self.origin, "X-Forwarded-Proto": scheme}


def own_address(base_url: str, *, public_url: str, served_at: str) -> Address:
    """The address, if it is a loopback one, or where this machine's own server listens.

    Without TLS: behind a proxy, too, colleagues come in where the server itself listens, and `public_url` is only the
    origin that they speak of.
    """
    url = base_url.rstrip("/")
    parts = urlsplit(url)
    try:
        plain = parts.scheme == "http" and url == f"{parts.scheme}://{parts.netloc}" and "@" not in url
        loopback = is_loopback(parts.hostname or "") and parts.port is not False
    except ValueError:
        raise NotOurs(base_url) from None
    if not plain or not (loopback or url == served_at):
        raise NotOurs(base_url)
    return Address(connect=url, origin=public_url or url)


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
