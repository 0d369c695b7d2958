"""`dealside duplicates`: the groups and why, what a merge would do, and the decisions."""

import io
import json

import pytest

from desktop.cli.duplicates import duplicates
from desktop.cli.parser import make_parser
from desktop.cli.printing import Printer
from desktop.domain.errors import Cancelled, Rejected
from desktop.review.cleanup_views import CleanupState
from tests.fakes.duplicates import ANN, ANNE, DuplicatesRig


@pytest.fixture
def rig(tmp_path):
    rig = DuplicatesRig(tmp_path)
    yield rig
    rig.close()


@pytest.fixture
def run(rig):
    """Return a function that runs the command and returns its text, or its JSON with `--json` at the end."""

    def runner(*words, answer=True):
        out = io.StringIO()
        args = make_parser().parse_args(["duplicates", *words])
        assert duplicates(args, Printer(as_json=args.json, out=out), rig.cleanup, lambda _question: answer) == 0
        return json.loads(out.getvalue()) if args.json else out.getvalue()

    return runner


def test_groups_are_printed_with_what_speaks_for_them(rig, run):
    rig.two()
    rig.keep("3", first_name="Zoe", last_name="Quill", email="zoe@b.example")
    text = run()
    assert "1 group is probably the same" in text
    assert "Anne Mueller  ann@a.example  +49307654321   (same e-mail address" in text
    assert "Nothing was changed" in text
    (group,) = run("list", "--json")
    assert [one["title"] for one in group["records"]] == ["Ann Müller", "Anne Mueller"]
    assert group["chance"] > 0.9
    assert group["kept"] == "1"


def test_a_clean_crm_is_said_to_be_clean(rig, run):
    rig.keep("1", **ANN)
    rig.keep("2", first_name="Zoe", last_name="Quill", email="zoe@b.example")
    text = run("list")
    assert "No groups" in text
    assert "Nothing was changed" not in text
    assert run("--json") == []


def test_what_a_merge_would_do(rig, run):
    view = rig.two()
    text = run("show", view.cluster.id[:8])
    assert "stays      Ann Müller   record 1, 1 record points to it" in text
    assert "goes       Anne Mueller" in text
    assert "Job title    Buyer   [newest]" in text
    assert "Phone        +49301234567   [keep]   vanishes: +49307654321" in text
    assert "cannot be undone" in text


def test_merging_as_asked(rig, run):
    view = rig.two()
    run("merge", view.cluster.id, "phone=other", "--keep", "2", "--note", "--yes")
    rig.deliver(rounds=4)
    assert rig.contact("1") is None
    assert rig.contact("2").fields["first_name"] == "Anne"
    assert rig.contact("2").fields["phone"] == ANN["phone"]
    assert rig.now(view).state is CleanupState.DONE
    (group,) = run("list", "--shelf", "decided", "--json")
    assert (group["state"], group["sentence"]) == ("done", "One record is left.")


def test_whoever_says_no_changes_nothing(rig, run):
    view = rig.two()
    with pytest.raises(Cancelled):
        run("merge", view.cluster.id, answer=False)
    rig.deliver()
    assert rig.crm.writes == []


def test_one_of_three_set_apart(rig, run):
    rig.two()
    rig.keep("3", **{**ANN, "title": "CEO"})
    view = rig.found()
    run("merge", view.cluster.id, "--apart", "3")
    rig.deliver(rounds=3)
    assert rig.contact("2") is None
    assert rig.contact("3") is not None


def test_dismissing_and_taking_it_back(rig, run):
    view = rig.two()
    assert "Not the same" in run("dismiss", view.cluster.id)
    assert "No groups" in run("list")
    assert "1 group is not the same, as you said" in run("list", "--shelf", "apart")
    assert "open again" in run("undo", view.cluster.id)
    assert "1 group is probably" in run("list")


def test_sending_again(rig, run):
    view = rig.two()
    run("merge", view.cluster.id)
    rig.crm.fail_before = [Rejected("Not today.")]
    rig.deliver()
    assert "! Not today." in run("list", "--shelf", "decided")
    run("retry", view.cluster.id)
    rig.deliver(rounds=3)
    assert rig.contact("1").fields["title"] == ANNE["title"]
    assert rig.contact("2") is None


@pytest.mark.parametrize(
    "words",
    [
        ("show", "zzzz"),
        ("show", "a"),
        ("merge", "ID", "colour=keep"),
        ("merge", "ID", "phone=loudest"),
        ("merge", "ID", "phone"),
        ("merge", "ID", "--keep", "9"),
        ("merge", "ID", "--apart", "1"),
        ("retry", "ID"),
        ("undo", "ID"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(rig, run, words):
    view = rig.two()
    with pytest.raises(Rejected):
        run(*(view.cluster.id if word == "ID" else word for word in words))
    rig.deliver()
    assert rig.crm.writes == []
    assert rig.now(view).state is CleanupState.OPEN


def test_hostile_names_cannot_steer_the_terminal(rig, run):
    rig.keep("1", **{**ANN, "first_name": "Ann\x1b[2J"})
    rig.keep("2", **ANN)
    view = rig.found()
    assert "\x1b" not in run("list") + run("show", view.cluster.id)
