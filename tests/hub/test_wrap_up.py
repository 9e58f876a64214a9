"""What follows a conversation: nothing, a fixed time, or as long as the agent needs; how it ended; more time, once."""

from __future__ import annotations

import pytest

from channels.contract import Receipt
from hub.desk.command_frames import ExtendWrapUp, Reply, Resolve, Snooze
from hub.errors import BadInput, Conflict
from hub.model.conversation import Conversation
from hub.model.queues import WrapUp
from tests.hub.house import Desk, House, house  # noqa: F401 (a fixture)


async def held(house: House, after: WrapUp) -> tuple[Receipt, Desk]:  # noqa: F811
    """A conversation that ali has, and their desk."""
    await house.plan(wrap_up=after)
    ali = house.desk("ali")
    await house.comes("ali")
    receipt = await house.writes("v1")
    await house.accepts(receipt, "ali")
    return receipt, ali


async def resolves(house: House, desk: Desk, receipt: Receipt, disposition: str | None) -> Conversation:  # noqa: F811
    await desk.asks(Resolve(id=1, conversation=receipt.conversation, disposition=disposition))
    return await house.state(receipt)


async def test_without_wrap_up_it_is_closed_at_once(house: House) -> None:  # noqa: F811
    receipt, ali = await held(house, WrapUp())
    assert (await resolves(house, ali, receipt, None)).status == "resolved"


@pytest.mark.parametrize("mode", ["none", "fixed", "until_done"])
async def test_nobody_closes_or_puts_aside_upon_words_that_they_have_not_seen(house: House, mode: str) -> None:  # noqa: F811
    receipt, ali = await held(house, WrapUp(mode=mode, seconds=60))
    known = (await house.state(receipt)).last_seq
    written = await house.writes("v1")
    later = house.clock.now() + 60_000
    for command in (
        Resolve(id=1, conversation=receipt.conversation, disposition="answered", seen=known),
        Snooze(id=2, conversation=receipt.conversation, until=later, seen=known),
    ):
        with pytest.raises(Conflict) as refused:
            await ali.asks(command)
        assert refused.value.code == "customer_wrote"
    state = await house.state(receipt)
    assert (state.owner.agent, state.ended_at, state.snoozed_until) == (house.agent("ali").id, None, None)
    await ali.asks(Resolve(id=3, conversation=receipt.conversation, disposition="answered", seen=written.seq))
    state = await house.state(receipt)
    assert state.status == "resolved" or state.ended_by == "agent"


async def test_none_is_closed_without_saying_how_it_ended_where_the_line_wants_that(house: House) -> None:  # noqa: F811
    receipt, ali = await held(house, WrapUp(disposition_required=True))
    with pytest.raises(Conflict) as refused:
        await resolves(house, ali, receipt, None)
    assert refused.value.code == "disposition_required"
    with pytest.raises(BadInput) as unknown:
        await resolves(house, ali, receipt, "no such thing")
    assert unknown.value.code == "bad_disposition"
    state = await resolves(house, ali, receipt, "sale")
    assert (state.status, state.disposition) == ("resolved", "sale")


async def test_until_done_lasts_until_the_agent_says_how_it_ended(house: House) -> None:  # noqa: F811
    receipt, ali = await held(house, WrapUp(mode="until_done", seconds=60, disposition_required=True))
    state = await resolves(house, ali, receipt, None)
    assert (state.status, state.ended_by) == ("open", "agent")
    assert house.agent("ali").used == 25
    shown = await house.hub.inlet.state_of(state)
    assert shown.status == "resolved"  # for the customer it is over
    with pytest.raises(Conflict) as refused:
        await resolves(house, ali, receipt, None)
    assert refused.value.code == "disposition_required"
    state = await resolves(house, ali, receipt, "answered")
    assert (state.status, state.disposition, state.owner.kind) == ("resolved", "answered", "none")
    await house.hub.interval_log.flush()
    kinds = [row["kind"] for row in await house.hub.intervals.of(receipt.conversation)]
    assert kinds[-2:] == ["active", "wrap_up"]


async def test_what_had_to_have_a_disposition_and_ran_out_of_time_says_so(house: House) -> None:  # noqa: F811
    receipt, ali = await held(house, WrapUp(mode="until_done", seconds=60, disposition_required=True))
    await resolves(house, ali, receipt, None)
    await house.passes(61)
    state = await house.state(receipt)
    assert (state.status, state.disposition) == ("resolved", "not_given")
    *_, closed = await house.hub.entries.after(state.id, 0)
    assert closed.event is not None
    assert (closed.event.type, closed.event.disposition) == ("resolved", "not_given")


async def test_until_done_has_an_end_which_the_agent_may_put_off_once(house: House) -> None:  # noqa: F811
    receipt, ali = await held(house, WrapUp(mode="until_done", seconds=60))
    extend = ExtendWrapUp(id=2, conversation=receipt.conversation)
    with pytest.raises(Conflict) as early:
        await ali.asks(extend)
    assert early.value.code == "too_late"
    await resolves(house, ali, receipt, "sale")
    await house.passes(50)
    await ali.asks(extend)
    with pytest.raises(Conflict) as twice:
        await ali.asks(extend)
    assert twice.value.code == "already_extended"
    await house.passes(50)
    assert (await house.state(receipt)).status == "open"
    await house.passes(21)
    state = await house.state(receipt)
    assert (state.status, state.disposition) == ("resolved", "sale")


async def test_a_fixed_time_cannot_be_cut_short(house: House) -> None:  # noqa: F811
    receipt, ali = await held(house, WrapUp(mode="fixed", seconds=30))
    await resolves(house, ali, receipt, None)
    state = await resolves(house, ali, receipt, "spam")
    assert (state.status, state.disposition) == ("open", "spam")
    await house.passes(31)
    state = await house.state(receipt)
    assert (state.status, state.disposition) == ("resolved", "spam")


async def test_a_customer_with_one_more_thing_to_say_is_with_the_same_agent(house: House) -> None:  # noqa: F811
    receipt, ali = await held(house, WrapUp(mode="until_done", seconds=60))
    await resolves(house, ali, receipt, None)
    again = await house.writes("v1", "and one more thing")
    state = await house.state(again)
    assert again.conversation == receipt.conversation
    assert (state.ended_at, state.owner.agent) == (None, house.agent("ali").id)
    await house.passes(61)
    assert (await house.state(receipt)).status == "open"
    await resolves(house, ali, receipt, "sale")
    await ali.asks(Reply(id=3, conversation=receipt.conversation, client_id="one-more-thing", text="here it is"))
    assert (await house.state(receipt)).ended_at is None


async def test_after_a_customer_who_left_the_lines_own_time_counts(house: House) -> None:  # noqa: F811
    receipt, ali = await held(house, WrapUp(mode="until_done", seconds=300))
    await house.leaves(receipt)
    await house.passes(121)  # the workplace's own time is for lines without one
    assert (await house.state(receipt)).status == "open"
    assert (await resolves(house, ali, receipt, "sale")).status == "resolved"
