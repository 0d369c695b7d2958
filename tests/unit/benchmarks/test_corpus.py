import gzip
import json
from pathlib import Path

import pytest

from tests.benchmarks.understanding import corpus
from tests.unit.benchmarks.situations import BODY, SENT, mail, record


def test_a_record_is_read_as_the_mail_it_was() -> None:
    message = mail().message
    assert message.text == BODY.rstrip("\n")
    assert message.subject == "Sensors"
    assert message.sent_at == SENT
    assert message.sender is not None
    assert (message.sender.name, message.sender.address) == ("Lindqvist, Petra", "p.lindqvist@ostermoor.example")
    assert message.troubles == ()
    assert mail().own_addresses == {"alex@seller.example"}


def test_the_body_keeps_what_a_transfer_could_spoil() -> None:
    body = "From here on: = é 日本 .\n.\n\tTabs, a line of " + "x" * 2000 + "\nlast"
    assert mail(body=body).message.text == body


def test_names_and_folded_lists_beyond_ascii() -> None:
    headers = record()["headers"] | {
        "X-From": "Ebru Çağlayan <ebru@firma.example>",
        "Subject": "Añadir: größer",
        "To": "alex@seller.example, \n\tb@seller.example",
    }
    message = mail(headers=headers).message
    assert message.sender is not None
    assert message.sender.name == "Ebru Çağlayan"
    assert message.subject == "Añadir: größer"
    assert [person.address for person in message.participants[1:]] == ["alex@seller.example", "b@seller.example"]


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("Roe, Jane </O=FIRM/OU=NA/CN=RECIPIENTS/CN=JROE>", "Roe, Jane"),
        ('"Roe, Jane" <jroe@firm.example>@FIRM <IMCEANOTES-+22Roe+40FIRM@FIRM>', "Roe, Jane"),
        ("Jane Roe", "Jane Roe"),
        ("jane.roe@firm.example", ""),
        ("", ""),
    ],
)
def test_the_display_name_stands_before_the_first_bracket(shown: str, name: str) -> None:
    assert corpus.display_name(shown) == name


def test_sets_are_found_by_pattern_whatever_their_files_are_called(tmp_path: Path) -> None:
    (tmp_path / "enron_zones").mkdir()
    (tmp_path / "crm_emails_b.jsonl").write_text(json.dumps(record(id="b")) + "\n\n")
    (tmp_path / "crm_emails_a_held.jsonl").write_text(json.dumps(record(id="a")) + "\n")
    with gzip.open(tmp_path / "enron_zones" / "anything.jsonl.gz", "wt") as file:
        file.write('{"id": "z"}\n')
    (tmp_path / "enron_zones" / "signature_fields.jsonl").write_text('{"id": "s"}\n')
    assert [one.id for one in corpus.crm_mails(tmp_path)] == ["a", "b"]
    zones = corpus.all_records(tmp_path, corpus.ENRON_ZONES, but=corpus.SIGNATURE_FIELDS)
    assert zones == [{"id": "z"}]
    assert corpus.all_records(tmp_path, corpus.SIGNATURE_FIELDS) == [{"id": "s"}]
    assert corpus.all_records(tmp_path, corpus.SIGNATURE_LINES) == []
