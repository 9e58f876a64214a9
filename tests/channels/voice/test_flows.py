"""What is wrong with a flow is found before a caller does; what is right with it always comes to an end."""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.voice.flow import (
    BadFlow,
    Bot,
    Callback,
    Collect,
    Entry,
    Flow,
    Hangup,
    Hours,
    Language,
    Menu,
    Node,
    Queue,
    Say,
    Transfer,
    Voicemail,
    Words,
    edges,
    plain,
    read,
)
from channels.voice.flow_rules import PROBLEMS, Known, Problem, problems
from channels.voice.flow_state import (
    Around,
    AskBot,
    BotSaid,
    Event,
    HandOn,
    KeepPlace,
    Keyed,
    Left,
    Polled,
    Silent,
    Spoken,
    State,
    TakeMessage,
    ToQueue,
    Turn,
)
from channels.voice.flow_text import LABELS, preview
from channels.voice.hearing import script_of
from channels.voice.hooks import Hooks
from channels.voice.jambonz.render import render as verbs
from channels.voice.phrases import PHRASES
from channels.voice.runner import MOST_TURNS, advance, begin
from channels.voice.script import Collect as Ask
from channels.voice.script import Enqueue, Locale, Redirect, Script
from channels.voice.script import Hangup as HangUp
from channels.voice.script import Say as Speak
from channels.voice.script import Transfer as HandOver
from channels.voice.script import Voicemail as RecordMessage
from channels.voice.twiml.render import render as twiml

KNOWN = Known(queues=frozenset({"sales", "support"}), calendars=frozenset({"office"}))
HOOKS = Hooks(base="https://hub.example/v/in1/s")
OPEN = Around(open_calendars=frozenset({"office"}))


def both(text: str) -> Words:
    return Words(fa=f"{text} به فارسی", en=text)


WHERE = Words(fa="سفارش {order} کجاست؟", en="Where is order {order}?")
SHOP = Flow(
    name="shop",
    version=3,
    entry=Entry(node="language"),
    entries={"+982191001000": Entry(node="welcome", locale="en")},
    nodes={
        "language": Language(
            text=Words(fa="برای فارسی ۱", en="For English, 2"), choices={"1": "fa", "2": "en"}, then="welcome"
        ),
        "welcome": Say(text=both("Welcome"), then="hours"),
        "hours": Hours(calendar="office", open="menu", closed="closed"),
        "closed": Say(text=both("We are closed"), then="message"),
        "menu": Menu(
            text=both("1 orders, 2 sales, 3 talk, 9 branch"),
            choices={"1": "number", "2": "sales", "3": "talk", "9": "branch"},
            otherwise="sales",
            invalid=both("Wrong key"),
        ),
        "number": Collect(text=both("Order number"), name="order", least=4, most=8, then="status", otherwise="sales"),
        "status": Bot(ask=WHERE, then="menu", handoff="sales", otherwise="sales"),
        "talk": Bot(then="bye", handoff="sales", otherwise="menu"),
        "branch": Transfer(number="۰۲۱۹۱۰۰۲۰۰۰", failed="sales"),
        "sales": Queue(queue="sales", patience=120, then="callback", text=both("Please wait")),
        "callback": Callback(text=both("Press 1 to be called back"), queue="sales", declined="patient"),
        "patient": Queue(queue="sales", priority=100),
        "message": Voicemail(text=both("Leave a message"), queue="support"),
        "bye": Hangup(text=both("Goodbye")),
    },
)


def with_nodes(**nodes: Node) -> Flow:
    return Flow(name="f", version=1, entry=Entry(node="a"), nodes=nodes)


def codes(flow: Flow) -> list[tuple[str, str]]:
    return [(one.code, one.node) for one in problems(flow, KNOWN)]


def words(script: Script) -> list[str]:
    said: list[str] = []
    for step in script:
        said += [step.text] if isinstance(step, Speak) else []
        said += [one.text for one in step.prompt if isinstance(one, Speak)] if isinstance(step, Ask) else []
    return said


