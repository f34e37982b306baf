"""Search meets its quality bars, on the engine of this run and on Elasticsearch if there is one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from search.indexing import rebuild_index
from tests.quality import bars, evaluate
from tests.quality.sites import drop_indices

HERE = Path(bars.__file__).parent
pytestmark = pytest.mark.django_db


@pytest.fixture
def _unthrottled(settings: Any) -> None:
    """Switch throttles off: six hundred questions come from one address within a minute."""
    settings.THROTTLE_RATES = dict.fromkeys(settings.THROTTLE_RATES, 10**9)


@pytest.fixture
def _on_elasticsearch(settings: Any, db: None) -> Any:
    """Let search use its own index on the server, which is removed afterwards."""
    if not settings.TEST_ELASTICSEARCH_URL:
        pytest.skip("There is no Elasticsearch: give its address as ELASTICSEARCH_URL to test on it.")
    settings.ELASTICSEARCH_URL = settings.TEST_ELASTICSEARCH_URL
    settings.ELASTICSEARCH_INDEX = "candour-test-quality"
    settings.ELASTICSEARCH_SECONDS = 10.0  # even a slow answer is to be its own
    rebuild_index()
    yield
    drop_indices(settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_INDEX)


def summary(client: Client) -> dict[str, Any]:
    """Return the evaluator's figures for the starter content, from the API."""

    def ask(text: str) -> Any:
        response = client.get("/api/v1/search", {"q": text})
        assert response.status_code == 200, text
        return response.json()

    lines = (HERE / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line) for line in lines]
    given = json.loads((HERE / "slug_aliases.json").read_text(encoding="utf-8"))
    alias = {slug: {evaluate.slug_of(other) for other in (slug, *others)} for slug, others in given.items()}
    found: dict[str, Any] = evaluate.summarise(bars.scored(questions, ask, alias))
    found["nonsense"]["without_drug"] = bars.without_drug(questions, ask)
    return found


@pytest.mark.slow
@pytest.mark.usefixtures("_unthrottled")
def test_every_bar_is_met(client: Client) -> None:
    assert [str(one) for one in bars.verdicts(summary(client)) if not one.is_met] == []


@pytest.mark.elasticsearch
@pytest.mark.usefixtures("_unthrottled", "_on_elasticsearch")
def test_every_bar_is_met_on_elasticsearch(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    found = summary(client)
    assert "Elasticsearch does not answer" not in caplog.text
    assert [str(one) for one in bars.verdicts(found) if not one.is_met] == []


def test_a_bar_that_is_missed_is_said() -> None:
    low = {"kinds": {"brand": {"recall1": 0.5}}, "crisis": {"false_alarm_rate": 0.5}}
    told = {one.bar.place: one for one in bars.verdicts(low)}
    assert not told["kinds", "brand", "recall1"].is_met
    assert not told["crisis", "false_alarm_rate"].is_met
    assert not told["kinds", "school", "recall1"].is_met
    assert not told["kinds", "school", "recall1"].is_measured
