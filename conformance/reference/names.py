"""Client order ids: each names one order of its account, for ever."""

from conformance.reference.behaviour import Behaviour
from conformance.reference.orders import Order

_BEGINNING = 32


class Names:
    """The names that clients gave to their orders."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._orders: dict[tuple[str, str], Order] = {}

    def order(self, account: str, name: str) -> Order | None:
        """The order of an account that has this name."""
        return self._orders.get(self._key(account, name))

    def give(self, order: Order) -> None:
        """From now on the order has its name."""
        self._orders[self._key(order.account, order.client_order_id)] = order

    def keep(self, order: Order) -> None:
        """Whoever has the name of the order keeps it; else the order has it."""
        self._orders.setdefault(self._key(order.account, order.client_order_id), order)

    def forget(self, order: Order) -> None:
        """Nobody asks for this order any more."""
        self._orders.pop(self._key(order.account, order.client_order_id), None)

    def is_used(self, draft: Order) -> bool:
        """Whether the account ever had an order of this name."""
        enforces = self._behaviour.enforces
        known = self.order(draft.account, draft.client_order_id)
        if known is None and not enforces("ids_of_each_account"):
            return any(each.client_order_id == draft.client_order_id for each in self._orders.values())
        if known is not None and not known.is_working and not enforces("ids_for_life"):
            return False
        if known is not None and not enforces("ids_of_all_credentials"):
            return _one_credential(known, draft)
        return known is not None and enforces("unique_ids")

    def _key(self, account: str, name: str) -> tuple[str, str]:
        enforces = self._behaviour.enforces
        name = name if enforces("case_of_ids") else name.casefold()
        return account, name if enforces("whole_ids") else name[:_BEGINNING]


def _one_credential(known: Order, draft: Order) -> bool:
    origins = (known.origin, draft.origin)
    return len({each.credential for each in origins if each is not None}) <= 1