def press(turn: Turn, digits: str, around: Around = OPEN) -> Turn:
    return advance(SHOP, turn.state, Keyed(token=turn.state.token, digits=digits), around)


def wait(turn: Turn, around: Around = OPEN) -> Turn:
    return advance(SHOP, turn.state, Silent(token=turn.state.token), around)


def english(around: Around = OPEN) -> Turn:
    return begin(SHOP, "021-91001000", around)


def test_a_good_flow_has_no_problem_and_comes_back_from_json() -> None:
    assert problems(SHOP, KNOWN) == ()
    assert read(json.loads(json.dumps(plain(SHOP)))) == SHOP


@pytest.mark.parametrize(
    ("flow", "found"),
    [
        (with_nodes(a=Say(text=both("x"), then="b")), [("unknown_node", "a")]),
        (with_nodes(a=Hangup(), b=Hangup()), [("unreachable", "b")]),
        (with_nodes(a=Say(text=both("x"), then="a")), [("no_end", "a"), ("loop", "a")]),
        (
            with_nodes(a=Menu(text=both("x"), choices={"1": "b"}, otherwise="a"), b=Hangup()),
            [("loop", "a")],
        ),
        (
            with_nodes(a=Hours(calendar="office", open="b", closed="c"), b=Say(text=both("x"), then="a"), c=Hangup()),
            [("loop", "a")],
        ),
        (
            with_nodes(a=Bot(ask=both("x"), then="a", handoff="b", otherwise="b"), b=Queue(queue="sales")),
            [("loop", "a")],
        ),
        (
            with_nodes(a=Bot(ask=WHERE, then="b", handoff="b", otherwise="b"), b=Queue(queue="sales")),
            [("unknown_value", "a")],
        ),
        (
            with_nodes(
                a=Collect(text=both("x"), name="order", secret=True, then="c", otherwise="b"),
                b=Hangup(),
                c=Bot(ask=WHERE, then="b", handoff="b", otherwise="b"),
            ),
            [("unknown_value", "c")],
        ),
        *(
            (with_nodes(a=Voicemail(text=both("x"), queue="sales", longest=one)), [("bad_limits", "a")])
            for one in (0, 601)
        ),
        *((with_nodes(a=Queue(queue="sales", priority=one)), [("bad_limits", "a")]) for one in (-1, 1_000)),
        (
            Flow(
                name="f",
                version=1,
                entry=Entry(node="a"),
                entries={one: Entry(node="a") for one in ("02191001000", "+98 21 9100 1000")},
                nodes={"a": Hangup()},
            ),
            [("entry_twice", "")],
        ),
        (with_nodes(a=Menu(text=both("x"), choices={}, otherwise="b"), b=Hangup()), [("no_choice", "a")]),
        (with_nodes(a=Menu(text=both("x"), choices={"۱": "b"}, otherwise="b"), b=Hangup()), [("bad_key", "a")]),
        (
            with_nodes(a=Menu(text=both("x"), choices={"1": "b", "12": "b"}, otherwise="b"), b=Hangup()),
            [("key_conflict", "a")],
        ),
        (with_nodes(a=Queue(queue="nobody")), [("unknown_queue", "a")]),
        (with_nodes(a=Queue(queue="sales", patience=60)), [("no_then", "a")]),
        (with_nodes(a=Queue(queue="sales", patience=1, then="a")), [("bad_limits", "a")]),
        (with_nodes(a=Hours(calendar="moon", open="b", closed="b"), b=Hangup()), [("unknown_calendar", "a")]),
        (with_nodes(a=Hangup(text=Words(fa="بدرود"))), [("missing_language", "a")]),
        (with_nodes(a=Hangup(text=both("x" * 3_000))), [("too_long", "a"), ("too_long", "a")]),
        (with_nodes(a=Transfer(number="12x", failed="b"), b=Hangup()), [("bad_number", "a")]),
        (
            with_nodes(a=Collect(text=both("x"), name="n", least=5, most=4, then="b", otherwise="b"), b=Hangup()),
            [("bad_limits", "a")],
        ),
        (
            with_nodes(a=Language(text=both("x"), choices={"1": "fa"}, then="b", seconds=900), b=Hangup()),
            [("bad_limits", "a")],
        ),
        (
            Flow(name="f", version=1, entry=Entry(node="b"), nodes={"a": Hangup()}),
            [("unknown_node", ""), ("unreachable", "a")],
        ),
        (
            Flow(name="f", version=1, entry=Entry(node="a"), entries={"x": Entry(node="a")}, nodes={"a": Hangup()}),
            [("bad_entry", "")],
        ),
        (
            Flow(name="f", version=1, entry=Entry(node="a", locale="en"), nodes={"a": Hangup()}, locales=("fa",)),
            [("missing_language", "a")],
        ),
        (
            with_nodes(
                a=Menu(text=both("x"), choices={str(one): "b" for one in range(100, 900)}, otherwise="b"), b=Hangup()
            ),
            [("bad_limits", "a")],
        ),
        (
            Flow(
                name="f",
                version=1,
                entry=Entry(node="a"),
                nodes={"a": Language(text=both("x"), choices={"2": "en"}, then="b"), "b": Hangup()},
                locales=("fa",),
            ),
            [("missing_language", "a")],
        ),
        (with_nodes(**{f"n{one}": Hangup() for one in range(501)}), [("too_many", "")]),
    ],
)
def test_what_is_wrong_is_found_where_it_is(flow: Flow, found: list[tuple[str, str]]) -> None:
    assert codes(flow) == found


