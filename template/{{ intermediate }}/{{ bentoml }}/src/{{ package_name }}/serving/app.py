"""The service, by BentoML: rows come in as JSON, and predictions go out."""

import asyncio
import json
import time
from functools import partial
from typing import Any
from uuid import uuid4

import bentoml
import structlog
from bentoml.exceptions import InvalidArgument
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from .. import settings
from ..errors import ProjectError
from . import messages, metrics
from .batching import Batcher
from .predictor import Predictor, load
from .settings import ServingSettings

QUIET: Any = {"metrics": {"enabled": False}, "logging": {"access": {"enabled": False}}}
ROUTES = [
    Route("/metrics", lambda _: Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)),
    Route("/docs", lambda _: RedirectResponse("/")),
    Route("/openapi.json", lambda _: RedirectResponse("/docs.json")),
]
log = structlog.get_logger()


def create_app() -> Any:
    """Return the application: with a model, or with the reason why there is none."""
    where, serving = settings.load(), settings.read(ServingSettings)
    service, reason = bentoml.service(**QUIET)(Unready), ""
    try:
        service = make_service(load(serving.model, where), serving)
    except ProjectError as error:
        reason = str(error)
        log.error("not ready", reason=reason)
    service.mount_asgi_app(Starlette(routes=ROUTES))
    dispatch = partial(observe, max_bytes=serving.max_bytes, reason=reason)
    service.add_asgi_middleware(BaseHTTPMiddleware, dispatch=dispatch)
    return service.to_asgi()


class Unready:
    """A service that has no model."""


def make_service(predictor: Predictor, serving: ServingSettings) -> Any:
    """Return the service that answers by a model."""
    batcher, question = Batcher(predictor.answer), messages.question(predictor, serving)
    metrics.introduce(predictor)

    @bentoml.service(name=settings.NAME, **QUIET)
    class Service:
        @bentoml.api(input_spec=question)  # type: ignore[untyped-decorator]
        async def predict(self, rows: Any, ctx: bentoml.Context) -> messages.Answer:
            """Predict for each row. It has a cell for every column of the model, or null."""
            asked, request_id = messages.dump(rows), ctx.request.state.id
            try:
                predictions = await asyncio.wrap_future(batcher.ask(asked))
            except ProjectError as error:
                raise InvalidArgument(str(error)) from error
            metrics.count(predictions)
            return messages.Answer(
                model=predictor.origin, request_id=request_id, predictions=predictions
            )

    example = Route("/example", lambda _: JSONResponse(predictor.example))
    service: Any = Service
    service.mount_asgi_app(Starlette(routes=[example]))
    return service


async def observe(
    request: Request, call_next: RequestResponseEndpoint, max_bytes: int, reason: str
) -> Response:
    """Give a request its id, refuse what is not to be answered, measure and log it."""
    start, headers = time.perf_counter(), request.headers
    request.state.id = (headers.get("x-request-id") or uuid4().hex)[:100]
    structlog.contextvars.bind_contextvars(request_id=request.state.id)
    is_json = headers.get("content-type", "").partition(";")[0] == "application/json"
    if "transfer-encoding" in headers or int(headers.get("content-length", 0)) > max_bytes:
        limit = f"at most {max_bytes} bytes, as many as Content-Length says"
        response = problem(request, 413, limit)
    elif request.method == "POST" and not is_json:
        response = problem(request, 415, "Content-Type should be application/json")
    elif reason and request.url.path in {"/predict", "/readyz"}:
        response = problem(request, 503, reason)
    else:
        response = await call_next(request)
        if response.status_code >= 400:
            response = await translate(request, response)
    response.headers["X-Request-ID"] = request.state.id
    path, status, seconds = request.url.path, response.status_code, time.perf_counter() - start
    metrics.observe(path, status, seconds)
    log.info("request", method=request.method, path=path, status=status, seconds=seconds)
    return response


async def translate(request: Request, response: Any) -> Response:
    """Return what BentoML has refused as a problem that says the same."""
    text = b"".join([chunk async for chunk in response.body_iterator]).decode()
    problems: Any = json.loads(text) if text.startswith(("{", "[")) else {"error": text}
    found = problems[0] if isinstance(problems, list) else problems
    return problem(request, response.status_code, found["error"], found.get("detail", ()))


def problem(request: Request, status: int, detail: str, mistakes: Any = ()) -> Response:
    """Return a problem as an answer."""
    body = messages.problem(status, detail, request.state.id, mistakes)
    return Response(body, status, media_type=messages.TYPE)
