"""The seal on PostgreSQL.

Triggers for each statement also see TRUNCATE and an UPDATE by way of ON CONFLICT. ENABLE ALWAYS keeps them in force
for connections that declare themselves replicas (``session_replication_role``).
"""

TRIGGERS = ("history_event_sealed", "history_head_sealed", "history_head_forward")
IN_FORCE = "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'history_%' AND tgenabled = 'A'"

_REFUSE = """
CREATE OR REPLACE FUNCTION history_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the history is only ever added to' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def seal(events: str, head: str) -> list[str]:
    """The statements that seal."""
    wanted = [
        ("history_event_sealed", events, f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {events} FOR EACH STATEMENT"),
        ("history_head_sealed", head, f"BEFORE DELETE OR TRUNCATE ON {head} FOR EACH STATEMENT"),
        ("history_head_forward", head, f"BEFORE UPDATE ON {head} FOR EACH ROW WHEN (NEW.seq <= OLD.seq)"),
    ]
    statements = [_REFUSE]
    for name, table, when in wanted:
        statements.append(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION history_refuse()")
        statements.append(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
    return statements


def unseal(events: str, head: str) -> list[str]:
    """The statements that lift the seal."""
    return [
        f"DROP TRIGGER IF EXISTS {name} ON {events if name.startswith('history_event') else head}" for name in TRIGGERS
    ]
