"""Which paths a manifest may name (spec/sync.md, "Paths"), and the names that Windows reserves."""

import re
import sys

if sys.version_info >= (3, 13):
    import unicodedata
else:  # SYNC-015 asks for Unicode 15.1 or later; Python 3.11 and 3.12 know less
    import unicodedata2 as unicodedata

RESERVED = re.compile(r"(CON|PRN|AUX|NUL|(COM|LPT)[1-9¹²³]|CONIN\$|CONOUT\$) *", re.IGNORECASE | re.ASCII)
FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\\:]")

# Pairs of Unicode 15.1 where Python knows the full folding alone, or lowers to something else.
SIMPLE_FOLDINGS = {"\u1fd3": "\u0390", "\u1fe3": "\u03b0", "\ufb05": "\ufb06"}


def is_reserved(name: str) -> bool:
    """Whether a segment is, up to its first dot, a reserved name of Windows (SYNC-017)."""
    return RESERVED.fullmatch(name.split(".")[0]) is not None


def fold(text: str) -> str:
    """Unicode simple case folding, character by character (SYNC-015).

    Python offers the full folding, which is the simple one wherever it gives one character. Where it gives several, the
    simple folding is the lower case, if that is one character: `ẞ` folds to `ß`, and `İ` stays.
    """

    def fold_one(character: str) -> str:
        for folded in (SIMPLE_FOLDINGS.get(character, ""), character.casefold(), character.lower()):
            if len(folded) == 1:
                return folded
        return character

    return "".join(map(fold_one, text))


class PackagePaths:
    """The paths of one package: each is checked by itself and against those before it, in the order of the clauses."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def fault_of(self, path: str) -> tuple[str, str] | None:
        """The first clause that the path breaks, with its rule; or None, and the path counts from now on."""
        segments = path.split("/")
        if "" in segments:
            return "SYNC-010", "empty-segment"
        if "." in segments or ".." in segments:
            return "SYNC-011", "dot-segment"
        if FORBIDDEN.search(path):
            return "SYNC-012", "forbidden-character"
        if any(segment[-1] in ". " for segment in segments):
            return "SYNC-013", "trailing-dot-or-space"
        if len(path.encode()) > 1024 or any(len(segment.encode()) > 255 for segment in segments):
            return "SYNC-014", "too-long"
        if self._collides(fold(path)):
            return "SYNC-015", "collision"
        if unicodedata.normalize("NFC", path) != path:
            return "SYNC-016", "not-normalized"
        if any(map(is_reserved, segments)):
            return "SYNC-017", "reserved-name"
        return None

    def _collides(self, folded: str) -> bool:
        segments = folded.split("/")
        parents = {"/".join(segments[:depth]) for depth in range(1, len(segments))}
        if folded in self._files or folded in self._folders or parents & self._files:
            return True
        self._files.add(folded)
        self._folders |= parents
        return False
