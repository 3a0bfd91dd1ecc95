package framebuffer.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A web server on the loopback address that begins each answer with status 200 and never sends its body. */
public final class IncompleteAnswers implements AutoCloseable {
    private final ServerSocket server;
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();

    public IncompleteAnswers() throws IOException {
        server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::answer);
    }

    private void answer() {
        try {
            while (true) {
                Socket caller = server.accept();
                open.add(caller);
                if (caller.getInputStream().read() >= 0) {
                    caller.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    /** The address of the server. */
    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort() + "/hook";
    }

    /** Whether as many callers have come. */
    public boolean hasAnswered(int callers) {
        return open.size() >= callers;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket caller : open) {
            caller.close();
        }
    }
}
