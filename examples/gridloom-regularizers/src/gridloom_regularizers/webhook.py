"""The reporter `webhook`: posts a summary of a run to a web server."""

from __future__ import annotations

import json
from http.client import HTTPException
from typing import Annotated, Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from annotated_types import Gt
from pydantic import HttpUrl

from gridloom import GridloomError, Reporter, Result


def report(result: Result, url: HttpUrl, timeout: Annotated[float, Gt(0)] = 10.0) -> None:
    """Post a JSON object about the run to `url`, http or https.

    It has the keys `experiment`, `sentence` (what the scores can bear), `scoring`, `engine`, `candidates` and `failed` (how
    many), and `best` with `params`, `mean`, `std` and `scores`, or null when no candidate is complete. `timeout` is how
    many seconds the server may be silent. Any answer but 2xx is an error, redirections included: a post must not become
    something else on its way.
    """
    body = json.dumps(summary(result), allow_nan=False).encode()
    request = Request(str(url), body, {"Content-Type": "application/json"})
    try:
        with build_opener(_NoRedirection).open(request, timeout=timeout):
            return
    except HTTPError as error:
        error.close()
        problem = f"answered {error.code} {error.reason}"
    except (OSError, HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else error
        late = isinstance(reason, TimeoutError)
        problem = f"did not answer for {timeout:g} s" if late else f"cannot be reached: {reason}"
    # the path may hold a secret, so it is not told
    raise GridloomError(f"the reporter 'webhook' could not post the summary: {url.host}:{url.port} {problem}")


def summary(result: Result) -> dict[str, Any]:
    """What is posted, as plain JSON data."""
    best = result.best
    return {
        "experiment": result.name,
        "sentence": result.summary.sentence,
        "scoring": result.scoring,
        "engine": result.engine,
        "candidates": len(result.trials),
        "failed": len(result.failed),
        "best": None
        if best is None
        else {"params": best.params, "mean": best.mean, "std": best.std, "scores": best.scores},
    }


class _NoRedirection(HTTPRedirectHandler):
    """Leaves redirections alone, so that they are errors: urllib would follow them with a GET."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Return None: there is nothing to go on with."""


REPORTER = Reporter(name="webhook", summary="Posts a summary of the run to a web server.", report=report)
