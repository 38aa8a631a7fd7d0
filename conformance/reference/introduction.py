"""What a reference says of itself to whoever started it."""

from conformance.reference.accounts import DEMO_KEYS
from conformance.reference.decimals import canonical
from conformance.reference.listings import ACTIVE
from conformance.reference.server import Reference


def introduction(reference: Reference) -> dict[str, object]:
    """What who started it needs to know: addresses, demo credentials, deadlines, minimums and values."""
    quiet = reference.market.listings[ACTIVE]
    return {
        "addresses": reference.addresses,
        "aliases": {name: {"alias": url} for name, url in reference.aliases.items()},
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
        "values": {
            "quiet_symbol": quiet.symbol,
            "quiet_tick_size": canonical(quiet.tick_size),
            "quiet_lot_size": canonical(quiet.lot_size),
        },
    }
