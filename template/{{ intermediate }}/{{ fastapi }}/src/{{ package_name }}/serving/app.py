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
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
    where, serving = settings.load(), settings.read(ServingSettings)
    app = FastAPIOffline(title=where.model_name, redoc_url=None)
    app.add_middleware(Observer, max_bytes=serving.max_bytes)
    app.exception_handler(Exception)(handle_failure)
    for kind in (RequestValidationError, ProjectError, StarletteHTTPException):
        app.exception_handler(kind)(handle_error)
    app.include_router(operations)
    try:
        add_predictions(app, load(serving.model, where), serving)
    except ProjectError as error:
        log.error("not ready", reason=str(error))
        add_refusals(app, str(error))
    return app


@operations.get("/healthz")
async def healthz() -> dict[str, str]:
    """Tell that the service is alive."""
    return {"status": "alive"}


@operations.get("/metrics", response_class=Response)
async def show_metrics() -> Response:
    """Return the metrics, for Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def add_predictions(app: FastAPI, predictor: Predictor, serving: ServingSettings) -> None:
    """Let an application answer by a model."""
    batcher = Batcher(predictor.answer)
    metrics.introduce(predictor)
    question: Any = messages.question(predictor, serving)

    @app.get("/readyz", tags=["operations"])
    async def readyz() -> Origin:
        """Tell which model answers."""
        return predictor.origin

    @app.get("/example")
    async def example() -> Any:
        """Return a question that can be asked."""
        return predictor.example

    @app.post("/predict", response_model_exclude_none=True, responses=PROBLEMS)
    async def predict(body: question, request: Request) -> messages.Answer:
        """Predict for each row. It has a cell for every column of the model, which may be null."""
        predictions = await asyncio.wrap_future(batcher.ask(messages.dump(body.rows)))
        metrics.count(predictions)
        origin, request_id = predictor.origin, request.state.id
        return messages.Answer(model=origin, request_id=request_id, predictions=predictions)


def add_refusals(app: FastAPI, reason: str) -> None:
    """Let an application say why it has no model."""

    @app.get("/readyz", tags=["operations"])
    @app.post("/predict")
    async def unready() -> None:
        """Tell why there is no model."""
        raise HTTPException(503, reason)


class Observer:
    """Gives each request an id, refuses one that is too large, measures and logs its answer."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app, self.max_bytes = app, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer a request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        start, request, status = time.perf_counter(), Request(scope), 500
        headers, path = request.headers, request.url.path
        request.state.id = (headers.get("x-request-id") or uuid4().hex)[:100]
        structlog.contextvars.bind_contextvars(request_id=request.state.id)

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request.state.id
            await send(message)

        answer: Any = self.app
        if "transfer-encoding" in headers or int(headers.get("content-length", 0)) > self.max_bytes:
            limit = f"at most {self.max_bytes} bytes, as many as Content-Length says"
            answer = await handle_error(request, HTTPException(413, limit))
        try:
            await answer(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - start
            metrics.observe(path, status, seconds)
            log.info("request", method=request.method, path=path, status=status, seconds=seconds)


async def handle_error(request: Request, error: Any) -> Response:
    """Answer with a problem; what is wrong with a question has no status of its own."""
    status, detail = getattr(error, "status_code", 422), getattr(error, "detail", str(error))
    mistakes: Any = getattr(error, "errors", list)()
    body = messages.problem(status, detail, request.state.id, mistakes)
    return Response(body, status, getattr(error, "headers", None), messages.TYPE)


async def handle_failure(request: Request, error: Exception) -> Response:
    """Answer where the service itself is wrong; the server logs why."""
    return await handle_error(request, HTTPException(500, "the log of the service says more"))
