"""Sessions: what a token stands for, and until when (spec/handshake.md, "Sessions")."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .errors import Refusal
from .generations import Generation
from .instance import Instance
from .instancing import peer_address
from .limits import seconds


@dataclass(eq=False)
class Session:
    instance: Instance
    address: str
    server_id: str
    confirmed: Generation | None = None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))  # HS-020
    calls: int = 0
    last_call: float = 0.0

    def touch(self) -> None:
        self.last_call = time.monotonic()
        self.instance.owner_calls(self.server_id)


class Sessions:
    """All sessions of this life of the agent; a restart ends them, because nothing of them is on the disk."""

    def __init__(self, session_idle_ms: int) -> None:
        self._idle = seconds(session_idle_ms)
        self._by_token: dict[str, Session] = {}

    def add(self, session: Session) -> None:
        self._drop_ended()
        session.touch()
        self._by_token[session.token] = session

    @contextmanager
    def call(self, token: str, grpc_peer: str) -> Iterator[Session]:
        """The session of a call, which keeps it alive while it is under way (HS-021, HS-022)."""
        self._drop_ended()
        session = self._by_token.get(token)
        if session is None or session.address != peer_address(grpc_peer):
            raise Refusal("SESSION_UNKNOWN", "The session is unknown here, or has ended.", "HS-021")
        session.calls += 1
        session.touch()
        try:
            yield session
        finally:
            session.calls -= 1
            session.touch()

    def confirmed(self) -> set[Generation]:
        """The generations that a session can run operations from (SYNC-056)."""
        self._drop_ended()
        return {session.confirmed for session in self._by_token.values() if session.confirmed}

    def _drop_ended(self) -> None:
        if self._idle is None:
            return
        oldest = time.monotonic() - self._idle
        ended = [
            session.token for session in self._by_token.values() if not session.calls and session.last_call < oldest
        ]
        for token in ended:
            del self._by_token[token]
