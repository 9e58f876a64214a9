"""The few sentences that a mail of ours says by itself, in every language."""

from collections.abc import Mapping

AUTOMATIC: Mapping[str, str] = {
    "fa": "این پیام را دستیار خودکار ما نوشته است. کافی است به همین ایمیل پاسخ دهید تا یکی از همکاران ما آن را ببیند.",
    "en": "Our assistant wrote this message by itself. Just answer this mail if you would rather talk to one of us.",
}
"""Under what no person wrote."""

TOO_LARGE: Mapping[str, str] = {
    "fa": "ایمیل شما بزرگ‌تر از اندازه‌ای بود که می‌پذیریم ({size} مگابایت) و به دست ما نرسید. "
    "لطفاً آن را بدون پیوست، یا با پیوست‌های کوچک‌تر، دوباره بفرستید.",
    "en": "Your mail was larger than what we can take ({size} MB), so it did not reach us. "
    "Please send it again without its attachments, or with smaller ones.",
}
"""The whole answer to a mail that is too large."""

CONVERSATION: Mapping[str, str] = {"fa": "گفتگوی {number}", "en": "Conversation {number}"}
"""The subject of a conversation that has none."""


def said(words: Mapping[str, str], locale: str) -> str:
    """A sentence in a language; English where there is no such."""
    return words.get(locale, words["en"])
