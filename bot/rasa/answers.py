"""Check the answers of actions against Rasa's schema without checking the schema each time.

Rasa calls `jsonschema.validate`, which first validates the schema of all events against the
schema of schemas: three quarters of the time of a whole turn, measured. The check of the answer
itself is the same here, with a validator that is made once.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema.exceptions import best_match
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction


@cache
def _validator() -> Validator:
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def check(_action: RemoteAction, answer: Any) -> bool:
    """True for an answer that Rasa can read; raises jsonschema's `ValidationError` else."""
    error = best_match(_validator().iter_errors(answer))
    if error is not None:
        raise error
    return True


def check_quickly() -> None:
    """Let every action be checked by `check`; calling it again changes nothing."""
    _validator()
    RemoteAction._validate_action_result = check  # noqa: SLF001 - Rasa offers no other place
