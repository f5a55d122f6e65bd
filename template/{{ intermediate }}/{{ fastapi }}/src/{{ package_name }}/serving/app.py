"""The service, by FastAPI: rows come in as JSON, and predictions go out."""

import asyncio
import time
from typing import Any
from uuid import uuid4

import structlog
from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware.base import RequestResponseEndpoint

from .. import settings
from ..errors import ProjectError
from . import messages, metrics
from .batching import Batcher
from .predictor import Origin, Predictor, load
from .settings import ServingSettings

log = structlog.get_logger()
PROBLEMS: dict[int | str, dict[str, Any]] = {"4XX": {"content": {messages.TYPE: {}}}}
operations = APIRouter(tags=["operations"])


def create_app() -> FastAPI:
    """Return the application: with a model, or with the reason why there is none."""
    where, how = settings.load(), settings.read(ServingSettings)
    app = FastAPIOffline(title=where.model_name, redoc_url=None)
    app.state.settings = how
    app.middleware("http")(observe)
    for kind in (RequestValidationError, ProjectError, StarletteHTTPException):
        app.exception_handler(kind)(tell)
    app.include_router(operations)
    try:
        offer(app, load(how.model, where), how)
    except ProjectError as error:
        log.error("not ready", reason=str(error))
        refuse(app, str(error))
    return app


@operations.get("/healthz")
async def healthz() -> dict[str, str]:
    """Tell that the service is alive."""
    return {"status": "alive"}


@operations.get("/metrics", response_class=Response)
async def show_metrics() -> Response:
    """Return the metrics, for Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def offer(app: FastAPI, predictor: Predictor, how: ServingSettings) -> None:
    """Let an application answer by a model."""
    batcher = Batcher(predictor.answer)
    metrics.model_info.labels(**predictor.origin.model_dump()).set(1)
    question: Any = messages.question(predictor, how)

    @app.get("/readyz", tags=["operations"])
    async def readyz() -> Origin:
        """Tell which model answers."""
        return predictor.origin

    @app.post("/predict", response_model_exclude_none=True, responses=PROBLEMS)
    async def predict(body: question, request: Request) -> messages.Answer:
        """Predict for each row. It has a cell for every column of the model, which may be null."""
        rows = [row.model_dump(by_alias=True) for row in body.rows]
        predictions = await asyncio.wrap_future(batcher.ask(rows))
        metrics.count(predictions)
        origin, known_as = predictor.origin, request.state.id
        return messages.Answer(model=origin, request_id=known_as, predictions=predictions)


def refuse(app: FastAPI, reason: str) -> None:
    """Let an application say why it has no model."""

    @app.get("/readyz", tags=["operations"])
    @app.post("/predict")
    async def unready() -> None:
        """Tell why there is no model."""
        raise HTTPException(503, reason)


async def observe(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Give a request its id, refuse it if it is too large, measure and log it."""
    start = time.perf_counter()
    request.state.id = (request.headers.get("x-request-id") or uuid4().hex)[:100]
    structlog.contextvars.bind_contextvars(request_id=request.state.id)
    most, told = request.app.state.settings.max_bytes, request.headers
    try:
        if "transfer-encoding" in told or int(told.get("content-length", 0)) > most:
            raise HTTPException(413, f"at most {most} bytes, as many as Content-Length says")
        response = await call_next(request)
    except HTTPException as error:
        response = await tell(request, error)
    except Exception:
        log.exception("failed")
        response = await tell(request, HTTPException(500, "the log of the service says more"))
    response.headers["X-Request-ID"] = request.state.id
    path, status, seconds = request.url.path, response.status_code, time.perf_counter() - start
    metrics.observe(path, status, seconds)
    log.info("request", method=request.method, path=path, status=status, seconds=seconds)
    return response


async def tell(request: Request, error: Any) -> Response:
    """Answer with a problem; what is wrong with a question has no status of its own."""
    status, detail = getattr(error, "status_code", 422), getattr(error, "detail", str(error))
    mistakes = getattr(error, "errors", list)()
    body = messages.problem(status, detail, request.state.id, mistakes)
    return Response(body, status, getattr(error, "headers", None), messages.TYPE)
