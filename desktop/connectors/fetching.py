"""Downloads through the one door out, so that the network ledger misses none of them."""

from collections.abc import Callable, Mapping

from desktop.connectors.http import HttpBoundary, HttpCall
from desktop.domain.ports import Fetcher, FetchSink

LONGEST = 24 * 3600.0


class HttpFetcher(Fetcher):
    """The Fetcher port over an HttpBoundary. `purpose` is a word or two for the ledger."""

    def __init__(self, http: HttpBoundary, *, purpose: str) -> None:
        self._http = http
        self._purpose = purpose

    def fetch(
        self, address: str, headers: Mapping[str, str], sink: FetchSink, *, should_stop: Callable[[], bool]
    ) -> float | None:
        """Send one GET for the bytes as they lie on the server and pour the answer into `sink`."""
        # A body that is compressed on the way could be neither counted nor resumed.
        plain = {**headers, "Accept-Encoding": "identity"}
        call = HttpCall("GET", address, self._purpose, plain, deadline=LONGEST)
        return self._http.stream(call, sink, should_stop=should_stop).retry_after

    def close(self) -> None:
        """Let go of kept connections."""
        self._http.close()
