"""The forms in which mail programs announce quoted and forwarded text, in five languages and a few more."""

import re

_FROM = r"From|Von|De|Da|Van|Fra|Från|Od|Gönderen"
_SENT = (
    r"Sent|Date|Gesendet(?: am)?|Datum|Envoyé(?: le)?|Enviado(?: el)?|Fecha|Inviato|Data|Verzonden|Skickat"
    r"|Gönderildi|Tarih"
)
_TO = r"To|An|À|A|Para|Aan|Till|Til|Kime"
_SUBJECT = r"Subject|Betreff|Objet|Asunto|Oggetto|Onderwerp|Ämne|Emne|Konu"

QUOTE_PREFIX = re.compile(r"[ \t]{0,3}(?:>[ \t]?)+")
HEADER_FROM = re.compile(rf"[\s*]{{0,4}}(?:{_FROM})\s?\*?:\*?\s*(?P<author>\S.{{0,300}})", re.IGNORECASE)
HEADER_OTHER = re.compile(rf"[\s*]{{0,4}}(?:{_SENT}|{_TO}|{_SUBJECT}|Cc|Kopie|Bcc)\s?\*?:\*?(?:\s|$)", re.IGNORECASE)
HEADER_SENT = re.compile(rf"[\s*]{{0,4}}(?:{_SENT})\s?\*?:\*?\s*(?P<sent>\S.{{0,120}})", re.IGNORECASE)
HEADER_LINE = re.compile(
    rf"[\s*]{{0,4}}(?:{_FROM}|{_SENT}|{_TO}|{_SUBJECT}|Cc|Kopie|Bcc|Reply-To|Importance|Priorität)\s?\*?:",
    re.IGNORECASE,
)

FORWARD_MARK = re.compile(
    r"\s*(?:-{2,}\s*(?:forwarded (?:message|by)|weitergeleitete nachricht|message (?:transféré|transmis)"
    r"|mensaje reenviado"
    r"|messaggio inoltrato|doorgestuurd bericht).{0,80}|(?:begin forwarded message"
    r"|anfang der weitergeleiteten (?:nachricht"
    r"|e-mail)|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado"
    r"|inizio messaggio inoltrato)\s?:?)\s*",
    re.IGNORECASE,
)
ORIGINAL_MARK = re.compile(
    r"\s*(?:-{2,}\s*(?:original message|original appointment|ursprüngliche nachricht|urspr\. nachricht"
    r"|message d'origine|message original|mensaje original|messaggio originale|oorspronkelijk bericht)\s*-*"
    r"|_{20,}|-{5})\s*",
    re.IGNORECASE,
)
RULE_ONLY = re.compile(r"\s*(?:_{20,}|-{5})\s*")

_INTRODUCTIONS = (
    r"On\b.{4,250}?\bwrote\s?:",
    r"Am\b.{4,250}?\bschrieb\b.{0,150}?:",
    r"Am\b.{4,250}?\bhat\b.{1,150}?\bgeschrieben\s?:",
    r"Le\b.{4,250}?\ba écrit\s?:",
    r"El\b.{4,250}?\bescribió\s?:",
    r"Il\b.{4,250}?\bha scritto\s?:",
    r"Op\b.{4,250}?\bschreef\b.{0,150}?:",
    r"\S.{0,120}<[^<>\s]{3,120}>\s?(?:wrote|schrieb|a écrit|escribió|ha scritto)\b.{0,60}?:",
    r"\d{4}[-./]\d\d.{4,150}<[^<>\s]{3,120}>\s?:",
)
INTRODUCTION = re.compile(rf"\s*(?:{'|'.join(_INTRODUCTIONS)})\s*$", re.IGNORECASE)
INTRODUCTION_START = re.compile(r"\s*(?:On|Am|Le|El|Il|Op)\s.*\d|.*<[^<>\s]+@[^<>\s]+>", re.IGNORECASE)

FORWARD_SUBJECT = re.compile(r"(?i)\s*(?:(?:re|aw|antw|sv)\s*:\s*)*(?:fwd?|wg|tr|rv|i|enc|doorst)\s*:")
FORWARD_WORDS = re.compile(
    r"(?i)\b(?:fyi|f\.y\.i|see below|below|forward(?:ing|ed)?|passing (?:this|it) on|for you|over to you"
    r"|your (?:area|patch|region)"
    r"|can you (?:take|pick|handle|help)|zur info|z\. ?k\.|siehe unten|weiter(?:leit|geleitet)\w*|übernimmst"
    r"|für dich|ci-dessous"
    r"|pour info|je te (?:transf|laisse|passe)\w*|je vous (?:transf|laisse)\w*|ton secteur)"
)
