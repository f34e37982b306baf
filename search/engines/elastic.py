"""Elasticsearch 8 through elasticsearch.dsl: an alias over a timestamped index, rebuilt beside the old one.

Health is asked of the cluster, not of `GET /`, and a rebuild reads from our database, not from the old index: so
that what is tested is what runs, on every distribution.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.conf import settings
from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError, helpers
from elasticsearch.dsl import Document as Stored
from elasticsearch.dsl import Integer, Keyword, Q, Search, Text, analyzer, token_filter
from elasticsearch.dsl.response import Response

from search.engines.base import APART, CLOSE, OPEN, Document, Facets, Found, Health, Hit

# Rebuilding takes as long as it takes; answering a reader does not.
BUILD_SECONDS = 60.0
SNIPPET_CHARACTERS = 200
MOST_FACETS = 50
UNREACHABLE = (ApiError, TransportError)

_english = analyzer(
    "candour_english",
    tokenizer="standard",
    filter=["lowercase", "asciifolding", token_filter("candour_stems", "stemmer", language="english")],
)
_begun = analyzer(
    "candour_begun",
    tokenizer="standard",
    filter=[
        "lowercase",
        "asciifolding",
        token_filter("candour_beginnings", "edge_ngram", min_gram=1, max_gram=20),
    ],
)
_plain = analyzer("candour_plain", tokenizer="standard", filter=["lowercase", "asciifolding"])


class PageDocument(Stored):
    """One page, as it lies in the index. `text` holds all of it, so that words of several fields stand together."""

    page_id = Integer()
    kind = Keyword()
    audience = Keyword()
    slug = Keyword(index=False)
    url = Keyword(index=False)
    title = Text(analyzer=_english, fields={"begun": Text(analyzer=_begun, search_analyzer=_plain)})
    names = Text(analyzer=_english, fields={"begun": Text(analyzer=_begun, search_analyzer=_plain)})
    summary = Text(analyzer=_english)
    body = Text(analyzer=_english, term_vector="with_positions_offsets")

    class Index:
        settings: ClassVar[dict[str, Any]] = {"number_of_shards": 1, "number_of_replicas": 0}


# Names are for suggest(): who typed one has been understood before an engine is asked.
BOOSTS = {"title": 10.0, "summary": 4.0, "body": 1.0}


def connect(url: str) -> Elasticsearch:
    """A client that gives up soon: the embedded engine answers then."""
    return Elasticsearch(
        url, request_timeout=settings.ELASTICSEARCH_SECONDS, max_retries=0, retry_on_timeout=False
    )


class ElasticEngine:
    """Search in the index behind `alias`. `synonyms` gives the lines for it, in Solr's format.

    Raises ApiError or TransportError when the server does not answer in time; UNREACHABLE names both.
    """

    name: ClassVar[str] = "elasticsearch"

    def __init__(
        self, client: Elasticsearch, alias: str, synonyms: Callable[[], Sequence[str]] = tuple[str, ...]
    ) -> None:
        self.alias = alias
        self.synonyms = synonyms
        self.client = client
        self.builder = client.options(request_timeout=BUILD_SECONDS)

    # Writing

    def index(self, documents: Iterable[Document]) -> None:
        """Add documents, replacing those of the same pages; makes the index when there is none."""
        self._ensure()
        helpers.bulk(self.builder, _actions(documents, self.alias), refresh=True)

    def delete(self, page_ids: Sequence[int]) -> None:
        """Remove pages; unknown ones are passed over."""
        self._ensure()
        actions = [{"_op_type": "delete", "_index": self.alias, "_id": str(page_id)} for page_id in page_ids]
        helpers.bulk(self.builder, actions, refresh=True, raise_on_error=False)

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Fill a new index, put the alias on it, and drop the old one. The old one answers meanwhile."""
        new = self._create()
        helpers.bulk(self.builder, _actions(documents, new))
        self.builder.indices.refresh(index=new)
        old = [index for index in self._indices() if index != new]
        swap: list[dict[str, Any]] = [{"remove_index": {"index": index}} for index in old]
        self.builder.indices.update_aliases(actions=[*swap, {"add": {"index": new, "alias": self.alias}}])

    def has_synonyms(self) -> bool:
        """Was the index made with the present synonyms? Changed ones need a rebuild."""
        try:
            found = self.client.indices.get_mapping(index=self.alias)
        except NotFoundError:
            return False
        present = _print(self.synonyms())
        return all(row["mappings"].get("_meta", {}).get("synonyms") == present for row in found.values())

    # Reading

    def search(
        self,
        words: Sequence[str],
        *,
        kinds: Sequence[str] = (),
        audiences: Sequence[str] = (),
        limit: int = 20,
    ) -> Found:
        """Pages that hold all of the words close together, the best first; and the facets of all such pages."""
        if not words:
            return Found()
        search = Search().query(_all_of(words)).extra(size=limit, track_total_hits=False)
        filters = [
            Q("terms", **{name: list(values)})
            for name, values in (("kind", kinds), ("audience", audiences))
            if values
        ]
        if filters:
            search = search.post_filter("bool", filter=filters)
        for name in ("kind", "audience"):
            search.aggs.bucket(name, "terms", field=name, size=MOST_FACETS)
        search = search.highlight(
            "body", pre_tags=[OPEN], post_tags=[CLOSE], number_of_fragments=1, order="score",
            fragment_size=SNIPPET_CHARACTERS, type="fvh",
        ).highlight_options(require_field_match=False)  # fmt: skip
        answer = self._ask(search)
        return Found([_hit(row) for row in answer], _facets(answer))

    def suggest(self, prefix: str, *, limit: int = 8) -> list[Hit]:
        """Pages in whose title or names a word begins with each word of the folded text `prefix`."""
        if not prefix.strip():
            return []
        query = Q(
            "multi_match", query=prefix, fields=["title.begun^2", "names.begun"], type="cross_fields", operator="and",
            analyzer="candour_plain",
        )  # fmt: skip
        return [_hit(row) for row in self._ask(Search().query(query).extra(size=limit))]

    def health(self) -> Health:
        """Whether the cluster answers and can be read, and how many documents there are."""
        try:
            state = self.client.cluster.health(wait_for_status="yellow", timeout="200ms")
            documents = self.client.count(index=self.alias)["count"] if self._exists() else 0
        except UNREACHABLE as error:
            return Health(self.name, ok=False, documents=0, detail=type(error).__name__)
        return Health(self.name, ok=not state["timed_out"], documents=documents, detail=state["status"])

    # Inside

    def _ask(self, search: Search[Any]) -> Response[Any]:
        raw = self.client.search(index=self.alias, body=search.to_dict())
        return Response(search, dict(raw))

    def _ensure(self) -> None:
        if not self._exists():
            new = self._create()
            self.builder.indices.put_alias(index=new, name=self.alias)

    def _exists(self) -> bool:
        return bool(self.client.indices.exists_alias(name=self.alias))

    def _indices(self) -> list[str]:
        """Every index behind the alias, and those of rebuilds that broke off."""
        return [name for name in self.builder.indices.get(index=f"{self.alias}-*", expand_wildcards="all")]

    def _create(self) -> str:
        name = f"{self.alias}-{datetime.now(UTC):%Y%m%d%H%M%S%f}"
        index = PageDocument._index.clone(name=name, using=self.builder)
        index.document(PageDocument)
        body = index.to_dict()
        synonyms = self.synonyms()
        body["mappings"]["_meta"] = {"synonyms": _print(synonyms)}
        if synonyms:
            _with_synonyms(body, synonyms)
        self.builder.indices.create(index=name, settings=body["settings"], mappings=body["mappings"])
        return name


