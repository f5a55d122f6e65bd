"""Metrics: what Prometheus learns of requests, and of what the model saw and said."""

from prometheus_client import Counter, Gauge, Histogram

from .predictor import Prediction, Predictor

PATHS = {"/predict", "/healthz", "/readyz", "/metrics", "/example", "/docs", "/openapi.json"}
SIZES = [step * 10.0**decade for decade in range(-2, 7) for step in (1, 2, 5)]
BUCKETS = [*(-size for size in reversed(SIZES)), 0.0, *SIZES]  # of whatever a model predicts

requests = Counter("serving_requests", "Requests that were answered.", ["path", "status"])
request_seconds = Histogram("serving_request_seconds", "How long an answer took.", ["path"])
rows = Counter("serving_rows", "Rows that were predicted for.")
predictions = Counter("serving_predictions", "Predictions of a class.", ["prediction"])
prediction_value = Histogram("serving_prediction_value", "Predicted numbers.", buckets=BUCKETS)
missing_values = Counter("serving_missing_values", "Cells that were missing.", ["column"])
unseen_values = Counter("serving_unseen_values", "Categories never learnt.", ["column"])
model_info = Gauge("serving_model_info", "The model that answers.", ["name", "version", "run_id"])


def introduce(predictor: Predictor) -> None:
    """Name the model, and begin at 0 what is counted by column: a rate needs a value before."""
    model_info.labels(**predictor.origin.model_dump()).set(1)
    for column in predictor.schema.features:
        missing_values.labels(column)
        unseen_values.labels(column)


def count(answers: list[Prediction]) -> None:
    """Count predictions, and what was missing or unseen in their rows."""
    rows.inc(len(answers))
    for each in answers:
        if isinstance(each.prediction, str):
            predictions.labels(each.prediction).inc()
        else:
            prediction_value.observe(each.prediction)
        for counter, columns in ((missing_values, each.missing), (unseen_values, each.unseen)):
            for column in columns:
                counter.labels(column).inc()


def observe(path: str, status: int, seconds: float) -> None:
    """Count a request that was answered; paths that there are not count as one."""
    path = path if path in PATHS else "other"
    requests.labels(path, str(status)).inc()
    request_seconds.labels(path).observe(seconds)
