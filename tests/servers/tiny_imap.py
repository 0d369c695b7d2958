"""An IMAP server of a few canned answers, for what no real server does on demand: silence, half lines, nonsense."""

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Mapping

from tests.servers.certificates import Certificate

LITERAL = re.compile(rb"\{(\d+)\+?\}\r\n$")

USUAL = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE UIDPLUS\r\n{tag} OK done\r\n",
    "AUTHENTICATE": b"{tag} OK welcome\r\n",
    "LOGIN": b"{tag} OK welcome\r\n",
    "EXAMINE": b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 10] ok\r\n{tag} OK [READ-ONLY] done\r\n",
    "IDLE": b"+ idling\r\n",
    "LIST": b'* LIST (\\HasNoChildren) "/" INBOX\r\n* LIST (\\HasNoChildren) "/" Drafts\r\n{tag} OK done\r\n',
    "LOGOUT": b"* BYE\r\n{tag} OK bye\r\n",
}


class TinyImap:
    """Answers each command from `answers` (by name, `UID FETCH` with both words), else with a plain OK.

    `{tag}` in an answer is the command's tag. None as an answer: silence. An answer without the tag of its command
    that does not begin with `+` is the last thing said: the line is closed after it. `commands` keeps what was asked.
    """

    host = "localhost"

    def __init__(
        self,
        certificate: Certificate,
        answers: Mapping[str, bytes | None] | None = None,
        *,
        greeting: bytes | None = b"* OK ready\r\n",
        tls: bool = True,
    ) -> None:
        self.cert = certificate.cert
        self.commands: list[str] = []
        self._answers = {**USUAL, **(answers or {})}
        self._greeting = greeting
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if tls else None
        if self._tls:
            self._tls.load_cert_chain(certificate.cert, certificate.key)
        self._lines: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._spawn(self._accept)

    def close(self) -> None:
        """Close every line and wait for the threads."""
        for line in (self._listener, *self._lines):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        for thread in self._threads:
            thread.join(10)

    def _spawn(self, target, *arguments) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self._lines.append(line)
            self._spawn(self._serve, line)

    def _serve(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError), line:
            if self._tls:
                line = self._tls.wrap_socket(line, server_side=True)
                self._lines.append(line)
            with line, line.makefile("rb") as reader:
                self._talk(line, reader)

    def _talk(self, line: socket.socket, reader) -> None:
        if self._greeting is None:
            reader.read()
            return
        line.sendall(self._greeting)
        while command := reader.readline():
            tag, _, rest = command.partition(b" ")
            words = rest.decode("utf-8", "replace").split()
            if words[:1] == ["AUTHENTICATE"]:
                line.sendall(b"+ \r\n")
                reader.readline()
            while size := LITERAL.search(command):
                line.sendall(b"+ go on\r\n")
                reader.read(int(size[1]))
                command = reader.readline()
            self.commands.append(rest.decode("utf-8", "replace").strip())
            if not self._answer(line, tag, words):
                return
            if words[:1] == ["IDLE"]:
                reader.readline()
                line.sendall(tag + b" OK idle is over\r\n")

    def _answer(self, line: socket.socket, tag: bytes, words: list[str]) -> bool:
        name = " ".join(words[:2]) if words[:1] == ["UID"] else "".join(words[:1])
        answer = self._answers.get(name.upper(), b"{tag} OK done\r\n")
        if answer is not None:
            line.sendall(answer.replace(b"{tag}", tag))
        return answer is None or b"{tag}" in answer or answer.startswith(b"+")
