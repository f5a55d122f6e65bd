"""The service, by Flask: rows come in as JSON, and predictions go out."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn
from uuid import uuid4

import structlog
from flask import Flask, Response, abort, g, request
from flask_swagger_ui import get_swaggerui_blueprint
from prometheus_client import make_wsgi_app
from pydantic import BaseModel, ValidationError
from pydantic.json_schema import models_json_schema
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from .. import settings
from ..errors import ProjectError
from . import logs, messages, metrics
from .batching import Batcher
from .predictor import Predictor, load
from .settings import ServingSettings

log = structlog.get_logger()


def create_app() -> Flask:
    """Return the application: with a model, or with the reason why there is none."""
    logs.configure()
    where, serving = settings.load(), settings.read(ServingSettings)
    app = Flask(where.model_name)
    app.config["MAX_CONTENT_LENGTH"] = serving.max_bytes
    app.before_request(begin_request)
    app.after_request(finish_request)
    for kind in (ValidationError, ProjectError, HTTPException):
        app.errorhandler(kind)(handle_error)
    app.add_url_rule("/healthz", "healthz", lambda: {"status": "alive"})
    mounts = {"/metrics": make_wsgi_app()}
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, mounts)  # type: ignore[method-assign]
    try:
        add_predictions(app, load(serving.model, where), serving)
    except ProjectError as error:
        log.error("not ready", reason=str(error))
        add_refusals(app, str(error))
    return app


def add_predictions(app: Flask, predictor: Predictor, serving: ServingSettings) -> None:
    """Let an application answer by a model."""
    batcher = Batcher(predictor.answer, ThreadPoolExecutor(1).submit)
    metrics.introduce(predictor)
    question: Any = messages.question(predictor, serving)
    app.add_url_rule("/example", "example", lambda: predictor.example)
    app.add_url_rule("/openapi.json", "openapi", lambda: describe(question, app.name))
    app.register_blueprint(get_swaggerui_blueprint("/docs", "/openapi.json"))

    @app.get("/readyz")
    def readyz() -> dict[str, str]:
        """Tell which model answers."""
        return predictor.origin.model_dump()

    @app.post("/predict")
    def predict() -> Response:
        """Predict for each row."""
        if not request.is_json:
            abort(415)
        body = question.model_validate_json(request.get_data())
        predictions = batcher.ask(messages.dump(body.rows)).result()
        metrics.count(predictions)
        answer = messages.Answer(model=predictor.origin, request_id=g.id, predictions=predictions)
        return Response(answer.model_dump_json(exclude_none=True), mimetype="application/json")


def add_refusals(app: Flask, reason: str) -> None:
    """Let an application say why it has no model."""

    @app.get("/readyz")
    @app.post("/predict")
    def unready() -> NoReturn:
        """Tell why there is no model."""
        abort(503, reason)


def begin_request() -> None:
    """Give a request its id."""
    g.start, g.id = time.perf_counter(), (request.headers.get("X-Request-ID") or uuid4().hex)[:100]
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.id)


def finish_request(response: Response) -> Response:
    """Measure and log a request that was answered."""
    response.headers["X-Request-ID"] = g.id
    path, status, seconds = request.path, response.status_code, time.perf_counter() - g.start
    metrics.observe(path, status, seconds)
    log.info("request", method=request.method, path=path, status=status, seconds=seconds)
    return response


def handle_error(error: Any) -> Response:
    """Answer with a problem; what is wrong with a question has no status of its own."""
    status, detail = getattr(error, "code", 422), getattr(error, "description", str(error))
    body = messages.problem(status, detail, g.id, getattr(error, "errors", list)())
    return Response(body, status, getattr(error, "get_headers", dict)(), messages.TYPE)


def describe(question: type[BaseModel], name: str) -> dict[str, Any]:
    """Return the description of the service by OpenAPI."""

    def form(name: str) -> dict[str, Any]:
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}

    forms: Any = [(question, "validation"), (messages.Answer, "serialization")]
    _, found = models_json_schema(forms, ref_template="#/components/schemas/{model}")
    answer = {"description": "A prediction for each row", "content": form("Answer")}
    problem = {"description": "What is wrong", "content": {messages.TYPE: {}}}
    asked = {"required": True, "content": form("Question")}
    post = {"requestBody": asked, "responses": {"200": answer, "4XX": problem}}
    paths, components = {"/predict": {"post": post}}, {"schemas": found["$defs"]}
    info = {"title": name, "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": components}
