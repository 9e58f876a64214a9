"""Scripts of every kind, for tests of what renders them."""

from __future__ import annotations

from hypothesis import strategies as st

from channels.voice.script import (
    Answer,
    Collect,
    Connect,
    Enqueue,
    Hangup,
    Leave,
    Meet,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    Tag,
    Take,
    Target,
    Transcribe,
    Transfer,
    Voicemail,
)

words = st.text(max_size=40)
tokens = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_.:", min_size=1, max_size=20)
locales = st.sampled_from(["fa", "en"])
seconds = st.floats(min_value=0.1, max_value=3_600)
says = st.builds(Say, text=words, locale=locales, voice=words)
plays = st.builds(Play, url=st.just("https://sounds.example/a.wav"), loop=st.integers(1, 9))
prompts = st.lists(says | plays, max_size=3).map(tuple)
targets = st.builds(Target, kind=st.sampled_from(["phone", "sip", "user"]), to=words)


@st.composite
def collects(draw: st.DrawFn) -> Collect:
    digits = draw(st.booleans())
    return Collect(
        token=draw(tokens),
        prompt=draw(prompts),
        digits=digits,
        speech=not digits or draw(st.booleans()),
        min_digits=draw(st.integers(1, 3)),
        max_digits=draw(st.integers(3, 20)),
        finish_key=draw(st.sampled_from(["", "#", "*"])),
        timeout=draw(seconds),
        digit_timeout=draw(seconds),
        hints=draw(st.lists(words, max_size=3).map(tuple)),
        locale=draw(locales),
        secret=draw(st.booleans()),
    )


connects = st.builds(
    Connect,
    token=tokens,
    targets=st.lists(targets, min_size=1, max_size=3).map(tuple),
    timeout=seconds,
    caller_id=words,
    record=st.booleans(),
    confirm=prompts,
)
transfers = st.builds(
    Transfer,
    token=tokens,
    mode=st.sampled_from(["blind", "warm"]),
    target=targets,
    caller_id=words,
    timeout=seconds,
    introduction=prompts,
)
steps = st.one_of(
    st.builds(Answer),
    says,
    plays,
    collects(),
    connects,
    st.builds(Enqueue, token=tokens, name=words, priority=st.integers(0, 999)),
    st.builds(Take, token=tokens, call=words, queue=words),
    st.builds(
        Meet,
        token=tokens,
        room=words,
        watch=st.sampled_from(["", "listen", "whisper", "barge"]),
        beside=words,
        ends=st.booleans(),
        rings=st.booleans(),
    ),
    st.builds(Leave),
    st.builds(Record, action=st.sampled_from(["start", "stop", "pause", "resume"])),
    st.builds(Voicemail, token=tokens, longest=st.integers(1, 600), silence=st.integers(1, 20)),
    transfers,
    st.builds(Transcribe, on=st.booleans(), locale=locales),
    st.builds(Tag, data=st.dictionaries(words, words, max_size=3)),
    st.builds(Pause, seconds=seconds),
    st.builds(Redirect, token=tokens),
    st.builds(Hangup),
    st.builds(Reject, reason=st.sampled_from(["busy", "rejected"])),
)
scripts = st.lists(steps, min_size=1, max_size=6).map(tuple)
