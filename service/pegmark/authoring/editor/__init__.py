"""What an editor asks while rules are written: what is wrong, what a word means, what may stand here.

Nothing here knows of a protocol. Texts go in, with a place in one of them; places are those of problems.
"""
