"""What the voice channel itself says to callers, where a flow has no words of its own for it."""

from collections.abc import Mapping
from typing import Literal

from channels.voice.flow import Words
from channels.voice.script import Locale

Phrase = Literal[
    "invalid",
    "silent",
    "one_moment",
    "listening",
    "person",
    "callback",
    "sorry",
    "thanks",
    "place",
    "place_and_wait",
    "choice",
    "recorded",
]

PHRASES: Mapping[Phrase, Words] = {
    "invalid": Words(fa="این گزینه درست نیست.", en="That is not one of the choices."),
    "silent": Words(fa="صدایی از شما نشنیدم.", en="I did not hear anything."),
    "one_moment": Words(fa="یک لحظه لطفاً.", en="One moment, please."),
    "listening": Words(fa="بفرمایید.", en="How can I help you?"),
    "person": Words(fa="برای گفتگو با همکاران ما کلید ۰ را بزنید.", en="For a person, press 0."),
    "callback": Words(
        fa="نوبت شما محفوظ است و با همین شماره با شما تماس می‌گیریم. خدانگهدار.",
        en="You keep your place in line, and we will call you back at this number. Goodbye.",
    ),
    "sorry": Words(
        fa="متأسفانه اکنون نمی‌توانیم ادامه دهیم. خدانگهدار.", en="We are sorry, we cannot go on now. Goodbye."
    ),
    "place": Words(fa="شما نفر {place} در صف هستید.", en="You are number {place} in line."),
    "place_and_wait": Words(
        fa="شما نفر {place} در صف هستید. انتظار شما حدود {minutes} دقیقه است.",
        en="You are number {place} in line. Your wait is about {minutes} minutes.",
    ),
    "choice": Words(fa="برای {title}، کلید {key}.", en="For {title}, press {key}."),
    "recorded": Words(fa="این گفتگو ضبط می‌شود.", en="This call is recorded."),
    "thanks": Words(fa="سپاسگزاریم. خدانگهدار.", en="Thank you. Goodbye."),
}


def phrase(name: Phrase, locale: Locale) -> str:
    """One sentence in a language."""
    return PHRASES[name].of(locale)
