import pytest

from workshop.rehearsal.address import NotOurs, own_address

PUBLIC = "https://words.example.org"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://localhost:8000/", "http://127.9.9.9", "http://[::1]:8000"]
)
def test_a_rehearsal_goes_to_this_machine(url: str) -> None:
    address = own_address(url, public_url="", served_at="")
    assert address.connect == address.origin == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "http://8.8.8.8:8000",
        "http://192.168.1.20:8000",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "http://localhost@example.org",
        "http://127.0.0.1:8000@example.org",
        "http://127.0.0.1:8000/path",
        "http://127.0.0.1:8000?x",
        "http://127.0.0.1:port",
        "ftp://127.0.0.1",
        "127.0.0.1:8000",
        "http://0.0.0.0:8000",
        "http://",
        "https://words.example.org.evil.example",
        PUBLIC,  # the proxy's
        "https://127.0.0.1:8443",
    ],
)
def test_a_rehearsal_goes_nowhere_else(url: str) -> None:
    with pytest.raises(NotOurs):
        own_address(url, public_url=PUBLIC, served_at="")


def test_where_the_server_listens_is_ours() -> None:
    address = own_address("http://10.0.0.5:80", public_url="", served_at="http://10.0.0.5:80")
    assert address.connect == "http://10.0.0.5:80"


def test_behind_a_proxy_it_speaks_as_the_proxy_does() -> None:
    address = own_address("http://127.0.0.1:8000", public_url=PUBLIC, served_at="")
    assert address.headers == {"Host": "words.example.org", "Origin": PUBLIC, "X-Forwarded-Proto": "https"}