def _print(synonyms: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(synonyms)).encode()).hexdigest()[:16]


def _actions(documents: Iterable[Document], index: str) -> Iterator[dict[str, Any]]:
    for document in documents:
        source = PageDocument(**vars(document)).to_dict(skip_empty=False)
        yield {"_op_type": "index", "_index": index, "_id": str(document.page_id), "_source": source}


def _with_synonyms(body: dict[str, Any], synonyms: Sequence[str]) -> None:
    """Add an analyzer for what is searched (never for what is indexed: a graph can not be indexed)."""
    analysis = body["settings"]["analysis"]
    analysis.setdefault("filter", {})["candour_synonyms"] = {
        "type": "synonym_graph", "synonyms": list(synonyms), "lenient": True,
    }  # fmt: skip
    stems = analysis["analyzer"]["candour_english"]["filter"]
    analysis["analyzer"]["candour_search"] = {
        "type": "custom",
        "tokenizer": "standard",
        "filter": [*stems[:2], "candour_synonyms", *stems[2:]],
    }
    for field in BOOSTS:
        body["mappings"]["properties"][field]["search_analyzer"] = "candour_search"


def _all_of(words: Sequence[str]) -> Any:
    """All words close together in one text. The more telling its words and its place, the higher the score."""
    text = " ".join(words)
    near = [Q("intervals", **{field: {"match": {"query": text, "max_gaps": APART}}}) for field in BOOSTS]
    weights = Q(
        "multi_match",
        query=text,
        fields=[f"{field}^{boost}" for field, boost in BOOSTS.items()],
        type="most_fields",
    )
    return Q("bool", filter=[Q("bool", should=near, minimum_should_match=1)], should=[weights])


def _hit(row: Any) -> Hit:
    passages = getattr(row.meta, "highlight", {})
    snippet = " ".join(passages.body) if "body" in passages else ""
    return Hit(
        row.page_id,
        row.kind,
        row.audience,
        row.slug,
        row.url,
        row.title,
        row.summary,
        snippet,
        row.meta.score or 0.0,
    )


def _facets(answer: Response[Any]) -> Facets:
    return {
        name: {bucket.key: bucket.doc_count for bucket in answer.aggregations[name].buckets}
        for name in ("kind", "audience")
    }
