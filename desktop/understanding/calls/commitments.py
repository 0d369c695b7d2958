"""What is to be done after the call, by whom and by when: what one side undertakes, and what it asks of the other.

A call is full of sentences that sound like it and are none: "let me think", "can you tell me", "I'll be straight with
you". So a deed must be named that outlives the call: send, check, order, ring back. What is expressly not promised
("I can't promise", "I did not offer") is nothing to be done.
"""

from collections.abc import Iterator

from desktop.domain.evidence import Candidate, Evidence, FactKind, Party
from desktop.understanding.calls.pieces import Piece
from desktop.understanding.calls.transcript import Transcript
from desktop.understanding.candidates.clauses import due_in
from desktop.understanding.candidates.moments import Today, find_moments
from desktop.understanding.lexicon.cues import folded
from desktop.understanding.lexicon.words import phrases

MAX_COMMITMENTS = 24
MAX_VALUE = 300
FEW_WORDS = 4
UNDERTAKES, OWES, ASKS, WISHES, THIRD = (
    "undertakes to do something",
    "says what they still have to do",
    "asks for something to be done",
    "says what they need",
    "says what somebody else will do",
)
_GRADES = {UNDERTAKES: 0.66, OWES: 0.6, ASKS: 0.58, WISHES: 0.46, THIRD: 0.52}

