"""The seal on PostgreSQL.

Triggers for each statement also see TRUNCATE and an UPDATE by way of ON CONFLICT. ENABLE ALWAYS keeps them in force
for connections that declare themselves replicas (``session_replication_role``).
"""

TRIGGERS = (
    "history_event_sealed",
    "history_head_sealed",
    "history_head_forward",
    "history_salt_sealed",
    "history_checkpoint_sealed",
)
IN_FORCE = "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'history_%' AND tgenabled = 'A'"

_REFUSE = """
CREATE OR REPLACE FUNCTION history_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the history is only ever added to' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


_REFUSE_BUT_ERASURES = """
CREATE OR REPLACE FUNCTION history_keep_salts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT 1 FROM {events} WHERE seq = (SELECT seq FROM {head} WHERE id = 1)
        AND (kind LIKE '%.erased' OR kind LIKE '%.redacted')
    ) THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'a salt goes only with the event of its erasure' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def seal(events: str, head: str, salts: str, checkpoints: str) -> list[str]:
    """The statements that seal."""
    wanted = [
        ("history_event_sealed", events, f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {events} FOR EACH STATEMENT"),
        ("history_head_sealed", head, f"BEFORE DELETE OR TRUNCATE ON {head} FOR EACH STATEMENT"),
        ("history_head_forward", head, f"BEFORE UPDATE ON {head} FOR EACH ROW WHEN (NEW.seq <= OLD.seq)"),
        (
            "history_checkpoint_sealed",
            checkpoints,
            f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {checkpoints} FOR EACH STATEMENT",
        ),
    ]
    statements = [_REFUSE, _REFUSE_BUT_ERASURES.replace("{events}", events).replace("{head}", head)]
    for name, table, when in wanted:
        statements.append(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION history_refuse()")
        statements.append(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
    statements.append(
        f"CREATE TRIGGER history_salt_sealed BEFORE UPDATE OR DELETE OR TRUNCATE ON {salts} "
        "FOR EACH STATEMENT EXECUTE FUNCTION history_keep_salts()"
    )
    statements.append(f"ALTER TABLE {salts} ENABLE ALWAYS TRIGGER history_salt_sealed")
    return statements


def unseal(events: str, head: str, salts: str, checkpoints: str) -> list[str]:
    """The statements that lift the seal."""
    tables = {
        "history_event": events,
        "history_head": head,
        "history_salt": salts,
        "history_checkpoint": checkpoints,
    }
    return [f"DROP TRIGGER IF EXISTS {name} ON {tables[name.rpartition('_')[0]]}" for name in TRIGGERS]
