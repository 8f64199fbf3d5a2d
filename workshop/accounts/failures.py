"""Failed sign-ins, counted for a quarter of an hour.

Failures are counted, not tries: a whole department may sign in from one address. They are kept in a cache, which
all processes share when there is more than one. While that does not answer nothing is counted, and people sign in.
"""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import caches
from redis import RedisError

log = logging.getLogger(__name__)

SECONDS = 15 * 60
PER_EMAIL = 10
PER_ADDRESS = 60


def too_many(email: str, address: str) -> bool:
    most = {_key("email", email): PER_EMAIL, _key("address", address): PER_ADDRESS}
    counts: dict[str, int] = {}
    with _or_uncounted():
        counts = caches["shared"].get_many(most)
    return any(count >= most[key] for key, count in counts.items())


def count(email: str, address: str) -> None:
    cache = caches["shared"]
    with _or_uncounted():
        for key in (_key("email", email), _key("address", address)):
            cache.add(key, 0, SECONDS)
            try:
                cache.incr(key)
            except ValueError:  # it ran out between the two lines
                cache.set(key, 1, SECONDS)


def forget(email: str) -> None:
    cache = caches["shared"]
    with _or_uncounted():
        cache.delete(_key("email", email))


@contextmanager
def _or_uncounted() -> Iterator[None]:
    try:
        yield
    except RedisError:
        log.warning("Failed sign-ins are not counted: the cache does not answer.", exc_info=True)


def _key(kind: str, value: str) -> str:
    # Hashed, since what people type may be longer than a key, and a cache may be looked into.
    return f"failed-sign-ins:{kind}:{hashlib.sha256(value.encode(errors='replace')).hexdigest()}"
