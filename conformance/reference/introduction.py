"""What a reference says of itself to whoever started it."""

from conformance.reference.accounts import DEMO_KEYS
from conformance.reference.server import Reference


def introduction(reference: Reference) -> dict[str, object]:
    """What who started it needs to know: addresses, demo credentials, deadlines and minimums in force."""
    return {
        "addresses": reference.addresses,
        "credentials": [
            {
                "scheme": key.scheme,
                "label": key.label,
                "account": key.account,
                "value": key.secret,
                "permissions": list(key.permissions),
            }
            for key in DEMO_KEYS
        ],
        "exclusive": True,
        "deadlines": {"auth": round(reference.settings.auth_secs * 1000)},
        "minimums": {"expires_in_secs": reference.settings.min_expiry_secs},
    }
