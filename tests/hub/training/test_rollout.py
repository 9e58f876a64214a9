"""Which version answers whom, as pure functions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Conflict
from hub.model.studio import Rollout, begin, lot, prepare, roll_back


def activated(rollout: Rollout, number: int, now: int, share: int = 100) -> Rollout:
    return begin(prepare(rollout, number, share, now), now)


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


def test_a_third_version_takes_the_place_of_the_first() -> None:
    rollout = activated(activated(Rollout(), 1, 100), 2, 200)
    assert rollout.slots == {"a": 2, "b": 1}
    assert version_for(rollout, "c", 50) == 1, "its own is gone: the one that everybody had"
    assert version_for(rollout, "c", 150) == 1
    assert version_for(rollout, "c", 250) == 2


def test_rolling_back_takes_the_bad_versions_conversations_along() -> None:
    rollout = activated(Rollout(), 1, 100)
    back = roll_back(rollout)
    assert {version_for(back, "c", at) for at in (50, 100, 150)} == {0}
    assert back.active == 0
    with pytest.raises(Conflict) as nothing:
        roll_back(back)
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


def test_rolling_back_what_is_still_being_loaded_forgets_it() -> None:
    loading = prepare(Rollout(), 1, 100, 90)
    with pytest.raises(Conflict) as busy:
        prepare(loading, 2, 100, 91)
    assert busy.value.code == "rollout_busy"
    assert roll_back(loading) == Rollout()


ACTS = st.one_of(st.tuples(st.integers(1, 6), st.integers(1, 100)), st.just("back"), st.just("load"))


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
            step = (lambda: roll_back(before)) if act == "back" else (lambda: begin(before, now))  # noqa: B023
        try:
            rollout = step()
        except Conflict:
            continue
        assert rollout.steps
        assert rollout.steps[-1].slot in rollout.slots
        for conversation, began in asked:
            assert rollout.slot_of(conversation, began) in rollout.slots
        if isinstance(act, tuple) and rollout.slots != before.slots:
            assert rollout.pending is not None
            loading = rollout.pending.slot
            assert all(rollout.slot_of(c, b) != loading for c, b in asked), "nothing goes to what is not loaded"


def test_lots_are_even() -> None:
    assert {lot(str(n)) for n in range(5000)} == set(range(100))
