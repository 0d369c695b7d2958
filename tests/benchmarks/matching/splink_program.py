"""The same with splink, in a Python that has it: names and words by Jaro-Winkler, numbers by letters, as ours.

`seconds` is training and prediction together, `predict_seconds` prediction alone. Nothing of ours is imported here.
"""

import json
import logging
import resource
import sys
import time
from pathlib import Path

import pandas
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

NAMES = ("first_name", "last_name", "company", "city")
RULES = (
    ("email",),
    ("phone",),
    ("first_name", "last_name"),
    ("last_name", "company"),
    ("street", "city"),
    ("last_name", "postcode"),
)
LIKELY = 0.5


def settings() -> SettingsCreator:
    names = [compare.JaroWinklerAtThresholds(name, [0.92, 0.82]) for name in NAMES]
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            *(one.configure(term_frequency_adjustments=True) for one in names),
            compare.JaroWinklerAtThresholds("street", [0.92, 0.82]),
            *(compare.DamerauLevenshteinAtThresholds(name, [1, 2]) for name in ("postcode", "phone", "email")),
        ],
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in RULES],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )


def main() -> None:
    logging.disable(logging.WARNING)
    columns = json.loads(Path(sys.argv[1]).read_text())
    frame = pandas.DataFrame({name: [value or None for value in values] for name, values in columns.items()})
    frame["unique_id"] = range(len(frame))
    start = time.perf_counter()
    database = DuckDBAPI()
    linker = (
        Linker(database.register(frame), settings())
        if hasattr(database, "register")
        else Linker(frame, settings(), database)
    )
    train = linker.training
    train.estimate_probability_two_random_records_match([block_on("email"), block_on("phone")], recall=0.8)
    train.estimate_u_using_random_sampling(max_pairs=1e6)
    train.estimate_parameters_using_expectation_maximisation(block_on("last_name", "first_name"))
    train.estimate_parameters_using_expectation_maximisation(block_on("phone"))
    trained = time.perf_counter()
    found = linker.inference.predict(threshold_match_probability=LIKELY).as_pandas_dataframe()
    end = time.perf_counter()
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pairs = list(zip(found.unique_id_l.tolist(), found.unique_id_r.tolist(), strict=True))
    print(json.dumps({"seconds": end - start, "predict_seconds": end - trained, "mb": megabytes, "pairs": pairs}))


if __name__ == "__main__":
    main()
