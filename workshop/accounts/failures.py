"""Failed sign-ins, counted for a quarter of an hour.

Failures are counted, not tries: a whole department may sign in from one address. They are kept in the cache, which
all processes share when there is more than one.
"""

import hashlib

from django.core.cache import cache

SECONDS = 15 * 60
PER_EMAIL = 10
PER_ADDRESS = 60


def too_many(email: str, address: str) -> bool:
    counts = cache.get_many([_key("email", email), _key("address", address)])
    return counts.get(_key("email", email), 0) >= PER_EMAIL or counts.get(_key("address", address), 0) >= PER_ADDRESS


def count(email: str, address: str) -> None:
    for key in (_key("email", email), _key("address", address)):
        cache.add(key, 0, SECONDS)
        try:
            cache.incr(key)
        except ValueError:  # it ran out between the two lines
            cache.set(key, 1, SECONDS)


def forget(email: str) -> None:
    cache.delete(_key("email", email))


def _key(kind: str, value: str) -> str:
    # Hashed, since what people type may be longer than a key, and a cache may be looked into.
    return f"failed-sign-ins:{kind}:{hashlib.sha256(value.encode(errors='replace')).hexdigest()}"
