"""What was agreed: departments, triage, routing, codes, letters and house targets, as data in editions.

Words for people stand in the data in several languages; verbs and the path of a case are code
elsewhere. Two windows: :mod:`queries` tells, :mod:`decide` decides. There is nothing to change yet,
so the room has no actions: the organisation's own editions come with a later issue.
"""
