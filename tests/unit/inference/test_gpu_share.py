"""How much goes to the card, by what is free on it."""

import pytest

from desktop.inference.gpu_share import share_for
from desktop.inference.wire import Device

GIB = 1 << 30
PROCESSOR = Device("CPU", "cpu", 60 * GIB, 64 * GIB)
BUILT_IN = Device("Vulkan0", "igpu", 30 * GIB, 32 * GIB)


def card(free: float, name: str = "CUDA0") -> Device:
    return Device(name, "gpu", int(free * GIB), 24 * GIB)


@pytest.mark.parametrize(
    ("devices", "share"),
    [
        ((), 0.0),
        ((PROCESSOR,), 0.0),
        ((PROCESSOR, BUILT_IN), 0.0),
        ((PROCESSOR, card(8)), 1.0),
        ((PROCESSOR, card(2.95)), 1.0),
        ((PROCESSOR, card(2.8)), 0.5),
        ((PROCESSOR, card(1.6)), 0.0),
        ((card(0.1), PROCESSOR, card(8, "CUDA1")), 1.0),
    ],
)
def test_all_half_or_nothing_for_a_model_of_two_gibibytes(devices: tuple[Device, ...], share: float):
    assert share_for(devices, 2 * GIB) == share
