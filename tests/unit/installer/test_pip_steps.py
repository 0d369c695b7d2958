import os
import sys
from pathlib import Path

import pytest

from installer.pip_steps import (
    Pip,
    SetUpError,
    clean_environment,
    diagnose,
    parallel_jobs,
    portable_cmake_arguments,
    processor_flags,
    split_lock,
)

LOCK = """# made by a tool
alpha==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via something
beta-two==2 ; python_version < '3.12' \\
    --hash=sha256:cc
beta-two==3 ; python_version >= '3.12' \\
    --hash=sha256:dd
"""


def test_a_lock_file_is_split_by_name_with_its_hashes():
    entries = split_lock(LOCK)
    assert list(entries) == ["alpha", "beta-two"]
    assert entries["alpha"].startswith("alpha==1.0 \\\n    --hash=sha256:aa")
    assert entries["beta-two"].count("--hash") == 2


def test_settings_that_redirect_packages_are_dropped_and_indexes_stay():
    cleaned = clean_environment(
        {"PIP_TARGET": "/x", "PIP_USER": "1", "PYTHONPATH": "/y", "PIP_INDEX_URL": "z", "A": "b"}
    )
    assert cleaned["PIP_INDEX_URL"] == "z"
    assert cleaned["A"] == "b"
    assert not {"PIP_TARGET", "PIP_USER", "PYTHONPATH"} & set(cleaned)


def test_the_engine_is_built_for_more_than_this_processor():
    modern = portable_cmake_arguments("x86_64", frozenset({"avx", "avx2", "fma", "f16c", "bmi2", "avx512f"}))
    assert modern.split() == [
        "-DGGML_NATIVE=OFF", "-DLLAVA_BUILD=OFF", "-DGGML_AVX=ON", "-DGGML_AVX2=ON", "-DGGML_FMA=ON",
        "-DGGML_F16C=ON", "-DGGML_BMI2=ON",
    ]  # fmt: skip
    assert portable_cmake_arguments("AMD64", None) == modern
    assert "-DGGML_AVX2=OFF" in portable_cmake_arguments("x86_64", frozenset({"sse4_2"}))
    assert portable_cmake_arguments("aarch64", None) == "-DGGML_NATIVE=OFF -DLLAVA_BUILD=OFF"


def test_processor_flags_come_from_linux_or_are_unknown(tmp_path):
    listing = tmp_path / "cpuinfo"
    listing.write_text("model name : x\nflags\t\t: fpu avx avx2\nflags\t\t: fpu\n")
    assert processor_flags(listing) == {"fpu", "avx", "avx2"}
    assert processor_flags(tmp_path / "missing") is None
    listing.write_text("Features : neon\n")
    assert processor_flags(listing) is None


def test_at_least_one_compiler_runs():
    assert 1 <= parallel_jobs() <= (os.cpu_count() or 1)


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "locked"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("PermissionError: [Errno 13] Permission denied: '/x'", "writable"),
        ("c++: fatal error: Killed signal terminated program cc1plus", "Memory"),
        ("SSLError(SSLCertVerificationError(1, 'certificate verify failed'))", "PIP_CERT"),
        ("Failed to establish a new connection: [Errno -3] Temporary failure in name resolution", "network"),
        ("ERROR: No matching distribution found for numpy==2", "network"),
        ("error: 'x' was not declared in this scope", "set-up.log"),
    ],
)
def test_a_failed_step_says_what_to_do(output, advice):
    assert advice in diagnose(["noise", output], Path("build/set-up.log"))


FAKE_PIP = """
import sys
print("Collecting alpha==1.0")
print("[1/2] Building")
for number in range(40): print("line", number)
print("ERROR: No space left on device", file=sys.stderr)
sys.exit(int(sys.argv[-1]))
"""


@pytest.fixture
def pip(tmp_path):
    """A pip whose module is a script of ours: it prints like one, and ends as its last argument says."""
    (tmp_path / "pip.py").write_text(FAKE_PIP)
    said = []
    return Pip(Path(sys.executable), tmp_path / "log", said.append, {**os.environ, "PYTHONPATH": str(tmp_path)}), said


def test_a_step_that_works_is_quiet_and_logged_whole(pip, tmp_path, capsys):
    pip[0].install("Step", ["0"], expected=1)
    assert pip[1] == []
    assert "line 0" in (tmp_path / "log").read_text()
    assert "100 % (1/1)" in capsys.readouterr().err


def test_a_step_that_fails_shows_twenty_lines_and_a_sentence(pip):
    with pytest.raises(SetUpError, match=r"Step did not work\. The disk is full"):
        pip[0].install("Step", ["1"])
    lines = pip[1][0].splitlines()
    assert len(lines) == 20
    assert lines[-1] == "ERROR: No space left on device"
