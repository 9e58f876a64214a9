"""Which version answers whom, as pure functions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Conflict
from hub.model.rollout import (
    KEPT_STEPS,
    LOADING_MS,
    SETTLED_MS,
    Rollout,
    begin,
    cancel,
    give_up,
    lot,
    place,
    prepare,
    roll_back,
)


def activated(rollout: Rollout, number: int, now: int, share: int = 100) -> Rollout:
    return begin(place(prepare(rollout, number, share, now), now), now)


def version_for(rollout: Rollout, conversation: str, began: int) -> int:
    return rollout.slots[rollout.slot_of(conversation, began)]


def test_new_conversations_get_the_new_version_and_live_ones_keep_theirs() -> None:
    rollout = prepare(Rollout(), 1, 100, 90)
    assert version_for(rollout, "c", 95) == 0, "not before it is loaded"
    rollout = begin(rollout, 100)
    assert version_for(rollout, "c", 99) == 0
    assert version_for(rollout, "c", 100) == 1
    assert rollout.active == 1
    with pytest.raises(Conflict) as again:
        prepare(rollout, 1, 100, 110)
    assert again.value.code == "already_active"


def test_a_third_version_waits_until_nobody_speaks_with_the_first() -> None:
    waiting = prepare(activated(Rollout(), 1, 100), 2, 100, 200)
    assert waiting.pending is not None
    assert (waiting.pending.waits, waiting.loading, waiting.slots) == (True, None, {"a": 0, "b": 1})
    assert begin(waiting, 210) is waiting, "it has no slot yet"
    assert give_up(waiting, 200 + 10 * LOADING_MS) is waiting, "waiting is not loading"
    assert waiting.living("a", [("c", 50), ("d", 99), ("e", 150)]) == 2
    assert [version_for(waiting, "c", at) for at in (50, 150, 250)] == [0, 1, 1], "everybody keeps their own"
    assert (waiting.settled(100 + SETTLED_MS - 1), waiting.settled(100 + SETTLED_MS)) == (False, True)
    rollout = begin(place(waiting, 10_000), 11_000)
    assert rollout.slots == {"a": 2, "b": 1}
    assert [version_for(rollout, "c", at) for at in (150, 10_500, 11_000)] == [1, 1, 2]
    assert rollout.way_back == (2, 1)


def test_a_slot_that_shares_new_conversations_gets_no_more_while_it_is_waited_for() -> None:
    shared = activated(Rollout(), 1, 100, share=20)
    waiting = prepare(shared, 2, 100, 200)
    talks = [(str(n), 150) for n in range(100)]
    assert 0 < waiting.living("b", talks) == shared.living("b", talks)
    assert waiting.living("b", [(str(n), 200) for n in range(100)]) == 0
    assert waiting.way_back == (1, 0)
    assert roll_back(waiting, 300).living("b", talks) == 0
    assert cancel(waiting, 300).living("b", talks) == shared.living("b", talks), "what began keeps its version"


def test_cancelling_loses_no_way_back() -> None:
    before = activated(Rollout(), 1, 100)
    waiting = prepare(before, 2, 100, 200)
    assert cancel(waiting, 250) == before
    loading = place(waiting, 300)
    assert loading.held == {0, 1, 2}
    assert loading.way_back == (1, 0)
    returning = cancel(loading, 400)
    assert returning.slots == before.slots
    assert (returning.loading, returning.way_back) == ("a", (1, 0))
    assert returning.slot_of("c", 50) == "b", "nothing goes to what is being loaded"
    with pytest.raises(Conflict) as late:
        cancel(returning, 410)
    assert late.value.code == "too_late"
    assert begin(returning, 500) == before
    gone = give_up(returning, 400 + LOADING_MS)
    assert (gone.slots, gone.stuck, gone.way_back) == ({"b": 1}, 0, None)


def test_one_rolls_back_while_the_next_waits_or_is_loaded() -> None:
    before = activated(Rollout(), 1, 100)
    waiting = prepare(before, 2, 100, 200)
    assert roll_back(waiting, 300) == roll_back(before, 300), "at once: the version before is loaded"
    for back in (roll_back(place(waiting, 300), 310), roll_back(cancel(place(waiting, 300), 305), 310)):
        assert back.slots == {"a": 0, "b": 1}
        assert back.loading == "a"
        done = begin(back, 320)
        assert {version_for(done, "c", at) for at in (50, 150, 310, 400)} == {0}


def test_rolling_back_takes_the_bad_versions_conversations_along() -> None:
    rollout = activated(Rollout(), 1, 100)
    back = roll_back(rollout, 200)
    assert {version_for(back, "c", at) for at in (50, 100, 150)} == {0}
    assert back.active == 0
    with pytest.raises(Conflict) as nothing:
        roll_back(back, 200)
    assert nothing.value.code == "nothing_before"
    assert version_for(activated(back, 1, 300), "c", 300) == 1


def test_a_share_is_kept_by_lot_and_can_grow() -> None:
    rollout = activated(Rollout(), 1, 100, share=20)
    got = [version_for(rollout, str(n), 150) for n in range(2000)]
    assert 0.15 < sum(got) / 2000 < 0.25
    assert rollout.active == 0
    whole = activated(rollout, 1, 200)
    assert whole.slots == rollout.slots
    assert [version_for(whole, str(n), 150) for n in range(2000)] == got, "what began keeps its version"
    assert version_for(whole, "c", 200) == 1
    assert whole.active == 1


def test_a_version_whose_share_was_raised_often_can_still_be_rolled_back() -> None:
    rollout = Rollout()
    for n in range(1, 41):
        rollout = activated(rollout, 1, n, share=n)
    assert len(rollout.steps) == KEPT_STEPS
    assert version_for(rollout, "c", 0) == 0
    assert roll_back(rollout, 50).active == 0


def test_what_is_never_loaded_is_given_up_and_the_live_one_stays() -> None:
    loading = prepare(Rollout(), 7, 100, 1_000)
    assert give_up(loading, 1_000 + LOADING_MS - 1) is loading
    left = give_up(loading, 1_000 + LOADING_MS)
    assert (left.pending, left.stuck, left.active) == (None, 7, 0)
    assert left.slot_of("anybody", 10**9) == "a"
    assert give_up(left, 10**12) is left
    again = prepare(left, 7, 100, 2_000)
    assert (again.stuck, begin(again, 3_000).active) == (None, 7)


def test_cancelling_what_is_still_being_loaded_forgets_it() -> None:
    loading = prepare(Rollout(), 1, 100, 90)
    with pytest.raises(Conflict) as busy:
        prepare(loading, 2, 100, 91)
    assert busy.value.code == "rollout_busy"
    assert cancel(loading, 92) == Rollout()


ACTS = st.one_of(
    st.tuples(st.integers(1, 6), st.integers(1, 100)), st.sampled_from(["back", "place", "load", "cancel", "late"])
)


@given(
    st.lists(ACTS, max_size=20),
    st.lists(st.tuples(st.text(max_size=3), st.integers(0, 30)), max_size=5),
)
def test_every_conversation_always_has_a_version_in_a_slot(acts: list[object], asked: list[tuple[str, int]]) -> None:
    rollout = Rollout()
    for now, act in enumerate(acts, 1):
        before = rollout
        step: Callable[[], Rollout]
        if isinstance(act, tuple):
            number, share = act
            step = lambda: prepare(before, number, share, now)  # noqa: B023, E731
        else:
            acts_by_name = {"back": roll_back, "place": place, "load": begin, "cancel": cancel}
            do = acts_by_name.get(str(act), lambda one, at: give_up(one, at + LOADING_MS))
            step = lambda: do(before, now)  # noqa: B023, E731
        try:
            rollout = step()
        except Conflict:
            continue
        assert rollout.steps
        assert rollout.steps[-1].slot in rollout.slots
        assert rollout.held >= set(rollout.slots.values())
        for conversation, began in asked:
            assert rollout.slot_of(conversation, began) in rollout.slots
        if isinstance(act, tuple) and rollout.pending is not None and rollout.pending.waits:
            assert all(rollout.slot_of(c, b) == before.slot_of(c, b) for c, b in asked if b < now), "all keep their own"
        if rollout.loading is not None and rollout.slots != before.slots:
            loading = rollout.loading
            assert all(rollout.slot_of(c, b) != loading for c, b in asked), "nothing goes to what is not loaded"


def test_lots_are_even() -> None:
    assert {lot(str(n)) for n in range(5000)} == set(range(100))
