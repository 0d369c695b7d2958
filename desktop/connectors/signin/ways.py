"""How one signs in at a vendor, as data: addresses, scopes, ports, what must be sent and what comes back.

`{server}`, `{tenant}` and `{address}` in an address or a scope are settings of the Connection; facts of a vendor that
could not be confirmed are marked so at its entry. A vendor's entry is all that a new vendor needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from desktop.connectors.header_words import is_loopback
from desktop.domain.connections import FieldSpec, FieldWidget
from desktop.domain.errors import Rejected, UserActionNeeded

CLIENT_ID, CLIENT_SECRET, SERVER, SCOPE = "client_id", "client_secret", "sign_in_address", "sign_in_scope"
CALLBACK = "/signed-in"


class SecretPlace(StrEnum):
    """Where the client's secret goes in a token request (RFC 6749, 2.3.1)."""

    FORM = "form"
    BASIC = "basic"


@dataclass(frozen=True, slots=True)
class Pace:
    """At most so many token requests in so many seconds."""

    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Way:
    """How one signs in at a vendor.

    `ports` are tried in order, () takes any that is free (RFC 8252, 7.3). `issuer` is what `iss` in the browser's
    answer has to be (RFC 9207), "" where the vendor sends none. `settings_back` maps keys of the token answer to
    settings of the Connection; `server_back` is the parameter of the browser's answer that names the server to go on
    with, which must be one of `servers`. `carried_in` is the header for a token of a sign-in where a pasted one goes
    into another. `spare` is how many seconds before its end a token is replaced.
    """

    vendor: str
    stands_for: str
    authorize: str
    token: str
    scope: str
    device: str = ""
    server: str = ""
    servers: frozenset[str] = frozenset()
    more: Mapping[str, str] = field(default_factory=dict)
    needs_secret: bool = False
    secret_place: SecretPlace = SecretPlace.FORM
    host: str = "127.0.0.1"
    ports: tuple[int, ...] = ()
    issuer: str = ""
    settings_back: Mapping[str, str] = field(default_factory=dict)
    server_back: str = ""
    carried_in: str = ""
    pace: Pace | None = None
    spare: float = 60.0
    tenant: str = ""

    def filled(self, text: str, settings: Mapping[str, str]) -> str:
        """Return an address or a scope with the Connection's settings in it; raise Rejected for a missing one."""
        for name, fallback in (("server", self.server), ("tenant", self.tenant), ("address", "")):
            if f"{{{name}}}" in text:
                key = SERVER if name == "server" else name
                value = settings.get(key, "").strip().rstrip("/") or fallback
                if not value:
                    raise Rejected(f"To sign in to {self.vendor}, its address is needed: give it as {key}=https://….")
                text = text.replace(f"{{{name}}}", value)
        return text

    def scope_of(self, settings: Mapping[str, str]) -> str:
        """Return what the rep is asked to allow."""
        return settings.get(SCOPE, "").strip() or self.filled(self.scope, settings)

    def settings(self) -> tuple[FieldSpec, ...]:
        """Return what signing in asks for, beside the connector's own settings."""
        wanted = [FieldSpec(CLIENT_ID, "Client id", help="Of the app that your admin registered for Dealside")]
        wanted.append(
            FieldSpec(
                CLIENT_SECRET,
                "Client secret",
                FieldWidget.SECRET,
                required=self.needs_secret,
                help="Of the same app" if self.needs_secret else "Leave it empty unless your admin gave you one",
            )
        )
        if self.server:
            wanted.append(FieldSpec(SERVER, "Sign-in address", required=False, default=self.server))
        if self.tenant:
            wanted.append(FieldSpec("tenant", "Tenant", required=False, default=self.tenant))
        wanted.append(FieldSpec(SCOPE, "Scopes", required=False, help="Leave it empty unless your admin says so"))
        return tuple(wanted)


