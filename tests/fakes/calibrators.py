"""Calibrators that say how far a model is believed, for tests that are not about fitting."""

from desktop.store.calibrators import CalibratorRow
from desktop.store.codec import encode
from desktop.store.store import Store
from desktop.understanding import RULES_VERSION
from desktop.understanding.confidence.calibrator import Calibrator, Calibrators, FamilyModel
from desktop.understanding.confidence.families import Family

BLIND_FAITH = {"bias": -4.0, "model": 4.0, "model_logit": 1.0}  # what it was not asked about is out


def believing(model_hash: str) -> Calibrators:
    """Return calibrators under which a model decides alone and the rules count for nothing."""
    families = {family: FamilyModel(BLIND_FAITH, has_model=True) for family in Family}
    return Calibrators([Calibrator(model_hash, families)])


def believe(store: Store, model_hash: str) -> None:
    """Have a profile believe a model as if its rep's decisions had led there."""
    row = CalibratorRow(model_hash, RULES_VERSION, store.clock.now(), 1, encode(believing(model_hash).of(model_hash)))
    with store.transaction() as tx:
        tx.calibrators.save(row)
