"""Encrypted connections to servers that speak no HTTP: whom we trust, and what a failed connection means for the rep.

There is no way to switch checking off. A server with a certificate of its own is trusted by giving its CA file.
"""

import errno
import socket
import ssl

from desktop.domain.errors import DealsideError, Temporary, UserActionNeeded

NOT_TLS = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNSUPPORTED_PROTOCOL", "RECORD_LAYER_FAILURE"}


def client_context(ca_file: str = "") -> ssl.SSLContext:
    """Return a context that trusts the system's authorities, or those in `ca_file` (PEM) alone."""
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ValueError) as error:
        raise UserActionNeeded(
            f"The CA file {ca_file} cannot be used. Choose a certificate file in PEM format.",
            detail=type(error).__name__,
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # some systems' Python would talk TLS 1.0
    return context


def connection_error(error: OSError | UnicodeError, server: str) -> DealsideError:
    """Return what a socket's error means. `server` is what the rep calls it: a host name."""
    detail = f"{server}: {_named(error)}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return UserActionNeeded(
            f"The certificate of {server} is not trusted, so we did not sign in. Check the server name, or give the "
            "server's CA file in the settings.",
            detail=f"{detail} {getattr(error, 'verify_message', '')}".strip(),
        )
    if isinstance(error, ssl.SSLError) and _reason(error) in NOT_TLS:
        return UserActionNeeded(
            f"{server} does not answer encrypted on this port. Check port and security in the settings.", detail=detail
        )
    if isinstance(error, UnicodeError):
        return UserActionNeeded(f"{server!r} is no server name. Check it in the settings.", detail=type(error).__name__)
    if isinstance(error, socket.gaierror):
        return Temporary(
            f"The name {server} cannot be found. Check the network, or the server name in the settings; "
            "we try again soon.",
            detail=detail,
        )
    if isinstance(error, TimeoutError):
        return Temporary(f"{server} does not answer. We try again soon.", detail=detail)
    return Temporary(f"The connection to {server} failed. We try again soon.", detail=detail)


def _named(error: OSError | UnicodeError) -> str:
    """Return an error's kind without its text, which may quote what was sent."""
    if isinstance(error, ssl.SSLError):
        return f"{type(error).__name__} {_reason(error)}".strip()
    number = error.errno if isinstance(error, OSError) and not isinstance(error, socket.gaierror) else None
    return f"{type(error).__name__} {errno.errorcode.get(number or 0, '')}".strip()


def _reason(error: ssl.SSLError) -> str:
    return getattr(error, "reason", None) or ""  # only errors made by OpenSSL itself have one
