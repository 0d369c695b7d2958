"""Our way of asking a model beside the usual one: a chat completion with a JSON schema, new for every mail.

Same model file, mails and questions, one core and one thread each, in one run (in a child process, because native code
can end it). Ours includes the rules; the other is the completion alone. Where there is no model of ours, the path
model stands in: it knows nothing, but it costs what a model of its size costs.

A model that knows nothing fills every text to its greatest length, so the ratio is also given for answers as long as
the right ones (`time_vs_stateless_right_length`). Ratios are ours / the other.
"""

import json
import subprocess
import sys
from pathlib import Path

from desktop.system import resources
from tests.benchmarks.figures import table
from tests.benchmarks.understanding import corpus
from tests.benchmarks.understanding.readers import find_card
from tests.benchmarks.understanding.runs import Rows, skipped

TARGET = 0.2
TOKENS_TARGET = 0.125
MAILS = 16
PATIENCE = 1800
STAND_IN = "path.gguf"


def compare(data: Path, model_file: Path | None) -> dict:
    """Run both ways and return the figures; `model` names the file."""
    if not corpus.find(data, corpus.CRM_EMAILS):
        return skipped(corpus.CRM_EMAILS)
    card = find_card(model_file)
    path = card.path if card else resources.path("models", STAND_IN)
    if not path.exists():
        print(
            "understanding: there is neither a model of ours nor the path model, so the stateless comparison is skipped"
        )
        return {}
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks.understanding.stateless_program",
        str(path),
        str(data),
        str(MAILS),
    ]
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode:
        print(f"understanding: the stateless comparison ended with {done.returncode}: {done.stderr[-1500:]}")
        return {}
    found = json.loads(done.stdout.strip().splitlines()[-1])
    _say(found, is_stand_in=card is None)
    return found | {"is_stand_in": card is None}


def _say(found: dict, *, is_stand_in: bool) -> None:
    ours, other, ratios = found["ours"], found["other"], found["ratios"]
    rows: Rows = [
        (
            "ours, a mail (median)",
            f"{ours['ms']:.1f} ms",
            f"rules {ours['rules_ms']:.1f}, model {ours['model_ms']:.1f}",
        ),
        (
            "JSON schema, a mail (median)",
            f"{other['ms']:.1f} ms",
            f"prompt {other['prompt_ms']:.1f}, answer {other['answer_ms']:.1f}",
        ),
        ("ours / the other, time", f"{ratios['time_vs_stateless']:.3f}", f"target ≤ {TARGET}"),
        (
            "the same, every open question put",
            f"{ratios['time_vs_stateless_everything_asked']:.3f}",
            "as if all votes counted",
        ),
        ("the same, answers of the right length", f"{ratios['time_vs_stateless_right_length']:.3f}", ""),
        ("decoded answer tokens, ours", f"{ours['decoded_tokens']:.1f}", "a mail: answers read off, labels walked"),
        (
            "decoded answer tokens, JSON",
            f"{other['decoded_tokens']:.1f}",
            f"of the right record {other['right_tokens']:.1f}",
        ),
        (
            "ours / the other, decoded tokens",
            f"{ratios['decoded_tokens_vs_stateless']:.3f}",
            f"target ≤ {TOKENS_TARGET}",
        ),
        (
            "prompt tokens, ours",
            f"{ours['prompt_tokens']:.0f}",
            f"without prefix reuse {ours['prompt_tokens_unshared']:.0f}",
        ),
        ("prompt tokens, JSON", f"{other['prompt_tokens']:.0f}", ""),
        (
            "questions put, a mail",
            f"{ours['questions']:.1f}",
            f"of {ours['questions_possible']:.1f} there were: the gate",
        ),
        ("invented values, ours", str(ours["invented"]), "target 0"),
        (
            "invented values, JSON",
            str(other["invented"]),
            f"{other['invalid']} of {found['mails']} answers no valid JSON",
        ),
    ]
    who = "path model as a stand-in" if is_stand_in else found["model"]
    table(f"understanding: selection beside stateless JSON, {found['mails']} mails, {who}", rows)
