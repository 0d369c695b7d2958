import pytest

from desktop.intake.charsets import Troubles
from desktop.intake.html import HIDDEN_DROPPED, visible_text

HIDDEN = [
    '<div style="display:none">planted words</div>',
    '<p style="visibility: hidden">planted words</p>',
    '<span style="font-size:0">planted words</span>',
    '<span style="font-size:1px">planted words</span>',
    '<b style="opacity:0">planted words</b>',
    '<b style="opacity:.02">planted words</b>',
    '<font color="#fffffe">planted words</font>',
    '<p style="color:transparent">planted words</p>',
    '<table bgcolor="#112233"><tr><td><font color="#132435">planted words</font></td></tr></table>',
    "<style>.a{color:#fff} .b{font-size:0px}</style><p class=a>planted</p><p class='b x'>words</p>",
    "<style>#pre{max-height:0}</style><div id=pre>planted words</div>",
    '<div style="position:absolute;left:-9999px">planted words</div>',
    '<div style="height:0;overflow:hidden">planted words</div>',
    '<div style="clip-path: inset(100%)">planted words</div>',
    "<p hidden>planted words</p>",
    '<p aria-hidden="true">planted words</p>',
    '<p style="mso-hide:all">planted words</p>',
]


@pytest.mark.parametrize("html", HIDDEN)
def test_hidden_text_is_dropped_and_said_so(html):
    troubles = Troubles()
    text = visible_text(f"<p>Hello</p>{html}<p>Bye</p>", troubles)
    assert "planted" not in text
    assert "words" not in text
    assert text.split() == ["Hello", "Bye"]
    assert troubles.sentences == [HIDDEN_DROPPED]


@pytest.mark.parametrize(
    "html",
    [
        '<p style="opacity:1">words</p>',
        '<p style="opacity:">words</p>',
        '<p style="opacity:0.9;color:#777">words</p>',
        "<table bgcolor=black><tr><td><font color=white>words</font></td></tr></table>",
        "<style>.a{color:#333;background:#fff}</style><p class=a>words</p>",
        '<p style="width:0">words</p>',
        "<style>p .a{display:none}</style><p class=a>words</p>",
        "<!-- only a comment --><p>words</p>",
    ],
)
def test_what_can_be_seen_stays_and_nothing_is_said(html):
    troubles = Troubles()
    assert "words" in visible_text(html, troubles)
    assert troubles.sentences == []


def test_a_comment_is_no_text():
    assert visible_text("<p>a</p><!-- planted --><p>b</p>", Troubles()).split() == ["a", "b"]
