"""The auto attendant of a number that nobody has described one for: the bot listens, then people, then voicemail."""

from collections.abc import Mapping
from typing import Literal

from channels.voice.flow import Bot, Callback, Entry, Flow, Hangup, Queue, Voicemail, Words
from channels.voice.script import Locale

GREETING = Words(fa="سلام. بفرمایید، چه کمکی از ما برمی‌آید؟", en="Hello. How can we help you?")
MESSAGE = Words(
    fa="متأسفانه اکنون کسی آزاد نیست. پس از بوق پیام بگذارید تا با شما تماس بگیریم.",
    en="Sorry, nobody is free right now. Leave a message after the tone, and we will get back to you.",
)
CALLBACK = Words(
    fa="امروز بیش از همیشه طول می‌کشد. اگر می‌خواهید با همین شماره و از همین نوبت با شما تماس بگیریم، کلید ۱ را بزنید.",
    en="It takes longer than usual today. If you want us to call you back at this number, from your place, press 1.",
)
PATIENCE_SECONDS = 600


STEPS: Mapping[Locale, tuple[str, str, str, str]] = {
    "fa": ("ربات", "صف", "پیام صوتی", "خداحافظی"),
    "en": ("bot", "line", "message", "goodbye"),
}
"""What its steps are called: that with the bot, the line, the voicemail, the end."""


def default_flow(greeting_fa: str = "", greeting_en: str = "", locale: Locale = "fa", *, names: Locale = "en") -> Flow:
    """The flow, with an admin's own greeting where there is one; its steps called so in a language."""
    bot, line, message, goodbye = STEPS[names]
    greeting = Words(fa=greeting_fa or GREETING.fa, en=greeting_en or GREETING.en)
    return Flow(
        name="default",
        version=1,
        entry=Entry(node=bot, locale=locale),
        nodes={
            bot: Bot(text=greeting, then=goodbye, handoff=line, otherwise=line),
            line: Queue(queue="", patience=PATIENCE_SECONDS, then=message),
            message: Voicemail(text=MESSAGE, queue=""),
            goodbye: Hangup(),
        },
    )


def exit_flow(kind: Literal["callback", "voicemail"], locale: Locale) -> Flow:
    """What a caller is offered whom nobody came for in time."""
    if kind == "voicemail":
        return Flow(
            name=kind,
            version=1,
            entry=Entry(node="message", locale=locale),
            nodes={"message": Voicemail(text=MESSAGE, queue="")},
        )
    return Flow(
        name=kind,
        version=1,
        entry=Entry(node="offer", locale=locale),
        nodes={"offer": Callback(text=CALLBACK, queue="", declined="line"), "line": Queue(queue="")},
    )
