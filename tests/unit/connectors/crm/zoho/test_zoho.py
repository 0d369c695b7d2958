"""The Zoho connector keeps every promise of the port, and says at sign-in what is missing."""

import pytest

from desktop.connectors.crm.zoho import Zoho
from desktop.connectors.tables.zoho import origin_of
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.errors import Temporary, UserActionNeeded
from tests.conformance.crm import CrmConformance
from tests.conformance.crm_samples import SAMPLES, drain
from tests.servers.zoho import ZohoServer
from tests.servers.zoho_org import Org
from tests.unit.connectors.crm.zoho.side import CONTACT, K, Setting, connect

pytestmark = pytest.mark.server


class TestZoho(CrmConformance):
    """Conformance."""


class TestZohoWhereLinksSayTheirModule(CrmConformance):
    """Conformance, with the other of the two ways in which Zoho says what a link leads to."""

    @pytest.fixture
    def crm(self, server: ZohoServer, setting: Setting) -> Zoho:
        server.org.links_say_module = True
        return connect(server, setting)


# --- sign-in ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "   ", "two words", "naïve", "line\nbreak"])
def test_a_token_that_cannot_be_sent_asks_to_sign_in(server: ZohoServer, setting: Setting, token: str) -> None:
    with pytest.raises(UserActionNeeded, match="sign in"):
        connect(server, setting, token=token).check()
    assert server.requests == []


def test_a_token_that_ran_out_asks_to_sign_in_and_a_new_one_is_taken_up(server: ZohoServer, setting: Setting) -> None:
    tokens = ["old"]
    server.org.tokens = {"new"}
    crm = Zoho({"api_domain": server.url}, token=lambda: tokens[0], http=setting.http, clock=setting.clock)
    with pytest.raises(UserActionNeeded, match="sign in"):
        crm.check()
    tokens[0] = "new"
    crm.check()


def test_a_sign_in_that_covers_too_little_says_so(crm: Zoho, server: ZohoServer) -> None:
    server.fault("status", status=401, code="OAUTH_SCOPE_MISMATCH", message="invalid oauth scope")
    with pytest.raises(UserActionNeeded, match="does not cover"):
        crm.check()


def test_the_token_goes_with_zohos_own_word(crm: Zoho, server: ZohoServer) -> None:
    server.org.tokens = {"Bearer token"}
    with pytest.raises(UserActionNeeded):
        crm.check()


@pytest.mark.parametrize(
    "address", ["", "http://", "https://a b.example", "https://u@x.example", "https://x.example:0"]
)
def test_an_address_that_is_none(server: ZohoServer, setting: Setting, address: str) -> None:
    with pytest.raises(UserActionNeeded, match="address"):
        connect(server, setting, api_domain=address).check()


@pytest.mark.parametrize(
    ("page", "said"),
    [("https://crm.zoho.eu/crm/org7/tab/Home", "www.zohoapis.eu"), ("crm.zohocloud.ca", "www.zohoapis.ca")],
)
def test_the_page_people_use_is_answered_with_the_address_for_programs(page: str, said: str) -> None:
    with pytest.raises(UserActionNeeded, match=said):
        origin_of(page)


def test_an_address_may_be_given_in_short() -> None:
    assert origin_of("www.zohoapis.com.au") == "https://www.zohoapis.com.au"


# --- the key field ----------------------------------------------------------------------------------------------------


def test_a_missing_key_field_is_named_with_its_modules(crm: Zoho, org: Org) -> None:
    del org.modules["Deals"]["Dealside_Key"]
    org.not_unique = {"Tasks"}
    org.readonly = {("Cases", "Dealside_Key")}
    with pytest.raises(UserActionNeeded, match=r"Dealside_Key.*Deals, Cases, Tasks"):
        crm.check()
    with pytest.raises(UserActionNeeded, match="doubles"):
        crm.create(K.TASK, SAMPLES[K.TASK], "k")
    assert org.writes == 0
    org.not_unique = set()
    assert crm.create(K.TASK, SAMPLES[K.TASK], "k")


def test_the_key_field_may_have_another_name(server: ZohoServer, setting: Setting, org: Org) -> None:
    for specs in org.modules.values():
        spec = specs.pop("Dealside_Key")
        specs["Mail_Key"] = type(spec)("Mail_Key", is_unique=True)
    crm = connect(server, setting, key_field="Mail_Key")
    crm.check()
    made = crm.create(K.ACTIVITY, SAMPLES[K.ACTIVITY], "k")
    assert crm.create(K.ACTIVITY, SAMPLES[K.ACTIVITY], "k") == made
    assert crm.changes(EMPTY_CHECKPOINT).records == (made,)


@pytest.mark.parametrize("name", ["Key or 1=1", "a'b", "Schlüssel"])
def test_a_key_fields_name_that_is_none(server: ZohoServer, setting: Setting, name: str) -> None:
    with pytest.raises(UserActionNeeded, match="API name"):
        connect(server, setting, key_field=name).check()


def test_modules_that_the_rep_may_not_see(crm: Zoho, org: Org) -> None:
    org.hidden_modules = {"Cases"}
    crm.check()
    made = crm.create(K.CONTACT, CONTACT, "k")
    assert [record.ref for record in drain(crm, EMPTY_CHECKPOINT, 50)[0]] == [made.ref]
    with pytest.raises(UserActionNeeded, match="case"):
        crm.create(K.CASE, SAMPLES[K.CASE], "k")
    org.hidden_modules = {"Contacts"}
    with pytest.raises(UserActionNeeded, match="contact"):
        crm.check()


def test_no_server_at_all_is_temporary(setting: Setting) -> None:
    with ZohoServer() as server:
        crm = connect(server, setting)
    with pytest.raises(Temporary, match="reached"):
        crm.check()


# --- how many calls it takes ------------------------------------------------------------------------------------------


def test_calls_are_few(crm: Zoho, server: ZohoServer, org: Org) -> None:
    crm.check()
    before = len(server.requests)
    made = crm.create(K.CONTACT, CONTACT, "k")
    assert len(server.requests) - before == 3
    crm.update(made.ref, {"title": "CEO"}, version=made.version)
    assert len(server.requests) - before == 6
    org.advance(200)
    checkpoint = drain(crm, EMPTY_CHECKPOINT, 50)[1]
    org.advance(200)
    before = len(server.requests)
    batch = crm.changes(checkpoint)
    assert (batch.records, batch.has_more) == ((), False)
    assert len(server.requests) - before == 12  # a query and a list of deletions for each of six modules
