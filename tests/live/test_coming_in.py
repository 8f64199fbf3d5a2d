"""Many phones that come in at one moment, through the front of a real server."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.live.meeting import Desk, Phone

pytestmark = pytest.mark.live
AT_ONCE = 20


def test_all_who_come_at_one_moment_are_in_each_as_themselves(desk: Desk) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        phones = list(threads.map(lambda _number: Phone(desk.stack).join(desk.code, "Sam"), range(AT_ONCE)))
        pages = list(threads.map(lambda phone: phone.http.get(phone.base), phones))
    cookies = {cookie.value for phone in phones for cookie in phone.http.cookies.jar if cookie.name == "phone"}
    assert len(cookies) == AT_ONCE
    assert {(page.status_code, "set-cookie" in page.headers) for page in pages} == {(200, False)}
    names = {phone.panels()["mine"]["name"] for phone in phones}
    assert names >= {"Sam", *(f"Sam {number}" for number in range(2, AT_ONCE + 1))}


def test_who_was_removed_loses_the_page_at_once_while_others_have_it(desk: Desk) -> None:
    ada, ben = (Phone(desk.stack).join(desk.code, name) for name in ("Ada", "Ben"))
    desk.must("remove", participant=desk.newest("id", "workshop_sessions_participant"))
    with ThreadPoolExecutor(10) as threads:
        asked = [threads.submit(phone.http.get, phone.base) for _time in range(5) for phone in (ada, ben)]
    assert [answer.result().status_code for answer in asked] == [200, 403] * 5
