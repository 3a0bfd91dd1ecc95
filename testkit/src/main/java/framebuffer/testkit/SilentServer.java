package framebuffer.testkit;

import framebuffer.testkit.Commands.RunningCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** A server on the loopback address that accepts connections and never answers. */
public final class SilentServer implements AutoCloseable {
    private static final int LOOK_EVERY_MS = 50;

    private final ServerSocket server;

    public SilentServer() throws IOException {
        server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        server.setSoTimeout(LOOK_EVERY_MS);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Waits for the command's connection. Fails when the command ends without one, or after 2 minutes. */
    public Socket connectionOf(RunningCommand command) throws IOException {
        @Nullable
        Socket[] accepted = new Socket[1];
        Await.until("the command connects", () -> {
            accepted[0] = accept();
            return accepted[0] != null || !command.process().isAlive();
        });
        if (accepted[0] == null) {
            throw new AssertionError("ended without a connection: " + command.errors());
        }
        return accepted[0];
    }

    private @Nullable Socket accept() {
        try {
            return server.accept();
        } catch (SocketTimeoutException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
