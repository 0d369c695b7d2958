"""The flag native code reads."""

from desktop.inference.stop_flag import StopFlag


def test_the_callback_says_what_the_flag_says() -> None:
    flag = StopFlag()
    assert not flag.is_set
    assert not flag.callback(flag.address)
    flag.set()
    assert flag.is_set
    assert flag.callback(flag.address)
    flag.clear()
    assert not flag.callback(flag.address)
