"""How much of a model goes to the graphics card: all of it, half of it, or nothing."""

from collections.abc import Sequence

from desktop.inference.wire import Device

NEEDED = 1.2  # of the file: what the card holds besides the weights grows with them
BESIDES = 512 << 20  # the context, buffers, and what others on this card may still want
SHARES = (1.0, 0.5)


def share_for(devices: Sequence[Device], model_size: int) -> float:
    """Return the share of the layers (1, 0.5 or 0) for which the freest card has room; sizes are in bytes.

    A card that shares the main memory (`igpu`) is no gain for models that fit a laptop, so it gets nothing.
    """
    free = max((device.free for device in devices if device.kind == "gpu"), default=0)
    return next((share for share in SHARES if NEEDED * share * model_size + BESIDES <= free), 0.0)
