"""Text that no person wrote for this mail: legal notices, mailing-list footers, "external sender" banners."""

import re
from collections.abc import Sequence

from desktop.understanding.lexicon.sign_offs import SEPARATOR

MAX_SEARCHED = 400
MAX_TRAILING = 3
MAX_PARAGRAPH = 80
LEGAL_WORDS = 4

_NOTICE = re.compile(
    r"(?i)\b(?:confidential(?:ity)?\b.{0,60}(?:notice|note|information|intended|privileged|e-?mail|:)"
    r"|intended (?:only|solely|exclusively) for"
    r"|(?:this|the) (?:e-?mail|message|communication|transmission)\b.{0,60}\b(?:confidential|intended|privileged"
    r"|property of"
    r"|and any (?:attach|files))"
    r"|if you (?:are not the|have received this).{0,40}(?:recipient|e-?mail|error|message)|disclaimer\s?:|virus-free"
    r"|please consider the environment|think before (?:you )?print|registered (?:in|office|address).{0,60}(?:no\b"
    r"|number|\d)"
    r"|diese (?:e-?mail|nachricht|mitteilung).{0,60}(?:vertraulich|ausschlie|bestimmt|anhäng)"
    r"|vertrauliche.{0,30}informationen"
    r"|nicht der (?:richtige|vorgesehene|beabsichtigte) (?:adressat|empfänger)|amtsgericht .{2,40}\bhr[ab]\b"
    r"|denken sie an die umwelt"
    r"|ce (?:message|courriel|mail|courrier).{0,60}(?:confidentiel|destin|pièces jointes)"
    r"|si vous n['’]êtes pas le destinataire"
    r"|pensez à l['’]environnement|avis de confidentialité"
    r"|este (?:mensaje|correo|e-?mail|mensagem).{0,60}(?:confidencial|destinatari)"
    r"|esta mensagem.{0,60}(?:confidencial|destinat)"
    r"|antes de imprimir|(?:aviso|nota) (?:legal|de confidencialidad\w*)|informazioni contenute.{0,60}(?:messaggio"
    r"|riservat|comunicazione)"
    r"|questo messaggio.{0,60}(?:riservat|confidenzial|destinat)|dit (?:e-?mail)?bericht.{0,60}(?:vertrouwelijk"
    r"|bestemd)"
    r"|denne (?:e-?mail|e-?post|meddelelse).{0,60}(?:fortrolig|konfidensiell)|detta (?:meddelande|mail"
    r"|e-post).{0,60}konfidentiell"
    r"|tämä viesti.{0,60}luottamuksellinen|ta wiadomość.{0,60}poufn|niniejsza wiadomość|данное (?:сообщение"
    r"|письмо).{0,60}конфиденциальн)"
)
_FOOTER = re.compile(
    r"(?i)(?:mailing list$|lists?\.[\w.-]+/(?:mailman|listinfo)|to unsubscribe\b|unsubscribe (?:here|from)"
    r"|abmelden\b.{0,40}newsletter|se désabonner|darse de baja"
    r"|scanned (?:by|for virus)|checked by avg|virus[- ]?free|do you yahoo|get your (?:free|private)"
    r"|free e?-?mail (?:at|from)|msn (?:explorer|hotmail|messenger)"
    r"|aviso de privacidad|datenschutz(?:hinweis|erklärung)|verarbeiten ihre daten|firmenbuch\b|handelsregister\b"
    r"|update (?:your )?preferences|privacy (?:notice|policy)\b.{0,40}(?:http|www)|you received this (?:message"
    r"|e-?mail) because|view (?:this message|it on github)|reply to this email directly)"
)
_LEGAL_WORD = re.compile(
    r"(?i)\b(?:confidential\w*|recipients?|intended|unauthori[sz]ed|prohibited|liability|liable|privileged|disclos\w+"
    r"|distribut\w+|disseminat\w+|copying|delete"
    r"|in error|notify|virus\w*|attachments?|proprietary|solely|addressees?|empfänger\w*|vertraulich\w*|adressat\w*"
    r"|unbefugt\w*|irrtümlich|löschen|vernichten"
    r"|haftung|confidentiel\w*|destinataires?|erreur|interdite?|détrui\w+|confidencial\w*|destinatari\w*|prohibid[oa]"
    r"|riservat\w+|vietat\w+|vertrouwelijk\w*)\b"
)
# What the three patterns above cannot match without, in small letters: looking for these is far quicker.
_LEGAL_STEMS = (
    "confiden", "recipient", "intended", "unauthori", "prohibited", "liab", "privileged", "disclos", "distribut",
    "disseminat", "copying", "delete", "in error", "notify", "virus", "attachment", "proprietary", "solely",
    "addressee", "empfänger", "vertraulich", "adressat", "unbefugt", "irrtümlich", "löschen", "vernichten", "haftung",
    "destinat", "erreur", "interdit", "détrui", "prohibid", "riservat", "vietat", "vertrouwelijk",
)  # fmt: skip
_STEMS = (
    "property of", "and any ", "if you ", "disclaimer", "the environment", "think before", "registered", "ausschlie",
    "bestimmt", "anhäng", "nicht der", "amtsgericht", "umwelt", "destin", "pièces jointes", "environnement",
    "imprimir", "legal", "informazioni contenute", "bestemd", "fortrolig", "konfiden", "luottamuks", "poufn",
    "niniejsza", "конфиденциальн", "mailing list", "listinfo", "mailman", "unsubscribe", "abmelden", "désabonner",
    "de baja", "scanned", "checked by", "do you yahoo", "get your", "free e", "free m", "free -", "msn ", "privacidad",
    "datenschutz", "ihre daten", "firmenbuch", "handelsregister", "preferences", "privacy", "you received this",
    "view this message", "on github", "reply to this",
)  # fmt: skip
_BANNER = re.compile(
    r"(?i)\W{0,6}(?:external(?: e-?mail| sender| message)?\s?[:\])!-]|caution\s?[:!-]|warning\s?[:!-].{0,60}external"
    r"|(?:this (?:e-?mail|message)|the sender).{0,60}"
    r"(?:originated|came|comes|sent|is) (?:from )?(?:outside|an external|external)|extern(?:e|er)? (?:e-?mail"
    r"|absender|nachricht)\b|achtung\s?[:!-].{0,60}extern"
    r"|(?:diese e-?mail|die nachricht).{0,40}von (?:einem )?extern|(?:message|expéditeur|courriel) externe\b"
    r"|attention\s?[:!-].{0,60}extern"
    r"|correo externo|you don['’]t often get (?:e-?mail|mail) from|sie erhalten nicht häufig e-?mails? von"
    r"|vous ne recevez pas souvent)"
)
_BANNER_MORE = re.compile(
    r"(?i)\b(?:links?|attachments?|anhänge|pièces jointes|learn why|external|extern|sender|absender|outside|phishing"
    r"|unless you)\b"
)


