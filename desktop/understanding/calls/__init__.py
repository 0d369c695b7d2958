"""Calls: a transcript is cut into what each side said, and read with the same rules as a mail.

The transcript as it is read (`transcript.py`) has the very length of the transcript itself: names get their capitals,
nothing is added. So every place found in it is a place in the call, and Evidence is what was really said.
"""
