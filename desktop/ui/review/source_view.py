"""The mail a card rests on, as plain text: quotes and signatures dimmed, the words that count marked.

The words behind the field in focus are marked strongly and scrolled to; those behind the other fields lightly.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QGridLayout, QTextEdit, QVBoxLayout, QWidget

from desktop.domain.evidence import Evidence, Part
from desktop.review.views import SourceView as Source
from desktop.ui import moments, texts
from desktop.ui.review.display_text import DisplayText, dimmed_runs, one_line, units
from desktop.ui.review.mail_text import MailText
from desktop.ui.theme import TextSize, Theme
from desktop.ui.tokens import Space
from desktop.ui.widgets.marked_line import MarkedLine
from desktop.ui.widgets.plain import plain_label, rule

MARKS_AT_MOST = 200
NAMES_AT_MOST = 5
WORTH_SUMMING_UP = 1_200  # characters; a shorter mail is read as fast as the sentences taken from it
CUT = "This mail is very long; only its first million characters are shown."


class SourcePane(QWidget):
    """Head and text of one mail. Nothing in it can be clicked, loaded or run."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("source")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._source: Source | None = None
        self._is_other = False
        self._display = DisplayText("")
        self._chosen: tuple[Evidence, ...] = ()
        self._subject = MarkedLine(theme, theme.font(TextSize.TITLE, bold=True))
        self._sender = MarkedLine(theme, theme.font())
        self._meta = MarkedLine(theme, theme.font(TextSize.SMALL), muted=True)
        self._troubles = plain_label(theme, TextSize.SMALL, tone="bad")
        self._summary = plain_label(theme, TextSize.SMALL)
        self._summary_by = plain_label(theme, TextSize.SMALL, tone="muted")
        self._mail = MailText()
        self._build()
        theme.changed.connect(self._mark)
        self._mail.filled.connect(self._filled)

    @property
    def mail(self) -> MailText:
        """The view of the text."""
        return self._mail

    def show_source(self, source: Source | None, *, is_other: bool = False) -> None:
        """Show another mail, from its top; the same one again changes nothing. `is_other`: it is not the card's own."""
        if source == self._source and is_other == self._is_other:
            return
        self._is_other = is_other
        is_same_text = self._source is not None and source is not None and source.text == self._source.text
        self._source, self._chosen = source, ()
        if not is_same_text:
            self._display = DisplayText(source.text if source else "")
            self._mail.show_text(self._display.text)
        self._show_head()
        self._mark()

    def choose(self, evidence: tuple[Evidence, ...]) -> None:
        """Mark these words strongly and bring the first of them into view."""
        if evidence == self._chosen:
            return
        self._chosen = evidence
        self._mark()
        self._reveal()

    def scroll_pages(self, pages: int) -> None:
        """Scroll the text by whole pages, back for negative numbers."""
        bar = self._mail.verticalScrollBar()
        bar.setValue(bar.value() + pages * max(bar.pageStep() - 1, 1))

    def _filled(self) -> None:
        self._mark()
        self._reveal()

    def _reveal(self) -> None:
        """Bring the first chosen words into view."""
        places = next(filter(None, map(self._places, self._chosen)), None)
        if places is not None:
            self._mail.bring_into_view(places[0])

    def _build(self) -> None:
        head = QGridLayout()
        head.setContentsMargins(Space.L, Space.L, Space.L, Space.M)
        head.setVerticalSpacing(Space.XS)
        lines = (self._subject, self._sender, self._meta, self._troubles, self._summary, self._summary_by)
        for line, widget in enumerate(lines):
            head.addWidget(widget, line, 0)
        for label in (self._summary, self._summary_by):
            label.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(rule())
        column.addWidget(self._mail, 1)
        self.setAccessibleName("The mail this card rests on")

    def _show_head(self) -> None:
        source = self._source
        for widget in (self._subject, self._sender, self._meta):
            widget.setVisible(source is not None)
        troubles = [] if source is None else list(source.troubles)
        if self._display.is_cut:
            troubles.append(CUT)
        self._troubles.setText(one_line("  ".join(troubles)))
        self._troubles.setVisible(bool(troubles))
        self._show_summary()

    def _show_summary(self) -> None:
        """Show what a model wrote, and say so; the mail's own sentences only where the mail itself is long."""
        source = self._source
        is_worth_it = source is not None and bool(source.summary_by or len(source.text) >= WORTH_SUMMING_UP)
        summary = one_line(source.summary) if source is not None and is_worth_it else ""
        author = one_line(source.summary_by) if source is not None and summary else ""
        for label, words, shown in (
            (self._summary, texts.IN_SHORT, summary),
            (self._summary_by, texts.SUMMARY_BY, author),
        ):
            label.setText(words.format(shown) if shown else "")
            label.setVisible(bool(shown))

    def _mark(self) -> None:
        source = self._source
        if source is None:
            self._mail.setExtraSelections([])
            return
        self._subject.show_text(
            one_line(source.subject) or "(no subject)", self._line_marks(Part.SUBJECT, source.subject)
        )
        sender = sender_line(source)
        self._sender.show_text(sender, self._line_marks(Part.SENDER, sender))
        meta = (f"{texts.OTHER_MAIL} · " if self._is_other else "") + _meta_line(source)
        self._meta.show_text(meta, self._line_marks(Part.RECIPIENTS, meta))
        selections = [
            self._selection(start, end, ground="", ink=self._theme.colors.muted) for start, end in self._dims()
        ]
        others = [one for one in source.evidence if one not in self._chosen][:MARKS_AT_MOST]
        for group, ground in ((others, self._theme.colors.mark), (self._chosen, self._theme.colors.mark_strong)):
            found = filter(None, map(self._places, group))
            selections += [self._selection(*places, ground=ground, ink=self._theme.colors.text) for places in found]
        self._mail.setExtraSelections(selections)

    def _dims(self) -> list[tuple[int, int]]:
        zones = self._source.zones if self._source else ()
        return [
            places
            for run in dimmed_runs(zones)
            if (places := self._display.places(*run)) and self._mail.holds(places[1])
        ]

    def _places(self, evidence: Evidence) -> tuple[int, int] | None:
        """Return where evidence stands in the document; None when it is not in the text, or not as it says."""
        span = evidence.span
        if span.part is not Part.BODY or not self._display.holds(span.start, span.end, evidence.text):
            return None
        places = self._display.places(span.start, span.end)
        return places if places and self._mail.holds(places[1]) else None

    def _line_marks(self, part: Part, text: str) -> tuple[tuple[int, int, bool], ...]:
        """Return the marks of a line of the head, found by the words themselves."""
        evidence = self._source.evidence if self._source else ()
        marks = []
        for one in (*(e for e in evidence if e not in self._chosen), *self._chosen):
            at = text.find(one.text) if one.span.part is part and one.text else -1
            if at >= 0:
                marks.append((units(text[:at]), units(one.text), one in self._chosen))
        return tuple(marks)

    def _selection(self, start: int, end: int, *, ground: str, ink: str) -> QTextEdit.ExtraSelection:
        cursor = QTextCursor(self._mail.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        look = QTextCharFormat()
        look.setForeground(QColor(ink))
        if ground:
            look.setBackground(QColor(ground))
        selection = QTextEdit.ExtraSelection()
        selection.cursor, selection.format = cursor, look
        return selection


def sender_line(source: Source) -> str:
    """Return the sender as the head shows it: `Name <address>`, or what there is of it."""
    name, address = one_line(source.sender_name), one_line(source.sender_address)
    return f"{name} <{address}>" if name and address else name or address or "(no sender)"


def _meta_line(source: Source) -> str:
    shown = {one.text for one in source.evidence if one.span.part is Part.RECIPIENTS}
    first = sorted(source.recipients, key=lambda address: address not in shown)  # what a field rests on is never cut
    names = [one_line(name) for name in first[:NAMES_AT_MOST]]
    more = len(source.recipients) - len(names)
    parts = [moments.full(source.sent_at)]
    if names:
        parts.append("to " + ", ".join(names) + (f" and {more} more" if more else ""))
    if source.attachments:
        parts.append("attached: " + one_line(", ".join(source.attachments[:NAMES_AT_MOST])))
    return " · ".join(parts)
