"""The provider's message, as far as we read it. Fields that stand nowhere here are ignored.

developers.facebook.com, "WhatsApp Cloud API: webhooks, messages".
"""

from msgspec import Struct, field


class Context(Struct, frozen=True):
    """What a message answers: `id` is that message's."""

    id: str | None = None


class Text(Struct, frozen=True):
    """Words."""

    body: str = ""


class Media(Struct, frozen=True):
    """A file, fetched by its id. The rest is the sender's phone's claim."""

    id: str
    mime_type: str = ""
    caption: str | None = None
    filename: str | None = None


class Press(Struct, frozen=True):
    """A button of a template that was pressed."""

    text: str = ""
    payload: str | None = None


class Choice(Struct, frozen=True):
    """A reply button, or a line of a list."""

    id: str
    title: str = ""


class FormReply(Struct, frozen=True):
    """What was filled in in a flow; `response_json` is a JSON object as a string."""

    response_json: str = "{}"
    name: str = "flow"
    body: str = ""


class Interactive(Struct, frozen=True):
    """One of three, as `type` says; others exist."""

    type: str = ""
    button_reply: Choice | None = None
    list_reply: Choice | None = None
    nfm_reply: FormReply | None = None


class Location(Struct, frozen=True):
    """A place."""

    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None


class Name(Struct, frozen=True):
    """A name on a card."""

    formatted_name: str = ""
    first_name: str = ""


class Phone(Struct, frozen=True):
    """A number on a card."""

    phone: str = ""
    wa_id: str = ""


class Card(Struct, frozen=True):
    """A shared contact."""

    name: Name = field(default_factory=Name)
    phones: list[Phone] = []


class Product(Struct, frozen=True):
    """A line of an order."""

    product_retailer_id: str = ""
    quantity: float = 1
    item_price: float | None = None
    currency: str = ""


class Order(Struct, frozen=True):
    """A basket from the catalogue."""

    text: str = ""
    product_items: list[Product] = []


class Referral(Struct, frozen=True):
    """The advertisement that a customer came from."""

    source_url: str = ""
    headline: str = ""


class Inner(Struct, frozen=True, kw_only=True):
    """What a message holds, by its `type`."""

    type: str = ""
    context: Context | None = None
    text: Text | None = None
    image: Media | None = None
    video: Media | None = None
    audio: Media | None = None
    document: Media | None = None
    sticker: Media | None = None
    button: Press | None = None
    interactive: Interactive | None = None
    location: Location | None = None
    contacts: list[Card] = []
    order: Order | None = None
    referral: Referral | None = None


class Edit(Struct, frozen=True):
    """A message in place of an earlier one."""

    original_message_id: str
    message: Inner = field(default_factory=Inner)


class Message(Inner, frozen=True, kw_only=True):
    """A message. One of `from` and `from_user_id` may be missing; `from` may hold a user id, too."""

    id: str
    from_: str = field(name="from", default="")
    from_user_id: str = ""
    timestamp: int | None = None
    group_id: str | None = None
    edit: Edit | None = None


class Status(Struct, frozen=True, kw_only=True):
    """What became of a message of ours."""

    id: str
    status: str
    recipient_type: str = "individual"
    errors: list[dict[str, object]] = []


class Profile(Struct, frozen=True):
    """How somebody calls themselves."""

    name: str = ""
    username: str = ""


class Person(Struct, frozen=True):
    """Somebody who stands beside the messages of a batch."""

    profile: Profile = field(default_factory=Profile)
    wa_id: str = ""
    user_id: str = ""
