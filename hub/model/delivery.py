"""The delivery state of one of our messages. It only moves forward, whatever order receipts come in. Pure."""

from hub.model.entry import DeliveryState

_RANK: dict[DeliveryState, int] = {"queued": 0, "uncertain": 1, "sent": 2, "failed": 3, "delivered": 4, "read": 5}


def advance(now: DeliveryState, news: DeliveryState) -> DeliveryState:
    """The state after news from the provider.

    A receipt that comes late changes nothing. What was sent can still fail; what the customer has seen cannot, and a
    failed message is sent again only through `queued`. An `uncertain` one, which the provider may have taken, becomes
    whatever the provider says later.
    """
    return news if _RANK[news] > _RANK[now] else now


def before(news: DeliveryState) -> tuple[DeliveryState, ...]:
    """States that `news` may follow; the store's conditional write names them."""
    return tuple(state for state in _RANK if advance(state, news) != state)
