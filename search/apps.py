from __future__ import annotations

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"
    label = "search"
    verbose_name = "Search"

    def ready(self) -> None:
        """Read the log of changes: the index in the database, and after it the one of a server."""
        from prevention.core.log_readers import LogReader, register
        from search.engines import INDEX_READER, SERVER_READER, begin_server, is_server_wanted, tell_server
        from search.indexing import rebuild_embedded, update_index

        register(LogReader(INDEX_READER, read=update_index, begin=rebuild_embedded))
        register(
            LogReader(
                SERVER_READER,
                read=tell_server,
                begin=begin_server,
                in_database=False,
                is_wanted=is_server_wanted,
                reads_to=INDEX_READER,
            )
        )
