"""Which of several messages written in one breath the bot should act on. Standard library only, Python 3.10.

A customer writes "hi", "one question", "where is my order", "12345" as four messages. Answering each of them is noise,
and the parts alone are often unclear. So the burst is read as a whole and part by part, and the clearest matter wins.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional

FALLBACK = "nlu_fallback"
URGENT = ("talk_to_human", "complaint")
SMALL_TALK = ("greet", "thanks", "goodbye", "affirm", "deny", "help", "bot_challenge")
SURE = 0.6


def choose(whole: Dict[str, Any], parts: List[Dict[str, Any]]) -> Dict[str, Any]:
    """Pick the reading of a burst.

    A clear wish for a person or a clear complaint in any part wins; then the whole, when it is about something; then the clearest
    part that is about something; then the whole. Entities always come from the whole text.

    Args:
        whole: Rasa's parse of all the messages joined by a space.
        parts: Rasa's parse of each message, in order.

    Returns:
        A parse with the text and the entities of the whole and the intent of the winner.
    """
    winner = _urgent(parts) or _matter([whole]) or _matter(parts) or whole
    return {**whole, "intent": winner["intent"], "intent_ranking": winner["intent_ranking"]}


def apart(entities: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """Entities that do not overlap, what patterns found before what was learnt: a slot takes one value, not a list."""
    kept: List[Dict[str, Any]] = []
    for one in sorted(entities, key=lambda found: found.get("extractor") != "RegexEntityExtractor"):
        if all(one["end"] <= other["start"] or other["end"] <= one["start"] for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda found: found["start"])


def _urgent(parts: List[Dict[str, Any]]) -> Optional[Dict[str, Any]]:
    for name in URGENT:
        sure = [p for p in parts if _name(p) == name and _confidence(p) >= SURE]
        if sure:
            return max(sure, key=_confidence)
    return None


def _matter(parses: List[Dict[str, Any]]) -> Optional[Dict[str, Any]]:
    matters = [p for p in parses if _name(p) not in (FALLBACK, None, "out_of_scope", *SMALL_TALK)]
    return max(matters, key=_confidence) if matters else None


def _name(parse: Dict[str, Any]) -> Optional[str]:
    return parse["intent"].get("name")


def _confidence(parse: Dict[str, Any]) -> float:
    return float(parse["intent"].get("confidence") or 0.0)
