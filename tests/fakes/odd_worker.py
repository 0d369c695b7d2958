"""A child process for the tests of supervision: it does what the `op` of a message says, however bad.

Started by path. `--deaf` never reads; `--mute` reads and answers no ping; `--stubborn` stays when its input ends.
"""

import json
import os
import sys
import threading
import time

BLURTS = {
    "half a line": b'{"op": "result", "id"',
    "nonsense": b"Traceback, or whatever native code prints\n",
    "no id": b'{"op": "result"}\n',
    "too long": b'{"op": "result", "id": 1, "text": "' + b"x" * 1_000_000 + b'"}\n',
}
write_lock = threading.Lock()
cancelled = threading.Event()


def send(message: dict) -> None:
    with write_lock:
        sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
        sys.stdout.buffer.flush()


def raw(text: bytes) -> None:
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def work(message: dict) -> None:
    number = message["id"]
    match message["op"]:
        case "echo":
            send({"op": "result", "id": number, "text": message["text"], "pid": os.getpid()})
        case "count":
            for share in range(message["upto"]):
                send({"op": "progress", "id": number, "share": share})
            send({"op": "result", "id": number})
        case "wait":
            send({"op": "progress", "id": number})
            cancelled.wait()
            cancelled.clear()
            send({"op": "failed", "id": number})
        case "ignore":
            send({"op": "progress", "id": number})
        case "last words":
            sys.stderr.write("first\n" + message["text"] + "\n")
            sys.stderr.flush()
            os._exit(7)
        case "blurt":
            raw(BLURTS[message["what"]])
            if not BLURTS[message["what"]].endswith(b"\n"):
                os._exit(0)
        case "somebody else":
            send({"op": "result", "id": number + 1000})
            send({"op": "result", "id": number})


def main() -> None:
    if "--deaf" in sys.argv:
        threading.Event().wait()
    for line in sys.stdin.buffer:
        message = json.loads(line)
        if message["op"] == "ping":
            if "--mute" not in sys.argv:
                send({"op": "pong", "id": message["id"]})
        elif message["op"] == "cancel":
            cancelled.set()
        else:
            threading.Thread(target=work, args=(message,), daemon=True).start()
    while "--stubborn" in sys.argv:
        time.sleep(1)
    os._exit(0)


main()