def test_every_problem_label_and_phrase_is_said_in_both_languages() -> None:
    for said in (*PROBLEMS.values(), *LABELS.values(), *PHRASES.values()):
        assert said.fa.strip()
        assert said.en.strip()
    for code in PROBLEMS:
        problem = Problem(code=code, node="{x}", detail="{y}")
        assert problem.text("fa") != problem.text("en")


@pytest.mark.parametrize("raw", [None, [], {}, {"name": "x"}, {**dict(plain(SHOP)), "more": 1}])
def test_what_is_no_flow_is_refused(raw: object) -> None:
    with pytest.raises(BadFlow):
        read(raw)


def test_a_flow_can_be_read_by_people() -> None:
    text = preview(SHOP, "en")
    assert "  [language] Language" in text
    assert "Key 1: [number] Collect order (4 to 8 digits)" in text
    assert "Number +982191001000 (English)" in text
    assert "→ sales (see above)" in text
    assert "“For English, 2”" in text
    assert "صف «sales»" in preview(SHOP, "fa")
    assert "«برای فارسی ۱»" in preview(SHOP, "fa")
    assert all(f"[{name}]" in text for name in SHOP.nodes)


def test_a_caller_chooses_a_language_and_hears_it_from_then_on() -> None:
    turn = begin(SHOP, "+982191009999", OPEN)
    assert words(script_of(SHOP, turn.state)) == ["برای فارسی ۱", "For English, 2"]
    turn = press(turn, "2")
    assert words(script_of(SHOP, turn.state)) == ["Welcome", "1 orders, 2 sales, 3 talk, 9 branch"]
    assert wait(begin(SHOP, "", OPEN)).state.locale == "fa"


def test_the_number_that_was_dialled_chooses_the_entry() -> None:
    turn = english()
    assert (turn.state.locale, turn.state.node) == ("en", "menu")
    assert (turn.state.flow, turn.state.version) == ("shop", 3)


def test_an_order_number_reaches_the_bot_and_the_answer_the_caller() -> None:
    turn = press(press(english(), "1"), "5201")
    assert turn.ask == AskBot(text="Where is order 5201?")
    [moment, _, again] = script_of(SHOP, turn.state)
    assert (moment, again) == (Speak(text="One moment, please.", locale="en"), Redirect(token=turn.state.token))
    turn = advance(
        SHOP, turn.state, BotSaid(token=turn.state.token, texts=("It is on its way.",), wants="nothing"), OPEN
    )
    assert words(script_of(SHOP, turn.state))[0] == "It is on its way."
    assert turn.state.node == "menu"


