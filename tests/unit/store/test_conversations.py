"""Keys that mails share, and mails that wait for a Suggestion which is on its way."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from desktop.domain.ids import InteractionId, SuggestionId
from desktop.domain.proposals import SuggestionState
from desktop.store import migrations
from desktop.store.database import Database, connect
from desktop.store.store import Store
from tests.fakes.clock import ManualClock
from tests.fakes.rig import Rig
from tests.fakes.situations import KEY, NOON, message, reading

ONE, TWO = InteractionId("one"), InteractionId("two")


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.close()


def test_mails_are_found_by_a_key_newest_first(rig):
    with rig.store.transaction() as tx:
        tx.conversations.add(ONE, ["id:a", "id:b"], NOON - timedelta(days=1))
        tx.conversations.add(TWO, ["id:b"], NOON)
        tx.conversations.add(TWO, ["id:b"], NOON)
        assert tx.conversations.keys_of(ONE) == ("id:a", "id:b")
        assert tx.conversations.holding("id:b", most=9) == ((TWO, NOON), (ONE, NOON - timedelta(days=1)))
        assert tx.conversations.holding("id:b", most=1) == ((TWO, NOON),)
        assert tx.conversations.holding("id:c", most=9) == ()


def test_a_mail_waits_while_a_suggestion_is_on_its_way(rig):
    (suggestion,) = rig.propose(message("Hello"), reading()).suggestions
    subject = SuggestionId(suggestion.id)
    with rig.store.transaction() as tx:
        tx.conversations.wait_for(ONE, subject, NOON)
        assert tx.conversations.next_arrived() == (ONE, subject)
    rig.review.accept(subject)
    with rig.store.reading() as tx:
        assert tx.conversations.next_arrived() is None
    rig.deliver()
    assert rig.now(suggestion).state is SuggestionState.DELIVERED
    with rig.store.transaction() as tx:
        assert tx.conversations.next_arrived() == (ONE, subject)
        tx.conversations.wait_no_more(ONE, subject)
        assert tx.conversations.next_arrived() is None


def test_a_store_without_conversations_gets_them(tmp_path):
    path = tmp_path / "store.db"
    connect(path, KEY).close()
    database = Database(path, KEY, lambda _name: None)
    with database.begin() as sql:
        migrations.migrate(sql, NOON, migrations.MIGRATIONS[:2])
        assert list(sql.execute(text("select 1 from sqlite_master where name = 'conversation_key'"))) == []
    database.close()
    store = Store(path, KEY, ManualClock(NOON))
    with store.transaction() as tx:
        tx.conversations.add(ONE, ["id:a"], NOON)
        assert tx.conversations.keys_of(ONE) == ("id:a",)
    store.close()
