"""Exit code 0 if the server in this container answers, asked as the proxy would ask it."""

import os
import sys
import urllib.request

request = urllib.request.Request(
    f"http://{os.environ.get('SERVE_ADDRESS', '127.0.0.1:8000')}/healthz",
    headers={"Host": os.environ["PUBLIC_URL"].removeprefix("https://"), "X-Forwarded-Proto": "https"},
)
try:
    urllib.request.urlopen(request, timeout=4).close()  # noqa: S310
except OSError as error:
    sys.exit(f"{error}")
