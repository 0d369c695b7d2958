"""The model card in words, put together from what was measured, so that no figure is written by hand."""

from collections.abc import Mapping
from typing import Any

WORDS = """# crm-mini

A reader of {weights:,} weights that chooses among candidates which Dealside's rules found in a mail, and says why a
mail was written and in what mood. It comes with Dealside; nothing has to be downloaded. Made on {day}.

**What it is not.** It cannot write and has no knowledge of the world. It never decides alone: its probabilities are
signals of the calibrated ranker (`desktop/understanding/confidence`), which is fitted on annotated mails that the
model never saw and gives it weight only in families where it helped there (`resources/models/calibrators`). Until a
more capable model is chosen the window says "basic reading".

| | |
| --- | --- |
| File | `{file}`, {size:,} bytes, F16 |
| SHA-256 | `{sha256}` |
| Network | llama architecture: width {width}, {layers} layers, {heads} heads, hidden {hidden} |
| Tokens | {vocabulary} of our own: byte pairs, digits alone |
| Trained | {tokens:.1f} million tokens, {minutes:.0f} minutes on {device}, seed {seed} |
| Licence | that of Dealside; there is no other model's weight or output in it |

## What it was trained on

Mails of our own invention (`letter.py`, `phrases/*.txt`): English, German, French, Spanish; names from Faker's lists
(MIT) put together at random, a third of them invented syllables; companies, titles, topics, amounts, dates and numbers
made up by script. Candidates are those that Dealside's own rules find in these mails, in random order; where they miss
the right one, the answer is `none`. Hard cases on purpose: colleagues in copy, quoted and forwarded mail, fax numbers,
unit prices beside totals, days gone by, competitors, people that a mail only hands on.
{real}
No annotation of anybody else was used to train: no GPL labels, nothing non-commercial. The annotated mails below were
never trained on.

## Figures

Share of questions answered rightly, beside the rules' first choice. A question counts when a right candidate was
found, or when the mail has no answer and `none` is right.

{tables}

Invented mails are the authors' own phrasing: "unseen" ones use the fifth of phrases, names and words that was held out
of training (lists too short to lose a fifth excepted), but the hand that wrote them is the same, so real mail is
harder. The annotated mails are few (a difference of ten points is within chance), and the rules were written with
these in view, which is why they are nearly always right there; the model never saw them.

## The file against PyTorch

The same questions, the F16 file in llama.cpp against PyTorch in full precision with the weights rounded alike:
greatest difference of a probability {f16[difference]}, the same choice in {f16[same]:.2%} of {f16[questions]}. Q8_0:
{q8[difference]} and {q8[same]:.2%}. F16 is shipped.

## Speed

{milliseconds} ms an invented mail on one core of the machine it was made on, rules included, beside other work.

## Making it again

    python -m resources.models.crm_mini.make_data FOLDER --shards 26 --real DATA
    python -m resources.models.crm_mini.train FOLDER --minutes 98 --processes 2 --size 3072
    python -m resources.models.crm_mini.finish FOLDER --torch PYTHON --real DATA

The first and the last run where Dealside is installed (the first needs `pip install faker==40.54.0` beside it), the
second where PyTorch is: `pip install torch==2.13.0 numpy`, in an environment of its own.

Training reads the shards that are there, so the rules of the day leave their mark: other rules, other candidates.
{note}"""
REAL = """
Between the invented sentences stand some {count} sentences of real business mail (Enron, public record), chosen because
they hold no name, number or address: small letters only, and no sentence of an annotated mail. None is an answer to
anything.
"""


def described(card: Mapping[str, Any], found: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """Return the card's text. `found` is what `finish.py` measured, `facts` what it knows of the run."""
    training, parity = found["training"], found["parity"]
    titles = {
        "annotated": "Annotated mails (never trained on)",
        "written": "Short mails written by another hand (never trained on; the rules' words were weighed on them)",
        "unseen": "Invented mails, unseen phrases and names",
        "seen": "Invented mails, phrases of training",
    }
    tables = "\n\n".join(f"### {title}\n\n{_table(found[name])}" for name, title in titles.items() if name in found)
    return WORDS.format(
        **card,
        **facts,
        tables=tables,
        tokens=training["tokens"] / 1e6,
        minutes=training["minutes"],
        f16=parity["F16"],
        q8=parity["Q8_0"],
        milliseconds=found["milliseconds_with_rules"],
    )


def _table(scores: Mapping[str, Mapping[str, float]]) -> str:
    rows = [f"| {kind} | {one['count']} | {one['model']:.2f} | {one['rules']:.2f} |" for kind, one in scores.items()]
    return "\n".join(["| question | n | crm-mini | rules alone |", "| --- | --- | --- | --- |", *rows])
