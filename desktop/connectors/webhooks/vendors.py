"""Which vendors' webhook calls can be checked, and how: data, one entry per Connector.

Salesforce is not here: its outbound messages are SOAP, proved by nothing but the sender's certificate. It is polled.
To add a vendor, put one line here; the capability `webhook_check` of its ConnectorInfo follows from that.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from desktop.connectors.webhooks import rules
from desktop.connectors.webhooks.rules import Keys, Rule, Seal
from desktop.domain.webhooks import CallVerdict, WebhookCall, WebhookCheck, WebhookOffer

CAPABILITY = "webhook_check"
MOST_REMEMBERED = 4_096


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor's way."""

    offer: WebhookOffer
    rule: Rule


VENDORS: Mapping[str, Vendor] = {
    "hubspot": Vendor(
        WebhookOffer(
            check="HubSpot's signature, at most five minutes old",
            steps="In your HubSpot app, under Webhooks, enter {address} and subscribe to changes. The secret to keep "
            "here is the client secret of that app.",
            is_ours=False,
        ),
        rules.hubspot,
    ),
    "pipedrive": Vendor(
        WebhookOffer(
            check="the name and password that Pipedrive sends along",
            steps="In Pipedrive, under Tools and apps, Webhooks, enter {address}, the user name "
            f"{rules.BASIC_USER} and the password {{secret}}",
            is_ours=True,
        ),
        rules.pipedrive,
    ),
    "zoho": Vendor(
        WebhookOffer(
            check="the token that Zoho sends back",
            steps="Ask Zoho for notifications (actions/watch) with notify_url {address} and token {secret}",
            is_ours=True,
            longest_secret=50,  # Zoho takes no longer token
        ),
        rules.zoho,
    ),
    "dynamics": Vendor(
        WebhookOffer(
            check="the secret header that Dynamics sends along",
            steps="In the Plug-in Registration Tool, register a webhook for {address} with the authentication "
            f"HttpHeader, the key {rules.SECRET_HEADER} and the value {{secret}}",
            is_ours=True,
        ),
        rules.dynamics,
    ),
    "custom": Vendor(
        WebhookOffer(
            check="a signature with a secret that both sides keep, at most five minutes old",
            steps=f"Let your CRM post JSON to {{address}} with the header {rules.TIMESTAMP_HEADER} (seconds since 1970)"
            f" and the header {rules.SIGNATURE_HEADER}: HMAC-SHA256 in hex over timestamp, a dot and the body, with"
            " the key {secret}",
            is_ours=True,
        ),
        rules.SharedHmac(),
    ),
}


def offer_of(connector: str) -> WebhookOffer | None:
    """Return what a Connector's calls are checked by, or None where they cannot be checked."""
    vendor = VENDORS.get(connector)
    return vendor.offer if vendor else None


def check_for(connector: str, *, secret: str, address: str) -> WebhookCheck | None:
    """Return the check for one Connection, None where there is none or no secret to check with.

    `address` is what the vendor calls, without the path that reaches us (`https://hooks.example`).
    """
    vendor = VENDORS.get(connector)
    return SealCheck(vendor.rule, Keys(secret, address.rstrip("/"))) if vendor and secret else None


class SealCheck(WebhookCheck):
    """Applies a vendor's rule and remembers the newest calls that passed it, at most `most` of them.

    Only genuine calls are remembered, so nobody else can push one out; one that is forgotten early costs a pull.
    """

    def __init__(self, rule: Rule, keys: Keys, *, most: int = MOST_REMEMBERED) -> None:
        self._rule = rule
        self._keys = keys
        self._most = most
        self._seen: OrderedDict[str, datetime] = OrderedDict()
        self._strongest = 0

    def judge(self, call: WebhookCall, now: datetime) -> CallVerdict:
        """Return whether the vendor sent this, lately, and for the first time."""
        seal = self._rule(call, self._keys, now)
        if seal is None or seal.strength < self._strongest:
            return CallVerdict.REFUSED
        self._strongest = seal.strength
        return CallVerdict.REPEATED if self._is_repeat(seal, now) else CallVerdict.TRUSTED

    def _is_repeat(self, seal: Seal, now: datetime) -> bool:
        if not seal.mark or seal.until is None:
            return False
        known = self._seen.get(seal.mark)
        if known is not None and known >= now:
            return True
        self._seen[seal.mark] = seal.until
        self._seen.move_to_end(seal.mark)
        while len(self._seen) > self._most:
            self._seen.popitem(last=False)
        return False
