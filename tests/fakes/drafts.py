"""A Drafts folder in memory."""

from desktop.domain.ports import DraftFolder


class MemoryDrafts(DraftFolder):
    """Keeps drafts by Message-ID; `fail_after` holds errors that the next appends raise after they took effect."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, bytes]] = []
        self.fail_after: list[Exception] = []

    def find(self, message_id: str) -> str | None:
        return next((f"1:{n}" for n, (known, _) in enumerate(self.kept) if known == message_id), None)

    def append(self, raw: bytes, message_id: str) -> str:
        self.kept.append((message_id, raw))
        if self.fail_after:
            raise self.fail_after.pop(0)
        return f"1:{len(self.kept) - 1}"

    def remove(self, message_id: str) -> bool:
        before = len(self.kept)
        self.kept = [(known, raw) for known, raw in self.kept if known != message_id]
        return len(self.kept) < before

    def close(self) -> None:
        """Nothing is open."""
