"""The wire: one WebSocket client that records everything, one HTTP client, requests generated in a child."""

from conformance.session.generated import GeneratedResult, Generator
from conformance.session.http import request
from conformance.session.websocket import Session

__all__ = ["GeneratedResult", "Generator", "Session", "request"]
