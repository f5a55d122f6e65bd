"""Serving: the process that starts pipelines when their time has come; it runs under guard."""

from .. import settings
from . import flows, pipelines

if __name__ == "__main__":
    flows.schedule(pipelines.load(settings.load().config))
