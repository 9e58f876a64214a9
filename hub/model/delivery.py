"""The delivery state of one of our messages. It only moves forward, whatever order receipts come in. Pure."""

from hub.model.entry import DeliveryState

_RANK: dict[DeliveryState, int] = {"queued": 0, "uncertain": 1, "failed": 2, "sent": 3, "delivered": 4, "read": 5}


def advance(now: DeliveryState, news: DeliveryState) -> DeliveryState:
    """The state after news from the provider.

    A receipt that comes late changes nothing; a message once `failed` becomes `sent` when a retry succeeds; what was
    seen by the customer cannot fail any more. An `uncertain` one, which the provider may have taken, becomes whatever
    the provider says later.
    """
    return news if _RANK[news] > _RANK[now] else now


def before(news: DeliveryState) -> tuple[DeliveryState, ...]:
    """States that `news` may follow; the store's conditional write names them."""
    return tuple(state for state in _RANK if advance(state, news) != state)
