"""The few sentences that stand in a conversation because a messenger's message has no words of its own."""

WORDS = {
    "fa": {
        "hello": "سلام",
        "unsupported": "[پیامی که اینجا نمایش داده نمی‌شود: {kind}]",
        "too_large": "[پرونده‌ای که دریافت نشد، چون بزرگ‌تر از {megabytes} مگابایت است: {name}]",
        "tell_too_large": "این پرونده به دست ما نرسید، چون بزرگ‌تر از {megabytes} مگابایت است. "
        "لطفاً پرونده‌ای کوچک‌تر بفرستید.",
        "edited": "[ویرایش شد] {text}",
    },
    "en": {
        "hello": "Hello",
        "unsupported": "[A message that cannot be shown here: {kind}]",
        "too_large": "[A file that was not taken, because it is larger than {megabytes} MB: {name}]",
        "tell_too_large": "This file did not reach us, because it is larger than {megabytes} MB. "
        "Please send a smaller one.",
        "edited": "[Edited] {text}",
    },
}
_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def words(locale: str, name: str, /, **values: str | int) -> str:
    """A sentence in the reader's language; whole numbers in the reader's digits."""
    persian = locale != "en"
    shown = {
        key: str(value).translate(_DIGITS) if persian and isinstance(value, int) else str(value)
        for key, value in values.items()
    }
    return WORDS["fa" if persian else "en"][name].format(**shown)
