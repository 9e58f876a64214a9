"""The judge is judged: journals with a loss, a double and a reorder must not pass."""

from dataclasses import replace

import pytest

from tests.load.checker import Kept, Verdict, check
from tests.load.journal import Ack, Journal, Sight

AUDIENCE = {"c": ["customer", "agent"]}
STORED = [Kept("c", seq, "contact", f"m{seq}") for seq in (1, 2, 3)]


def journal() -> Journal:
    acked = {f"m{n}": Ack("c", n, "contact") for n in (1, 2, 3)}
    kept = Journal(sent=dict.fromkeys(acked, 0.0), acked=acked)
    for reader in ("customer", "agent"):
        for seq in (1, 2, 3):
            kept.view(reader, "c").show(Sight(seq, "contact", f"m{seq}"))
    return kept


def verdict(kept: Journal, stored: list[Kept] = STORED) -> Verdict:
    return check(kept, stored, AUDIENCE)


def test_a_good_run_passes() -> None:
    found = verdict(journal())
    assert found.good
    assert (found.sent, found.acknowledged, found.stored) == (3, 3, 3)


def test_an_acknowledged_message_that_is_not_stored_is_lost() -> None:
    assert verdict(journal(), STORED[:2]).lost == 1


def test_a_message_stored_elsewhere_than_acknowledged_is_lost() -> None:
    assert verdict(journal(), [*STORED[:2], replace(STORED[2], seq=4)]).lost == 1


@pytest.mark.parametrize("reader", ["customer", "agent"])
def test_a_message_that_one_side_never_saw_is_lost(reader: str) -> None:
    kept = journal()
    del kept.view(reader, "c").sights[1]
    assert verdict(kept).lost == 1


def test_a_reader_without_any_screen_has_lost_everything() -> None:
    kept = journal()
    del kept.views["agent", "c"]
    assert verdict(kept).lost == 3


def test_a_message_stored_twice_is_doubled() -> None:
    assert verdict(journal(), [*STORED, Kept("c", 4, "contact", "m1")]).doubled == 1


def test_a_message_that_was_never_acknowledged_may_be_stored_once_and_not_twice() -> None:
    kept = journal()
    kept.sent["m4"] = 0.0
    assert verdict(kept, [*STORED, Kept("c", 4, "contact", "m4")]).good
    twice = [Kept("c", 4, "contact", "m4"), Kept("c", 5, "contact", "m4")]
    assert verdict(kept, [*STORED, *twice]).doubled == 1


def test_one_number_for_two_messages_is_doubled() -> None:
    assert verdict(journal(), [*STORED, Kept("c", 3, "contact", "other")]).doubled == 1


def test_an_entry_shown_twice_is_doubled() -> None:
    kept = journal()
    kept.view("agent", "c").show(Sight(2, "contact", "m2"))
    assert verdict(kept).doubled == 1


def test_an_entry_shown_below_a_later_one_is_reordered() -> None:
    kept = journal()
    view = kept.view("agent", "c")
    view.sights = []
    for seq in (1, 3, 2):
        view.show(Sight(seq, "contact", f"m{seq}"))
    found = verdict(kept)
    assert found.reordered == 1
    assert not found.good


def test_an_order_that_the_store_does_not_have_is_reordered() -> None:
    kept = journal()
    swapped = {1: "m2", 2: "m1", 3: "m3"}
    kept.view("customer", "c").sights = [Sight(seq, "contact", name) for seq, name in swapped.items()]
    assert verdict(kept).reordered == 2


def test_the_longest_gap_is_between_acknowledgements() -> None:
    kept = journal()
    kept.acked_at = {"m1": 1.0, "m2": 1.5, "m3": 4.0}
    assert kept.longest_gap_ms() == 2500
