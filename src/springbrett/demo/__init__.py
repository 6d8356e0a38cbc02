"""The demonstration office: made-up people, employers and cases, placed in time around today, through the services.

Nothing here is a short cut: every case is walked by the same services a caseworker's clicks call, with the clock set
back, so the ledger of the demonstration is as whole as a real one.
"""