_DEED = (
    r"(?:(?:also|just|then|definitely|certainly|probably|go and|try to|try and|quickly|please) ){0,2}(?:send|e-?mail"
    r"|mail|forward|resend|share|call(?! it)|ring|phone|text|check|double check|confirm|invite|book|schedule|arrange"
    r"|set (?:up|something|it|that)|put (?:it|that|something|together|in|you|this|the)"
    r"|get \w+(?: \w+){0,4} to (?!(?:see|know|do)\b)|get (?:you|it|that|them|somebody|someone|back|the|an?|her|him"
    r"|this|those|back to)|draft|prepare|write (?:it|up|to|you)|order|sign|pay|return|drop (?:you|them)|bring"
    r"|look (?:into|at|up)|find (?:out|you|a|somebody|someone)|chase|talk to(?! you)|speak (?:to|with)(?! you)"
    r"|ask(?! (?:you|me|a|one|what|if|whether|why|how)\b)|do (?:it|that|the|those|an?|delivery|better)\b|rebuild|fix"
    r"|replace|update|organi[sz]e|provide|deliver|ship|install|transfer|refund|issue|escalate|urge|notify|let (?:you"
    r"|them|him|her|us) (?:know|have)|introduce|sort|raise|add|include|revise|quote|work (?:out|up)|run (?:it|that"
    r"|this) (?:by|past)|give (?:you|them|him|her|us) (?:a|an) (?:call|ring|shout|price|figure|answer|estimate|update)"
    r"|follow up|come back|pick (?:it|them|you) up|make sure|decide|review|test|assign|register|apply|cancel|extend"
    r"|waive|reserve|hold)\b"
)
_UNDERTAKES = phrases(
    r"\b(?:(?:i|we)(?:'ll| will|'m gonna|'m going to|'re gonna| am going to|'re going to| are going to| can| could"
    rf"| shall) {_DEED}|let me {_DEED}|i (?:said|promised|told (?:you|him|her|them)) (?:that )?i(?:'d| would| will"
    rf"|'ll) {_DEED}|you'll (?:have|get) (?:it|that|them|the \w+) (?:by|in|on|today|tomorrow|before|this|next)|i(?:'ll"
    rf"| will) be (?:happy to |able to |glad to ){_DEED}|i(?:'m| am) sending|i can commit to|(?:ich"
    rf"|wir) (?:schick\w{{0,2}}|send\w{{1,2}}|mail\w{{1,2}}|meld\w{{1,2}}|ruf\w{{0,2}}|prüf\w{{1,2}}|klär\w{{1,2}}"
    rf"|kümmer\w{{0,2}}|bereite\w?|leit\w{{1,2}}|bestell\w{{1,2}}|unterschreib\w{{1,2}}|frag\w{{0,2}}"
    rf"|besprech\w{{1,2}}|erstell\w{{1,2}}|liefer\w{{1,2}}|überarbeit\w{{1,2}}|bring\w{{0,2}}|lass\w{{0,2}}"
    rf"|nehm\w{{0,1}} (?:das |es )?mit|mach\w{{0,2}} (?:ihnen|dir|euch|das|es))\b|(?:schick|sende|maile?|melde?|ruf"
    r"|prüfe?|kläre?|bestelle?|frage?|bespreche?|erstelle?|bringe?|mache?|mach)e? ich(?! mir)\b|sie (?:bekommen"
    rf"|erhalten|kriegen|haben)\b[^.?!]{{0,25}}\bvon (?:mir|uns)|(?:bekommen|erhalten|kriegen) sie(?: von (?:mir|uns))"
    r"|(?:ich|wir) werde\w? (?:ihnen|dir|euch|das|es|sie)\b|je (?:vous |te |lui |leur |le |la |l')?(?:envoie|enverrai"
    r"|transmets|rappelle|rappellerai|vérifie|prépare|confirme|regarde|reviens vers vous|m'en occupe)"
    r"|je vais (?:vous |lui |leur )?(?:envoyer|transmettre|rappeler|vérifier|préparer|confirmer|demander|faire)|(?:le"
    r"|les|te|os|se lo) (?:envío|enviaré|mando|mandaré|llamo|llamaré|confirmo|confirmaré|paso|preparo|prepararé)"
    rf"|voy a (?:enviar|mandar|llamar|preparar|confirmar|preguntar|revisar)\w{{0,4}})"
)
_OWES = phrases(
    rf"\b(?:(?:i|we) (?:need|have|want|ought|still need|still have) to {_DEED}|i(?:'ve| have) (?:got )?to {_DEED}"
    rf"|i(?:'d| would) have to {_DEED}|i must {_DEED}|i owe you|(?:has|have|needs|need) to be (?:with|sent|done|signed"
    r"|in|at|ready|ordered|paid|delivered)|i need the \w+|i(?:'ll| will) need to|(?:ich|wir) (?:muss"
    rf"|müssen)\b[^.?!]{{3,60}}(?:schicken|fragen|klären|prüfen|bestellen|anrufen|abstimmen|besprechen|einholen)"
    rf"|bestellt muss sein|für alles [^.?!]{{0,20}}muss ich in|(?:je dois|il faut que je|tengo que|debo) (?:vous |le "
    r"|la |lui )?(?:envoyer|demander|vérifier|appeler|enviar|preguntar|llamar|revisar))\b"
)
_ASKS = phrases(
    rf"(?:\b(?:can|could|will|would) (?:you|your \w+)(?: guys)?,? (?:can you,? )?(?:please )?{_DEED}|\bplease {_DEED}"
    rf"|^(?:and |so |then |just |yeah |okay |also ){{0,2}}(?:send|e-?mail|call(?! it)|ring|invite|forward|put (?:it"
    r"|that) in|get (?:me|us)|bring|show) (?:me|us|it|him|her|them|that|over|the|a)\b|\bgive (?:me|us) a (?:call|ring"
    rf"|shout)|\byou(?:'ll| will)? (?:need|have) to {_DEED}|\bi(?:'d| would)? (?:need|like|want) you to {_DEED}"
    rf"|\bmake sure (?:you|that you)|\bif you (?:can|could) {_DEED}|\basked (?:me )?(?:for|to) \w+|\b(?:schicken|rufen"
    r"|senden|melden|geben|prüfen|klären|bestellen|sprechen|gehen|mailen|bringen) sie\b|\bsie (?:sprechen|klären"
    r"|schicken|prüfen|melden|bestellen|unterschreiben|geben) (?:mit|mir|uns|das|sich|es|dem|den|bitte)\b|\b(?:können"
    rf"|könnten|würden) sie\b[^.?!]{{0,60}}(?:schicken|senden|anrufen|prüfen|klären|melden|geben|mitschicken"
    rf"|bestätigen)|\bbitte\b[^.?!]{{0,60}}(?:schicken|senden|anrufen|prüfen|klären|melden|bestätigen)|\b(?:pouvez"
    rf"|pourriez|peux|pourrais)-(?:vous|tu)\b[^.?!]{{0,30}}(?:envoyer|rappeler|vérifier|confirmer|transmettre"
    r"|préparer)|\bvous pouvez (?:me |m'|nous |lui )?(?:envoyer|rappeler|confirmer|préparer)|\b(?:envoyez|rappelez"
    rf"|confirmez|transmettez)-(?:moi|nous)|\b(?:puede|podría|puedes|podrías)\b[^.?!]{{0,20}}(?:enviar|mandar|llamar"
    rf"|confirmar|preparar|revisar)\w{{0,4}}|\b(?:env[ií]e|mánde|ll[aá]me)(?:me|nos)lo?\b)"
)
_WISHES = phrases(
    r"\b(?:(?:brauchen|bräuchten|benötigen) wir (?!gar|nicht|kein)|(?:das|den|die) (?:will|wollen|möchte) (?:der|die"
    r"|sie|er) [^.?!]{0,20}(?:schriftlich|haben)|(?:need|needs|want|wants) (?:it|that|this|those"
    r"|the [\w ]{2,30}) in writing|(?:i|we)(?:'d| would)? (?:want|like|need|expect) (?:a|my|our|the|some"
    r"|another) (?:\w+ ){0,2}(?:refund|credit|replacement|discount|quote|price|invoice|copy|demo|call|sample|trial"
    r"|contract|proposal|breakdown|questionnaire|reference|references)|il nous faudrait|necesitaríamos)"
)
_THIRD = phrases(
    rf"\b(?:they|he|she|somebody|someone|my (?:colleague|manager|boss|team)|our (?:\w+ ){{0,2}}team|mein kollege"
    rf"|meine kollegin|mon collègue|mi compañer[oa])(?:'ll| will| is going to| are going to|'s gonna) {_DEED}"
    rf"|\b(?:could|can|will|would) (?:he|she|they) {_DEED}|\b(?:mein kollege"
    rf"|meine kollegin)\b[^.?!]{{0,40}}(?:meldet sich|ruft|schickt)"
)
_NOT = phrases(
    r"(?:\b(?:not|never|n't|nicht|kein\w{0,2}|ne|pas|no|can't|cannot|couldn't|won't|don't|didn't|haven't|wouldn't"
    r"|tampoco|jamás|nunca)|n't) (?:\w+ ){0,3}$"
)
_IN_CALL = phrases(
    r"\b(?:let me (?:think|see|ask you|ask a|be|just say|put it|start|check my calendar)|(?:can|could) (?:you"
    r"|i) (?:tell|hear|say|repeat|spell|hold|give (?:me|us) (?:a|one|two|five|ten|just)|ask|have your|get your"
    r"|take your|explain|see)|put you through|get laughed|get a word|do you mind|one moment|einen moment|un instant"
    r"|if i (?:go|get|do)|wenn sie mir|rufe? (?:sie )?an wegen|r?appelle (?:pour|au sujet)|llamo por|bereite es vor)\b"
)
_WANTS = phrases(r"\bi (?:need|want|ought) to\b")
_OFFERED = phrases(
    r"\b(?:if you(?:'d| would)? (?:like|want|prefer)|wenn sie (?:wollen|möchten)|si vous voulez|si quiere)\b"
)
_PAST = phrases(
    r"\b(?:can't|cannot|can not|not|won't|n't) promise|\bnicht versprechen|\b(?:should|could|would|might) have "
    r"|\bi(?:'ve| have)? already |\bhabe? (?:ich )?(?:schon|bereits)\b"
)
_UNSURE = phrases(r"\b(?:maybe|might|perhaps|probably|if i can|i could|vielleicht|eventuell|peut-être|quizás?)\b")
_RULES = ((UNDERTAKES, _UNDERTAKES), (OWES, _OWES), (ASKS, _ASKS), (THIRD, _THIRD), (WISHES, _WISHES))
_OF_SPEAKER = frozenset({UNDERTAKES, OWES})


