"""Lists of words and phrases written as one string, because that is how they are read best."""

import re


def phrases(pattern: str) -> re.Pattern[str]:
    """Compile a pattern whose blanks match any one gap between words, a line break among them; case is ignored."""
    return re.compile(pattern.replace(" ", r"\s{1,4}"), re.IGNORECASE)


def words(text: str) -> frozenset[str]:
    """Return the words of `text`, split at blanks."""
    return frozenset(text.split())
