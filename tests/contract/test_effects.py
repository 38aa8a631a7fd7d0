"""What changes something at the exchange: as the document says, else as care says."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from conformance.contract import load
from conformance.contract.effects import reads
from conformance.documents.find import find

SERVER = {
    "host": "desk.example.com",
    "protocol": "wss",
    "security": [{"$ref": "#/components/securitySchemes/key"}],
}
OPEN = {"host": "desk.example.com", "protocol": "wss"}
KEY = {"type": "httpApiKey", "in": "header", "name": "x-key"}


def changes(folder: Path, operation: str, message: str, *, carried: bool = True, **stated: object) -> bool:
    """Whether a command of that name changes something; ``carried``: the opening carries a key for it."""
    payload = {"type": "object", "required": ["op"], "properties": {"op": {"const": message}}}
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": "desk", "version": "1"},
        "servers": {"main": SERVER if carried else OPEN},
        "channels": {"desk": {"address": "/", "messages": {message: {"payload": payload}}}},
        "operations": {
            operation: {
                "action": "receive",
                "channel": {"$ref": "#/channels/desk"},
                "messages": [{"$ref": f"#/channels/desk/messages/{message}"}],
                **({"x-conformance": stated} if stated else {}),
            }
        },
        "components": {"securitySchemes": {"key": KEY}},
    }
    path = folder / "desk.yaml"
    path.write_text(yaml.safe_dump(document), "utf-8")
    (service,) = load(find(asyncapi=[str(path)])).services.values()
    return service.operations[operation].changes_state


@pytest.mark.parametrize(
    ("operation", "message", "told"),
    [
        ("placeOrder", "order", True),
        ("withdraw", "withdraw", True),
        ("getBook", "book", False),
        ("book", "getBookRequest", False),
        ("ping", "ping", False),
        ("listOrders", "orders", False),
        ("sign_in", "credentials", False),
        ("sign_order", "order", True),
        ("request_payout", "payout", True),
        ("getaway", "getaway", True),
    ],
)
def test_what_nobody_states_is_told_by_the_name_alone(
    operation: str, message: str, told: bool, tmp_path: Path
) -> None:
    """Not by who needs a credential: that may be carried by the opening."""
    assert changes(tmp_path, operation, message) is told
    assert reads(message, operation) is not told


@pytest.mark.parametrize(
    ("operation", "message", "told"),
    [
        ("placeOrder", "order", True),
        ("cancel_all", "everything", True),
        ("getOrders", "placeOrder", False),
        ("tides", "tides", False),
        ("request_payout", "payout", False),
    ],
)
def test_what_anybody_may_send_changes_something_where_its_name_says_so(
    operation: str, message: str, told: bool, tmp_path: Path
) -> None:
    """No account is behind it, as far as anybody says."""
    assert changes(tmp_path, operation, message, carried=False) is told


@pytest.mark.parametrize("stated", [True, False])
def test_what_is_stated_counts(stated: bool, tmp_path: Path) -> None:
    """Whatever the name says."""
    assert changes(tmp_path, "placeOrder", "order", changes_state=stated) is stated
    assert changes(tmp_path, "getBook", "book", changes_state=stated) is stated