def find_commitments(transcript: Transcript) -> Iterator[Candidate]:
    """Yield PROMISEs (what the speaker or a colleague will do) and ASKs (what the other side is to do)."""
    count = 0
    last = max(1, len(transcript.pieces) - 1)
    for place, piece in enumerate(transcript.pieces):
        if piece.side is Party.OTHER or transcript.is_left_out(piece.start, piece.end):
            continue
        why = _why(transcript, piece)
        if why is None:
            continue
        yield _candidate(transcript, place, why[0], share=place / last, offset=why[1])
        count += 1
        if count >= MAX_COMMITMENTS:
            return


def _why(transcript: Transcript, piece: Piece) -> tuple[str, int] | None:
    """Return which rule holds and where in the piece its words begin."""
    text = folded(transcript.text[piece.start : piece.end])
    if len(text.split()) < 3 and text.strip(" .!") not in ("mach ich", "mache ich"):
        return None
    if _IN_CALL.search(text) or _PAST.search(text) or _OFFERED.search(text):
        return None
    for why, pattern in _RULES:
        match = pattern.search(text)
        if match is None or _NOT.search(text[max(0, match.start() - 30) : match.start()] + " "):
            continue
        if why is WISHES and piece.side is Party.REP and not transcript.is_dictated:
            continue
        is_reason = why is OWES and piece.side is Party.CONTACT and bool(_WANTS.search(text))
        return WISHES if is_reason else why, match.start()  # "I need to return it" is what the call is for
    return None


