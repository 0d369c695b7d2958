"""How sure we are: every candidate gets the probability that it is the right value, fitted, not guessed.

`signals` says what is looked at, `logistic` how weights are fitted to examples, `calibrator` holds one small logistic
model per family of fields, `ranking` puts candidates in order by it, and `refit` learns from what the rep decides.
"""
