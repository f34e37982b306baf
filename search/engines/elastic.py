"""Elasticsearch 8 through elasticsearch.dsl: an alias points to a timestamped index.

A rebuild fills a new index beside the old one. Health is read from the cluster API, not from `GET /`, and a
rebuild reads our database, not the old index: these work alike on every distribution, so what the tests run
is what production runs.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar

from django.conf import settings
from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError, helpers
from elasticsearch.dsl import Document as Stored
from elasticsearch.dsl import Integer, Keyword, Q, Search, Text, analyzer, token_filter
from elasticsearch.dsl.response import Response

from prevention import clock
from prevention.core.models import Cursor, UnknownCursorError
from search.engines.base import APART, CLOSE, OPEN, Document, Facets, Found, Health, Hit

# Timeouts of a rebuild and of writing a few changes; a search has settings.ELASTICSEARCH_SECONDS.
BUILD_SECONDS = 60.0
TELL_SECONDS = 3.0
SNIPPET_CHARACTERS = 200
MOST_FACETS = 50
CONFLICT = 409
LONGEST_BEGINNING = 60  # characters; suggest() finds no longer beginning of a word


class NoIndexError(Exception):
    """The server has no index of ours, or lost it during a rebuild."""


UNREACHABLE = (ApiError, TransportError, helpers.BulkIndexError, NoIndexError)

# This logger writes a line for every request. A failure is logged once, by the caller (fallback.Breaker).
logging.getLogger("elastic_transport").setLevel(logging.CRITICAL)

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
        token_filter("candour_beginnings", "edge_ngram", min_gram=1, max_gram=LONGEST_BEGINNING),
    ],
)
_plain = analyzer("candour_plain", tokenizer="standard", filter=["lowercase", "asciifolding"])


class PageDocument(Stored):
    """The mapping of a document: one page, with the fields of search.engines.base.Document."""

    page_id = Integer()
    kind = Keyword()
    audience = Keyword()
    slug = Keyword(index=False)
    stamp = Keyword(index=False)
    url = Keyword(index=False)
    title = Text(analyzer=_english, fields={"begun": Text(analyzer=_begun, search_analyzer=_plain)})
    names = Text(analyzer=_english, fields={"begun": Text(analyzer=_begun, search_analyzer=_plain)})
    summary = Text(analyzer=_english)
    body = Text(analyzer=_english, term_vector="with_positions_offsets")

    class Index:
        """Settings of every index that is created."""

        settings: ClassVar[dict[str, Any]] = {"number_of_shards": 1, "number_of_replicas": 0}


# The fields that search() reads and their weights. Names are for suggest() only: a name that was typed has
# been recognised before an engine is asked.
BOOSTS = {"title": 10.0, "summary": 4.0, "body": 1.0}


def connect(url: str) -> Elasticsearch:
    """Return a client that gives up after settings.ELASTICSEARCH_SECONDS, so that the fallback can answer."""
    return Elasticsearch(
        url, request_timeout=settings.ELASTICSEARCH_SECONDS, max_retries=0, retry_on_timeout=False
    )


class ElasticEngine:
    """Searches the index behind `alias`. `synonyms` returns lines of synonyms in Solr's format.

    Every method but `health` raises one of UNREACHABLE when the server refuses or does not answer in time.
    """

    name: ClassVar[str] = "elasticsearch"

    def __init__(
        self, client: Elasticsearch, alias: str, synonyms: Callable[[], Sequence[str]] = tuple[str, ...]
    ) -> None:
        self.alias = alias
        self.synonyms = synonyms
        self.client = client
        self.teller = client.options(request_timeout=TELL_SECONDS)
        self.builder = client.options(request_timeout=BUILD_SECONDS)

    # Writing

    def index(self, documents: Iterable[Document]) -> None:
        """Add documents, replacing those of the same pages. Create the index if there is none.

        A document of a later change that is in the index already stays.
        """
        self._ensure()
        helpers.bulk(
            self.teller,
            _actions(documents, self.alias),
            refresh=True,
            require_alias=True,
            ignore_status=CONFLICT,
        )

    def delete(self, page_ids: Sequence[int], version: int = 0) -> None:
        """Remove pages by id; ignore unknown ids, and pages that a change after `version` has written."""
        self._ensure()
        actions = [
            {"_op_type": "delete", "_index": self.alias, "_id": str(page_id), **_version_check(version)}
            for page_id in page_ids
        ]
        helpers.bulk(self.teller, actions, refresh=True, ignore_status=(404, CONFLICT))

    def cursor(self) -> Cursor:
        """Return the position in the log of changes that the index is at; the beginning if unknown."""
        try:
            found = self.client.indices.get_mapping(index=self.alias)
            told = [row["mappings"].get("_meta", {}).get("cursor", "") for row in found.values()]
            return Cursor.parse(told[0]) if len(told) == 1 else Cursor()
        except (NotFoundError, UnknownCursorError):
            return Cursor()

    def set_cursor(self, cursor: str) -> None:
        """Store the position in the log of changes that the index is at."""
        for name, row in self.teller.indices.get_mapping(index=self.alias).items():
            meta = {**row["mappings"].get("_meta", {}), "cursor": cursor}
            self.teller.indices.put_mapping(index=name, meta=meta)

    def rebuild(self, documents: Iterable[Document], cursor: str = "") -> None:
        """Fill a new index, then point the alias to it. The old index answers meanwhile.

        `cursor` is the position in the log of changes at which the documents were read. The old index is
        deleted by the next rebuild, because deleting it at once would break requests that are reading it.
        Raises NoIndexError when another rebuild has deleted the new index.
        """
        for index, aliases in self._indices().items():
            if self.alias not in aliases:
                self.builder.indices.delete(index=index, ignore_unavailable=True)
        new = self._create(cursor)
        helpers.bulk(self.builder, _actions(documents, new))
        self.builder.indices.refresh(index=new)
        if not self._has_our_mapping(new):
            raise NoIndexError(f"Another rebuild has dropped {new}.")
        old = [index for index, aliases in self._indices().items() if self.alias in aliases]
        swap: list[dict[str, Any]] = [{"remove": {"index": index, "alias": self.alias}} for index in old]
        self.builder.indices.update_aliases(actions=[*swap, {"add": {"index": new, "alias": self.alias}}])

    def exists(self) -> bool:
        """Return whether there is an index."""
        return bool(self.client.indices.exists_alias(name=self.alias))

    def has_synonyms(self) -> bool:
        """Return whether the index has the present synonyms; when they have changed it must be rebuilt."""
        try:
            found = self.client.indices.get_mapping(index=self.alias)
        except NotFoundError:
            return False
        present = _fingerprint(self.synonyms())
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
        """Return the pages that hold all words close together, best first, and the facets of all of them."""
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
        """Return the pages whose title or names have, for each word of `prefix`, a word that begins with it.

        `prefix` is folded text.
        """
        if not prefix.strip():
            return []
        query = Q(
            "multi_match",
            query=prefix,
            fields=["title.begun^2", "names.begun"],
            type="cross_fields",
            operator="and",
            analyzer="candour_plain",
        )
        return [_hit(row) for row in self._ask(Search().query(query).extra(size=limit))]

    def health(self) -> Health:
        """Return whether the cluster has a readable index, and its number of documents. Never raises."""
        try:
            state = self.client.cluster.health(wait_for_status="yellow", timeout="200ms")
            if not self.exists():
                return Health(self.name, ok=False, documents=0, detail="no index: manage.py rebuild_search")
            documents = self.client.count(index=self.alias)["count"]
        except UNREACHABLE as error:
            return Health(self.name, ok=False, documents=0, detail=type(error).__name__)
        return Health(self.name, ok=not state["timed_out"], documents=documents, detail=state["status"])

    # Private

    def _ask(self, search: Search[Any]) -> Response[Any]:
        raw = self.client.search(index=self.alias, body=search.to_dict())
        return Response(search, dict(raw))

    def _ensure(self) -> None:
        if not self.exists():
            new = self._create()
            self.builder.indices.put_alias(index=new, name=self.alias)

    def _has_our_mapping(self, index: str) -> bool:
        # Elasticsearch creates a deleted index again, without our mapping, when a document is written to it.
        return "_meta" in self.builder.indices.get_mapping(index=index)[index]["mappings"]

    def _indices(self) -> dict[str, list[str]]:
        """Return {index: its aliases} for every index that we made, including those of failed rebuilds."""
        ours = re.compile(rf"{re.escape(self.alias)}-\d{{20}}")
        found = self.teller.indices.get_alias(index=f"{self.alias}-*", expand_wildcards="all")
        return {name: list(row["aliases"]) for name, row in found.items() if ours.fullmatch(name)}

    def _create(self, cursor: str = "") -> str:
        name = f"{self.alias}-{clock.now():%Y%m%d%H%M%S%f}"
        index = PageDocument._index.clone(name=name, using=self.builder)
        index.document(PageDocument)
        body = index.to_dict()
        synonyms = self.synonyms()
        body["mappings"]["_meta"] = {"synonyms": _fingerprint(synonyms), "cursor": cursor}
        if synonyms:
            _with_synonyms(body, synonyms)
        self.builder.indices.create(index=name, settings=body["settings"], mappings=body["mappings"])
        return name


def _fingerprint(synonyms: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(synonyms)).encode()).hexdigest()[:16]


def _actions(documents: Iterable[Document], index: str) -> Iterator[dict[str, Any]]:
    for document in documents:
        source = PageDocument(**vars(document)).to_dict(skip_empty=False)
        version = int(document.stamp.partition(".")[0] or 0)
        yield {
            "_op_type": "index",
            "_index": index,
            "_id": str(document.page_id),
            "_source": source,
            **_version_check(version),
        }


def _version_check(version: int) -> dict[str, Any]:
    """Return parameters that make the server refuse (409) to replace a document by an older one."""
    return {"version": version, "version_type": "external_gte"} if version else {}


def _with_synonyms(body: dict[str, Any], synonyms: Sequence[str]) -> None:
    """Add an analyzer with synonyms for queries only: documents can not be indexed with a synonym graph."""
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
    """Return the query for all words close together in one field.

    Rarer words and heavier fields (BOOSTS) give a higher score.
    """
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
    passages: Any = getattr(row.meta, "highlight", {})
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
        row.stamp,
    )


def _facets(answer: Response[Any]) -> Facets:
    return {
        name: {str(bucket.key): bucket.doc_count for bucket in answer.aggregations[name].buckets}
        for name in ("kind", "audience")
    }