def banner_end(lines: Sequence[str]) -> int:
    """Return the index of the first line below a warning about an outside sender at the top; 0 when there is none."""
    first = next((index for index, line in enumerate(lines[:5]) if line.strip()), None)
    if first is None or not _BANNER.match(lines[first][:MAX_SEARCHED]):
        return 0
    end = first + 1
    while end < min(first + 6, len(lines)) and lines[end].strip():
        if not _BANNER_MORE.search(lines[end][:MAX_SEARCHED]) and not SEPARATOR.fullmatch(lines[end][:80]):
            break
        end += 1
    return end if any(line.strip() for line in lines[end:]) else 0


def notice_start(lines: Sequence[str], first: int = 0) -> int:
    """Return where the notices at the end begin: the number of lines when there are none.

    Goes up paragraph by paragraph from the end. A few short paragraphs below a notice, or between two, belong to it.
    """
    start = len(lines)
    foreign = 0
    for paragraph, end in _paragraphs_from_end(lines, first):
        begin = max(paragraph, end - MAX_PARAGRAPH)
        text = " ".join(line[:MAX_SEARCHED] for line in lines[begin : min(end, begin + 30)])
        notice = _first_notice(lines, begin, end, text)
        if notice is not None:
            start, foreign = notice, 0
            if notice > begin:
                break
            continue
        foreign += 1
        if foreign > MAX_TRAILING or len(text) > 1500:
            break
    while (
        start < len(lines)
        and start > first
        and SEPARATOR.fullmatch(lines[start - 1][:200])
        and lines[start - 1].strip()
    ):
        start -= 1
    is_all = not any(line.strip() for line in lines[first:start])
    return len(lines) if is_all else start


def _first_notice(lines: Sequence[str], begin: int, end: int, text: str) -> int | None:
    """Return the line of a paragraph at which its notice begins, or None."""
    lowered = "\n".join(line[:MAX_SEARCHED] for line in lines[begin:end]).lower()
    is_legal = any(stem in lowered for stem in _LEGAL_STEMS)
    if not is_legal and not any(stem in lowered for stem in _STEMS):
        return None
    if is_legal and len({word.lower() for word in _LEGAL_WORD.findall(text)}) >= LEGAL_WORDS:
        for index in range(begin, end):
            if _NOTICE.search(lines[index][:MAX_SEARCHED]):
                is_inner = index - begin > 2
                return index if is_inner else begin
        return begin
    for index in range(begin, end):
        line = lines[index][:MAX_SEARCHED]
        if _NOTICE.search(line) or _FOOTER.search(line):
            return index
    return None


def _paragraphs_from_end(lines: Sequence[str], first: int) -> list[tuple[int, int]]:
    """Return up to twenty paragraphs ([start, end) of lines between blank ones), the last first."""
    found: list[tuple[int, int]] = []
    end = len(lines)
    while end > first and len(found) < 20:
        while end > first and not lines[end - 1].strip():
            end -= 1
        begin = end
        while begin > first and lines[begin - 1].strip():
            begin -= 1
        if begin < end:
            found.append((begin, end))
        end = begin
    return found
