"""Access: who may see and do what, and who has looked.

Default deny. One function per kind of object decides from frozen facts (`policy.py`); services and selectors of every
room ask it, so a page cannot forget to. What lies outside one's own portfolio opens only with a written reason, for a
while, and on the record; every look at a person is logged and the person can read the log.
"""
