"""The forms in which mail programs announce quoted and forwarded text.

Languages: English, German, French, Italian, Spanish, Portuguese, Dutch, Danish, Norwegian, Swedish, Finnish, Polish,
Czech, Slovak, Russian, Ukrainian, Hungarian, Romanian, Turkish, Greek, Chinese, Japanese and Korean, as far as the
words of Outlook, Exchange, Notes, Thunderbird, Gmail, Apple Mail, Yahoo, AOL, Zoho and mail.ru go.
"""

import re

_FROM = (
    r"From|Von|De|Da|Van|Fra|Från|Od|Gönderen|Kimden|Lähettäjä|Feladó|От(?: кого)?|Від(?: кого)?|Από|Expéditeur"
    r"|Mittente"
    r"|Remitente|Afzender|Absender|Nadawca|Odesílatel|Odosielateľ|Expeditor|发件人|寄件者|差出人|보낸 ?사람"
)
_SENT = (
    r"Sent|Date|Message du|Gesendet(?: am)?|Datum|Envoyé(?: le)?|Enviad[oa](?: el| em)?|Fecha|Inviato(?: il)?|Data"
    r"|Verzonden(?: op)?"
    r"|Skickat|Sendt|Dato|Lähetetty|Päivämäärä|Pvm|Wysłan[oey]|Odesláno|Odoslané|Отправлено|Дата|Надіслано|Elküldve"
    r"|Dátum"
    r"|Trimis|Gönderildi|Gönderilme Tarihi|Tarih|Ημερομηνία|Στάλθηκε|发送时间|日期"
    r"|寄件日期|送信日時|日付|보낸 ?날짜|날짜"
)
_TO = (
    r"To|An|À|A|Para|Aan|Till|Til|Do|Komu|Pro|Кому|Vastaanottaja|Címzett|Către|Catre|Kime|Alıcı|Προς|Destinataire"
    r"|Empfänger"
    r"|收件人|收件者|宛先|받는 ?사람"
)
_COPY = (
    r"Cc|B?cc:n|Bcc|Kopie|Copie(?: à)?|Copia|Cópia|Kopia|Kopio|Kopi|Blindkopie|DW|UDW|Копия|Másolatot kap|Bilgi"
    r"|抄送|副本"
)
_SUBJECT = (
    r"Subject|Betreff|Objet|Sujet|Asunto|Oggetto|Onderwerp|Ämne|Emne|Aihe|Temat|Předmět|Předmet|Predmet|Assunto|Тема"
    r"|Tárgy|Subiect|Konu|Θέμα|主题|主旨|件名|제목"
)
_OTHER = (
    r"Reply-To|Please respond to|Bitte antworten an|Antwort an|Répondre à|Responder a|Sent by|Importance|Priority"
    r"|Priorität|Wichtigkeit|Prioritet|Importancia|Importância|Priorité|Sensitivity|Attachments?|Anlagen|Anhänge"
    r"|Pièces jointes|Adjuntos|Anexos|Allegati|Bijlagen?|Vedhæftede filer|Bilagor|Organi[sz]ation|Message-ID|When|Where"
    r"|Wann|Wo"
)

QUOTE_PREFIX = re.compile(r"[ \t]{0,3}(?:>[ \t]?)+")
LABEL = re.compile(
    rf"[\s*_|]{{0,8}}(?:(?P<sender>{_FROM})|(?P<sent>{_SENT})|(?P<recipient>{_TO})|(?P<copy>{_COPY})"
    rf"|(?P<subject>{_SUBJECT})"
    rf"|(?P<other>{_OTHER}))[ \u00a0]?\*{{0,2}}[:：]\*{{0,2}}"
    r"|\s{0,8}(?P<answer>Please respond to)\s",
    re.IGNORECASE,
)

_WHEN = (
    r"(?:\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}|\d{1,2}[- ][A-Za-z]{3,9}[- ]\d{2,4}),?\s{1,4}"
    r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?(?:\s[A-Z]{2,4}\d?)?"
)
SENT_LINE = re.compile(
    r"(?i)[\s*]{0,8}(?:sent|gesendet|envoyé|enviad|inviat|verzond|skickat|sendt|lähetetty|wysłan|отправлен|gönderil)"
    r"[^:]{0,12}:.{0,60}(?:\b(?:19|20)\d\d\b|\d[:.]\d\d)"
)
DATE_LINE = re.compile(rf"\s*(?P<sent>{_WHEN})\s*")
AUTHOR_AND_DATE = re.compile(
    rf"\s*(?:(?:{_FROM})\s?:\s*)?(?P<author>\S[^\n]{{0,200}}?)(?:\s+(?:on|am|le|den|op|el|il)\s+|\s{{2,}}|\t)"
    rf"(?P<sent>{_WHEN})\s*",
    re.IGNORECASE,
)
WHEN_END = re.compile(r"\d{1,2}[:.]\d{2}(?:\s?[AaPp]\.?[Mm]\.?)?(?:\s[A-Z]{2,4})?\s*$|\d\s*$|\b[AaPp][Mm]\s*$")

