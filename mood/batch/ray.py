"""For Ray Data: pictures come in, the rows of the table of `mood.batch.rows` go out.

Ray is not imported here: it is Ray that calls. Where this module is imported before ``ray.init``,
Ray sends no usage reports.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import repeat
from pathlib import Path
from typing import Any

from mood.batch import parquet
from mood.batch.reading import Job, Reader
from mood.batch.rows import Item, Record, rows
from mood.options import Options
from mood.settings import Settings

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")


class Moods:
    """Reads the expressions in batches of pictures; made for ``dataset.map_batches``.

    Each actor loads the networks once, with its first picture. What cannot be read is a row that
    says why, as on the command line, so that nothing is lost; films are not read.

    Args:
        settings: Those of the analyzer. None takes the environment of the process where it reads.
        options: What is wanted of each picture.
        pictures: Column with the files, as bytes; null is a picture that cannot be read.
        names: Column with what each is called; where there is none, all are called null.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        options: Options | None = None,
        pictures: str = "bytes",
        names: str = "path",
    ) -> None:
        self._reader = Reader(Job(settings or Settings.from_env(), options or Options()))
        self._pictures, self._names = pictures, names

    def __call__(self, batch: Mapping[str, Any]) -> Any:
        """The rows of all pictures of a batch, in their order.

        Args:
            batch: Column → its values, one for each picture, as ``batch_format="numpy"`` has them.

        Returns:
            A table of pyarrow with `mood.batch.parquet.schema`; ``changed_ns`` is not known.
        """
        pictures = batch[self._pictures]
        names = batch.get(self._names, repeat(None, len(pictures)))
        records = map(self._read, pictures, names)
        return parquet.table([row for record in records for row in rows(record)])

    def _read(self, picture: bytes | None, name: object) -> Record:
        """`Path` would garble an address such as s3://bucket/name."""
        content = picture or b""
        item = Item(Path(str(name)), len(content))
        record = self._reader.read(item, content).record
        assert record is not None
        return record | {"photo": None if name is None else str(name)}
