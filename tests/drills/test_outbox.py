"""The judge of the outbox is judged: what is lost, doubled or overtaken must not pass."""

import pytest

from tests.drills.outbox import Copy, OutVerdict, check_outbox

STORED = [(("c", seq), "sent") for seq in (2, 4, 5)]
TAKEN = [Copy(f"m{seq}", ("c", seq), b"%d" % seq) for seq in (2, 4, 5)]


def test_a_good_run_passes_also_with_second_copies_that_are_recognised() -> None:
    found = check_outbox(STORED, [TAKEN[0], *TAKEN, TAKEN[0], TAKEN[2]])
    assert found.good
    assert found.as_dict() == {"out_queued": 3, "out_delivered": 3, "out_lost": 0, "out_doubled": 0, "uncertain": 0}


@pytest.mark.parametrize(
    ("taken", "bad"),
    [
        (TAKEN[1:], OutVerdict(out_queued=3, out_delivered=2, out_lost=1)),
        ([*TAKEN, Copy("other", ("c", 5), b"5")], OutVerdict(out_queued=3, out_delivered=3, out_doubled=1)),
        ([*TAKEN, Copy("m5", ("c", 5), b"else")], OutVerdict(out_queued=3, out_delivered=3, out_doubled=1)),
        ([*TAKEN, Copy("m6", ("c", 6), b"6")], OutVerdict(out_queued=3, out_delivered=3, out_doubled=1)),
        ([TAKEN[1], TAKEN[0], TAKEN[2]], OutVerdict(out_queued=3, out_delivered=3, overtaken=1)),
    ],
    ids=["lost", "under another id", "other words under its id", "from nowhere", "overtaken"],
)
def test_a_bad_run_does_not(taken: list[Copy], bad: OutVerdict) -> None:
    assert check_outbox(STORED, taken) == bad
    assert not bad.good


def test_who_is_in_doubt_is_counted() -> None:
    assert check_outbox([(("c", 2), "uncertain")], TAKEN[:1]).uncertain == 1
