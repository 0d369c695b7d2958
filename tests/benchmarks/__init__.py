"""Speed and quality, measured: `python -m tests.benchmarks [NAME] [--data DIR] [--json FILE]`. No NAME lists them.

Each prints medians and, where a peer is named, the ratio from the same run. Peers that are not installed are left out
with a line that says so. Nothing here is ever asserted by a test.
"""
