"""Answers about a whole mail: intent, sentiment, topic, next action and whose it is, contact scope, language."""

from collections.abc import Sequence

from desktop.domain.evidence import FactKind, Party, Reading
from tests.benchmarks.understanding import corpus
from tests.benchmarks.understanding.corpus import CrmMail
from tests.benchmarks.understanding.fields import Read
from tests.benchmarks.understanding.runs import Rows, Run, skipped
from tests.benchmarks.understanding.scoring import share

TARGETS = {"intent_accuracy": 0.70, "sentiment_accuracy": 0.80, "topic_hit": 0.75, "next_action_hit": 0.75}


def figures(read: Read) -> dict:
    """Return the share of mails that are right, each over the mails that have an answer."""
    return {
        "intent_accuracy": _mean([_is_label(mail, "intent", reading.intent.value) for mail, reading in read]),
        "sentiment_accuracy": _mean([_is_label(mail, "sentiment", reading.sentiment.value) for mail, reading in read]),
        "topic_hit": _mean([has_topic(mail, reading) for mail, reading in read]),
        "next_action_hit": _mean([has_action(mail, reading) for mail, reading in read]),
        "next_action_owner_accuracy": _mean([_is_owner(mail, reading) for mail, reading in read]),
        "next_action_spurious": sum(
            mail.gold.get("next_action") is None and reading.next_action is not None for mail, reading in read
        ),
        "contact_scope_accuracy": _mean(
            [_is_same(mail, "contact_scope", reading.scope.value) for mail, reading in read]
        ),
        "language_accuracy": _mean([_is_same(mail, "language", reading.language) for mail, reading in read]),
    }


def misses(read: Read) -> list[str]:
    """Return one line per miss."""
    lines = []
    for mail, reading in read:
        for name, label in (("intent", reading.intent), ("sentiment", reading.sentiment)):
            if _is_label(mail, name, label.value) is False:
                wanted = [mail.gold[name], *mail.acceptable.get(name, [])]
                lines.append(
                    f"{mail.id:<16} {name:<13} gold {wanted}  predicted {label.value!r} {label.confidence:.2f}"
                )
        if has_topic(mail, reading) is False:
            wanted = mail.record.get("topic_keywords_any")
            lines.append(f"{mail.id:<16} topic         any of {wanted}  predicted {topic_of(reading)!r}")
        action = reading.next_action
        said = f"predicted {action.value!r} {action.confidence:.2f} {action.owner}" if action else "predicted nothing"
        if has_action(mail, reading) is False:
            wanted = f"{mail.gold['next_action']!r} any of {mail.record.get('action_keywords_any')}"
            lines.append(f"{mail.id:<16} next_action   gold {wanted}  {said}")
        elif mail.gold.get("next_action") is None and action:
            lines.append(f"{mail.id:<16} next_action   gold None  {said}")
        if _is_owner(mail, reading) is False:
            lines.append(f"{mail.id:<16} action_owner  gold {mail.record['next_action_owner']!r}  {said}")
        if _is_same(mail, "contact_scope", reading.scope.value) is False:
            lines.append(
                f"{mail.id:<16} scope         gold {mail.record['contact_scope']!r}  predicted {reading.scope}"
            )
        if _is_same(mail, "language", reading.language) is False:
            lines.append(
                f"{mail.id:<16} language      gold {mail.record['language']!r}  predicted {reading.language!r}"
            )
    return lines


def topic_of(reading: Reading) -> str:
    """Return what the mail is said to be about: the TOPIC, else the PRODUCT, else nothing."""
    fact = reading.best(FactKind.TOPIC) or reading.best(FactKind.PRODUCT)
    return fact.value if fact else ""


def has_topic(mail: CrmMail, reading: Reading) -> bool | None:
    """Whether any keyword of the answer is in the topic; None where the mail has no topic."""
    if mail.gold.get("interest_or_topic") is None:
        return None
    return _holds(topic_of(reading), mail.record.get("topic_keywords_any") or [])


def has_action(mail: CrmMail, reading: Reading) -> bool | None:
    """Whether any keyword of the answer is in the next action; None where nothing is to be done."""
    if mail.gold.get("next_action") is None:
        return None
    action = reading.next_action
    return _holds(action.value if action else "", mail.record.get("action_keywords_any") or [])


def _holds(text: str, keywords: Sequence[str]) -> bool:
    folded = " ".join(text.casefold().split())
    return any(" ".join(keyword.casefold().split()) in folded for keyword in keywords)


def _is_label(mail: CrmMail, name: str, value: str) -> bool | None:
    gold = mail.gold.get(name)
    return None if gold is None else value in (gold, *mail.acceptable.get(name, []))


def _is_same(mail: CrmMail, key: str, value: str) -> bool | None:
    gold = mail.record.get(key)
    return None if gold is None else gold == value


def _is_owner(mail: CrmMail, reading: Reading) -> bool | None:
    """Whether the next action is given to the right side; None where the record names none.

    The record says sender or recipient of this mail; the rep is whoever owns the mailbox.
    """
    gold = mail.record.get("next_action_owner")
    if gold is None or mail.gold.get("next_action") is None:
        return None
    sender = mail.message.sender
    is_own = sender is not None and sender.address.lower() in mail.own_addresses
    is_rep = (gold == "sender") == is_own
    action = reading.next_action
    if action is None:
        return False
    return action.owner is Party.REP if is_rep else action.owner in (Party.CONTACT, Party.OTHER)


def _mean(marks: Sequence[bool | None]) -> float:
    counted = [mark for mark in marks if mark is not None]
    return share(sum(counted), len(counted))


def part(run: Run) -> dict:
    """Score what is said of whole mails."""
    read = run.crm()
    if not read:
        return skipped(corpus.CRM_EMAILS)
    result = figures(read)
    rows: Rows = [
        (name.replace("_", " "), f"{value:.3f}" if isinstance(value, float) else str(value), _target(name))
        for name, value in result.items()
    ]
    run.say("labels", rows, misses(read))
    return result


def _target(name: str) -> str:
    return f"target ≥ {TARGETS[name]}" if name in TARGETS else ""
