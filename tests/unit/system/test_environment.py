import socket

import pytest

from desktop.system.environment import has_display, is_frozen, reachable


def display(environ, platform="linux", *, answers=True):
    return has_display(environ, platform, is_reachable=lambda _display: answers)


def test_linux_needs_a_display_that_answers():
    assert display({"DISPLAY": ":0"})
    assert not display({"DISPLAY": ":0"}, answers=False)
    assert not display({"DISPLAY": ""})
    assert not display({})


def test_wayland_needs_its_socket(tmp_path):
    environ = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert not display(environ)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-0"))
        assert display(environ)


def test_a_platform_without_a_screen_is_no_display():
    assert not display({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"})
    assert not display({"QT_QPA_PLATFORM": "offscreen:enable_fonts"}, "win32")
    assert display({"DISPLAY": ":0", "QT_QPA_PLATFORM": "xcb"})


def test_windows_has_one_and_macos_unless_over_ssh():
    assert display({}, "win32")
    assert display({}, "darwin")
    assert not display({"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, "darwin")


@pytest.mark.parametrize("stale", [":65000", ":x", "", "nonsense", ":-1", "127.0.0.1:59999", "127.0.0.1:99999999"])
def test_a_stale_display_does_not_answer(stale):
    assert not reachable(stale)


def test_a_remote_display_is_asked_on_its_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        number = server.getsockname()[1] - 6000
        assert number > 0
        assert reachable(f"127.0.0.1:{number}.0")


def test_tests_do_not_run_frozen():
    assert not is_frozen()
