"""What cannot work in a plan of the routing, as a sentence; screens say it in the reader's language by its code."""

from hub.routing.plan import Problem

_SENTENCES = {
    "attribute_without_value": "An attribute needs a name and a value.",
    "cost_out_of_range": "A cost is a number from 1 to 1000; of what waits for the customer from 0.",
    "cuts_off_overflow": "Another queue overflows into this one, which would take none of its customers",
    "cuts_off_rule": "A rule leads to this queue, which would take none of its customers",
    "level_out_of_range": "A level is a number from 1 to 5",
    "maximum_out_of_range": "A maximum is a number from 1 to 1000.",
    "no_name": "A rule needs a name.",
    "no_such_calendar": "There are no such hours",
    "no_such_inbox": "There is no such inbox",
    "no_such_queue": "There is no such queue",
    "nobody_has_room": "Nobody has room for even one of these",
    "nobody_has_skill": "Nobody who serves this queue has this skill",
    "nobody_in_ring": "Nobody who serves this queue has what the ring asks for.",
    "overflow_in_a_circle": "The queues would lead in a circle",
    "priority_out_of_range": "A priority is a number from -10 to 10.",
    "queue_takes_none": "That queue takes none of these customers",
    "ring_never_begins": "This ring begins when the longest wait of the queue is over.",
    "rings_not_ascending": "Each ring ends later than the one before, at most after a day.",
    "target_out_of_range": "A target is 1 to 100 percent within 1 to 86400 seconds; short abandons take at most 60.",
    "too_many_rings": "There are at most 10 rings.",
    "unknown_channel": "There is no such channel",
    "unknown_language": "There is no such language",
    "unknown_skill": "There is no such skill",
    "unknown_team": "There is no such team",
    "voicemail_without_calls": "This queue takes no calls, so that nobody can leave a voice message.",
    "wrap_up_out_of_range": "A wrap-up takes between 5 seconds and an hour.",
}


def sentence(problem: Problem) -> str:
    """A problem with its place, like "rings.0.needs: There is no such skill (billing)."."""
    words = _SENTENCES[problem.code].removesuffix(".")
    detail = f" ({problem.detail})" if problem.detail else ""
    return f"{problem.place}: {words}{detail}."
