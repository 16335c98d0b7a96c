"""History: what happened, written once and never changed.

Every verb of the house writes its change and one event in the same transaction. The events form one
chain (each carries the hash of the one before), so that a changed, missing or swapped event is found by
``desagravo verify``. The same table is timeline, audit trail, source of the work that follows
(:mod:`desagravo.history.outbox`) and process log.

* To add a kind of event: :mod:`desagravo.history.registry`.
* To write one: :func:`desagravo.history.actions.record`.
* To read: :mod:`desagravo.history.queries`.
* To prove it whole: :func:`desagravo.history.verify.verify`.
"""
