"""An OpenAI-compatible server on loopback that answers as told, and on bad days as real ones do."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.servers.loopback import LoopbackHandler, LoopbackServer

Fault = Callable[["Handler"], None]


@dataclass
class FakeModelServer(LoopbackServer):
    """Gives every question `likely` (token → probability). Heeds `guides`; tells at most `most` alternatives.

    The nth question (trials left out) meets the nth fault. `asked` are the bodies that came, `keys` the
    Authorization headers, also of the look at the models.
    """

    likely: Mapping[str, float]
    most: int = 20
    guides: Sequence[str] = ()
    key: str = ""
    models: Sequence[str] = ("reader",)
    faults: list[Fault | None] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"{self.url}/v1"

    @property
    def prompts(self) -> list[str]:
        """What was shown, without the trials."""
        shown = [body["messages"][0]["content"] if "messages" in body else body["prompt"] for body in self.asked]
        return [text for text in shown if "1) yes" not in text]


class Handler(LoopbackHandler):
    """One connection."""

    @property
    def told(self) -> FakeModelServer:
        return self.served_by

    def do_GET(self) -> None:  # noqa: N802  (the library calls it so)
        if self._is_welcome():
            self.say(200, {"object": "list", "data": [{"id": name} for name in self.told.models]})

    def do_POST(self) -> None:  # noqa: N802  (the library calls it so)
        told = self.told
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        told.asked.append(body)
        is_trial = "1) yes" in json.dumps(body)
        fault = told.faults.pop(0) if told.faults and not is_trial else None
        if fault is not None:
            fault(self)
        elif self._is_welcome():
            self._answer(body)

    def say(self, status: int, said: object, **headers: str) -> None:
        """Send JSON, or bytes as they are; `Retry_After="5"` becomes a header."""
        raw = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _is_welcome(self) -> bool:
        key = self.headers.get("Authorization")
        self.told.keys.append(key)
        if self.told.key and key != f"Bearer {self.told.key}":
            self.say(401, {"error": "no"})
            return False
        return True

    def _answer(self, body: dict[str, Any]) -> None:
        told = self.told
        wanted = body.get("top_logprobs", body.get("logprobs", 0))
        if wanted > told.most:
            return self.say(400, {"error": "too many"})
        if "guided_choice" in told.guides and len(body.get("guided_choice", ())) == 1:
            return self.say(200, _answered(body["guided_choice"][0], {}, 0))
        text = max(told.likely, key=told.likely.__getitem__)
        return self.say(200, _answered(text, told.likely, wanted))


FakeModelServer.handler = Handler


def _answered(text: str, likely: Mapping[str, float], wanted: int) -> dict[str, Any]:
    listed = sorted(likely.items(), key=lambda pair: -pair[1])[:wanted]
    top = [{"token": token, "logprob": math.log(chance)} for token, chance in listed]
    logprobs = {"content": [{"token": text, "logprob": -0.1, "top_logprobs": top}]} if wanted else None
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "logprobs": logprobs}
    return {"choices": [choice], "usage": {"prompt_tokens": 100, "completion_tokens": 1}}
