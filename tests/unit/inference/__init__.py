"""Tests of the language model's client, its child process and its files."""
