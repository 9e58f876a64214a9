"""The auto attendant of a number that nobody has described one for: the bot listens, then people, then voicemail."""

from channels.voice.flow import Bot, Entry, Flow, Hangup, Queue, Voicemail, Words
from channels.voice.script import Locale

GREETING = Words(fa="سلام. بفرمایید، چه کمکی از ما برمی‌آید؟", en="Hello. How can we help you?")
MESSAGE = Words(
    fa="متأسفانه اکنون کسی آزاد نیست. پس از بوق پیام بگذارید تا با شما تماس بگیریم.",
    en="Sorry, nobody is free right now. Leave a message after the tone, and we will get back to you.",
)
PATIENCE_SECONDS = 600


def default_flow(greeting_fa: str = "", greeting_en: str = "", locale: Locale = "fa") -> Flow:
    """The flow, with an admin's own greeting where there is one."""
    greeting = Words(fa=greeting_fa or GREETING.fa, en=greeting_en or GREETING.en)
    return Flow(
        name="default",
        version=1,
        entry=Entry(node="bot", locale=locale),
        nodes={
            "bot": Bot(text=greeting, then="goodbye", handoff="line", otherwise="line"),
            "line": Queue(queue="", patience=PATIENCE_SECONDS, then="message"),
            "message": Voicemail(text=MESSAGE, queue=""),
            "goodbye": Hangup(),
        },
    )