def origin(address: str, vendor: str) -> str:
    """Return the scheme, host and port of an address that a vendor gave us; raise UserActionNeeded for a bad one."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    if not is_safe or not parts.hostname or parts.username is not None or not parts.netloc.isascii():
        raise UserActionNeeded(f"{vendor} named an address that cannot be used; sign in again.", detail="bad address")
    return f"{parts.scheme}://{parts.hostname}{f':{port}' if port else ''}"


_ZOHO_SERVERS = frozenset(
    {f"https://accounts.zoho.{end}" for end in ("com", "eu", "in", "com.au", "com.cn", "jp", "sa")}
    | {"https://accounts.zohocloud.ca"}
)
_ZOHO_SCOPES = ("modules.ALL", "settings.ALL", "users.READ", "org.READ", "coql.READ", "bulk.ALL")
_HUBSPOT_OBJECTS = ("contacts", "companies", "deals")
_FIXED_PORTS = (47_321, 47_322, 47_323)  # for vendors that compare the whole callback address with the registered one

WAYS: Mapping[str, Way] = {
    # Only public clients with PKCE. Its callback is compared whole, so the ports are fixed; no `expires_in` comes back.
    "salesforce": Way(
        vendor="Salesforce",
        stands_for="access_token",
        authorize="{server}/services/oauth2/authorize",
        token="{server}/services/oauth2/token",  # noqa: S106  (an address)
        server="https://login.salesforce.com",
        scope="api refresh_token",
        host="localhost",
        ports=_FIXED_PORTS,
        settings_back={"instance_url": "instance_url"},
    ),
    # Not confirmed: whether a public client may leave the secret out. A pasted token is the vendor's usual way.
    "hubspot": Way(
        vendor="HubSpot",
        stands_for="access_token",
        authorize="{server}/oauth/authorize",
        token="https://api.hubapi.com/oauth/2026-03/token",  # noqa: S106
        server="https://app.hubspot.com",
        scope=" ".join(
            [
                "oauth tickets crm.objects.owners.read",
                *(f"crm.objects.{name}.{right}" for name in _HUBSPOT_OBJECTS for right in ("read", "write")),
                *(f"crm.schemas.{name}.read" for name in _HUBSPOT_OBJECTS),
            ]
        ),
        needs_secret=True,
        host="localhost",
        ports=_FIXED_PORTS,
    ),
    # A public client of Entra ID; `http://localhost` is registered, any port is accepted.
    "dynamics": Way(
        vendor="Microsoft Dynamics 365",
        stands_for="access_token",
        authorize="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        token="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",  # noqa: S106
        device="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/devicecode",
        scope="{address}/user_impersonation offline_access",
        tenant="organizations",
        host="localhost",
    ),
    # Errors come with status 200. Not confirmed: PKCE (an unknown parameter is to be ignored, RFC 6749, 3.1), and the
    # addresses of its device flow, which is therefore not offered.
    "zoho": Way(
        vendor="Zoho",
        stands_for="access_token",
        authorize="{server}/oauth/v2/auth",
        token="{server}/oauth/v2/token",  # noqa: S106
        server="https://accounts.zoho.com",
        servers=_ZOHO_SERVERS,
        server_back="accounts-server",
        scope=",".join(f"ZohoCRM.{name}" for name in _ZOHO_SCOPES),
        more={"access_type": "offline", "prompt": "consent"},
        needs_secret=True,
        host="localhost",
        ports=_FIXED_PORTS,
        settings_back={"api_domain": "api_domain"},
        pace=Pace(10, 600.0),
    ),
    # The company registers an app of its own; the secret goes in HTTP Basic. A pasted token goes in `x-api-token`.
    "pipedrive": Way(
        vendor="Pipedrive",
        stands_for="api_token",
        authorize="{server}/oauth/authorize",
        token="{server}/oauth/token",  # noqa: S106
        server="https://oauth.pipedrive.com",
        scope="",
        needs_secret=True,
        secret_place=SecretPlace.BASIC,
        host="localhost",
        ports=_FIXED_PORTS,
        settings_back={"api_domain": "address"},
        carried_in="Authorization",
    ),
}