def say(turn: Turn, text: str) -> Turn:
    return advance(SHOP, turn.state, Spoken(token=turn.state.token, text=text), OPEN)


@pytest.mark.parametrize(("choice", "number"), [("one", "five two, zero one."), ("یک", "۵۲۰۱"), ("1", "5201")])
def test_keys_may_be_said_where_keys_are_asked_for(choice: str, number: str) -> None:
    turn = say(english(), choice)
    assert turn.state.node == press(english(), "1").state.node
    assert say(turn, number).ask == AskBot(text="Where is order 5201?")
    again = say(english(), "perhaps one")
    assert (again.state.node, again.state.wrong) == ("menu", 1)
    [ask] = script_of(SHOP, english().state)
    assert isinstance(ask, Ask)
    assert ask.speech


def test_while_the_bot_thinks_the_caller_hears_so_now_and_then_and_keys_nothing() -> None:
    turn = press(press(english(), "1"), "5201")
    assert press(turn, "9") == Turn(state=turn.state)
    heard = []
    for _ in range(17):
        heard += words(script_of(SHOP, turn.state))
        turn = advance(SHOP, turn.state, Polled(token=turn.state.token), OPEN)
    assert heard == ["One moment, please."] * 3
    assert advance(SHOP, turn.state, BotSaid(token=turn.state.token, wants="nothing"), OPEN).state.node == "menu"
    assert advance(SHOP, english().state, Polled(token="1"), OPEN).path == ()


def test_a_secret_is_kept_nowhere() -> None:
    flow = with_nodes(
        a=Collect(text=both("PIN"), name="pin", secret=True, then="b", otherwise="c"),
        b=Bot(ask=Words(fa="رمز {pin}", en="PIN {pin}."), then="c", handoff="c", otherwise="c"),
        c=Hangup(),
    )
    turn = begin(flow, "", OPEN)
    [ask] = script_of(flow, turn.state)
    assert isinstance(ask, Ask)
    assert (ask.secret, ask.speech) == (True, False)
    turn = advance(flow, turn.state, Keyed(token="1", digits="987654"), OPEN)
    assert turn.ask == AskBot(text="رمز ")
    assert "987654" not in repr(turn)
    assert turn.state.values == {}


def test_a_talk_with_the_bot_goes_on_until_it_wants_a_person() -> None:
    turn = press(english(), "3")
    assert words(script_of(SHOP, turn.state)) == ["How can I help you?", "For a person, press 0."]
    turn = advance(SHOP, turn.state, Spoken(token=turn.state.token, text="returns"), OPEN)
    assert turn.ask == AskBot(text="returns")
    turn = advance(SHOP, turn.state, BotSaid(token=turn.state.token, texts=("Which order?",)), OPEN)
    assert words(script_of(SHOP, turn.state)) == ["Which order?"]
    turn = press(turn, "5201")
    turn = advance(SHOP, turn.state, BotSaid(token=turn.state.token, wants="person"), OPEN)
    assert turn.ask == ToQueue(queue="sales", priority=500, patience=120)
    assert isinstance(script_of(SHOP, turn.state)[-1], Enqueue)


def test_who_presses_0_instead_of_speaking_with_the_bot_gets_a_person() -> None:
    turn = press(press(english(), "3"), "0")
    assert turn.ask == ToQueue(queue="sales", priority=500, patience=120)


@pytest.mark.parametrize(("wants", "node"), [("failed", "sales"), ("person", "sales"), ("nothing", "menu")])
def test_what_the_bot_wants_is_done(wants: str, node: str) -> None:
    turn = press(press(english(), "1"), "5201")
    told = BotSaid(token=turn.state.token, wants=wants)
    assert advance(SHOP, turn.state, told, OPEN).state.node == node


def test_wrong_keys_and_silence_lead_on_after_two_more_tries() -> None:
    turn = press(english(), "7")
    assert words(script_of(SHOP, turn.state))[0] == "Wrong key"
    turn = wait(turn)
    assert words(script_of(SHOP, turn.state))[0] == "I did not hear anything."
    assert wait(turn).state.node == "sales"
    assert press(press(english(), "1"), "52").state.node == "number"
    assert press(press(english(), "1"), "1*3#").state.node == "number"


