"""Casa Atlântica, the sample company: its people and its complaints, carried through the actions that people use."""

from datetime import datetime, timedelta

from desagravo.cases import actions
from desagravo.common import clock
from desagravo.common.language import in_language
from desagravo.history import past
from desagravo.history import queries as history
from desagravo.operations.sample import carry, engage, script

_BEFORE = timedelta(days=30)
"""How long before its first complaint the company begins."""
_LOOK = timedelta(seconds=20)
"""How long after its date something comes back: the worker looks now and then."""
_PAPERS = ("cases.receipt", "cases.letter", "cases.sign_off")
_PAPER_EVERY = timedelta(seconds=1)


def load() -> list[dict[str, str]]:
    """Put the sample company into an empty database; gives the sign-ins. Call it inside one transaction.

    Mails of its past go out at their own moments. Its papers are made by the worker in the first minutes, one every
    second or so, the newest case first, so that a receipt which somebody waits for now does not stand behind them.
    """
    first_start = clock.now()
    told = script.happenings(first_start)
    password = engage.new_password()
    with in_language("pt-pt"):
        with clock.at(told[0].moment - _BEFORE):
            colleagues = engage.establish(password)
        teller = carry.Teller(colleagues, first_start)
        for happening in told:
            _come_back(teller, happening.moment)
            _happen(teller, happening)
        _come_back(teller, first_start)
        engage.delay_sending()  # not before: in its past everything left at once
        with clock.at(first_start):
            past.spread(every=_PAPER_EVERY)
    return engage.sign_ins(colleagues)


def _happen(teller: carry.Teller, happening: script.Happening) -> None:
    before, _ = history.head()
    with clock.at(happening.moment):
        teller.perform(happening)
        past.do_now(after=before, leave=_PAPERS)


def _come_back(teller: carry.Teller, until: datetime) -> None:
    """Bring back what was due before ``until``, each at its date."""
    for due in sorted(each for each in teller.due if each + _LOOK <= until):
        teller.due.remove(due)
        with clock.at(due + _LOOK):
            actions.come_back(clock.now())
