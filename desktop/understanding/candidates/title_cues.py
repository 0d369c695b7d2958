"""The words with which people say what they are, or what somebody else is: "I'm the new head of", "works as"."""

import re

_TITLE = r"(?P<title>[^,.;:!?()\n]{3,70}(?:\n(?!\n)[^,.;:!?()\n]{3,40})?)"
_NEW = (
    r"(?:new |newly appointed |neue[rn]? |nouveau |nouvel(?:le)? |nuev[oa] |nuov[oa] |nieuwe |nov[oa] |acting |current "
    r"|founding )?"
)
FIRST_PERSON = re.compile(
    r"\b(?:(?:[Ii](?: am|['’]m| work as| serve as|['’]ll be| will be)|[Ii]n my (?:role|capacity|position) as)"
    r"\s(?:currently |now |also |actually |still )?(?:the |a |an |your |our )"
    r"|(?:[Ii]n my (?:role|capacity|position)|[Ss]peaking|[Ww]riting(?: to you)?) as (?:the |a |an |your |our )?"
    r"|[Mm]y (?:role|position|job|job title|title)(?: here| at [A-Z]\w+)? is (?:that of )?(?:the |a |an )?"
    r"|[Ii] (?:am|work as) (?=[A-ZVC])"
    r"|(?:[Ii]ch (?:bin|arbeite)|[Bb]in) (?:hier |jetzt |nun |seit [^,.\n]{3,20} )?(?:neu )?(?:der |die |das |als )?"
    r"|[Ii]n meiner (?:Funktion|Rolle|Eigenschaft) als "
    r"|(?:[Jj]e suis|[Jj]['’]occupe le poste|[Jj]e travaille comme|[Ee]n (?:tant que|(?:ma )?qualité de))"
    r" (?:le |la |l['’]|un |une |de |d['’])?"
    r"|(?:[Ss]oy|[Tt]rabajo (?:como|de)|[Oo]cupo el (?:cargo|puesto) de|[Ee]n calidad de) (?:el |la )?"
    r"|(?:[Ss]ono|[Ll]avoro come) (?:il |la |l['’])?|[Ii]n qualità di "
    r"|[Ii]k (?:ben|werk als) (?:hier )?(?:nu )?(?:de |een )?"
    r"|(?:[Ss]ou|[Tt]rabalho como) (?:o |a )?"
    r"|(?:[Jj]estem|[Pp]racuję jako) |[Jj](?:ag är|eg er) (?:ny )?|[Oo]len |[Jj]sem )"
    rf"{_NEW}{_TITLE}"
)
BARE = re.compile(
    r"\b(?:[Ii](?: am|['’]m)"
    r"|(?:[Mm]y name is|[Tt]his is|[Ii](?: am|['’]m)|[Mm]ein Name ist|[Ii]ch bin|[Jj]e m['’]appelle|[Jj]e suis"
    r"|[Mm]e llamo|[Ss]oy|[Mm]i chiamo|[Ss]ono|[Ii]k ben|[Mm]ijn naam is|[Mm]eu nome é|[Ss]ou) "
    rf"[^,.;:!?()\n]{{2,40}},) {_TITLE}"
)
PROMOTED = re.compile(
    r"\bI(?:['’]ve| have| was|['’]m)?\s(?:just |recently |now |also |been ){0,2}"
    rf"(?:promoted to|appointed(?: as)?|named|made)\s(?:the )?{_NEW}{_TITLE}"
)
NOW_AS = re.compile(
    r"\b(?:am now|now work(?:ing)? as|bin (?:jetzt|nun|neu)|suis (?:maintenant|désormais)|ahora soy|ora sono"
    rf"|ben (?:nu|nou))\s(?:the |a |an |die |der |le |la |el |il |de |een )?{_NEW}{_TITLE}"
)
AS_THEIR = re.compile(
    r"\b(?:I|I['’](?:ve|m|ll)|[Ww]e)\b[^.;:!?]{0,40}?\b(?:join|start|t(?:ak|ook)|appoint|promot|hire|work|serv|mov|assum"
    r"|came|come|been|left|step)[^.;:!?]{0,60}?\b(?:as|(?:role|position|post) of) "
    rf"(?:their |its |his |her |the |a )?{_NEW}{_TITLE}"
)
THIRD_PERSON = re.compile(
    r"\b(?:[HhSs]?[Hh]e(?:['’]s| is)|[Tt]hey are|(?:Er|Sie) ist|[Ii]l est|[Ee]lle est|(?:Hij|Zij) is|[Èè]|[Ee]s|[Éé])"
    rf"(?: now| jetzt)? (?:the |a |an |their |our |der |die |le |la |l['’]|el |il |o |a |de )?{_NEW}{_TITLE}"
)
IN_ROLE = re.compile(
    r"\b(?:join\w*|start\w*|moved|gone|switched|transferred|wechselt|gewechselt|t(?:akes|ook) over|work\w*"
    r"|appointed|hired|promoted|arbeitet|übernimmt|fängt|beginnt|rejoint|prend|nommée?|travaille|trabaja|entrar?"
    r"|empieza|lavora|entrata?|inizia|werkt|begint|pracuje|zaczyna)\b[^.;:!?]{0,40}?\s"
    r"(?:as|als|comme|en tant que|como|come|in qualità di|jako|to(?! [^.;:!?]{2,40} as )|(?<=entrar )de"
    r"|(?<=trabaja )de)\s"
    rf"(?:our |their |the )?{_NEW}{_TITLE}"
)
SAID_TO_BE = re.compile(  # Turkish hangs it on the word: "müdürüymüş", "müdürüdür"
    r"(?:^|[,;.]\s)(?P<title>(?:[^\W\d_]{2,20} ){0,3}[^\W\d_]{4,20}?)(?:y?m[ıiuü]ş|yd[ıiuü]|d[ıiuü]r)(?=[.,;!?\s]|$)"
)
RUNS = re.compile(
    r"\b[Ii] (?:run|manage|head(?: up)?|lead|oversee|look after|am (?:in charge of|responsible for)) (?:the "
    r"|our |all )?(?P<title>[^,.;:!?()\n]{3,60})"
)
