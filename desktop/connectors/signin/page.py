"""The page the browser shows when the rep comes back from signing in: plain, and nothing is loaded for it."""

from html import escape

from desktop.runtime.loopback_server import Reply

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – Dealside</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.05rem/1.6 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center; }}
main {{ max-width: 32rem; padding: 2rem; }}
h1 {{ font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }}
p {{ margin: 0 0 .75rem; opacity: .85; }}
</style></head>
<body><main><h1>{title}</h1><p>{words}</p><p>{close}</p></main></body></html>
"""


def welcome(vendor: str) -> Reply:
    """Return the page for a sign-in that worked."""
    words = f"Dealside may now work in {vendor} for you, with your own rights and no more."
    return _page(200, f"You are signed in to {vendor}", words, "You can close this tab and go back to Dealside.")


def sorry(vendor: str, sentence: str) -> Reply:
    """Return the page for a sign-in that did not; `sentence` is one of ours, for the rep."""
    return _page(200, f"That did not work with {vendor}", sentence, "You can close this tab; Dealside says the same.")


def stray(status: int) -> Reply:
    """Return the page for a call that has nothing to do with the sign-in, which goes on."""
    words = "This page is only for the way back from a sign-in that Dealside itself began, and it works once."
    return _page(status, "Nothing to see here", words, "You can close this tab.")


def _page(status: int, title: str, words: str, close: str) -> Reply:
    body = _PAGE.format(title=escape(title), words=escape(words), close=escape(close))
    return Reply(status, _HEADERS, body.encode())
