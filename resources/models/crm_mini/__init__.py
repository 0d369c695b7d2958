"""How our own model is made: mails of our own invention, a small network, and a file that llama.cpp reads.

Nothing of this runs in the product. Three steps: `make_data.py`, `train.py`, `finish.py`; the model card says with what
result. A run may be stopped and gone on with at any time, and uses a GPU where there is one.
"""
