"""The building blocks of `software_cues`: how mails name a program, an order, its output, what it is to do with it."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern over small letters, how much it weighs (1 is enough), and the family it belongs to.

    `needed` are words of which one must stand in the text before the pattern is tried: that is what makes it fast.
    """

    family: str
    weight: float
    needed: tuple[str, ...]
    pattern: re.Pattern[str]


def cue(family: str, weight: float, needed: str, *patterns: str) -> Cue:
    """Return a cue of several patterns; `needed` is written as one string, `_` stands for a blank."""
    pattern = re.compile("|".join(f"(?:{one})" for one in patterns), re.MULTILINE)
    return Cue(family, weight, tuple(word.replace("_", " ") for word in needed.split()), pattern)


def any_of(text: str) -> str:
    """Return a group of alternatives from a list written with blanks (`_` stands for a blank)."""
    return "(?:" + "|".join(word.replace("_", " ") for word in text.split()) + ")"


_KIND = (
    r"(?:(?:ai|a\.i\.|ki|ia|llm|gpt|automated|automatic|automatische[nr]?|automatis\w+|intelligent|virtual|digital"
    r"|smart"
    r"|e-?mail|mail|crm|language)[ -])"
)
PROGRAM = any_of(
    "assistants? assistant[es] assistenten? asistentes? assistenti agents? agenten agentes? systems? système[s]? "
    "copilots? "
    "readers? models? modelle?n? bots? processors? summari[sz]ers? parsers? filters? tools? llms?"
)
NAMED = any_of(
    "(?:large_)?language_models? sprachmodelle? mod[eè]les?_de_langage modelos?_de_lenguaje chatbots? chatgpt "
    "gpt-?\\d\\w? "
    "copilots? llms? helper_programs? claude gemini phi-?\\d"
)
KIND_OF_PROGRAM = rf"{_KIND}{{1,2}}(?:\w+ )?{PROGRAM}"
READER = (
    rf"(?:{KIND_OF_PROGRAM}|{NAMED}|assistants?|assistenten?|asistentes?|ki|ai|agents? (?:ia|d['’]ia|de ia)"
    r"|(?:assistants?|asistentes?|agentes?) (?:de )?ia)"
)
MUST = any_of(
    "must should shall has_to have_to needs?_to will_now please bitte muss müssen sollen soll doit doivent debe deben "
    "(?:is|are)_(?:required|instructed|requested|asked|directed)_to"
)
SEND = any_of(
    "send sent e-?mail mail write reply respond answer forward issue_an compose dispatch shoot notify drop "
    "generate create "
    "deliver draft prepare transmit schick\\w* send\\w* envoy\\w* envi\\w+ répond\\w* antwort\\w*"
)
ADDRESS = r"[\w.+-]{1,40}\s?(?:@|\(at\)|\[at\]| at )\s?[\w-]{1,40}(?:\.| dot )\w{2,10}"
EARLIER = any_of("previous prior above earlier preceding foregoing other former existing original initial all")
RULES = any_of(
    "instructions? prompts? directions? directives? orders? rules? guidelines? commands? tasks? context messages? text "
    "content constraints? safeguards?"
)
QUOTE = r"[\"'“”‘’„«`]"
TURN = (
    any_of(
        "system assistant user human tool function model developer prompt instructions? context inst sys im_start "
        "im_end im_sep "
        "endoftext eot_id end_of_turn start_of_turn start_header_id end_header_id end begin tool_call observation"
    )
    .replace("im start", "im_start")
    .replace("im end", "im_end")
    .replace("im sep", "im_sep")
)
# What ordinary mail programs leave behind in plain text is no markup of a chat.
NOT_HTML = (
    r"(?!/?(?:a|b|i|u|p|br|hr|em|ul|ol|li|td|tr|th|h\d|div|pre|img|tt|dl|dt|dd|big|sub|sup|map|area|base|link|meta"
    r"|font|html"
    r"|head|body|span|table|tbody|thead|center|strong|small|title|style|script|strike|object|embed|param|frame|iframe"
    r"|frameset|blockquote|form|input|select|option|textarea|label|address|cite|code|caption|col|colgroup|button"
    r"|o:p|st1|v:"
    r"|w:|x-\w+|mailto|https?|smarttagtype|nobr|layer|basefont|spacer|fontfamily|bigger|smaller|excerpt|paraindent"
    r"|color"
    r"|bold|italic|underline|fixed|flushleft)\b)"
)
CHANGE = any_of(
    "add append prepend include insert embed integrate incorporate introduce modify change alter edit replace "
    "substitute "
    "convert transform render rearrange reorder scramble jumble shuffle mix combine group remove delete drop omit "
    "misspell "
    "encode encrypt translate rewrite rephrase paraphrase express format phrase spell reverse write provide give use "
    "utili[sz]e present return output craft compose respond reply answer augment enhance enrich extend decorate "
    "sprinkle "
    "mention promote advertise suggest recommend tease offer begin start end finish conclude close make ensure "
    "apply employ "
    "weave slip put place anagram mask hide state claim assert imply hint warn tell inform invite ask"
)
YOUR = any_of("your ihre[rn]? deiner? votre ta tu su seu uw vostra")
OUTPUT = (
    r"(?:(?:in|of|to|from|for|into|within|with|throughout|at the end of|at the start of) )?(?:your|the|my|ihre[rn]?"
    r"|deiner?|votre|ta|tu|su) "
    r"(?:next |own |final |whole |entire |generated )?(?:response|answer|reply|output|summary|completion"
    r"|message)(?:s|'s|s')?"
)
FORM = any_of(
    "letters? vowels? consonants? alphanumeric symbols? punctuation spaces? spacing typos? misspell\\w* anagram\\w* "
    "scrambl\\w* jumbl\\w* homophonic substitut\\w* cipher\\w* caesar rot-?13 base-?\\d\\d hex(?:adecimal)? binary "
    "morse ascii "
    "unicode encod\\w* encrypt\\w* emojis? emoticons? backwards? reversed? reverse_order upper-?case lower-?case "
    "capital_letters all_caps rhym\\w* pirate (?:every|each)_(?:\\w+_)?(?:word|letter|sentence) key_?words french "
    "german "
    "spanish italian chinese japanese russian latin klingon haiku json xml markdown"
)
PLANT = (
    r"(?:a (?:\w+ ){0,2}"
    + any_of(
        "sentence statement reminder recommendation headline tip link promotion slogan note hint reason appeal "
        "story line "
        "paragraph claim joke fact quote rumou?r advertisement endorsement plug mention call_to_action"
    )
    + "|"
    + any_of(
        "users? readers? audience the_sentence the_phrase the_(?:\\w+_)?words? the_following_(?:sentence|text|line"
        "|phrase) "
        "suggestion invitation advice feedback gratitude subscribe click visit download install that_isn't "
        "that's_actually "
        "isn't_true fake www\\. https?:"
    )
    + ")"
)
