"""Links that carry a right: what each opens, and that nothing stays open once it is withdrawn."""

import pytest
from django.test import Client

from tests.factories import stranger
from tests.room.meeting import Meeting
from tests.room.test_access import Cast, Row, comes_in
from workshop.sessions.commands import links


@pytest.mark.parametrize("scope", ["screen", "outcome", "co-facilitate"])
def test_a_link_opens_its_own_scope_only_and_until_it_is_withdrawn(meeting: Meeting, scope: str) -> None:
    token = links.issue_link(meeting.session, actor=meeting.owner, scope=scope)
    signed_in = Client()
    signed_in.force_login(stranger())
    for other in {"screen", "outcome", "co-facilitate"} - {scope}:
        assert signed_in.post(f"/open/{other}/", {"token": token}).status_code == 404
    links.withdraw_links(meeting.session, actor=meeting.owner, scope=scope)
    assert signed_in.post(f"/open/{scope}/", {"token": token}).status_code == 404
    assert not meeting.session.memberships.exists()


def test_a_withdrawn_screen_and_a_withdrawn_seat_at_the_desk_see_nothing_more(db: None) -> None:
    cast = Cast("running")
    session, owner = cast.meeting.session, cast.meeting.owner
    links.withdraw_links(session, actor=owner, scope="screen")
    links.withdraw_links(session, actor=owner, scope="co-facilitate")
    links.withdraw_links(session, actor=owner, scope="outcome")
    for role, address in (
        ("screen", f"/screen/{session.public_id}/"),
        ("co-facilitator", f"/desk/{session.public_id}/"),
        ("outcome", f"/outcome/{session.public_id}/"),
    ):
        assert not comes_in(cast.clients[role], address, Row(set())), role


def test_a_co_facilitator_hands_out_no_seats_at_the_desk(db: None) -> None:
    cast = Cast("running")
    for verb in ("issue", "withdraw"):
        cast.clients["co-facilitator"].post(f"/meetings/{cast.meeting.public_id}/links/co-facilitate/{verb}/")
    assert cast.meeting.session.memberships.count() == 1
    assert cast.meeting.session.capabilities.filter(scope="co-facilitate", revoked_at=None).count() == 1
