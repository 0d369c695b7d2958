"""What the rep may choose about the program itself: names, what is usual, and which values make sense."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from desktop.domain.errors import Rejected
from desktop.domain.records import NEW_PEOPLE, PEOPLE, RecordKind
from desktop.store.store import Store

TOKENS_PER_DAY = "tokens_per_day"
REMOTE_TOKENS_PER_DAY = "remote_tokens_per_day"
USE_GPU = "use_gpu"
MODEL = "model"
MODEL_MIRROR = "model_mirror"
REMOTE_ADDRESS = "remote_address"
REMOTE_MODEL = "remote_model"
REMOTE_FORM = "remote_form"
REMOTE_PLAIN_HOST = "remote_plain_host"
REMOTE_KEY_MARK = "remote_key_mark"
REMOTE_WRITES = "remote_writes"
OWN_MODEL_WRITES = "own_model_writes"
HIDE_ALSO = "remote_hide_also"
HIDE_CAPITALS = "remote_hide_capitals"
WEBHOOK_PORT = "webhook_port"
WEBHOOK_ADDRESS = "webhook_address"
WEBHOOK_MARK = "webhook_mark"
ABOUT_MODELS = frozenset(
    {
        MODEL, USE_GPU, OWN_MODEL_WRITES, REMOTE_ADDRESS, REMOTE_MODEL, REMOTE_FORM, REMOTE_PLAIN_HOST,
        REMOTE_KEY_MARK, REMOTE_WRITES, HIDE_ALSO, HIDE_CAPITALS,
    }
)  # fmt: skip
CHAT_FORM = "chat"
MOST_TOKENS = 10**12
LONGEST_WORDS = 4000
YES, NO = "yes", "no"
AS_CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: `words` say what it does, `usual` holds until something is chosen, `accepts` checks a value."""

    name: str
    words: str
    usual: str
    values: str
    accepts: Callable[[str], bool]


