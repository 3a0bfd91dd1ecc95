"""A TCP proxy between a processor and its Redis that can cut, refuse and delay connections."""

import socket
import threading


class FaultProxy:
    def __init__(self, to: int):
        self._to = to
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}"
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._refusing = False
        self._hold_for: bytes | None = None
        self._lose_for: bytes | None = None
        self.held = threading.Event()
        self.lost = threading.Event()
        self._released = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if self._refusing:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self._to))
            self._pairs.append((client, server))
            holding = threading.Event()
            losing = threading.Event()
            threading.Thread(target=self._pump, args=(client, server, self._asked, holding, losing), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, self._replied, holding, losing), daemon=True).start()

    def _pump(self, source, sink, seen, holding, losing):
        try:
            while data := source.recv(65536):
                if not seen(data, holding, losing):
                    break
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _asked(self, data, holding, losing) -> bool:
        if self._hold_for and self._hold_for in data:
            holding.set()
        if self._lose_for and self._lose_for in data:
            self._lose_for = None
            losing.set()
        return True

    def _replied(self, _, holding, losing) -> bool:
        if holding.is_set():
            self.held.set()
            self._released.wait(30)
        if losing.is_set():
            self.lost.set()
            return False
        return True

    def hold_replies_to(self, text: str) -> threading.Event:
        """Delays the replies to commands that contain this text until `release`; sets the event when a reply is delayed."""
        self._hold_for = text.encode()
        return self.held

    def lose_reply_to(self, text: str) -> threading.Event:
        """Cuts the connection instead of sending the reply to the next command that contains this text."""
        self._lose_for = text.encode()
        return self.lost

    def release(self):
        self._hold_for = None
        self._released.set()

    def cut(self):
        """Cuts all connections."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                end.close()

    def refuse(self):
        """Cuts all connections, and refuses new ones until `accept`."""
        self._refusing = True
        self.cut()

    def accept(self):
        self._refusing = False

    def close(self):
        self.release()
        self._listening.close()
        self.cut()