def test_who_waits_too_long_may_be_called_back_and_keeps_the_place() -> None:
    turn = press(english(), "2")
    turn = advance(SHOP, turn.state, Left(token=turn.state.token), OPEN)
    assert words(script_of(SHOP, turn.state)) == ["Press 1 to be called back"]
    turn = press(turn, "1")
    assert turn.ask == KeepPlace(queue="sales")
    assert isinstance(script_of(SHOP, turn.state)[-1], HangUp)


def test_who_has_no_number_is_not_offered_to_be_called_back() -> None:
    hidden = replace(OPEN, known_number=False)
    turn = press(english(hidden), "2", hidden)
    turn = advance(SHOP, turn.state, Left(token=turn.state.token), hidden)
    assert turn.ask == ToQueue(queue="sales", priority=100, patience=None)


def test_out_of_hours_a_message_is_taken() -> None:
    turn = english(Around())
    assert turn.ask == TakeMessage(queue="support")
    assert words(script_of(SHOP, turn.state)) == ["Welcome", "We are closed", "Leave a message"]
    assert isinstance(script_of(SHOP, turn.state)[-1], RecordMessage)
    turn = advance(SHOP, turn.state, Left(token=turn.state.token), Around())
    assert words(script_of(SHOP, turn.state)) == ["Thank you. Goodbye."]


def test_a_branch_that_does_not_answer_brings_the_caller_back() -> None:
    turn = press(english(), "9")
    assert turn.ask == HandOn(number="۰۲۱۹۱۰۰۲۰۰۰")
    [hand_over] = script_of(SHOP, turn.state)
    assert isinstance(hand_over, HandOver)
    assert hand_over.target.to == "+982191002000"
    assert advance(SHOP, turn.state, Left(token=turn.state.token), OPEN).state.node == "sales"
    assert advance(SHOP, turn.state, Left(token=turn.state.token, ok=True), OPEN).state.phase == "over"


def test_the_way_of_a_call_is_told_step_by_step() -> None:
    turn = english()
    assert turn.path == ("welcome", "hours", "menu")
    assert press(turn, "7").path == ()
    assert press(turn, "1").path == ("number",)


def test_a_state_is_stored_as_plain_data() -> None:
    state = press(press(english(), "1"), "5201").state
    stored = json.loads(json.dumps(msgspec.to_builtins(state)))
    assert msgspec.convert(stored, State) == state


def test_an_answer_that_is_late_or_told_twice_changes_nothing() -> None:
    first = english()
    second = press(first, "1")
    again = advance(SHOP, second.state, Keyed(token=first.state.token, digits="1"), OPEN)
    assert again == Turn(state=second.state)
    assert script_of(SHOP, again.state) == script_of(SHOP, second.state)


def test_hash_ends_the_digits_unless_it_is_a_choice() -> None:
    flow = with_nodes(a=Menu(text=both("x"), choices={"#": "b", "12": "b"}, otherwise="b"), b=Hangup())
    [ask] = script_of(flow, begin(flow, "", OPEN).state)
    assert isinstance(ask, Ask)
    assert (ask.finish_key, ask.max_digits) == ("", 2)


NAMES = tuple("abcdefg")
ids = st.sampled_from(NAMES)
keys = st.sampled_from(list("0123456789*#"))
said = st.just(both("x"))
nodes: st.SearchStrategy[Node] = st.one_of(
    st.builds(Say, text=said, then=ids),
    st.builds(
        Menu,
        text=said,
        choices=st.dictionaries(keys, ids, min_size=1, max_size=3),
        otherwise=ids,
        retries=st.integers(0, 3),
    ),
    st.builds(Language, text=said, choices=st.dictionaries(keys, st.sampled_from(["fa", "en"]), min_size=1), then=ids),
    st.builds(Hours, calendar=st.just("office"), open=ids, closed=ids),
    st.builds(Collect, text=said, name=st.just("n"), then=ids, otherwise=ids, secret=st.booleans()),
    st.builds(Bot, then=ids, handoff=ids, otherwise=ids, ask=st.sampled_from([None, both("x")])),
    st.builds(Queue, queue=st.just("sales")),
    st.builds(Queue, queue=st.just("sales"), patience=st.just(60), then=ids),
    st.builds(Callback, text=said, queue=st.just("sales"), declined=ids),
    st.builds(Voicemail, text=said, queue=st.just("support")),
    st.builds(Transfer, number=st.just("101"), failed=ids),
    st.builds(Hangup),
)
flows = st.fixed_dictionaries(dict.fromkeys(NAMES, nodes)).map(lambda made: with_nodes(**made))


