"""The tokens of one Connection, for all lanes and processes: one refresh in flight, and no new token that is not kept.

A refresh holds a lock among threads and one among processes, and begins with a look in the vault: whoever comes second
finds what the first one got. A vendor may replace the refresh token at each use and end the whole sign-in when an old
one shows up again, so the new one is in the vault before anybody gets the access token that came with it. If we die
between the vendor's answer and that moment, the new refresh token is lost: with vendors that rotate the next refresh is
refused, and the rep signs in again. Nothing can help there, but nothing is written twice either.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from desktop.connectors.signin.grant import Grant, read, write
from desktop.connectors.signin.token_endpoint import TokenEndpoint, TokenRefused, Why
from desktop.connectors.signin.ways import Way
from desktop.domain.errors import DealsideError, Temporary, UserActionNeeded
from desktop.domain.ports import Clock
from desktop.runtime.locks import new_lock

log = logging.getLogger("dealside.signin")

LOOK_EVERY = timedelta(seconds=30)  # somebody may have signed in again from another process
_REMEMBERED = timedelta(hours=1)
_SHARE_OF_LIFE = 0.2


class Kept(Protocol):
    """Where the grant is kept."""

    def get(self) -> str | None: ...

    def set(self, value: str) -> None: ...


class TokenManager:
    """Any thread may call it. `alone` is held by one process at a time; `again` says how to sign in again."""

    def __init__(
        self,
        way: Way,
        kept: Kept,
        *,
        endpoint: Callable[[], TokenEndpoint],
        clock: Clock,
        alone: Callable[[], AbstractContextManager[None]],
        again: str,
    ) -> None:
        self.way = way
        self._kept = kept
        self._make_endpoint = endpoint
        self._endpoint: TokenEndpoint | None = None
        self._clock = clock
        self._alone = alone
        self._again = again
        self._lock = new_lock()
        self._grant: Grant | None = None
        self._looked_at: datetime | None = None
        self._is_unsaved = False
        self._ended = ""
        self._in_vain = ""

    def token(self) -> str | None:
        """Return an access token that is good now, None where nobody has signed in.

        Raises UserActionNeeded when the sign-in has ended, Temporary when the vendor cannot be asked just now.
        """
        with self._lock:
            grant = self._current()
            if grant is None:
                return None
            if not self._is_due(grant):
                return grant.access
            if grant.refresh is None:
                return self._without_refresh(grant)
            try:
                return self._refreshed(grant).access
            except Temporary:
                if grant.expires_at is not None and self._clock.now() < grant.expires_at:
                    return grant.access  # it is good for a moment yet
                raise

    def renew(self, refused: str) -> str | None:
        """Return a token in place of one that the vendor refused; None where a new one would not help.

        Raises as `token` does.
        """
        with self._lock:
            grant = self._current()
            if grant is not None and grant.access == refused:
                grant = self._look()
            if grant is None or grant.access != refused:
                return grant.access if grant else None
            if grant.refresh is None or refused == self._in_vain:
                return None
            return self._refreshed(grant, is_refused=True).access

    def was_in_vain(self, fresh: str) -> None:
        """Note that even a fresh token was refused: it is not the token that is at fault, so ask for no other."""
        with self._lock:
            self._in_vain = fresh

    # --- what we hold -----------------------------------------------------------------------------------------------

    def _current(self) -> Grant | None:
        if self._is_unsaved:
            self._save()
        now = self._clock.now()
        is_stale = self._looked_at is None or not timedelta() <= now - self._looked_at < LOOK_EVERY
        return self._look() if is_stale or self._grant is None else self._grant

    def _look(self) -> Grant | None:
        if not self._is_unsaved:
            found = read(self._kept.get())
            if found is not None and self._grant is not None:
                known = {*found.asked_at, *self._grant.asked_at}
                found = replace(found, asked_at=tuple(sorted(known)))
            self._grant = found
            self._looked_at = self._clock.now()
        return self._grant

    def _is_due(self, grant: Grant) -> bool:
        if grant.expires_at is None:
            return False
        life = (grant.expires_at - max(grant.asked_at)).total_seconds() if grant.asked_at else self.way.spare
        spare = min(self.way.spare, max(0.0, life) * _SHARE_OF_LIFE)
        return self._clock.now() >= grant.expires_at - timedelta(seconds=spare)

    def _without_refresh(self, grant: Grant) -> str:
        if grant.expires_at is not None and self._clock.now() >= grant.expires_at:
            raise self._end("no refresh token")
        return grant.access

    # --- refreshing -------------------------------------------------------------------------------------------------

    def _refreshed(self, grant: Grant, *, is_refused: bool = False) -> Grant:
        with self._alone():
            found = self._look()
            if found is not None and found.access != grant.access and not self._is_due(found):
                return found
            grant = found or grant
            try:
                return self._asked(grant)
            except TokenRefused as refusal:
                if refusal.why is not Why.ENDED:
                    raise refusal.error from None
            newer = self._look()
            if newer is None or newer.refresh in {None, grant.refresh}:
                self._ended = grant.refresh or ""
                raise self._end("refused" if is_refused else "expired")
            return newer if not self._is_due(newer) else self._last_try(newer)

    def _last_try(self, grant: Grant) -> Grant:
        try:
            return self._asked(grant)
        except TokenRefused as refusal:
            if refusal.why is Why.ENDED:
                self._ended = grant.refresh or ""
                raise self._end("refused twice") from None
            raise refusal.error from None

    def _asked(self, grant: Grant) -> Grant:
        if grant.refresh == self._ended:
            raise self._end("ended before")
        if grant.refresh is None:
            raise self._end("no refresh token")
        asked = self._within_pace(grant)
        now = self._clock.now()
        self._grant = replace(grant, asked_at=(*asked, now))  # an answer that is lost was asked for, too
        self._endpoint = self._endpoint or self._make_endpoint()
        fresh = self._endpoint.refresh(grant)
        self._grant = replace(fresh, asked_at=(*asked, now))
        self._save()
        log.info("%s gave a new token", self.way.vendor)
        return self._grant

    def _within_pace(self, grant: Grant) -> tuple[datetime, ...]:
        """Return the requests of late; raise Temporary when one more would be too many, sparing one for a sign-in."""
        now = self._clock.now()
        asked = tuple(moment for moment in grant.asked_at if now - _REMEMBERED < moment <= now)
        pace = self.way.pace
        if pace is not None:
            late = [moment for moment in asked if now - moment < timedelta(seconds=pace.seconds)]
            if len(late) >= pace.requests - 1:
                wait = pace.seconds - (now - late[0]).total_seconds()
                sentence = f"{self.way.vendor} gives no more sign-ins for some minutes; trying again then."
                raise Temporary(sentence, detail="own pace", retry_after=max(1.0, wait))
        return asked

    def _save(self) -> None:
        if self._grant is None:
            return
        try:
            self._kept.set(write(self._grant))
            self._is_unsaved = False
            self._looked_at = self._clock.now()
        except DealsideError as error:
            self._is_unsaved = True  # what we hold is good; the vault is tried again at each turn
            log.warning("the new sign-in of %s is not kept yet: %s", self.way.vendor, type(error).__name__)

    def _end(self, detail: str) -> UserActionNeeded:
        sentence = f"Your sign-in to {self.way.vendor} has ended; sign in again: {self._again}"
        return UserActionNeeded(sentence, detail=detail)