def _is_count(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= len(str(MOST_TOKENS)) and int(value) <= MOST_TOKENS


def _is_yes_or_no(value: str) -> bool:
    return value in (YES, NO)


def _is_when(value: str) -> bool:
    return value in (YES, NO, AS_CHAT)


def _is_file_name(value: str) -> bool:
    return len(value) <= 200 and value.isprintable() and not set(value) & set("/\\:")


def _is_port(value: str) -> bool:
    return _is_count(value) and (int(value) == 0 or 1024 <= int(value) <= 65_535)


def _is_kind_of_person(value: str) -> bool:
    return value in {kind.value for kind in PEOPLE}


def _is_word(value: str) -> bool:
    return len(value) <= 200 and value.isprintable()


def _are_words(value: str) -> bool:
    return len(value) <= LONGEST_WORDS and value.isprintable()


def _is_mirror(value: str) -> bool:
    try:
        found = urlsplit(value)
    except ValueError:
        return False
    is_plain = not (found.username or found.password or found.query or found.fragment)
    return not value or (found.scheme in ("https", "http") and bool(found.hostname) and is_plain)


SETTINGS = {
    setting.name: setting
    for setting in (
        Setting(
            TOKENS_PER_DAY,
            "How many tokens a model on this machine may read a day; after that rules alone read until midnight.",
            "0",
            "a number, 0 for no limit",
            _is_count,
        ),
        Setting(
            REMOTE_TOKENS_PER_DAY,
            "The same for a model on another machine, which may cost money.",
            "500000",  # some two hundred mails with ten questions each
            "a number, 0 for no limit",
            _is_count,
        ),
        Setting(
            USE_GPU,
            "Whether the language model may use the graphics card.",
            YES,
            "yes or no",
            _is_yes_or_no,
        ),
        Setting(
            MODEL,
            "Which language model reads your mail (`dealside models use` looks first whether it fits).",
            "",
            "the name of a model file that is here",
            _is_file_name,
        ),
        Setting(
            MODEL_MIRROR,
            "Where models are downloaded from, when not from the hub they were published on.",
            "",
            "an address that begins with https://",
            _is_mirror,
        ),
        Setting(
            REMOTE_ADDRESS,
            "Which server reads your mail instead of a model on this machine; `dealside models remote` chooses it.",
            "",
            "an address that begins with https://",
            _is_mirror,
        ),
        Setting(REMOTE_MODEL, "Which of that server's models reads.", "", "the name of a model", _is_word),
        Setting(
            REMOTE_FORM,
            "How that server is asked: as a chat, or bare, in the format of one family of models.",
            CHAT_FORM,
            "chat or the name of a format",
            _is_word,
        ),
        Setting(
            REMOTE_PLAIN_HOST,
            "Which server may be called without encryption although it is not in a private network.",
            "",
            "the name of a server",
            _is_word,
        ),
        Setting(
            REMOTE_KEY_MARK,
            "Changes with the server's key, so that a new one is used from the next mail on.",
            "",
            "letters and digits",
            _is_word,
        ),
        Setting(
            REMOTE_WRITES,
            "Whether that server also writes the summaries of mails, which are checked against the mail.",
            AS_CHAT,
            "yes, no, or chat: only when it is asked as a chat",
            _is_when,
        ),
        Setting(
            OWN_MODEL_WRITES,
            "Whether a model file of your own, in no list of ours, may write summaries too; it counts from the next"
            " start.",
            NO,
            "yes or no",
            _is_yes_or_no,
        ),
        Setting(
            HIDE_ALSO,
            "Words and phrases that no server is shown, besides addresses, numbers and names, which are always hidden.",
            "",
            "words, with semicolons between them",
            _are_words,
        ),
        Setting(
            HIDE_CAPITALS,
            "Whether every capitalised word within a sentence is hidden too: misses fewer names, and spoils answers.",
            NO,
            "yes or no",
            _is_yes_or_no,
        ),
        Setting(
            NEW_PEOPLE,
            "What somebody unknown from an unknown firm is proposed as: a contact with its account, or a lead, where"
            " your CRM has leads.",
            RecordKind.CONTACT.value,
            "contact or lead",
            _is_kind_of_person,
        ),
        Setting(
            WEBHOOK_PORT,
            "On which port of this machine your CRM's webhook calls come in (`dealside webhooks` says more).",
            "0",
            "a number from 1024 to 65535, 0 for none",
            _is_port,
        ),
        Setting(
            WEBHOOK_ADDRESS,
            "Under which address your company's tunnel or proxy makes that port reachable for the CRM.",
            "",
            "an address that begins with https://",
            _is_mirror,
        ),
        Setting(
            WEBHOOK_MARK,
            "Changes with the secrets of webhook calls, so that new ones are used at once.",
            "",
            "letters and digits",
            _is_word,
        ),
    )
}


class Settings:
    """The settings of one store. Unknown names and senseless values raise Rejected with what would be right."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> tuple[Setting, ...]:
        """Return every setting there is."""
        return tuple(SETTINGS.values())

    def value(self, name: str) -> str:
        """Return what was chosen, or what is usual."""
        setting = _known(name)
        with self._store.reading() as tx:
            found = tx.settings.get(name, setting.usual)
        return found if setting.accepts(found) else setting.usual

    def choose(self, name: str, value: str) -> None:
        """Keep a choice."""
        setting = _known(name)
        if not setting.accepts(value):
            raise Rejected(f"“{value[:40]}” cannot be: {name} takes {setting.values}.")
        with self._store.transaction() as tx:
            tx.settings.save(name, value)

    def forget(self, name: str) -> None:
        """Go back to what is usual."""
        with self._store.transaction() as tx:
            tx.settings.forget(_known(name).name)

    def about_models(self) -> tuple[tuple[str, str], ...]:
        """Return what was chosen about which model reads and how it may; it changes when another has to be made."""
        with self._store.reading() as tx:
            chosen = tx.settings.all()
        return tuple((name, value) for name, value in chosen.items() if name in ABOUT_MODELS)

    def tokens_per_day(self) -> int:
        """Return the day's allowance of a model on this machine, 0 when there is no limit."""
        return int(self.value(TOKENS_PER_DAY))

    def remote_tokens_per_day(self) -> int:
        """Return the day's allowance of a model on another machine, 0 when there is no limit."""
        return int(self.value(REMOTE_TOKENS_PER_DAY))

    def may_use_gpu(self) -> bool:
        """Return whether the graphics card may be used."""
        return self.value(USE_GPU) == YES

    def lets_server_write(self, form: str) -> bool:
        """Return whether a server that is asked in this form may write summaries."""
        chosen = self.value(REMOTE_WRITES)
        return chosen == YES or (chosen == AS_CHAT and form == CHAT_FORM)

    def lets_own_model_write(self) -> bool:
        """Return whether a model file that nobody vouches for may write summaries."""
        return self.value(OWN_MODEL_WRITES) == YES

    def hidden_words(self) -> tuple[str, ...]:
        """Return what the rep wants hidden from servers besides the usual."""
        return tuple(word.strip() for word in self.value(HIDE_ALSO).split(";") if word.strip())

    def hides_capitals(self) -> bool:
        """Return whether every capitalised word within a sentence is hidden from servers."""
        return self.value(HIDE_CAPITALS) == YES


def _known(name: str) -> Setting:
    setting = SETTINGS.get(name)
    if setting is None:
        raise Rejected(f"There is no setting “{name[:40]}”: there are {', '.join(SETTINGS)}.")
    return setting
