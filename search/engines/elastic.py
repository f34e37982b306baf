"""Elasticsearch 8 through elasticsearch.dsl: an alias over a timestamped index, rebuilt beside the old one.

Health is asked of the cluster, not of `GET /`, and a rebuild reads from our database, not from the old index:
so that what is tested is what runs, on every distribution.
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

# Rebuilding takes as long as it takes; telling a few changes does not, and answering a reader still less.
BUILD_SECONDS = 60.0
TELL_SECONDS = 3.0
SNIPPET_CHARACTERS = 200
MOST_FACETS = 50
CONFLICT = 409
LONGEST_BEGINNING = 60  # characters of a word that suggest() is asked for


class NoIndexError(Exception):
    """The server has no index of ours: until a rebuild it knows no page."""


UNREACHABLE = (ApiError, TransportError, helpers.BulkIndexError, NoIndexError)

# It has a line for every request, with the time of it. What is to be said of a failure, who asks says once.
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
    """One page, as it lies in the index."""

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

    Raises one of UNREACHABLE when the server does not answer in time, or refuses.
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
        """Add documents, replacing those of the same pages; makes the index when there is none."""
        self._ensure()
        helpers.bulk(
            self.teller,
            _actions(documents, self.alias),
            refresh=True,
            require_alias=True,
            ignore_status=CONFLICT,
        )

    def delete(self, page_ids: Sequence[int], version: int = 0) -> None:
        """Remove pages; unknown ones, and those that a later change has written, are passed over."""
        self._ensure()
        actions = [
            {"_op_type": "delete", "_index": self.alias, "_id": str(page_id), **_numbered(version)}
            for page_id in page_ids
        ]
        helpers.bulk(self.teller, actions, refresh=True, ignore_status=(404, CONFLICT))

    def cursor(self) -> Cursor:
        """The place in the log of changes that the index has been told of; the beginning when not known."""
        try:
            found = self.client.indices.get_mapping(index=self.alias)
            told = [row["mappings"].get("_meta", {}).get("cursor", "") for row in found.values()]
            return Cursor.parse(told[0]) if len(told) == 1 else Cursor()
        except (NotFoundError, UnknownCursorError):
            return Cursor()

    def set_cursor(self, cursor: str) -> None:
        """Note the place in the log of changes that the index has been told of."""
        for name, row in self.teller.indices.get_mapping(index=self.alias).items():
            meta = {**row["mappings"].get("_meta", {}), "cursor": cursor}
            self.teller.indices.put_mapping(index=name, meta=meta)

    def rebuild(self, documents: Iterable[Document], cursor: str = "") -> None:
        """Fill a new index and put the alias on it. The old one answers meanwhile.

        `cursor`: the place in the log of changes that the documents were made at.
        It is dropped by the next rebuild: dropped at once, it would fail those who are just reading it.
        """
        for index, aliases in self._indices().items():
            if self.alias not in aliases:
                self.builder.indices.delete(index=index, ignore_unavailable=True)
        new = self._create(cursor)
        helpers.bulk(self.builder, _actions(documents, new))
        self.builder.indices.refresh(index=new)
        if not self._is_as_made(new):
            raise NoIndexError(f"Another rebuild has dropped {new}.")
        old = [index for index, aliases in self._indices().items() if self.alias in aliases]
        swap: list[dict[str, Any]] = [{"remove": {"index": index, "alias": self.alias}} for index in old]
        self.builder.indices.update_aliases(actions=[*swap, {"add": {"index": new, "alias": self.alias}}])

    def exists(self) -> bool:
        """Is there an index?"""
        return bool(self.client.indices.exists_alias(name=self.alias))

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
        """Pages that hold all of the words close together, the best first; and the facets of them all."""
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
            "multi_match",
            query=prefix,
            fields=["title.begun^2", "names.begun"],
            type="cross_fields",
            operator="and",
            analyzer="candour_plain",
        )
        return [_hit(row) for row in self._ask(Search().query(query).extra(size=limit))]

    def health(self) -> Health:
        """Whether the cluster answers and has an index that can be read, and how many documents there are."""
        try:
            state = self.client.cluster.health(wait_for_status="yellow", timeout="200ms")
            if not self.exists():
                return Health(self.name, ok=False, documents=0, detail="no index: manage.py rebuild_search")
            documents = self.client.count(index=self.alias)["count"]
        except UNREACHABLE as error:
            return Health(self.name, ok=False, documents=0, detail=type(error).__name__)
        return Health(self.name, ok=not state["timed_out"], documents=documents, detail=state["status"])

    # Inside

    def _ask(self, search: Search[Any]) -> Response[Any]:
        raw = self.client.search(index=self.alias, body=search.to_dict())
        return Response(search, dict(raw))

    def _ensure(self) -> None:
        if not self.exists():
            new = self._create()
            self.builder.indices.put_alias(index=new, name=self.alias)

    def _is_as_made(self, index: str) -> bool:
        # One that is written to after it was dropped comes back by itself, without its mapping.
        return "_meta" in self.builder.indices.get_mapping(index=index)[index]["mappings"]

    def _indices(self) -> dict[str, list[str]]:
        """Every index of ours with its aliases, those of broken rebuilds too. Never another alias's."""
        ours = re.compile(rf"{re.escape(self.alias)}-\d{{20}}")
        found = self.teller.indices.get_alias(index=f"{self.alias}-*", expand_wildcards="all")
        return {name: list(row["aliases"]) for name, row in found.items() if ours.fullmatch(name)}

    def _create(self, cursor: str = "") -> str:
        name = f"{self.alias}-{clock.now():%Y%m%d%H%M%S%f}"
        index = PageDocument._index.clone(name=name, using=self.builder)
        index.document(PageDocument)
        body = index.to_dict()
        synonyms = self.synonyms()
        body["mappings"]["_meta"] = {"synonyms": _print(synonyms), "cursor": cursor}
        if synonyms:
            _with_synonyms(body, synonyms)
        self.builder.indices.create(index=name, settings=body["settings"], mappings=body["mappings"])
        return name


def _print(synonyms: Sequence[str]) -> str:
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
            **_numbered(version),
        }


def _numbered(version: int) -> dict[str, Any]:
    """What makes the server refuse (409) an older state of a document over a newer one."""
    return {"version": version, "version_type": "external_gte"} if version else {}


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
    """All words close together in one text. The more telling words and place are, the higher the score."""
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
