"""Reads very many photos with Ray Data, on this machine or on a cluster, and writes Parquet.

    python examples/ray_batch.py FOLDER TARGET --workers 2
    python examples/ray_batch.py s3://BUCKET/PREFIX s3://BUCKET/TARGET
    python examples/ray_batch.py TABLES TARGET --pictures bytes --names path

TARGET is a folder for Parquet files, one row a face. Needs mood-detector with the extra ray, on
each machine of a cluster; `RAY_ADDRESS` says which cluster.
"""

from __future__ import annotations

import argparse

import ray

from mood.batch.found import PHOTOS
from mood.batch.ray import Moods
from mood.settings import Settings

# Of Ray's account, which gives one core to whatever lists, reads or writes files: if actors on all
# cores had a whole one each, none would be left for those, and each wait for the other for ever.
PHOTOS_CPUS = 0.5


def main() -> None:
    """Reads all that was named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", help="photos, or Parquet files that hold them")
    parser.add_argument("target", help="folder or s3://… for Parquet files")
    parser.add_argument("--workers", type=int, help="actors that read; one for each core")
    parser.add_argument("--pictures", help="column with the photos as bytes: the source is Parquet")
    parser.add_argument("--names", default="path", help="column with their names")
    parser.add_argument("--batch", type=int, default=32, help="photos that are read at once")
    parser.add_argument("--rows", type=int, default=10_000, help="rows of an output file, about")
    parser.add_argument("--cores", type=int, help="of a cluster that is started here")
    parser.add_argument("--store-mb", type=int, help="its shared memory, for photos on their way")
    options = parser.parse_args()

    store = options.store_mb and options.store_mb * 1_000_000
    ray.init(num_cpus=options.cores, object_store_memory=store)
    workers = options.workers or int(ray.cluster_resources()["CPU"])
    if options.pictures:
        photos = ray.data.read_parquet(options.source)
    else:
        endings = [ending.lstrip(".") for ending in PHOTOS]
        photos = ray.data.read_binary_files(
            options.source, include_paths=True, file_extensions=endings
        )
    moods = photos.map_batches(
        Moods,
        fn_constructor_kwargs={
            "settings": Settings.from_env(),
            "pictures": options.pictures or "bytes",
            "names": options.names,
        },
        batch_size=options.batch,
        compute=ray.data.ActorPoolStrategy(size=workers),
        num_cpus=PHOTOS_CPUS,
    )
    moods.write_parquet(options.target, min_rows_per_file=options.rows)
    ray.shutdown()


if __name__ == "__main__":
    main()
