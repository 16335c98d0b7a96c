"""Mail to customers: which letter follows which event, once, and what became of it.

SMTP cannot deliver exactly once: a worker may die after the server took a mail and before that was noted. The promise
is "never silently twice": the Message-ID is fixed before the first attempt, ``sending`` is committed before the mail
is handed over, and what was interrupted there is ``uncertain`` until a person decides.
"""
