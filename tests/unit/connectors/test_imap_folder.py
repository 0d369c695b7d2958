"""The choice of the Drafts folder and the reading of marks."""

import pytest

from desktop.connectors.imap_folder import FolderState, drafts_folder, last_uid


class ListedFolders:
    """Stands in for a client: knows its folders."""

    def __init__(self, *folders):
        self.folders = folders

    def list_folders(self):
        return self.folders


@pytest.mark.parametrize(
    ("folders", "wanted"),
    [
        ([((b"\\HasNoChildren",), b"/", "INBOX"), ((b"\\Drafts",), b"/", "Irgendwas")], "Irgendwas"),
        ([((b"\\HasNoChildren",), b"/", "Drafts"), ((b"\\drafts",), b"/", "Other")], "Other"),
        ([((), b".", "INBOX.Drafts")], "INBOX.Drafts"),
        ([((), b"/", "[Gmail]/Entwürfe")], "[Gmail]/Entwürfe"),
        ([((), None, "Brouillons")], "Brouillons"),
        ([((b"\\Noselect",), b"/", "Drafts"), ((), b"/", "Draft")], "Draft"),
        ([((b"\\NonExistent", b"\\Drafts"), b"/", "Drafts")], None),
        ([((), b"/", "Drafts/2019"), ((), b"/", "My Drafts")], None),
        ([], None),
    ],
)
def test_the_drafts_folder(folders, wanted):
    assert drafts_folder(ListedFolders(*folders)) == wanted


NOW = FolderState(validity=7, next_uid=10, exists=3)


@pytest.mark.parametrize(
    ("mark", "wanted"), [("", 0), ("7:5", 5), ("7:9", 9), ("7:10", 0), ("8:5", 0), ("7:", 0), ("x:5", 0), ("5", 0)]
)
@pytest.mark.expects_log("offered again")
def test_the_last_uid_of_a_mark(mark, wanted):
    assert last_uid(mark, NOW) == wanted


def test_a_server_that_does_not_say_the_next_uid():
    assert last_uid("7:500", FolderState(validity=7, next_uid=0, exists=3)) == 500


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (FolderState(1, 5, 3), FolderState(1, 5, 3), False),
        (FolderState(1, 5, 3), FolderState(1, 5, 2), False),
        (FolderState(1, 5, 3), FolderState(1, 6, 3), True),
        (FolderState(1, 5, 3), FolderState(2, 5, 3), True),
        (FolderState(1, 0, 3), FolderState(1, 0, 4), True),
        (FolderState(1, 0, 3), FolderState(1, 0, 3), False),
    ],
)
def test_news(before, after, wanted):
    assert after.has_news_since(before) is wanted
