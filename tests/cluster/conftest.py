"""One cluster for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.boxes import Cluster, running_cluster
from tests.postgres import running_postgres


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two servers, two workers and two Rasa processes on one empty database."""
    folder = tmp_path_factory.mktemp("cluster")
    with (
        running_postgres(durable=True) as server,
        server.database(migrated=False) as url,
        running_cluster(folder, url) as running,
    ):
        yield running
