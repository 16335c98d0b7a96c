"""The seal on SQLite.

``INSERT OR REPLACE`` removes the row that stands in its way, and fires no DELETE trigger unless the connection has
``recursive_triggers`` on, as ours do and other programs do not. A BEFORE INSERT trigger is
asked first, on any connection.

Salts may be deleted while the connection has the function ``history_erasing`` and it says so (``sealing.erasing``):
a trigger that read the events themselves would stand in the way of every migration of their table, and another program
does not have the function at all.
"""

from desagravo.history.sealing.final import FinalRows

ERASING = "history_erasing"

TRIGGERS = (
    "history_event_no_update",
    "history_event_no_delete",
    "history_event_no_replace",
    "history_head_no_delete",
    "history_head_forward",
    "history_head_no_replace",
    "history_salt_no_update",
    "history_salt_with_its_event",
    "history_checkpoint_no_update",
    "history_checkpoint_no_delete",
    "history_checkpoint_no_replace",
)
IN_FORCE = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'history_%'"


def seal(events: str, head: str, salts: str, checkpoints: str) -> list[str]:
    """The statements that seal."""
    return [
        _trigger("history_event_no_update", f"BEFORE UPDATE ON {events}"),
        _trigger("history_event_no_delete", f"BEFORE DELETE ON {events}"),
        _trigger(
            "history_event_no_replace",
            f"BEFORE INSERT ON {events} WHEN EXISTS (SELECT 1 FROM {events} WHERE seq = NEW.seq)"  # noqa: S608
            f" OR EXISTS (SELECT 1 FROM {events} WHERE case_number = NEW.case_number AND n = NEW.n)",
        ),
        _trigger("history_head_no_delete", f"BEFORE DELETE ON {head}"),
        _trigger("history_head_forward", f"BEFORE UPDATE ON {head} WHEN NEW.seq <= OLD.seq"),
        _trigger("history_head_no_replace", f"BEFORE INSERT ON {head} WHEN EXISTS (SELECT 1 FROM {head})"),  # noqa: S608
        _trigger("history_salt_no_update", f"BEFORE UPDATE ON {salts}"),
        _trigger("history_salt_with_its_event", f"BEFORE DELETE ON {salts} WHEN {ERASING}() IS NOT 1"),
        _trigger("history_checkpoint_no_update", f"BEFORE UPDATE ON {checkpoints}"),
        _trigger("history_checkpoint_no_delete", f"BEFORE DELETE ON {checkpoints}"),
        _trigger(
            "history_checkpoint_no_replace",
            f"BEFORE INSERT ON {checkpoints} WHEN EXISTS (SELECT 1 FROM {checkpoints}"  # noqa: S608
            " WHERE number = NEW.number OR last_seq = NEW.last_seq)",
        ),
    ]


def unseal(_events: str, _head: str, _salts: str, _checkpoints: str) -> list[str]:
    """The statements that lift the seal."""
    return [f"DROP TRIGGER IF EXISTS {name}" for name in TRIGGERS]


def _trigger(name: str, when: str) -> str:
    return f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, 'the history is only ever added to'); END"


def names_of_final(final: FinalRows) -> list[str]:
    """The names of the triggers that keep final rows."""
    return [f"history_{final.table}_{what}" for what in ("no_update", "no_delete", "no_replace", "no_take_over")]


def seal_final(final: FinalRows) -> list[str]:
    """The statements that keep final rows."""
    update, delete, replace, take_over = names_of_final(final)
    table, is_final = final.table, f"{final.column} = '{final.value}'"
    same = " OR ".join(f"{key} = NEW.{key}" for key in final.keys)
    there = f"SELECT 1 FROM {table} WHERE {is_final} AND ({same})"  # noqa: S608  (names of our own source)
    return [
        _final(update, f"BEFORE UPDATE ON {table} WHEN OLD.{is_final}"),
        _final(delete, f"BEFORE DELETE ON {table} WHEN OLD.{is_final}"),
        _final(replace, f"BEFORE INSERT ON {table} WHEN EXISTS ({there})"),
        _final(take_over, f"BEFORE UPDATE ON {table} WHEN EXISTS ({there} AND rowid <> OLD.rowid)"),
    ]


def unseal_final(final: FinalRows) -> list[str]:
    """The statements that let go of them."""
    return [f"DROP TRIGGER IF EXISTS {name}" for name in names_of_final(final)]


def _final(name: str, when: str) -> str:
    return f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, 'what was published never changes'); END"
