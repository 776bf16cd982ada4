"""One transaction, seen as the repositories of the product."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from bot.store.agencies import Agencies
from bot.store.alarms import Alarms
from bot.store.audit import Audit
from bot.store.beats import Beats
from bot.store.canary import CanaryRuns
from bot.store.cases import Cases
from bot.store.channels import Channels
from bot.store.contacts import StaffContacts
from bot.store.conversations import Conversations
from bot.store.deliveries import Deliveries
from bot.store.departures import Departures
from bot.store.doubts import Doubts
from bot.store.escalations import Escalations
from bot.store.figures import Figures
from bot.store.files import Files
from bot.store.holding import Holding
from bot.store.hot_spots import HotSpots
from bot.store.keys import Vault
from bot.store.lines import Lines
from bot.store.load import Loads
from bot.store.next_steps import NextSteps
from bot.store.notices import Notices
from bot.store.offers import Offers
from bot.store.outbox import Outbox
from bot.store.pages import Pages
from bot.store.policies import Policies
from bot.store.postgres import has_lost_its_transaction
from bot.store.quarantine import Quarantine
from bot.store.readings import Readings
from bot.store.recruiters import Recruiters
from bot.store.reports import Reports
from bot.store.review import Review
from bot.store.rota import Rota
from bot.store.staff import StaffDirectory
from bot.store.traces import Traces
from bot.store.turns import Turns


class SqlUnitOfWork:
    """Implements bot.ports.UnitOfWork; committed or rolled back by bot.store.database.

    `topics` collects who should be woken after the commit.
    """

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self.topics: set[str] = set()
        self.conversations = Conversations(connection, vault)
        self.lines = Lines(connection, vault)
        self.files = Files(connection, vault)
        self.readings = Readings(connection, vault)
        self.turns = Turns(connection, vault)
        self.doubts = Doubts(connection)
        self.outbox = Outbox(connection, vault)
        self.deliveries = Deliveries(connection, vault)
        self.holding = Holding(connection)
        self.reports = Reports(connection)
        self.review = Review(connection, vault)
        self.cases = Cases(connection, vault)
        self.offers = Offers(connection, vault)
        self.recruiters = Recruiters(connection, vault)
        self.hot_spots = HotSpots(connection)
        self.departures = Departures(connection)
        self.escalations = Escalations(connection)
        self.pages = Pages(connection, vault)
        self.policies = Policies(connection)
        self.rota = Rota(connection)
        self.next_steps = NextSteps(connection, vault)
        self.staff = StaffDirectory(connection, vault)
        self.notices = Notices(connection)
        self.loads = Loads(connection)
        self.traces = Traces(connection)
        self.contacts = StaffContacts(connection, vault)
        self.alarms = Alarms(connection)
        self.channels = Channels(connection)
        self.quarantine = Quarantine(connection, vault)
        self.figures = Figures(connection)
        self.agencies = Agencies(connection)
        self.beats = Beats(connection)
        self.canary = CanaryRuns(connection)
        self.audit = Audit(connection, vault)

    def wake(self, topic: str) -> None:
        """Ask that the loops listening to a topic look again after the commit."""
        self.topics.add(topic)

    def try_alone(self, part: Callable[[], object]) -> Exception | None:
        """Do a part of a job in a savepoint; what it raised, and then nothing of it was done.

        Raises when the whole transaction is lost with it.
        """
        try:
            with self._connection.begin_nested():
                part()
        except Exception as error:
            if transaction_is_gone(self._connection):
                raise
            return error
        return None


def transaction_is_gone(connection: Connection) -> bool:
    """Whether the whole transaction is lost: SQLite's disk was full, PostgreSQL's server died.

    What earlier jobs of the batch did is lost then, and a COMMIT could still succeed.
    """
    if connection.invalidated:
        return True
    driver = connection.connection.dbapi_connection
    in_transaction: bool | None = getattr(driver, "in_transaction", None)
    return has_lost_its_transaction(driver) if in_transaction is None else not in_transaction
