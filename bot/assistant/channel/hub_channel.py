"""The hub's own input channel for Rasa 3.6: one authenticated call is one turn.

Rasa's stock REST channel has no authentication, answers 200 with an empty list for every failure and returns neither
intent nor confidence. This one runs inside the Rasa server (Python 3.10, no import of the hub) and offers, below
`/webhooks/hub`, all with `Authorization: Bearer <token>`:

- `GET /` readiness: 200 `{"model_id": str}`, or 503 `{"error": "no_model"}`.
- `POST /turn` `{"sender": str, "texts": [str], "payload": str|null, "locale": "fa"|"en", "lang": "fa"|"en"|null}`:
  200 `{"messages": [...], "intent", "intent_ranking", "entities", "slots", "actions", "lang", "model_id"}`, 400 for a bad request,
  503 while there is no model, 504 when the turn took too long.
- `POST /forget` `{"sender": str}`: restarts that conversation; 200 `{}`.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import re
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Restarted, SlotSet, UserUttered
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from burst import apart, choose

SENDER = re.compile(r"[A-Za-z0-9_-]{1,128}")
PAYLOAD = re.compile(r"/[^\W\d_][\w.?!-]{0,63}")
LANGUAGES = ("fa", "en")
MAX_TEXTS = 20
MAX_CHARS = 4_000
DEFAULT_TIMEOUT = 3.8


class BadTurn(Exception):
    """The request is not a turn; the text says what is wrong."""


class HubInput(InputChannel):
    """Serves the hub's turns. See the module's page for the calls."""

    @classmethod
    def name(cls) -> Text:
        """The channel's name and its URL part."""
        return "hub"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> "HubInput":
        """Read `token` (at least 16 characters) and `timeout` in seconds from credentials.yml."""
        credentials = credentials or {}
        return cls(str(credentials.get("token") or ""), float(credentials.get("timeout") or DEFAULT_TIMEOUT))

    def __init__(self, token: str, timeout: float) -> None:
        if len(token) < 16:
            raise ValueError("hub_channel: credentials need a token of at least 16 characters")
        self._authorization = ("Bearer " + token).encode()
        self._timeout = timeout

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Register the three routes. `on_new_message` isn't used: a turn needs one lock around several steps."""
        routes = Blueprint("hub_channel", "hub_channel")

        @routes.route("/", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            return self._refused(request) or response.json({"model_id": _agent(request).model_id})

        @routes.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            return self._refused(request) or await self._guarded(run_turn(_agent(request), request.json))

        @routes.route("/forget", methods=["POST"])
        async def forget(request: Request) -> HTTPResponse:
            return self._refused(request) or await self._guarded(run_forget(_agent(request), request.json))

        return routes

    def _refused(self, request: Request) -> Optional[HTTPResponse]:
        given = str(request.headers.get("Authorization") or "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._authorization):
            return response.json({"error": "unauthorized"}, status=401)
        agent = _agent(request)
        if agent is None or not (agent.is_ready() or _load_built_in(agent)):
            return response.json({"error": "no_model"}, status=503)
        return None

    async def _guarded(self, work: Awaitable[Dict[str, Any]]) -> HTTPResponse:
        try:
            return response.json(await asyncio.wait_for(work, self._timeout))
        except BadTurn as error:
            return response.json({"error": "bad_request", "detail": str(error)}, status=400)
        except asyncio.TimeoutError:
            return response.json({"error": "too_slow"}, status=504)


def _agent(request: Request) -> Any:
    return getattr(request.app.ctx, "agent", None)


def _load_built_in(agent: Any) -> bool:
    """Serve the model that came with the product while the hub names none; whether that is so now."""
    built_in = os.environ.get("PEYK_BOT_BUILT_IN")
    if not os.environ.get("PEYK_BOT_MODELS_URL") or not built_in or not os.path.exists(built_in):
        return False
    agent.load_model(built_in, "built-in")
    return bool(agent.is_ready())


async def run_forget(agent: Any, body: Any) -> Dict[str, Any]:
    """Restart a conversation: slots, forms and history no longer count."""
    sender = _sender(body)
    async with agent.lock_store.lock(sender):
        tracker = await agent.processor.get_tracker(sender)
        if tracker.events:
            tracker.update(Restarted(), agent.domain)
            await agent.processor.save_tracker(tracker)
    return {}


async def run_turn(agent: Any, body: Any) -> Dict[str, Any]:
    """One turn under the conversation's lock: language, then the pressed button, then the burst of texts."""
    sender = _sender(body)
    payload, texts = _payload(body, agent), _texts(body)
    if payload is None and not texts:
        raise BadTurn("texts and payload are both empty")
    output = CollectingOutputChannel()
    async with agent.lock_store.lock(sender):
        tracker = await agent.processor.fetch_tracker_and_update_session(sender, output)
        await _leave_unknown_form(agent, tracker)
        await _set_language(agent, tracker, body)
        for message in await _messages(agent, sender, payload, texts, output):
            await agent.processor.handle_message(message)
        tracker = await agent.processor.get_tracker(sender)
    return _answer(agent, tracker, output.messages)


async def _leave_unknown_form(agent: Any, tracker: Any) -> None:
    """A form that this model does not know would silence the conversation for ever."""
    if tracker.active_loop_name and tracker.active_loop_name not in agent.domain.form_names:
        tracker.update(ActiveLoop(None), agent.domain)
        await agent.processor.save_tracker(tracker)


async def _messages(
    agent: Any, sender: str, payload: Optional[str], texts: List[str], output: CollectingOutputChannel
) -> List[UserMessage]:
    def message(text: str, parse: Optional[Dict[str, Any]]) -> UserMessage:
        return UserMessage(text, output, sender, input_channel="hub", parse_data=parse)

    found = [message(payload, None)] if payload else []
    if texts:
        whole = " ".join(texts)
        parse = await agent.parse_message(whole)
        if len(texts) > 1:
            parse = choose(parse, [await agent.parse_message(text) for text in texts])
        found.append(message(whole, {**parse, "entities": apart(parse.get("entities") or [])}))
    return found


async def _set_language(agent: Any, tracker: Any, body: Dict[str, Any]) -> None:
    """What the customer plainly writes wins; else the hub's locale, when it is new to us; else it stays as it is."""
    locale, lang = body.get("locale"), body.get("lang")
    if locale not in LANGUAGES or lang not in (None, *LANGUAGES):
        raise BadTurn("locale must be fa or en; lang must be fa, en or null")
    changed = False
    if tracker.get_slot("hub_locale") != locale:
        lang = lang or locale
        tracker.update(SlotSet("hub_locale", locale), agent.domain)
        changed = True
    if lang and tracker.get_slot("lang") != lang:
        tracker.update(SlotSet("lang", lang), agent.domain)
        changed = True
    if changed:
        await agent.processor.save_tracker(tracker)


def _sender(body: Any) -> str:
    sender = body.get("sender") if isinstance(body, dict) else None
    if not isinstance(sender, str) or not SENDER.fullmatch(sender):
        raise BadTurn("sender must be 1 to 128 of A-Z a-z 0-9 _ -")
    return sender


def _payload(body: Dict[str, Any], agent: Any) -> Optional[str]:
    """A button's payload names an intent of the bot; commands such as /restart are none."""
    payload = body.get("payload")
    if payload is None:
        return None
    if not isinstance(payload, str) or not PAYLOAD.fullmatch(payload) or payload[1:] not in _own_intents(agent):
        raise BadTurn("payload is not an intent of this bot")
    return payload


def _own_intents(agent: Any) -> List[str]:
    return [name for name in agent.domain.intents if name not in ("restart", "back", "session_start", "nlu_fallback")]


def _texts(body: Dict[str, Any]) -> List[str]:
    texts = body.get("texts") or []
    if not isinstance(texts, list) or len(texts) > MAX_TEXTS or not all(isinstance(text, str) for text in texts):
        raise BadTurn(f"texts must be a list of at most {MAX_TEXTS} texts")
    # A text that starts with a slash is a command to Rasa; a customer's text never is one.
    cleaned = [text.lstrip("/ \t\r\n").strip() for text in texts]
    cleaned = [text for text in cleaned if text]
    if sum(map(len, cleaned)) > MAX_CHARS:
        raise BadTurn(f"texts are longer than {MAX_CHARS} characters")
    return cleaned


def _answer(agent: Any, tracker: Any, messages: List[Dict[str, Any]]) -> Dict[str, Any]:
    # Not `latest_message`: a tracker from the store leaves out what was said to a form that went on.
    parse = next((event.parse_data for event in reversed(tracker.events) if isinstance(event, UserUttered)), {})
    order = tracker.get_slot("order_number") or tracker.get_slot("last_order")
    return {
        "messages": [{key: value for key, value in message.items() if key != "recipient_id"} for message in messages],
        "intent": parse.get("intent") or {},
        "intent_ranking": (parse.get("intent_ranking") or [])[:4],
        "entities": [{"entity": e.get("entity"), "value": e.get("value")} for e in parse.get("entities") or []][:20],
        "slots": {"order_number": order} if order else {},
        "actions": _actions_of_last_turn(tracker),
        "lang": tracker.get_slot("lang"),
        "model_id": agent.model_id,
    }


def _actions_of_last_turn(tracker: Any) -> List[str]:
    names: List[str] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name != "action_listen":
            names.append(str(event.action_name))
    return names[::-1]
