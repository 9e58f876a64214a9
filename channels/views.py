"""What both sockets show alike: files, buttons and pieces of an entry, and how they are made from stored ones."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol

from msgspec import Struct, field

from channels.contract import PartType

FileUrl = Callable[[str], str]
"""Makes the address at which a file (by id) may be fetched."""


class FileView(Struct, frozen=True, omit_defaults=True):
    """A file that one may fetch at `url`. `size` in bytes; `width` and `height` in pixels for images.

    `coming`: it is still being fetched from the provider, and the rest is what that claims. `lost`: it cannot be had.
    """

    id: str
    name: str
    content_type: str
    size: int
    url: str | None = None
    width: int | None = None
    height: int | None = None
    state: Literal["here", "coming", "lost"] = "here"


class ButtonView(Struct, frozen=True):
    """A choice; a customer who presses it sends `Send(button=payload, text=title)`."""

    title: str
    payload: str


class PartView(Struct, frozen=True, omit_defaults=True):
    """One piece of an entry; `type` and what counts with it: see `channels.contract.Part`."""

    type: PartType
    text: str | None = None
    buttons: list[ButtonView] = field(default_factory=list)
    file: FileView | None = None
    form: str | None = None
    values: dict[str, str] = field(default_factory=dict)


class AnyFile(Protocol):
    """A file of the contract or of the model."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def name(self) -> str:
        """Its cleaned name."""

    @property
    def content_type(self) -> str:
        """Its type, as sniffed."""

    @property
    def size(self) -> int:
        """Bytes."""

    @property
    def width(self) -> int | None:
        """Pixels, for images."""

    @property
    def height(self) -> int | None:
        """Pixels, for images."""


class AnyButton(Protocol):
    """A button of the contract or of the model."""

    @property
    def title(self) -> str:
        """What is shown."""

    @property
    def payload(self) -> str:
        """What comes back."""


class AnyPart(Protocol):
    """A part of the contract or of the model."""

    @property
    def type(self) -> PartType:
        """Its kind."""

    @property
    def text(self) -> str | None:
        """Its words."""

    @property
    def buttons(self) -> Sequence[AnyButton]:
        """Choices under it."""

    @property
    def file(self) -> AnyFile | None:
        """The attachment."""

    @property
    def form(self) -> str | None:
        """The form's name."""

    @property
    def values(self) -> Mapping[str, str]:
        """What was filled in."""


def file_view(file: AnyFile, url: FileUrl) -> FileView:
    """A file as the screens show it."""
    return FileView(
        id=file.id,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        url=url(file.id),
        width=file.width,
        height=file.height,
    )


def part_view(part: AnyPart, url: FileUrl) -> PartView:
    """A piece of an entry as the screens show it."""
    return PartView(
        type=part.type,
        text=part.text,
        buttons=[ButtonView(title=button.title, payload=button.payload) for button in part.buttons],
        file=None if part.file is None else file_view(part.file, url),
        form=part.form,
        values=dict(part.values),
    )
