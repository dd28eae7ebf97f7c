"""The executor `dask`: workers of a Dask cluster."""
