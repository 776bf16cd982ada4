"""The NLU component: the same understanding that works without Rasa, inside its pipeline.

It is trained by `rasa train` from data/nlu and stores its model as `understanding.npz` in the
model archive, from where the trainer copies it for the parts that run without Rasa.
"""

from __future__ import annotations

import logging
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    EXTRACTOR,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    METADATA,
    METADATA_INTENT,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language import training
from bot.language.meanings import MeaningModel
from bot.language.types import Understanding, Urgency
from bot.language.understanding import Understander

logger = logging.getLogger(__name__)

MODEL_FILE = "understanding.npz"


@DefaultV1Recipe.register(
    [
        DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER,
        DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR,
    ],
    is_trainable=True,
)
class LanguageUnderstanding(GraphComponent):
    """Sets intent, ranking and entities of a message through `bot.language`."""

    def __init__(self, model_storage: ModelStorage, resource: Resource) -> None:
        """Remember where the model belongs; it is loaded or trained afterwards."""
        self._model_storage = model_storage
        self._resource = resource
        self._understander: Understander | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],  # noqa: ARG003 - nothing to configure
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's signature
    ) -> LanguageUnderstanding:
        """An untrained component."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,  # noqa: ARG003 - Rasa's signature
    ) -> LanguageUnderstanding:
        """The component with its stored model; a damaged one raises, the server must not start."""
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            component.use(MeaningModel.load(folder / MODEL_FILE))
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples of data/nlu and store the model."""
        model = training.train([_example(message) for message in training_data.intent_examples])
        with self._model_storage.write_to(self._resource) as folder:
            model.save(folder / MODEL_FILE)
        self.use(model)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Understand the messages, in place."""
        if self._understander is None:
            raise RuntimeError("the component was neither trained nor loaded")
        for message in messages:
            text = message.get(TEXT) or ""
            understanding = self._understander.understand(text)
            ranking = [
                {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: confidence}
                for name, confidence in understanding.ranking
            ]
            chosen = {
                INTENT_NAME_KEY: understanding.intent,
                PREDICTED_CONFIDENCE_KEY: understanding.confidence,
            }
            message.set(INTENT, chosen, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(ENTITIES, _entities(understanding), add_to_output=True)
        return messages

    def use(self, model: MeaningModel) -> None:
        """Understand with `model` from now on."""
        self._understander = Understander(model)


def _example(message: Message) -> training.Example:
    """What data/nlu says of one example; ValueError names one without an urgency."""
    told = (message.get(METADATA) or {}).get(METADATA_INTENT) or {}
    text, intent = message.get(TEXT), message.get(INTENT)
    if "urgency" not in told:
        raise ValueError(f"data/nlu: no urgency in the metadata of {intent}: {text[:60]!r}")
    return training.Example(text, intent, Urgency(told["urgency"]))


def _entities(understanding: Understanding) -> list[dict[str, Any]]:
    return [
        {
            ENTITY_ATTRIBUTE_TYPE: entity.entity,
            ENTITY_ATTRIBUTE_VALUE: entity.value,
            ENTITY_ATTRIBUTE_START: entity.start,
            ENTITY_ATTRIBUTE_END: entity.end,
            EXTRACTOR: LanguageUnderstanding.__name__,
        }
        for entity in understanding.entities
    ]
