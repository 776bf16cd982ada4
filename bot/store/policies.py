"""The policies that the organisation has changed."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert  # SQLite understands the same words

from bot.domain.oncall import POLICIES, Policy, PolicyName
from bot.store.tables import escalation_policy


class Policies:
    """Read when an escalation starts; what already runs keeps its snapshot."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: PolicyName) -> Policy:
        """The policy as it is now: the organisation's, or the one of the product."""
        row = self._connection.execute(
            select(escalation_policy.c.body).where(escalation_policy.c.name == name)
        ).first()
        return POLICIES[name] if row is None else Policy.restore(json.loads(row.body))

    def changed(self) -> dict[PolicyName, datetime]:
        """Which ones the organisation has changed, and when."""
        rows = self._connection.execute(
            select(escalation_policy.c.name, escalation_policy.c.edited_at)
        )
        return {PolicyName(row.name): row.edited_at for row in rows}

    def put(
        self, name: PolicyName, policy: Policy, now: datetime, staff_id: str | None = None
    ) -> None:
        """Change one for all escalations that start from now on."""
        values = {
            "body": json.dumps(policy.snapshot()),
            "edited_at": now,
            "edited_by": staff_id,
        }
        row = insert(escalation_policy).values(name=name, **values)
        self._connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=values))

    def reset(self) -> None:
        """Back to those of the product."""
        self._connection.execute(delete(escalation_policy))
