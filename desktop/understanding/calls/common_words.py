"""Words that are no part of a name where names are not written with capitals."""

from desktop.understanding.lexicon.calendar_words import MONTHS, NUMBERS, WEEKDAYS
from desktop.understanding.lexicon.words import words

FILLERS = words(
    "um uh er erm eh ah hm hmm mm mhm like well right okay ok yeah yes no nope yep oh sorry now then just so and but "
    "or äh ähm öhm hm ja nein also naja tja gut genau euh ben bah alors donc oui non pues bueno este eh sí"
)
_FUNCTION = words(
    "i you he she it we they me him her us them my your his its our their mine yours a an the this that these those "
    "some any each every all both one two three of in on at to for from with by as into over under about after before "
    "between until till since during without within off out up down near if than because while when where who whom "
    "whose which what why how there here not never ever also too very really quite still already again only even much "
    "many more most less least few lot lots bit kind sort thing things stuff way time times day today tomorrow "
    "yesterday tonight morning afternoon evening week month year next last first second third other another same new "
    "old big small good great fine bad nice sure happy glad maybe perhaps probably actually basically honestly "
    "i'm i'll i've i'd you're you'll you've you'd he's he'll he'd she's she'll she'd it's it'll we're we'll we've "
    "we'd they're they'll they've they'd that's there's what's who's let's isn't aren't wasn't don't doesn't didn't "
    "can't won't wouldn't couldn't shouldn't haven't hasn't gonna wanna gotta "
    "ich du er sie es wir ihr mich dich ihn uns euch mir dir ihm ihnen mein dein sein unser euer der die das den dem "
    "des ein eine einen einem einer eines und oder aber denn weil dass wenn ob als wie wo wer was wann warum in im "
    "an am auf aus bei beim mit nach von vom zu zum zur über unter vor für gegen ohne um durch nicht kein keine noch "
    "nur schon auch sehr mal dann da hier dort jetzt heute morgen gestern bis seit halt eben "
    "je tu il elle on nous vous ils elles le la les un une des du de et ou mais que qui quoi où quand comment "
    "pourquoi dans sur sous avec sans pour par chez en au aux ne pas plus très bien c'est j'ai "
    "yo tú él ella nosotros ustedes el los las una unos y o pero porque con sin por para del al muy más no sí está"
)
_VERBS = words(
    "is am are was were be been being has have had having do does did doing done will would can could shall should "
    "may might must need needs needed want wants wanted get gets got getting give gives gave given go goes going "
    "gone went come comes came coming take takes took taken make makes made making say says said saying tell tells "
    "told telling ask asks asked asking know knows knew known think thinks thought see sees saw seen look looks "
    "looked looking find finds found use uses used using work works worked working call calls called calling try "
    "tries tried leave leaves left leaving put puts keep keeps kept let lets begin begins began seem seems seemed "
    "help helps helped show shows showed hear hears heard play run runs ran move moves moved live like likes liked "
    "believe bring brings brought happen happens happened write writes wrote sit stand lose lost pay pays paid meet "
    "meets met include continue set learn change changes changed lead leads understand watch follow stop create "
    "speak speaks spoke speaking read allow add spend grow open walk win offer offers offered remember love consider "
    "appear buy buys bought wait serve die send sends sent sending expect build builds built stay fall cut reach "
    "kill remain suggest raise pass sell sells sold require report decide decides decided pull join joins joined "
    "joining sign signs signed start starts started starting finish book check checks checked confirm invite handle "
    "handles handled mention mentioned quote quoted pitch pitched want retire retiring retired agree agreed please "
    "thank thanks cheers bye hello hi hey dear good hallo danke tschüss servus bonjour merci hola gracias adiós "
    "dígame diga allô pronto ist sind war waren wird werden wurde hat haben hatte hatten kann können konnte muss "
    "müssen soll sollen will wollen macht machen gemacht sagt sagen gesagt geht gehen kommt kommen schickt schicken "
    "weiß wissen meint bekommt bitte est sont était ont avait sera peut doit veut dit fait va vient "
    "es son era tiene tienen puede debe quiere dice hace va viene"
)
_NOUNS = words(
    "mister missus sir madam doctor manager director boss owner colleague customer client supplier vendor company "
    "firm team office plant site production finance technical purchasing sales support service shift money price "
    "budget contract order quote invoice seats users license renewal demo meeting call phone email number account "
    "line pump system software app data report dashboard everybody everyone somebody someone nobody anybody anyone "
    "people guy guys man woman lady folks herr frau doktor herrn chef kollege kollegin monsieur madame señor señora "
    "tape machine whether unlimited either neither anyway anything something nothing everything instead rather "
    "almost enough both hospital daughter son wife husband family name surname ahead fair perfect interesting "
    "question problem"
)
NO_NAMES = FILLERS | _FUNCTION | _VERBS | _NOUNS | frozenset(MONTHS) | frozenset(WEEKDAYS) | frozenset(NUMBERS)
