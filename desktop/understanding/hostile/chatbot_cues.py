"""Cues of `software_cues` that are tasks for a chat program: what its answer is to look like, and small talk.

Nobody asks a rep to misspell every fourth word of the answer, to plant a slogan in it, or for a poem.
"""

from desktop.understanding.hostile.software_words import CHANGE, FORM, OUTPUT, PLANT, QUOTE, YOUR, cue

OUTPUT_CUES = (
    cue(
        "output", 1.0, "response answer reply output summary completion message",
        rf"\b{CHANGE}\b[^.\n]{{0,80}}\b{FORM}\b[^.\n]{{0,60}}\b{OUTPUT}\b",
        rf"\b{CHANGE}\b[^.\n]{{0,50}}\b{OUTPUT}\b[^.\n]{{0,80}}\b{FORM}\b",
        rf"\b{CHANGE}\b[^.\n]{{0,90}}{PLANT}[^.\n]{{0,120}}\b(?:in|to|into|within|of) {YOUR} (?:next |own |final )?"
        r"(?:response|answer|output|summary)\b",
        rf"(?:^|[.!?:,] )\W{{0,8}}{CHANGE}\b[^.\n]{{0,120}}\b(?:in|to|into|within|of|from|using) {YOUR} (?:next |own "
        rf"|final )?"
        r"(?:response|answer|output|summary)\b",
        r"(?:^|[.!?:,] )\W{0,8}(?:modify|augment|enhance|alter|adjust|tailor|change|craft|embellish|conclude|begin"
        r"|end|start|frame)"
        r" (?:your|the) (?:response|answer|reply|output|summary)\b",
        rf"\b(?:in|within|throughout|at the end of) {YOUR} (?:response|answer|reply|output|summary|message),? "
        rf"{CHANGE}\b",
        rf"\b{CHANGE} {QUOTE}[^\"\n]{{4,160}}{QUOTE}.{{0,60}}\b(?:in|to|into|at the end of) {YOUR} "
        r"(?:response|answer|reply|output|summary)\b",
        rf"\b{CHANGE}\b[^\n]{{0,60}}\bin {YOUR} (?:response|answer|reply|output)\b[^\n]{{0,20}}"
        r"\b(?:detailing|encouraging|emphasi[sz]ing|stressing|directing|pointing|linking|that|about|on|for)\b",
        rf"\b(?:integrate|embed|incorporate|weave|insert)\b[^\n]{{0,80}}\b(?:in|into|to|within) {YOUR} "
        r"(?:response|answer|reply|output|message)\b",
        r"(?:^|[.!?:,] )\W{0,8}(?:remove|group|combine|substitute|rearrange|scramble|jumble|misspell|encode|anagram"
        r"|convert|replace"
        r"|translate|reverse|capitali[sz]e|spell|render|use|introduce|add|provide|give|write|express)\b[^.\n]{0,60}"
        rf"\b(?:your|the) (?:response|answer|reply|output|message)(?:'s)?\b[^.\n]{{0,40}}\b(?:{FORM}|sets? of|fours"
        rf"|threes|pairs"
        r"|without)",
    ),
    cue(
        "answered", 0.5, "response answer reply output summary",
        rf"(?:^|[.!?:,>|*] )\W{{0,8}}(?:please )?{CHANGE}\b[^.\n]{{0,60}}\b(?:in|to|into|within|of|using) "
        rf"(?:{YOUR} |the )?(?:next |own |final )?(?:response|answer|reply|output|summary)\b",
        rf"(?:^|[.!?:,>|*] )\W{{0,8}}(?:in (?:{YOUR} |the )?|{YOUR} )(?:response|answer|reply|output|summary),? "
        rf"{CHANGE}\b",
        rf"(?:^|[.!?:,>|*] )\W{{0,8}}(?:\w+ )?{YOUR} (?:response|answer|reply|output) (?:using|in|with|without)\b",
    ),
    cue(
        "planted", 0.5, "users readers audience install download substitution anagram misspell typos scrambl",
        r"\b(?:telling|encouraging|urging|inviting|directing|advising|asking|reminding|convincing|warning|suggest"
        r"|suggesting|for) (?:the |all )?(?:users|readers|audience)\b",
        r"\b(?:install|download)\b.{0,30}\b(?:app|tool|software|update)\b.{0,12}(?:www\.|https?:|\w\.com\b)",
        r"\b(?:alphanumeric|homophonic) substitution\b", r"\b(?:anagram|misspell|scrambl)\w*|\brandom typos\b",
    ),
    cue(
        "output", 1.0, "users readers audience",
        rf"(?:^|[.!?:,>|*] )\W{{0,8}}{CHANGE} (?:a |an |the )?(?:\w+ )?(?:sentence|reminder|statement|headline|reason"
        r"|recommendation|paragraph|line|suggestion)\b[^.\n]{0,40}\b(?:telling|encouraging|urging|inviting|directing"
        r"|advising|reminding|convincing|for) (?:the )?(?:users|readers|audience)\b",
    ),
    cue(
        "output", 1.0, "respond answer output print return reply repeat tool judg",
        r"\b(?:only|just|exclusively) (?:respond|answer|output|print|return|reply) with\b",
        r"\b(?:always )?(?:output|print|answer|return) [\"'`“]\w+[\"'`”]", r"\bprint \W?[\"“]",
        r"\brepeat (?:after me|the (?:words|text|phrase))", r"\bprovide (?:only )?(?:the )?(?:final )?tool\b",
        r"\bjudge?ments? must\b",
    ),
    cue(
        "output", 1.0, "replace substitute swap exchange",
        r"\b(?:replace|substitute|swap|exchange)\b[^.\n]{0,20}"
        r"\b(?:(?:every|each) (?:\w+ )?(?:letter|word|character)|letters|vowels|consonants)\b[^.\n]{0,30}\b(?:with"
        r"|by|for)\b",
    ),
)  # fmt: skip

