"""The parts of the benchmark and what each is run for: rules alone, or again with our own model."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from tests.benchmarks.understanding.runs import Run

# Module and function; imported when asked for, so that a part can be used while another's subject is being rebuilt.
READ = {
    "fields": ("fields", "part"),
    "calibration": ("calibration", "part"),
    "labels": ("labels", "part"),
    "calls": ("calls", "part"),
    "injection": ("injection", "part"),
    "speed": ("speed", "part"),
}
RULES_ONLY = {
    "zones": ("zones", "part"),
    "fixtures": ("fixtures", "part"),
    "signature_lines": ("signatures", "lines_part"),
    "signature_fields": ("signatures", "fields_part"),
    "sentences": ("sentences", "part"),
    "peers": ("peers", "part"),
}
STATELESS = "stateless"
NAMES = (*READ, *RULES_ONLY, STATELESS)


def measure(data: Path, names: Sequence[str], *, show: bool, model_file: Path | None) -> dict:
    """Run the parts and return their figures by reader; what no model has a part in is run once and given to both."""
    rules = Run(data, "rules", None, show)
    shared = _merged(rules, RULES_ONLY, names)
    result = {"rules": {**_merged(rules, READ, names), **shared}}
    mini = _module("readers").find_mini(model_file) if set(names) & {*READ, STATELESS} else None
    if mini is not None:
        run = Run(data, "rules+mini", mini, show)
        result["rules+mini"] = {**_merged(run, READ, names), **shared}
        mini.close()
    for reader in result.values():  # each reader's table names the speed of both, where both were measured
        times = [one["ms_per_mail"] for one in result.values() if "ms_per_mail" in one]
        if times:
            reader["ms_per_mail"] = {key: value for one in times for key, value in one.items()}
    if STATELESS in names:
        _add_stateless(result, _module("stateless").compare(data, model_file))
    return result


def _add_stateless(result: dict, found: dict) -> None:
    """Put the comparison where it belongs: to our own model, or apart where the path model stood in."""
    if not found:
        return
    target = result["rules+mini"] if "rules+mini" in result else result.setdefault("stand_in", {})
    target["stateless"] = {key: value for key, value in found.items() if key != "ratios"}
    target["ratios"] = {**target.get("ratios", {}), **found["ratios"]}


def _merged(run: Run, parts: Mapping[str, tuple[str, str]], names: Sequence[str]) -> dict:
    result: dict = {}
    for module, function in (parts[name] for name in parts if name in names):
        for key, value in getattr(_module(module), function)(run).items():
            result[key] = {**result[key], **value} if key in result and isinstance(value, dict) else value
    return result


def _module(name: str):
    return import_module(f"tests.benchmarks.understanding.{name}")
