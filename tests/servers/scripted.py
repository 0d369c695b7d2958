"""A server that answers byte by byte as it was told, for everything that real servers only do on bad days."""

import socket
import ssl
import threading
from collections.abc import Callable

OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"
Answer = bytes | Callable[[socket.socket, threading.Event], None]


class ScriptedServer:
    """Answers the nth connection with the nth script, and keeps what it was sent."""

    def __init__(self, *answers: Answer, tls: ssl.SSLContext | None = None) -> None:
        self._answers = list(answers)
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.port = self._socket.getsockname()[1]
        self.received: list[bytes] = []

    def url(self, path: str = "/", scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def __enter__(self) -> "ScriptedServer":
        self._socket.settimeout(0.05)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        while self._answers and not self._stopping.is_set():
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            connection.settimeout(20)
            try:
                self._answer(connection, self._answers.pop(0))
            except OSError:
                continue
            finally:
                connection.close()

    def _answer(self, plain: socket.socket, answer: Answer) -> None:
        connection = self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
        request = b""
        while b"\r\n\r\n" not in request:
            piece = connection.recv(65536)
            if not piece:
                break
            request += piece
        head, _, body = request.partition(b"\r\n\r\n")
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                while len(body) < int(line.split(b":")[1]):
                    body += connection.recv(65536)
        self.received.append(head + b"\r\n\r\n" + body)
        if callable(answer):
            answer(connection, self._stopping)
        else:
            connection.sendall(answer)
        connection.close()


def answer(status: int, *headers: str, body: bytes = b"") -> bytes:
    lines = (f"HTTP/1.1 {status} X", "Connection: close", *headers, f"Content-Length: {len(body)}")
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + body