CHAT_CUES = (
    cue(
        "chatting", 1.0, "write compose draft provide create develop tell give sing make_up generate craft recite",
        r"\b(?:write|compose|draft|provide|create|develop|tell|give|sing|make up|generate|craft|recite) (?:me |us )?"
        r"(?:an? |another |some |the )?(?:\w+ ){0,2}"
        r"(?:poem|haiku|sonnet|lyrics|fairy tale|joke|limerick|riddle|ballad|fable|bedtime story|screenplay)s?\b",
        r"\b(?:write|compose|draft|create|develop|generate|craft) (?:me |us )?(?:an?|another|some|the \w+ (?:of"
        r"|for) an?)\b"
        r".{0,24}\b(?:essay|speech|(?:short )?story|song|rap|paragraph|blog post|article) (?:about|on|based on|for)\b",
        r"\b(?:write|compose|draft) an? (?:\w+ )?(?:letter|e-?mail|memo) (?:to|for) (?:an?|the editor|santa)\b",
    ),
    cue(
        "chatting", 1.0, "translate how_ what equivalent translation word_for",
        r"\btranslate (?:the following|this|these|that|the)? ?(?:\w+ )?(?:sentence|text|phrase|word|words|paragraph"
        r"|e-?mail)\b"
        r".{0,20}\b(?:to|into|in)\b", r"\btranslate ['\"“‘].{1,80}['\"”’] (?:to|into)\b",
        r"\btranslate (?:the following|this|that) (?:to|into) \w{4,12}:",
        r"\bhow (?:do|would|can) (?:you|i|we) say ['\"“‘]",
        r"\bwhat(?:'s| is| does) ['\"“‘].{1,40}['\"”’] (?:in [a-z]+|mean)",
        r"\b(?:equivalent|translation|word) (?:for|of) ['\"“‘]",
    ),
    cue(
        "chatting", 1.0, "python script java php c++ c# sql html css rust golang bash recursion",
        r"\b(?:python|javascript|typescript|java|php|c\+\+|c#|sql|html|css|rust|golang|bash)\b.{0,60}"
        r"\b(?:function|code|script|example|program|snippet|loop|array|factorial)\b",
        r"\b(?:function|code|script|example|program|snippet|difference|differences)\b.{0,60}"
        r"\b(?:python|javascript|typescript|php|c\+\+|mysql)\b", r"\brecursion\b",
        r"\bwhat\b.{0,24}\bbetween (?:python|javascript|java|php|c)\b.{0,8}\band\b.{0,4}"
        r"\b(?:python|javascript|java|php|c)\b",
    ),
    cue(
        "chatting", 1.0, "what_ what's who_ how_ explain describe break_down outline discuss define",
        r"\bwhat (?:is|are|was|were) the (?:capital|population|currency|tallest|main causes|primary functions"
        r"|primary differences|boiling point|speed of light|largest (?:planet|country|ocean)|meaning of life)\b",
        r"(?:^|[.!?:] )\W{0,3}who (?:wrote|invented|painted|discovered|directed|composed|sang) (?:the|['\"“‘])",
        r"\b(?:explain|describe|break down|outline|discuss|define)\b.{0,20}\b(?:the )?(?:theory of|plot of|life "
        r"?cycle of"
        r"|photosynthesis|quantum|relativity|mitosis|blockchain|french revolution|world war)",
        r"\bhow (?:do|does) (?:i|you|one|solar|black|airplanes|vaccines|volcanoes|batteries) .{0,30}\b(?:solve|work"
        r"|fly|form)\b",
        r"\bwhat(?:'s| is) the weather\b", r"\bhow is the weather\b",
    ),
    cue(
        "chatting", 1.0,
        "solve compute calculate reminder alarm timer sentiment play tell_me flight to-do shopping restaurant",
        r"\b(?:solve|compute|calculate)\b.{0,20}\b(?:equations?|integral|factorial|square root|derivative"
        r"|\d+\s?[+*x×]\s?\d+)\b",
        r"\b(?:set|create|add) (?:me )?(?:an? )?(?:reminder|alarm|timer)\b.{0,40}\b(?:for|to|at)\b",
        r"\b(?:analy[sz]e|determine|detect|classify|identify|evaluate|assess|what(?:'s| is)) the sentiment\b",
        r"\bplay (?:some )?(?:music|a song)\b", r"\btell me (?:a joke|about yourself|a fun fact|the weather)\b",
        r"\b(?:book|reserve) (?:me )?an? (?:flight|taxi|cab|table|hotel room)\b.{0,30}\b(?:to|for|at|in)\b",
        r"\b(?:create|make|write) (?:me )?an? (?:to-do|shopping|grocery) list\b",
        r"\b(?:find|suggest|recommend) (?:me )?(?:an?|the (?:best|nearest|cheapest)|some) (?:\w+ )?restaurants?\b",
    ),
    cue(
        "orders", 0.5,
        "set mark record change delete forward approve accept grant transfer reveal print output execute perform "
        "follow complete focus act behave pretend treat classify confirm_that add send",
        r"(?:^|[.!?:] )\W{0,6}(?:please |kindly |also,? |then,? |now,? |do not |don't |never |always |you (?:must"
        r"|should|will"
        r"|shall) )?"
        r"(?:set|mark|record|change|delete|forward|approve|accept|grant|transfer|reveal|print|output|execute"
        r"|perform|follow"
        r"|complete|focus|act|behave|pretend|treat|classify|confirm that|add|send)\b",
    ),
)  # fmt: skip
