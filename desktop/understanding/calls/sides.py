"""Who of those on the line is the rep: the channel that was named as theirs, else whoever speaks for a firm."""

from desktop.domain.evidence import Party
from desktop.domain.interactions import Call
from desktop.understanding.lexicon.cues import folded
from desktop.understanding.lexicon.words import phrases, words

NAMED = words("rep agent seller vendor sales salesperson advisor adviser support operator berater verkäufer vendeur")
OUTSIDE = words("customer caller client buyer contact prospect kunde kundin anrufer cliente client lead")
NOBODY = words("action system bot note event ivr")
MAX_TURNS = 60

_SELLS = phrases(
    r"\b(?:(?:how )?(?:can|may) i help|my name is \w+ how can|speaking,? (?:how )?(?:can|may) i|our (?:asking )?price"
    r"|our (?:list|standard) price|we (?:sell|offer|ship|deliver|can offer|normally land)|i(?:'ll| will) send you"
    r"|(?:calling|call) (?:you )?(?:about|regarding) (?:the|your) (?:renewal|quote|offer|enquiry|inquiry|form|demo)"
    r"|a (?:demo|trial)|thank you for calling|is there anything else|our (?:app|product|software|team|connector)"
    r"|was kann ich für sie tun|wie kann ich (?:ihnen )?helfen|unser(?:e[mn]?)? angebot|schick(?:e)? ich ihnen"
    r"|comment puis-je vous aider|notre (?:offre|devis)|je vous envoie|en qué puedo ayudar\w*|nuestra oferta)\b"
)
_BUYS = phrases(
    r"\b(?:our order from|i (?:need|want|would like|wish) to|i'd like to|we(?:'re| are) looking (?:for|at)"
    r"|your (?:price|offer|quote|factory|product)|can you help me|our budget|we(?:'re| are) willing to pay|a complaint"
    r"|ihr angebot|ihre preise|wir (?:brauchen|suchen)|votre (?:offre|devis|prix)|nous cherchons|su oferta)\b"
)


def sides_of(call: Call) -> dict[str, Party]:
    """Return the Party of each speaker; one who speaks alone is the rep, who dictates a note, or leaves a message."""
    speakers = list(dict.fromkeys(turn.speaker for turn in call.turns))
    people = [speaker for speaker in speakers if speaker.lower() not in NOBODY]
    rep = call.rep if call.rep in people else "" if _is_message(people) else _rep_among(call, people)
    sides = dict.fromkeys(speakers, Party.OTHER)
    for speaker in people:
        sides[speaker] = Party.REP if speaker == rep else Party.CONTACT
    return sides


def is_dictated(call: Call) -> bool:
    """Whether one person alone speaks: a note the rep dictates."""
    people = list({turn.speaker for turn in call.turns if turn.speaker.lower() not in NOBODY})
    return len(people) == 1 and not _is_message(people)


def _is_message(people: list[str]) -> bool:
    """Whether the one who speaks alone is said to be from outside: a message on the rep's machine."""
    return len(people) == 1 and people[0].lower() in OUTSIDE


def _rep_among(call: Call, people: list[str]) -> str:
    if len(people) == 1:
        return people[0]
    named = [speaker for speaker in people if speaker.lower() in NAMED]
    if len(named) == 1:
        return named[0]
    weights = dict.fromkeys(people, 0)
    for turn in call.turns[:MAX_TURNS]:
        if turn.speaker in weights:
            text = folded(turn.text[:2000])
            weights[turn.speaker] += len(_SELLS.findall(text)) - len(_BUYS.findall(text))
    return max(people, key=lambda speaker: (weights[speaker], -people.index(speaker)), default="")
