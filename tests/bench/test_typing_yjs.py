"""The simulated writers of a Yjs text."""

from bench.rows.typing_yjs import Writer, what_changed


def test_a_key_of_yjs_is_known_by_what_it_changed() -> None:
    writer = Writer(6)
    first, second = writer.press(), writer.press()
    assert [what_changed(first), what_changed(second)] == [("put", 7, 0), ("put", 7, 1)]
    for _letter in range(6):
        writer.press()
    assert what_changed(writer.press()) == ("taken", 7, 7)
