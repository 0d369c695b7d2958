"""What shows that words are meant for a program: chat markup, orders to an assistant, dictated mails, chat-bot tasks.

Each cue has a weight; a place speaks to software where the weights of different families of cues that stand close
together reach 1. A mere mention of software ("we are looking for an AI assistant") weighs little, so that whoever buys
or sells such things can write about them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from desktop.understanding.hostile.chatbot_cues import CHAT_CUES, OUTPUT_CUES
from desktop.understanding.hostile.software_words import (
    ADDRESS,
    KIND_OF_PROGRAM,
    MUST,
    NAMED,
    NOT_HTML,
    PROGRAM,
    QUOTE,
    READER,
    RULES,
    SEND,
    TURN,
    cue,
)

NEAR = 220
MAX_MATCHES = 400
MAX_FOLLOWING = 12


@dataclass(frozen=True, slots=True)
class Sign:
    """Where a cue was found: characters [start, end) of the text searched."""

    start: int
    end: int
    family: str
    weight: float


_MARKUP = (
    cue(
        "markup", 1.0, "| im[ im(",
        r"<\s?\|[^|<>\n]{1,60}\|\s?>", r"<\s?\|\s?[\w ]{2,20}\b",
    ),
    cue(
        "markup", 1.0, "< [",
        r"<\s?\|?\s?(?:im[_ ]?\W?(?:start|end|sep)|endoftext|eot_id|start_of_turn|end_of_turn|start_header_id)",
        rf"</?\s?{TURN}(?:[ _]\w{{1,20}}){{0,3}}\s?/?>", r"\[/?(?:inst|system|assistant|sys)\]", r"<</?sys>>",
        r"</s>\s*<s>", r"\[/?(?:system|user|assistant|instructions?)(?:[ _]\w+)?\](?:\(|:|\s)",
    ),
    cue(
        "markup", 1.0, "start turn endoftext eot_id begin_ end_user end_tool end_sys end_ass }}",
        r"\b(?:im_start|im_end|end[_ ]of[_ ]turn|start[_ ]of[_ ]turn|endoftext|eot_id)\b", r"[\"']{2}\s?\}\}",
        rf"^\W{{0,4}}(?:end|begin|start)[ _](?:of[ _])?{TURN}\W{{0,4}}$",
        rf"\bend {TURN}\W{{1,4}}(?:begin|start) {TURN}\b",
    ),
    cue(
        "markup", 1.0, "system assistant human ai llm developer instruction user response input task",
        r"^\W{0,6}(?:system|assistant|human|ai|llm|developer)"
        r"(?: (?:message|prompt|note|override|instructions?|update|notice|command))?\s?[:>\]](?!/)",
        r"#{2,}\s*(?:system|instructions?|assistant|human|user|response|input|task)\b",
    ),
    cue(
        "markup", 1.0,
        "session conversation prompt output context summary instructions mails messages data document input to= from= "
        ")] }] \\\\\\\\ \"}",
        r"\[?#?\b(?:end|new|begin|start) (?:of )?(?:session|conversation|prompt|system prompt|user prompt|tool "
        r"output|context"
        r"|summary|instructions)\b\s?[\]>#]",
        r"^\W{0,4}[-=]{2,}\s{0,2}(?:end|begin(?:ning)?|start) of (?:the )?(?:e-?mails|mails|messages|data|context"
        r"|documents?|inputs?|prompts?|instructions)\s{0,2}[-=]{2,}",
        r"/>\s{0,2}[\])}]{2}", r"\\{4,}\"", r"\"\s?\}\s?\]", r"\"\s?[)}]{1,2}\]", r"\"\s?\}\s*$",
        r"\bto=(?:user|assistant|inner_monologue|system)\b",
        r"\bfrom=(?:user|assistant|system)\b",
    ),
    cue(
        "markup", 1.0, "style=",
        r"style=[\"']?[^\"'<>]{0,80}(?:display\s?:\s?none|font-size\s?:\s?[01](?:px|pt)?\b|visibility\s?:\s?hidden"
        r"|opacity\s?:\s?0)",
    ),
    cue("markup", 0.7, "</", rf"</{NOT_HTML}[a-z][\w .-]{{1,30}}>"),
    cue(
        "markup", 0.7, "< { ``` ( ${",
        r"</?(?:action|drop|main|content|info|crucial|important|email|mail|task|query|output|input|receiver"
        r"|dispatch|command"
        r"|instruct\w*|true|safe|approved|step[^<>]{0,20})>",
        r"\{\s?[\"']?(?:action|tool|function|to|recipient|body|role|name|parameters|arguments|subject)[\"']?\s?:",
        r"```",
        r"\b(?:send|forward|create|delete|update|set|get|call|execute|reply|write)"
        r"_?(?:e-?mail|message|record|contact|deal|tool|function|stage)\w*\s?\(",
        r"<\b[a-z]+_[a-z]+_e?mail\b", r"\(step of \w+ - \d", r"\$\{\w+\}", r"\{[a-z][\w ]{0,20}\}",
    ),
)  # fmt: skip

_ADDRESSED = (
    cue(
        "addressed", 1.0, "assistant ai ki ia llm model copilot bot gpt agent assistent asistent sprachmodell",
        r"\b(?:dear|hello|hi|hey|attention|achtung|hinweis|nota|note|notice|message|memo|mitteilung|anweisung\w*"
        r"|instructions?|directives?|guidance|warning|information|info|reminder|avis|aviso)"
        r"(?: (?:to|for|an|für|aux|à l['’]attention des?|para|per|pour))?"
        rf"(?: (?:all|any|the|alle|die|tous|les|every|todos|los))* {READER}\b"
        r"(?! (?:team|group|department|support|project|for|of|in|market|company|firm|software|vendor|tools?)\b)",
        r"\b(?:note|avis|message|instructions?|attention|consignes?|nota|aviso|avviso|mensaje)\s(?:à l['’]\s?|aux? "
        r"|pour l['’]\s?"
        rf"|pour les? |all['’]\s?|agli |al |para (?:el|los) )(?:attention (?:des? |de l['’]))?{READER}\b",
        rf"(?:à l['’]\s?|aux |\ban (?:alle |die )?|\bto (?:all |any |the )?|\bfür |\bpara |\bpour "
        rf")(?:{KIND_OF_PROGRAM}|{NAMED}"
        r"|assistants? (?:ia|automatique)|ki|ia)s?\s?:",
        r"\b(?:dear|hello|hi|hey|attention|note to|ok(?:ay)?,?) ?,? ?(?:the )?"
        r"(?:assistant|assistants|chatbot|bot|llm|language model|ai)\b",
        r"\b(?:if|when|as|since|because|wenn|falls|si) (?:you(?:'re| are)"
        r"|this (?:e-?mail |message |mail |text )?is (?:being )?(?:read|processed|summari[sz]ed|parsed|handled) by"
        rf"|sie|du|vous êtes|tu es|eres) ?(?:an?|ein\w*|une?|un|any|the)? ?{READER}",
        rf"\b(?:{KIND_OF_PROGRAM}|{NAMED})s?(?: (?:and|or|und|et|y) [\w -]{{2,40}})?"
        r"(?: (?:notice|note|instructions?|directives?|alert|override|only|task|command|(?:reading|processing"
        rf"|summari[sz]ing) this)\b|,? {MUST}\b|\s?:)",
        rf"\b(?:ki|ai|ia)-{PROGRAM}\b(?:.{{0,40}}(?:bitte|please|müssen|must|s'il|:))",
    ),
    cue(
        "addressed", 1.0, "you_are act_as as_an as_a",
        r"\byou are (?:now )?(?:an? )?(?:\w+ )?(?:(?:helpful|ai|virtual|automated|e-?mail|personal) (?:\w+ )?"
        r"(?:assistant|agent|model|bot)|assistant|chatbot|language model|llm)\b",
        r"\byou are now (?:operating|in|acting|an?|the|free|being|required|tasked)\b",
        r"\bact as (?:an? )?(?:ai|assistant|language model|system|debugger|linux|terminal)",
        r"\bas an? (?:ai|llm|language model)\b",
    ),
    cue(
        "addressed", 1.0, "llmail phi- gpt shield spotlight tracker",
        r"\b(?:llmail|phi-?3|gpt-?\d|prompt shield|task ?tracker|spotlight\w*|mail ?gpt)\b.{0,60}"
        r"(?:approved|safe|bypass\w*|disabled|passed|considers?|thinks?)",
    ),
    cue("program", 0.5, "assistant model bot agent gpt llm copilot", rf"\b{KIND_OF_PROGRAM}\b", rf"\b{NAMED}\b"),
    cue("program", 0.5, "assistant", r"\bassistant\b"),
)  # fmt: skip

_OVERRIDE = (
    cue(
        "override", 1.0,
        "attention_to notice_of ignor disregard forget overr bypass discard skip neglect follow vergiss vergess "
        "missacht oublie olvida "
        "negeer dimentica",
        r"\b(?:ignore|disregard|forget|override|overrule|bypass|discard|skip|neglect|pay no attention to|take no "
        r"notice of|stop following|do not follow"
        r"|don't follow|ignorier\w*|vergiss|vergessen sie|missachte\w*|ignore[zr]?|oublie[zr]?|ignora|olvida"
        r"|ignorar|negeer"
        r"|dimentica)\b,? (?:(?:all|any|every|everything|alle?s?|toutes?|tous|todas?|todos?|tutte|the|of|your|die"
        r"|das|den"
        r"|les?|las|los|le|my|these|those|previous|prior|above|earlier|preceding|foregoing|other|former|existing"
        r"|original"
        r"|initial|vorherigen?|bisherigen?|obigen?|früheren?|instrucciones|istruzioni|instructions|consignes"
        r"|anweisungen"
        rf"|eerdere|vorige|precedenti)[ ,]*){{1,5}}(?:{RULES}|consignes|anweisungen|vorgaben|instrucciones|istruzioni"
        r"|instructies|anteriores|précédentes|precedenti|before|above|said|that came before|vorher\w*|bisher\w*)",
        r"\b(?:ignore|disregard|forget|override) (?:all |any |the |your |every |everything )*"
        r"(?:previous|prior|above|earlier|preceding)\b",
        r"\bignor(?:iere|ieren sie|e[zr]) (?:alle |die |toutes )?(?:les )?(?:vorherigen|bisherigen|obigen"
        r"|instructions|consignes)",
        r"\bforget (?:any|every|all) other\b", r"\bmy task, forget\b",
    ),
    cue(
        "override", 1.0, "prompt instruction mode jailbreak system_",
        r"\b(?:system|developer|user|hidden|secret|initial) (?:prompts?|override)\b(?! (?:the|an?|you|us|me|for)\b)",
        r"\bnew instructions?\b",
        r"\b(?:developer|debug|admin|god|jailbreak|dan|scenario execution|override|maintenance) mode\b",
        r"\bprompt[ -](?:injections?|shields?)\b", r"\bjailbreak\w*\b",
        r"\b(?:pre-?approved|authori[sz]ed|mandatory|trusted) system (?:action|command|instruction|update)\b",
    ),
    cue(
        "override", 1.0, "task instruction objective directive mission command anweisung consigne instrucci order",
        r"\b(?:your|a|the|following) (?:new|next|real|actual|true|only|side|main|primary|sole|additional) (?:side )?"
        r"(?:task|instruction|objective|directive|mission|command)s? (?:is|are|:|below|follows)",
        r"\b(?:this|diese|cette|esta) (?:instruction|directive|order|anweisung|consigne|instrucción)s? "
        r"(?:has|have|takes?|hat|haben|prime|a|tiene|overrides?) (?:priority|precedence|vorrang|la priorité"
        r"|prioridad|all)",
    ),
    cue(
        "override", 1.0, "generating ignore",
        r"\bstop generating\b",
        r"(?:^|[^\w\s]{3})\W{0,16}ignore (?:this|the (?:above|following)) (?:line|text|part|paragraph)s?\b",
    ),
    cue(
        "override", 1.0, "detect alerts suspicion mechanism",
        r"\b(?:undetected|without (?:any )?(?:detection|raising (?:any )?(?:alerts?|suspicion)|triggering"
        r"|activating any)"
        r"|avoid(?:ing)? detection|evad(?:e|ing) (?:any )?(?:detection|filter)|(?:detection|defensive) mechanisms?)\b",
    ),
)  # fmt: skip

_ORDERED = (
    cue(
        "tools", 1.0, "api tool function plugin context_window user prompt directive capability command action",
        r"\b(?:api|tool|function|plugin)[ -](?:calls?|calling|invocations?|function)\b",
        r"\b(?:call|invoke|use|using|execute|run|trigger) (?:the |your |an? |its |appropriate |relevant |available "
        r"){0,3}"
        r"(?:e-?mail |send(?:ing)? |send_?e?mail |mail )?(?:api|tools?|functions?|plugins?)\b(?! (?:to|for|in|of|on"
        r"|at)\b)",
        r"\b(?:call|invoke|use|execute|run|trigger) (?:the |your )?\w{2,20}_\w{2,20} (?:tool|function|api|plugin)\b",
        r"\b(?:send(?:ing)?[ -]?e?-?mail|e-?mail(?:ing)?|mail(?:ing)?) (?:function|tool|api|capability|command"
        r"|action)\b",
        r"\bcontext window\b", r"\btool output\b", r"\buser(?:'s)? (?:prompt|query|directive|instructions?)\b",
        r"\b(?:with|through|via|by) your (?:api|tool)\b",
    ),
    cue(
        "record", 1.0, "stored saved recorded won closed lost signed approved crm record database",
        r"\b(?:stored|saved|recorded) (?:phone|number|e-?mail|contact|amount|record|value|detail)",
        r"\b(?:set|mark|record|change|update|move|put|switch|enter|log|classify) .{0,60}"
        r"\b(?:deal|stage|opportunity|account|status|pipeline)\b.{0,30}\b(?:to|as|=)\W.{0,12}"
        r"\b(?:won|closed|lost|signed|approved)\b",
        r"\bcrm\b.{0,60}\b(?:set|update|mark|change|overwrite|delete|write|record)\b.{0,40}"
        r"\b(?:to|as|record|field|stage|amount|won|lost)\b",
        r"\b(?:write|enter|save|copy|put) (?:these|this|the following|those) (?:values?|details?|data|numbers?) "
        r"(?:in)?to "
        r"(?:the|your) (?:record|crm|database)",
        r"\b(?:overwrite|replace|update|change|delete|wipe|erase) (?:the|all|any|every|its|your) (?:\w+ ){0,3}"
        r"(?:crm|record|database|stored|saved)\b",
    ),
    cue(
        "record", 1.0, "accept delete hide remove tell inform alert mention show betrag",
        r"\baccept (?:every|all|each) (?:suggestions?|proposals?)\b",
        r"\b(?:delete|hide|remove) this (?:message|e-?mail|notice|instruction|paragraph) (?:afterwards|after|when"
        r"|once)\b",
        r"\b(?:do not|don't|never) (?:tell|inform|alert|mention (?:this|it) to|show (?:this|it) to) the "
        r"(?:user|human|recipient|rep|owner)\b", r"\btell the user\b", r"\bbetrag\b.{0,30}\bauf\b.{0,30}\bstufen sie\b",
    ),
    cue(
        "summarising", 1.0, "recap summar zusammenfassung résumé resumir 总结后 摘要后 要約した後",
        r"\b(?:after|once|when(?:ever)?|while|before|during|upon|finish\w*|following (?:the|your|this)|as part of"
        r"|in addition to|besides|on completing|as soon as|then|until)\b.{0,40}\bsummar[iy]\w*",
        r"\bsummar(?:y|ies|i[sz]\w+)\b.{0,60}\b(?:then|and then|afterwards?|followed by|must be|has to be|should be"
        r"|needs to be|done|task|is complete)",
        r"\bsummar(?:i[sz]e|i[sz]ing|i[sz]ation|y of)\b.{0,50}"
        r"\b(?:two|2|ten|10|three|five|last|latest|recent|previous|other|all|following|these|this|my|above)\b.{0,25}"
        r"\b(?:e-?mails?|messages?|mails|text|texts)\b",
        r"\b(?:end|stop|drop|skip|finish|close|no|don't|do not)\b.{0,12}\bsummar\w+",
        r"\brecap\b.{0,24}\b(?:my|our|your|these|the|last|latest|recent|previous)\b.{0,24}\b(?:e-?mails|messages|mails)\b",
        r"\b(?:nach|bei|während) der zusammenfassung\b", r"\baprès (?:avoir )?résumé\b", r"\bdespués de resumir\b",
        r"总结后|摘要后|要約した後",
    ),
    cue(
        "summarising", 0.5, "summar recap zusammenfassen résume resumi 总结 摘要 요약 要約",
        r"\b(?:summari[sz]\w*|summarization|recap|zusammenfassen|résume[rz]|resumi\w+)\b", r"总结|摘要|요약|要約",
    ),
)  # fmt: skip

_DICTATED = (
    cue(
        "dictated", 1.0, "body text content message word string phrase line saying contain stating having",
        rf"\b{SEND}\b.{{0,120}}\b(?:body|text|content|message|word|words|string|phrase|line)\b\W{{0,4}}"
        r"(?:(?:of|in|is|as|be|being|was|set|to|only|the|a|single|just|exact\w*|simply|stating|saying|containing"
        r"|string|text"
        r"|word|message|e-?mail|that|reads?|following|should|will|must|value|it)\W{1,3}){0,8}"
        rf"{QUOTE}[^\"'“”‘’\n]{{1,60}}{QUOTE}",
        rf"\b{SEND}\b.{{0,80}}{ADDRESS}.{{0,24}}\b(?:with|saying|containing|contain|stating|that says"
        rf"|having|mit|avec|con)\b.{{0,24}}"
        rf"(?:\b(?:body|words?|texte?|texto|wort|mot|inhalt|contenu|message|string|content)\b|{QUOTE})",
        rf"\b(?:to|recipient|receiver|address)\W{{0,4}}(?:value\W{{0,3}})?{ADDRESS}.{{0,60}}\b(?:body|content"
        rf"|text)\b\W{{0,4}}"
        rf"(?:value\b|is\b|was\b|:|=|{QUOTE})",
        r"\bbody\b\W{0,3}[:=].{0,60}\bto\b\W{0,3}[:=]",
        rf"\b{SEND}\b.{{0,80}}{ADDRESS}.{{0,24}}\b(?:only|just) (?:the |one )?(?:single )?words?\b\s?:",
        r"\b(?:with|in|as|containing) (?:the |an? )?(?:\w+ )?(?:message |e-?mail )?body\b.{0,20}"
        r"\b(?:exactly|string|set|stating|saying|being|consisting)\b", r"\bbody (?:message|text|string)\b",
        r"\bbody equals\b",
        rf"\b{SEND}\b.{{0,24}}{ADDRESS}.{{0,120}}\b(?:in|as) the (?:e-?mail |message )?(?:body|text)\b",
        r"\b(?:body|content)\b[^.\n]{0,40}\b(?:only|just|simply|solely|exactly|nothing (?:else|extra|more))\b"
        r"[^.\n]{0,40}\b(?:word|words|string|phrase|contain|figure|value)\b",
        r"\b(?:only|just|simply|solely|exactly|single|exact|one)(?: contain\w*| include| the| one| single)*(?: "
        r"exact)? words?\b"
        r"[^.\n]{0,12}[\"'“‘`(]", r"\bthe (?:following )?string\W{0,3}[\"'“‘`$]",
    ),
    cue(
        "dictated", 1.0, "\" ' “ ‘ ` million $",
        r"\$\s?(?:num\b|\{\w{1,12}\})",
        rf"\b{SEND}\b.{{0,40}}{QUOTE}[\w $]{{1,30}}{QUOTE}\W{{0,3}}(?:[\w-]+ "
        rf"){{0,6}}to\b\W{{1,4}}(?:value\W{{0,3}})?{ADDRESS}",
        r"\bwhere (?:num|x|n|y) is\b", r"\$\s?(?:num|x|\{x\})\s?\W?\s?million",
    ),
    cue(
        "dictated", 1.0, "@ (at) [at] dot_",
        rf"\b{SEND}\b.{{0,80}}{ADDRESS}.{{0,24}}\bwith\b.{{0,16}}{QUOTE}[^\n]{{1,40}}{QUOTE}",
        rf"\b(?:with|using|by) {QUOTE}[\w ]{{1,40}}{QUOTE} to\b.{{0,24}}{ADDRESS}",
    ),
    cue(
        "dictated", 1.0, "word string text",
        r"\b(?:replace|substitute|swap|read|treat|take|use|interpret) (?:every |each |the |any )?"
        r"(?:words?|strings?|terms?|texts?)\b.{0,40}\b(?:with|by|for|as|instead of)\b.{0,12}[\"'“‘`]",
    ),
    cue(
        "dictated", 0.6, "\" ' “ ‘ `",
        r"\b(?:e-?mail|send|mail|message|text|forward|reply|answer|respond)(?: with)? [\"“‘'`][\w ]{1,30}[\"”’'`]",
    ),
    cue(
        "protocol", 0.5, "follow",
        r"\bfollow (?:this|these|the|our)"
        r"(?: (?:essential|strict|exact|following|important|mandatory|standard|new|below))?"
        r" (?:protocols?|instructions?|procedures?|directives?)\b",
    ),
    cue(
        "orders", 0.5, "disclose reveal leak",
        r"(?:^|[.!?:]\s)\W{0,6}(?:\d\W{1,3})?(?:do not|don't|never) (?:disclose|reveal|leak)\b",
    ),
    cue(
        "dictated", 0.6, "@ (at) [at] dot_",
        rf"(?:发送|发邮件|寄出|寄送|邮件至|보내).{{0,40}}{ADDRESS}", rf"{ADDRESS}.{{0,20}}(?:发送|发邮件|보내)",
        rf"\b{SEND}\b.{{0,60}}\b(?:e-?mail|message|note|mail|confirmation|reply)\b.{{0,50}}{ADDRESS}",
    ),
    cue("dictated", 0.5, "@ (at) [at] dot_", rf"\b(?:write|reply|respond|report) to {ADDRESS}"),
    cue("dictated", 0.6, "body content", r"\b(?:body|content)\b\s?(?:text|message)?\W{0,3}(?:is|was|:|=|should|must)"),
)  # fmt: skip

CUES = (*_MARKUP, *_ADDRESSED, *_OVERRIDE, *_ORDERED, *_DICTATED, *OUTPUT_CUES, *CHAT_CUES)

_NEEDING = {
    word: tuple(number for number, one in enumerate(CUES) if word in one.needed)
    for word in sorted({word for one in CUES for word in one.needed})
}


def signs(text: str) -> Iterator[Sign]:
    """Yield the cues in `text`, which is in small letters."""
    tried = {number for word, numbers in _NEEDING.items() if word in text for number in numbers}
    for one in (CUES[number] for number in sorted(tried)):
        for match in islice(one.pattern.finditer(text), MAX_MATCHES):
            yield Sign(match.start(), match.end(), one.family, one.weight)


def aimed_stretches(text: str) -> list[tuple[int, int]]:
    """Return [start, end) of the places where cues add up to 1, in order, those that overlap joined."""
    found = sorted(signs(text), key=lambda sign: sign.start)
    places: list[tuple[int, int]] = []
    for index, sign in enumerate(found):
        families = {sign.family: sign.weight}
        end = sign.end
        for other in found[index + 1 : index + MAX_FOLLOWING]:
            if other.start - end > NEAR or sum(families.values()) >= 1:
                break
            if other.weight > families.get(other.family, 0.0):
                families[other.family] = other.weight
                end = max(end, other.end)
        if sum(families.values()) >= 1:
            if places and sign.start <= places[-1][1]:
                places[-1] = (places[-1][0], max(places[-1][1], end))
            else:
                places.append((sign.start, end))
    return places
