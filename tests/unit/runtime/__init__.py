"""Tests of threads, processes and signals."""
