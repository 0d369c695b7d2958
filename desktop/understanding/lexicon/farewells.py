"""Words of farewell, in many languages: those that a signature model knows, and looser ones that stand over a name."""

import re

from desktop.understanding.lexicon.sign_offs import SIGN_OFF

_ALSO = re.compile(
    r"(?i)\s*(?:(?:have a|enjoy (?:the|your)|happy) (?:\w+ ){0,2}(?:day|weekend|week|evening|one|friday|holidays?)"
    r"|speak (?:to you )?(?:soon|later|then)|many thanks in advance|thank you(?: so much)? in advance|with thanks"
    r"|(?:ein(?:en|e)? )?(?:schöne[ns]?|angenehme[ns]?|guten?) (?:tag|woche|wochenende|abend|start.{0,30})(?: noch)?"
    r"|(?:herzlich|herzlichst|alles gute|auf bald|bis demnächst|servus|tschüss|liebe grüße|ciao|pfiat di"
    r"|(?:lieb[ei] |fründlichi |herzlichi )?gr(?:ue|üe)ss(?:e|li)?|beschte gruess)"
    r"|(?:\w{4,12}n? )?gr(?:ü|ue)(?:ß|ss)e? (?:aus|vom|von|auch|in|an) .{2,40}|hoogachtend|warmly|fondly|kindly|warmest"
    r"|gratefully|alles (?:liebe|gute)|mit \w{3,20} gr(?:ü|ue)(?:ß|ss)en|lieben gruß|(?:ta )?muchly|ta"
    r"|d[íi]ky|dík|dzięki|köszi|kiitti|tusind tak|tusen takk|tack tack|namaste"
    r"|bye(?:[ -]?bye)?|cya|adi[oó]s|adieu|tschau|doei|dag|hejdå|ha det|na razie|görüşürüz"
    r"|enclosures?|encl\.?|attachments?|confidential|mil gracias"
    r"|(?:with|lots of|much) love|(?:in )?(?:anticipation|haste)|kindest|bless(?:ings)?|onwards"
    r"|(?:auf .{2,40} )?freu(?:t|en) (?:sich|uns)|bon(?:ne)? (?:week-?end|continuation|dimanche|courage|fin de .{3,12})"
    r"|au plaisir(?: de .{3,40})?|amitiés|je vous embrasse|biz|bisous|bàv|bav|(?:bien )?à vous|a\+"
    r"|(?:un )?(?:beso|abrazo)s?|(?:buen|feliz|excelente) (?:día|fin de semana|semana|finde|tarde)|que tenga .{3,30}"
    r"|buon(?:a|o)? (?:giornata|serata|domenica|settimana|fine settimana|weekend|lavoro)|un abbraccio|saluti"
    r"|(?:un )?caro saluto|(?:bom|boa) (?:dia|tarde|noite|semana|trabalho|fim de semana)|grat[oa]|um abraço|beijinhos"
    r"|(?:fijn[e]?|prettig[e]?) (?:dag|weekend|avond|week|dag verder)|tot (?:ziens|snel|dan|morgen|horens)|hartelijks"
    r"|(?:trevlig|ha en (?:fin|bra|god)|god|fortsatt god|fin|hav en god) (?:helg|dag|kväll|vecka|kveld|weekend|uge)"
    r"|(?:kram|klem|hälsning|bästa hälsning|vänligen|ha det bra|vi hörs|vi snakkes|hilsner|hej så länge|allt gott)"
    r"|(?:miłego|dobrego|udanego|spokojnego) (?:dnia|weekendu|tygodnia|wieczoru)|ściskam|z pozdrowieniami|pozdr\.?"
    r"|(?:iyi|hayırlı) (?:günler|haftalar|akşamlar|hafta sonları|işler)(?: dilerim)?|kolay gelsin|sevgiler(?:imle)?"
    r"|sayg(?:ılar|ıyla)|selamlar|(?:hezký|pěkný) (?:den|víkend)|szép (?:napot|hétvégét)(?: kívánok)?|üdv|o zi bună"
    r"|mukavaa (?:päivää|viikonloppua))[\s,.!;–-]{0,4}(?:[^\w\s]{1,3}\s*)?"
)
_LINK = re.compile(r"(?i)\s(?:aus|vom|von|von der|from|de|du|da|dal|dalla|della|van|z|od|från|fra)(?:\s.{0,30})?$")
_LINK_ALONE = re.compile(r"(?i)\s(?:vom|von|von der|from|de|du|da|dal|dalla|della|van|z|od|från|fra)\s*$")
_LOOSE = re.compile(
    r"(?:(?i:cheers|thanks|thank you|thnx|thanx|thks|danke|merci|gracias|grazie|bedankt|dank|obrigad[oa]|dziękuję|tack"
    r"|takk?|teşekkürler|regards|greetings|grüße|gruß|groeten|groetjes|saludos|saluti|hilsen|hälsningar|pozdrawiam))"
    r"(?:\s[^\W\d_A-ZÀ-Þ]{1,12}){0,4}[\s,.!–-]{0,4}"
)


def is_farewell(text: str) -> bool:
    """Whether a piece of text is nothing but words of farewell, a place that they come from included."""
    return _is_known(text) or bool(_LOOSE.fullmatch(text)) or _comes_from(text)


def leads_to_name(text: str) -> bool:
    """Whether a piece of text before a name is words of farewell, perhaps with "from" at its end."""
    link = _LINK_ALONE.search(text)
    return _is_known(text[: link.start()] if link else text) or bool(_LOOSE.fullmatch(text))


def _is_known(text: str) -> bool:
    return bool(SIGN_OFF.fullmatch(text) or _ALSO.fullmatch(text))


def _comes_from(text: str) -> bool:
    link = _LINK.search(text)
    return bool(link) and _is_known(text[: link.start()] if link else "")
