"""The delivery state of one of our messages. It only moves forward, whatever order receipts come in. Pure."""

from hub.model.entry import DeliveryState

_RANK: dict[DeliveryState, int] = {"queued": 0, "failed": 1, "sent": 2, "delivered": 3, "read": 4}


def advance(now: DeliveryState, news: DeliveryState) -> DeliveryState:
    """The state after news from the provider.

    A receipt that comes late changes nothing; a message once `failed` becomes `sent` when a retry succeeds; what was
    seen by the customer cannot fail any more.
    """
    return news if _RANK[news] > _RANK[now] else now


def before(news: DeliveryState) -> tuple[DeliveryState, ...]:
    """States that `news` may follow; the store's conditional write names them."""
    return tuple(state for state in _RANK if advance(state, news) != state)
