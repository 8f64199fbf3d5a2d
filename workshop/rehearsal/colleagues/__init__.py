"""Simulated colleagues: clients of the public doors, that know what a phone gets and nothing else. No Django here.

together.py   everyone of one rehearsal, from the first who joins to the end
colleague.py  one phone: joins, reads its page, does what the page asks for
behaviour.py  what to do, by what stands on the page; a step kind more is a function more
steering.py   the facilitator who presses Next, where nobody else does
browser.py    HTTP and the socket of one person; page.py, pen.py: what comes over them
script.py     what they say; pace.py: how long they take
"""
