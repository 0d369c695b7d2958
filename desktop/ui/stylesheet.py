"""The style sheet over Fusion. Rules name classes and properties of ours; none matches every widget, which is slow."""

from string import Template

from desktop.ui.tokens import RADIUS, Colors

_TEMPLATE = Template("""
QLabel[tone="muted"] { color: $muted; }
QLabel[tone="accent"] { color: $accent; }
QLabel[tone="bad"] { color: $bad; }
QSplitter::handle { background: $line; }
QListView#cards { background: $window; border: none; outline: none; }
QScrollArea#card, QWidget#cardBody { background: $window; border: none; }
QWidget#source { background: $surface; }
QPlainTextEdit#mail { background: $surface; border: none; color: $text;
    selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit, QPlainTextEdit#body, QPlainTextEdit#value { background: $surface; color: $text; border: 1px solid $control;
    border-radius: ${radius}px; padding: 3px 6px; selection-background-color: $accent;
    selection-color: $on_accent; placeholder-text-color: $muted; }
QLineEdit:focus, QPlainTextEdit#body:focus, QPlainTextEdit#value:focus { border: 2px solid $accent; padding: 2px 5px; }
QLineEdit:read-only, QPlainTextEdit#body[readOnly="true"] { background: $window; border: 1px solid $line; }
QPushButton { background: $surface; color: $text; border: 1px solid $control; border-radius: ${radius}px;
    padding: 4px 12px; }
QPushButton:hover { background: $soft; }
QPushButton:pressed { background: $line; }
QPushButton:focus { border: 2px solid $accent; padding: 3px 11px; }
QPushButton:disabled { color: $muted; border-color: $line; }
QPushButton[role="primary"] { background: $accent; color: $on_accent; border: 1px solid $accent; }
QPushButton[role="primary"]:hover { border: 1px solid $text; }
QPushButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="primary"]:disabled { background: $sunken; color: $muted; border-color: $line; }
QPushButton[role="quiet"] { background: transparent; border: 1px solid transparent; color: $accent; padding: 4px 8px; }
QPushButton[role="quiet"]:hover { background: $soft; }
QPushButton[role="quiet"]:focus { border: 1px solid $accent; }
QPushButton[role="shelf"] { background: transparent; border: none; border-bottom: 2px solid transparent;
    border-radius: 0; color: $muted; padding: 8px 2px 6px 2px; }
QPushButton[role="shelf"]:hover { color: $text; background: transparent; }
QPushButton[role="shelf"]:focus { border: none; border-bottom: 2px solid $muted; padding: 8px 2px 6px 2px; }
QPushButton[role="shelf"]:checked { color: $text; border-bottom: 2px solid $accent; }
QPushButton[role="choice"] { background: transparent; border: 1px solid transparent; text-align: left;
    padding: 4px 8px; }
QPushButton[role="choice"]:hover { background: $surface; }
QFrame#banner { background: $soft; border-bottom: 1px solid $line; }
QFrame#banner[kind="trouble"] { background: $bad_soft; }
QFrame#statusLine { background: $window; border-top: 1px solid $line; }
QFrame#prompt { background: $soft; border-bottom: 1px solid $line; }
QFrame#help { background: $surface; border: 1px solid $control; border-radius: 10px; }
QFrame#draft { background: $surface; border: 1px solid $line; border-radius: ${radius}px; }
QFrame#draft[current="true"] { border: 2px solid $accent; }
QFrame#rule { background: $line; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $control; border-radius: 3px; min-height: 32px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle:horizontal { background: $control; border-radius: 3px; min-width: 32px; margin: 2px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QToolTip { background: $surface; color: $text; border: 1px solid $line; padding: 4px; }
""")


def stylesheet_of(colors: Colors) -> str:
    """Return the style sheet in one set of colours."""
    words = {name: getattr(colors, name) for name in Colors.__dataclass_fields__}
    return _TEMPLATE.substitute(words, radius=RADIUS)