_FORWARD_WORDS = (
    r"forwarded(?: message| by\b.{1,120})?|weitergeleitete nachricht|weitergeleitet von\b.{1,120}"
    r"|message (?:transféré|transmis)e?"
    r"|(?:transféré|réexpédié) par\b.{1,120}|mensaje reenviado|reenviado por\b.{1,120}|mensagem (?:encaminhada"
    r"|reencaminhada)"
    r"|messaggio inoltrato|inoltrato da\b.{1,120}|doorgestuurd bericht|videresendt (?:besked|melding|meddelelse)"
    r"|vidarebefordrat meddelande|välitetty viesti|wiadomość przekazana|przekazana wiadomość|přeposlaná zpráva"
    r"|preposlaná správa|пересылаемое сообщение|пересланное сообщение|пересилане повідомлення|továbbított üzenet"
    r"|mesaj redirecționat|iletilen (?:mesaj|ileti)|转发邮件|轉寄的郵件|転送メッセージ|전달된 메시지"
    r"|inline attachment follows"
)
_ORIGINAL_WORDS = (
    r"original (?:message|e-?mail|appointment)|reply (?:message|separator)|ursprüngliche (?:nachricht|e-?mail)"
    r"|urspr\. nachricht|ursprünglicher termin|original(?:-?nachricht| nachricht)|message d'origine|message original"
    r"|mensaje original"
    r"|mensagem original|messaggio originale|oorspronkelijk bericht|oprindelig (?:besked|meddelelse)"
    r"|opprinnelig melding|ursprungligt meddelande|originalmeddelande|alkuperäinen viesti"
    r"|(?:oryginalna wiadomość|wiadomość oryginalna|wiadomość)|původní (?:zpráva|e-?mail)|pôvodná správa"
    r"|исходное сообщение|оригинальное сообщение|eredeti üzenet|mesaj original|orijinal mesaj|αρχικό μήνυμα|原始邮件"
    r"|元のメッセージ|원본 메시지"
)
FORWARD_MARK = re.compile(
    rf"\s*(?:[-=_*]{{2,}}\s*(?:{_FORWARD_WORDS})\s*[-=_*]*\s*:?|(?:begin forwarded message"
    rf"|anfang der weitergeleiteten (?:nachricht"
    r"|e-?mail)|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado|início da mensagem reencaminhada"
    r"|inizio messaggio inoltrato|begin doorgestuurd bericht|start på videresendt besked|videresendt melding"
    r"|vidarebefordrat brev|välitetty viesti alkaa|начало переадресованного сообщения)\s?:?)\s*",
    re.IGNORECASE,
)
ORIGINAL_MARK = re.compile(rf"\s*(?:[-=_*]{{2,}}\s*(?:{_ORIGINAL_WORDS})\s*[-=_*]*|_{{20,}}|-{{5,}})\s*", re.IGNORECASE)
RULE_ONLY = re.compile(r"\s*(?:_{5,}|-{5,}|={3,})\s*")
MARK_START = re.compile(r"\s*(?:[-=_*]{2,}\s*\w|_{20,}|-{5,}|[A-Za-zÀ-ž\u0400-\u04ff])")

ENCLOSED = re.compile(r"\s*(?P<author>\S.{0,200}?)\s+(?P<sent>\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b.{0,24}?)\s?>{2,}\s*")
VERB = (
    r"wrote|writes|schrieb(?:en)?|geschrieben|a écrit|escribió|escreveu|ha scritto|schreef|geschreven|skrev|kirjoitti"
    r"|napisał(?:\(a\)|a)?|pisze|napsal(?:\(a\)|a)?|napísal(?:\(a\)|a)?|написал(?:\(а\)|а)?|пишет|написав|пише|írta"
    r"|a scris"
    r"|yazdı|şunu yazdı|έγραψε|写道|作成しました|작성"
)

FORWARD_SUBJECT = re.compile(r"(?i)\s*(?:(?:re|aw|antw|sv)\s*:\s*)*(?:fwd?|wg|tr|rv|i|enc|doorst)\s*:")
FORWARD_WORDS = re.compile(
    r"(?i)\b(?:fyi|f\.y\.i|see below|below|forward(?:ing|ed)?|passing (?:this|it) on|for you|over to you"
    r"|your (?:area|patch|region)"
    r"|can you (?:take|pick|handle|help)|zur info|z\. ?k\.|siehe unten|weiter(?:leit|geleitet)\w*|übernimmst"
    r"|für dich|ci-dessous"
    r"|pour info|je te (?:transf|laisse|passe)\w*|je vous (?:transf|laisse)\w*|ton secteur)"
)
