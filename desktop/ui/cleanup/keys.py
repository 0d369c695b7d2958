"""The sheet of keys of the clean-up page: headings, keys, and what they do in a few words."""

KEYS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Move",
        (("j or ↓", "next group"), ("k or ↑", "group before"), ("Tab", "next record or field"), ("Esc", "back")),
    ),
    (
        "Decide",
        (
            ("Enter", "merge; asks once"),
            ("x", "they are not the same"),
            ("u", "take it back"),
            ("t", "send again what was refused"),
        ),
    ),
    (
        "Change",
        (
            ("s", "let this record stay"),
            ("Backspace", "set this record apart, or in"),
            ("o", "take another value"),
            ("n", "keep what vanishes in a note"),
        ),
    ),
    (
        "Look",
        (
            ("1", "waiting"),
            ("2", "to be merged"),
            ("3", "not the same"),
            ("r", "compare all again"),
            ("?", "these keys"),
        ),
    ),
)
