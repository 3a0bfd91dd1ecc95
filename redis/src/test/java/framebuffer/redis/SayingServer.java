package framebuffer.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A server that greets like Redis, then sends the same reply to every command. */
final class SayingServer implements AutoCloseable {
    static final String GREETING = "*2\r\n$5\r\nproto\r\n:2\r\n";

    private final ServerSocket listener;
    private final String greeting;
    private final String answer;

    SayingServer(String greeting, String answer) {
        this.greeting = greeting;
        this.answer = answer;
        try {
            listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.startVirtualThread(this::serve);
    }

    RedisAddress address() {
        return RedisAddress.local(listener.getLocalPort());
    }

    private void serve() {
        while (!listener.isClosed()) {
            try (Socket client = listener.accept()) {
                byte[] buffer = new byte[4096];
                String next = greeting;
                while (client.getInputStream().read(buffer) >= 0) {
                    client.getOutputStream().write(next.getBytes(StandardCharsets.US_ASCII));
                    next = answer;
                }
            } catch (IOException e) {
                // The client has disconnected, or the test is over.
            }
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
