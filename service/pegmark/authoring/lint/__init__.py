"""What can be said better in a rulebook that is sound: found, placed, ignored with a reason.

`check` says what is wrong; nothing here changes what a rulebook decides.
"""
