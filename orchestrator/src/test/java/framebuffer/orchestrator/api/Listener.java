package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.contract.Contract;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Receives server-sent events as a browser does. */
final class Listener implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader lines;

    /**
     * @param headers further lines of the request
     */
    Listener(int port, String path, String... headers) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        socket.getOutputStream().write((request + "\r\n").getBytes(StandardCharsets.US_ASCII));
        lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** The data of the next event of this name. */
    JsonNode next(String name) throws IOException {
        find("event: " + name);
        return Contract.json(find("data: "));
    }

    /** The next id. */
    String id() throws IOException {
        return find("id: ");
    }

    private String find(String beginning) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(beginning)) {
                return line.substring(beginning.length());
            }
        }
        throw new AssertionError("the stream ended without " + beginning);
    }

    boolean ended() throws IOException {
        while (lines.readLine() != null) {
            // Skips the rest.
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
