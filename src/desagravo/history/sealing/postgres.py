"""The seal on PostgreSQL.

Triggers for each statement also see TRUNCATE and an UPDATE by way of ON CONFLICT. ENABLE ALWAYS keeps them in force
for connections that declare themselves replicas (``session_replication_role``).
"""

from desagravo.history.sealing.final import FinalRows

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


def names_of_final(final: FinalRows) -> list[str]:
    """The names of the triggers that keep final rows."""
    return [f"history_{final.table}_final", f"history_{final.table}_kept"]


def seal_final(final: FinalRows) -> list[str]:
    """The statements that keep final rows."""
    table, is_final = final.table, f"{final.column} = '{final.value}'"
    row, whole = names_of_final(final)
    refuse = f"""
CREATE OR REPLACE FUNCTION {row}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND NOT EXISTS (SELECT 1 FROM {table} WHERE {is_final}) THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'what was published never changes' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""  # noqa: S608  (names of our own source)
    return [
        refuse,
        f"CREATE TRIGGER {row} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW WHEN (OLD.{is_final}) "
        f"EXECUTE FUNCTION {row}()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {row}",
        f"CREATE TRIGGER {whole} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {row}()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {whole}",
    ]


def unseal_final(final: FinalRows) -> list[str]:
    """The statements that let go of them."""
    return [f"DROP TRIGGER IF EXISTS {name} ON {final.table}" for name in names_of_final(final)]
