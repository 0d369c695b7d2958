"""The words in which a model is asked to write. They live in `resources/prompts/write.json`.

They follow the document as the questions show it, word for word, so that a mail whose questions were answered need
not be read again.
"""

import msgspec

from desktop.domain.errors import Defect
from desktop.domain.ports import Brief
from desktop.inference.wire import Piece


class _Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pieces: tuple[Piece, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    languages: dict[str, str]
    usual_language: str
    instructions: dict[str, str]
    templates: dict[str, _Template]


class WriteWords:
    """The instructions there are, and how each family of models is given one; raises Defect for a damaged file."""

    def __init__(self, raw: bytes) -> None:
        try:
            self._words = msgspec.json.decode(raw, type=_File)
        except msgspec.DecodeError as error:
            sentence = "Dealside's own prompt file is damaged. Install Dealside again."
            raise Defect(sentence, detail=str(error)) from error

    @property
    def names(self) -> frozenset[str]:
        """The templates in which a model can be asked to write."""
        return frozenset(self._words.templates)

    def pieces(self, template: str, brief: Brief) -> tuple[Piece, ...]:
        """Return what stands behind the document; raises Defect for an unknown template or instruction."""
        words = self._words.templates.get(template)
        instruction = self._words.instructions.get(brief.name)
        if words is None or instruction is None:
            raise Defect("Dealside cannot ask this model to write.", detail=f"{brief.name} in {template}")
        # All of it is ours: no mail text comes near a slot.
        language = self._words.languages.get(brief.language, self._words.usual_language)
        said = instruction.replace("{language}", language)
        return tuple(
            piece if piece.special else Piece(piece.text.replace("{instruction}", said)) for piece in words.pieces
        )