def _candidate(transcript: Transcript, place: int, why: str, *, share: float, offset: int) -> Candidate:
    piece = transcript.pieces[place]
    start, end = _shown(transcript, place, offset)
    evidence = transcript.cite(start, min(end, start + MAX_VALUE))
    due = due_in(transcript.whole, evidence) or _due_after(transcript, place) or _vaguely_due(transcript, evidence)
    text = folded(evidence.text)
    kind = FactKind.PROMISE if why in (UNDERTAKES, OWES, THIRD) else FactKind.ASK
    other = Party.CONTACT if piece.side is Party.REP and not transcript.is_dictated else Party.REP
    owner = piece.side if why in _OF_SPEAKER else Party.OTHER if why is THIRD else other
    score = _GRADES[why] + 0.08 * bool(due) + 0.06 * share - 0.12 * bool(_UNSURE.search(text))
    score -= 0.1 if text.rstrip().endswith("?") and why is not ASKS else 0.0
    return Candidate(kind, evidence, " ".join(evidence.text.split()), round(min(0.9, score), 4), why, owner, due)


def _shown(transcript: Transcript, place: int, offset: int) -> tuple[int, int]:
    """Return what to show: more where the words only point back ("I can do that"), less where no stop was heard."""
    piece = transcript.pieces[place]
    if len(transcript.text[piece.start : piece.end].split()) <= FEW_WORDS and place:
        before = transcript.pieces[place - 1]
        return (before.start if before.turn == piece.turn else piece.start), piece.end
    is_open = not transcript.is_cased and offset > 0
    return (piece.start + offset if is_open else piece.start), piece.end


def _due_after(transcript: Transcript, place: int) -> str:
    """Return the day that the next few words of the turn name: "I'll send it. Probably end of this week."."""
    piece, following = transcript.pieces[place], transcript.pieces[place + 1 : place + 2]
    if not following or following[0].turn != piece.turn:
        return ""
    return due_in(transcript.whole, transcript.cite(piece.end, min(following[0].end, piece.end + 60)))


def _vaguely_due(transcript: Transcript, evidence: Evidence) -> str:
    """Return the day that a stretch such as "this week" stands for, where no day is named."""
    span, sent = evidence.span, transcript.call.started_at.date()
    found = find_moments(transcript.text, span.start, end=span.end, today=Today(sent, month_first=False))
    return next((moment.day.isoformat() for moment in found if moment.day >= sent), "")
