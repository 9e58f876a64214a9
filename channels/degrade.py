"""What a channel cannot carry becomes what it can: long texts in pieces, buttons as numbered lines. Pure.

Pieces keep the message's order and have keys of their own, so that a retry goes on where the last try ended.
"""

from collections.abc import Iterator
from dataclasses import replace

from channels.contract import Button, Capabilities, Feature, File, Outbound, Part

_ENDS = ("\n\n", "\n", ". ", "! ", "? ", "؟ ", "… ", "۔ ", "؛ ", "; ", "، ", ", ", " ")
"""Where a text may be cut, best first; each cut stands after the mark."""
_DIGITS = {"fa": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")}


def degrade(message: Outbound, can: Capabilities) -> tuple[Outbound, ...]:
    """The message as pieces that the channel carries: words first, then files; buttons under the last words.

    Never empty: a message of which nothing can be carried (a form where there are no forms) is one piece without parts,
    and has nothing to send.
    """
    words: list[str] = []
    files: list[Part] = []
    choices: tuple[Button, ...] = ()
    others: list[Part] = []
    for part in message.parts:
        match part.type:
            case "text" | "location" | "contact":
                words.append(part.text or "")
            case "buttons":
                choices += part.buttons
            case "attachment" if part.file is not None:
                files.append(part)
            case "form" if Feature.FORMS in can.features:
                others.append(part)
            case "template" if Feature.TEMPLATES in can.features:
                others.append(part)
            case "template":
                words.append(part.text or "")
            case _:
                continue
    text, under = _with_choices("\n".join(one for one in words if one), choices, can, message.locale)
    refused = [part.file for part in files if part.file is not None and not _carries(part.file, can)]
    if refused:
        text = "\n".join([text, *(f"[{file.name}]" for file in refused)]).strip()
    bodies: list[tuple[Part, ...]] = [(Part(type="text", text=piece),) for piece in split(text, can)] if text else []
    if under:
        buttons = Part(type="buttons", buttons=under)
        bodies = [*bodies[:-1], (*(bodies[-1] if bodies else ()), buttons)]
    carried = tuple(part for part in files if part.file is not None and _carries(part.file, can))
    bodies = [*_with_files(bodies, carried, can), *((part,) for part in others)]
    if not bodies:
        return (replace(message, parts=()),)
    if len(bodies) == 1:
        return (replace(message, parts=bodies[0]),)
    return tuple(replace(message, parts=body, key=f"{message.key}:{n}") for n, body in enumerate(bodies))


def split(text: str, can: Capabilities) -> list[str]:
    """A text in pieces within the limit, cut at the end of a paragraph, line, sentence or word where there is one."""
    pieces = []
    rest = text.strip()
    while rest and size(rest, can) > can.max_text:
        head = _fitting(rest, can)
        cut = _cut(head)
        pieces.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [piece for piece in (*pieces, rest) if piece]


def size(text: str, can: Capabilities) -> int:
    """How long the channel takes a text to be."""
    match can.text_unit:
        case "characters":
            return len(text)
        case "utf16":
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
        case "utf8":
            return len(text.encode("utf-8", "surrogatepass"))


def _with_choices(
    text: str, choices: tuple[Button, ...], can: Capabilities, locale: str
) -> tuple[str, tuple[Button, ...]]:
    """The words and the buttons under them; what cannot be a button is a numbered line."""
    if not choices:
        return text, ()
    fits = len(choices) <= can.max_buttons and all(len(one.title) <= can.max_button_title for one in choices)
    if Feature.BUTTONS in can.features and fits:
        return text, choices
    numbered = (
        f"{str(n).translate(_DIGITS.get(locale, {}))}. {one.title}"  # a list, in the reader's own digits
        for n, one in enumerate(choices, 1)
    )
    return "\n".join([text, *numbered]).strip(), ()


def _with_files(bodies: list[tuple[Part, ...]], files: tuple[Part, ...], can: Capabilities) -> list[tuple[Part, ...]]:
    if can.together and files:
        return [*bodies[:-1], (*(bodies[-1] if bodies else ()), *files)]
    return [*bodies, *((part,) for part in files)]


def _carries(file: File, can: Capabilities) -> bool:
    return Feature.ATTACHMENTS in can.features and file.size <= can.max_attachment


def _fitting(text: str, can: Capabilities) -> str:
    """The longest beginning within the limit, cut between characters."""
    low, high = 1, min(len(text), can.max_text)
    while low < high:
        middle = (low + high + 1) // 2
        if size(text[:middle], can) <= can.max_text:
            low = middle
        else:
            high = middle - 1
    return text[:low]


def _cut(head: str) -> int:
    return next(_ends(head), len(head))


def _ends(head: str) -> Iterator[int]:
    least = len(head) // 3  # a piece of a few words is worse than a cut within a sentence
    for mark in _ENDS:
        at = head.rfind(mark)
        if at >= least:
            yield at + len(mark)
