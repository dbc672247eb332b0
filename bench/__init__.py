"""Benchmarks: counts and ratios to the bare libraries, side by side in one run. Never shipped."""
