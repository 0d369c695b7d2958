"""`dealside accounts add KIND --sign-in`: what has to be done is said, and Ctrl-C leaves nothing behind."""

import pytest

from desktop.cli.parser import make_parser
from desktop.cli.printing import Printer
from desktop.cli.signing_in import sign_in
from desktop.connectors import registry
from desktop.domain.connections import Connection, Family
from desktop.domain.errors import Rejected, UserActionNeeded

MADE = Connection("id-1-long-enough", "salesforce", Family.CRM, "Salesforce", {})
ADDRESS = "https://login.example/auth?x=1"


class Setup:
    def __init__(self):
        self.calls = []
        self.shown = (ADDRESS, "http://localhost:1/signed-in")

    def add(self, connector, values, rep, *, title=""):
        self.calls.append((connector, dict(values), rep.by_code))
        rep.show(*self.shown)
        return MADE

    def again(self, connection_id, values, rep):
        self.calls.append((connection_id, dict(values), rep.by_code))
        rep.show(*self.shown)
        return MADE


def run(setup, *words, has_browser=True):
    args = make_parser().parse_args(["accounts", *words])
    opened = []

    def open_page(address):
        opened.append(address)
        return has_browser

    kinds = [registry.info(name) for name in ("salesforce", "zoho", "dynamics")]
    assert sign_in(args, Printer(as_json=args.json), setup, lambda: kinds, open_page) == 0
    return opened


def test_the_browser_is_opened_and_the_address_is_said_all_the_same(capsys):
    setup = Setup()
    assert run(setup, "add", "salesforce", "client_id=a", "--sign-in") == [ADDRESS]
    said = capsys.readouterr()
    assert ADDRESS in said.err
    assert "http://localhost:1/signed-in" in said.err
    assert "signed in to Salesforce" in said.out
    assert setup.calls == [("salesforce", {"client_id": "a"}, False)]  # nobody is asked for a token


def test_without_a_browser_and_as_json(capsys):
    run(Setup(), "sign-in", "id-1", "--json", has_browser=False)
    said = capsys.readouterr()
    assert "Open this address" in said.err
    assert said.out.lstrip().startswith("{")


def test_a_code_for_another_device(capsys):
    setup = Setup()
    setup.shown = ("https://go.example", "AB\x1b[2JCD")
    assert run(setup, "sign-in", "id-1", "--code") == []
    said = capsys.readouterr().err
    assert "https://go.example" in said
    assert "\x1b" not in said


def test_a_vendor_that_insists_on_a_secret_is_not_given_it_on_the_command_line():
    with pytest.raises(Rejected, match="command line"):
        run(Setup(), "add", "zoho", "client_id=a", "client_secret=shh", "--sign-in")
    with pytest.raises(UserActionNeeded, match="nobody to ask"):
        run(Setup(), "add", "zoho", "client_id=a", "--sign-in")


def test_a_kind_that_there_is_not():
    with pytest.raises(Rejected, match="accounts kinds"):
        run(Setup(), "add", "nothing", "--sign-in")