def pruned(flow: Flow) -> Flow:
    """Without what cannot be reached."""
    reached, ahead = set[str](), ["a"]
    while ahead:
        if (name := ahead.pop()) not in reached:
            reached.add(name)
            ahead += [target for _, target in edges(flow.nodes[name])]
    return with_nodes(**{name: flow.nodes[name] for name in flow.nodes if name in reached})


good = flows.map(pruned).filter(lambda flow: not problems(flow, KNOWN))
around = st.builds(
    Around, open_calendars=st.sampled_from([frozenset(), frozenset({"office"})]), known_number=st.booleans()
)


def answer(draw: st.DrawFn, state: State, flow: Flow) -> Event:
    token = state.token
    if state.phase == "bot_thinks":
        return BotSaid(token=token, wants=draw(st.sampled_from(["more", "nothing", "person", "failed"])))
    if isinstance(flow.nodes[state.node], Queue | Transfer | Voicemail):
        return Left(token=token, ok=draw(st.booleans()))
    return draw(
        st.builds(Keyed, token=st.just(token), digits=st.text("0123456789*#", max_size=4))
        | st.builds(Spoken, token=st.just(token), text=st.text(max_size=3))
        | st.builds(Silent, token=st.just(token))
    )


@settings(deadline=None)
@given(good, around)
def test_who_says_nothing_comes_to_an_end_in_a_few_turns(flow: Flow, around: Around) -> None:
    turn = begin(flow, "", around)
    for _ in range(len(flow.nodes) * 6):
        node = flow.nodes.get(turn.state.node)
        if turn.state.phase == "over" or isinstance(node, Queue | Voicemail):
            return
        token = turn.state.token
        silence = BotSaid(token=token, wants="failed") if turn.state.phase == "bot_thinks" else Silent(token=token)
        turn = advance(flow, turn.state, Left(token=token) if isinstance(node, Transfer) else silence, around)
    raise AssertionError("a silent caller goes round for ever")


@settings(max_examples=60, deadline=None)
@given(good, around, st.data())
def test_wherever_a_walk_leads_there_is_something_to_hear_and_an_end_that_hangs_up(
    flow: Flow, around: Around, data: st.DataObject
) -> None:
    turn = begin(flow, "", around)
    for _ in range(12):
        script = script_of(flow, turn.state)
        assert script
        verbs(script, HOOKS)
        twiml(script, HOOKS)
        if turn.state.phase == "over":
            assert isinstance(script[-1], HangUp)
            return
        turn = advance(flow, turn.state, data.draw(st.composite(answer)(turn.state, flow)), around)


def test_who_never_stops_keying_is_stopped() -> None:
    state = press(english(), "3").state
    for _ in range(MOST_TURNS):
        state = advance(SHOP, state, Spoken(token=state.token, text="x"), OPEN).state
        state = advance(SHOP, state, BotSaid(token=state.token), OPEN).state
    assert state.phase == "over"
    assert words(script_of(SHOP, state)) == ["We are sorry, we cannot go on now. Goodbye."]


def test_a_flow_of_another_shape_than_the_call_knows_hangs_up_politely() -> None:
    locale: Locale = "en"
    lost = State(flow="shop", version=3, locale=locale, node="gone", turn=4)
    assert isinstance(script_of(SHOP, lost)[-1], HangUp)
    assert advance(SHOP, lost, Silent(token="4"), OPEN) == Turn(state=lost)
