package framebuffer.migration.web;

import framebuffer.migration.web.WebRequest.RequestLine;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a request completely, lets the resource answer it, and sends the answer. */
final class RequestReader extends Handler.Abstract {
    private static final Logger log = LoggerFactory.getLogger(RequestReader.class);
    /** Bodies up to here are not counted: the number of connections bounds them. */
    private static final int SMALL = 64 << 10;
    /** So many bodies of the largest size may be in memory at once. */
    private static final int LARGE_BODIES = 4;
    /** A sender of a too large body is listened to for so many bytes more, so that it can read the answer. */
    private static final int DISCARDED = 16 << 20;

    private final WebServer.Resource resource;
    private final int bodyBytes;
    private final Semaphore memory;

    RequestReader(WebServer.Resource resource, int bodyBytes) {
        super(InvocationType.BLOCKING);
        this.resource = resource;
        this.bodyBytes = bodyBytes;
        this.memory = new Semaphore(LARGE_BODIES * bodyBytes);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        long length = request.getLength();
        int taken = length >= 0 && length <= SMALL ? 0 : (int) Math.min(length < 0 ? bodyBytes : length, bodyBytes);
        if (!memory.tryAcquire(taken)) {
            hangUp(WebAnswer.fault(503, "too many large requests at once"), response, callback);
            return true;
        }
        try {
            answer(request, response, callback);
        } finally {
            memory.release(taken);
        }
        return true;
    }

    private void answer(Request request, Response response, Callback callback) {
        byte[] body;
        try {
            body = body(request);
        } catch (IOException e) {
            hangUp(WebAnswer.fault(400, "the body is incomplete"), response, callback);
            return;
        }
        if (body.length > bodyBytes) {
            hangUp(WebAnswer.fault(413, "the body is larger than " + bodyBytes + " bytes"), response, callback);
            return;
        }
        try {
            RequestLine line = line(request);
            send(line.path().startsWith("/")
                    ? resource.answer(new WebRequest(line, headers(request), body))
                    : WebAnswer.fault(400, "the path does not begin with a slash"), response, callback);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            hangUp(WebAnswer.fault(503, "the server stops"), response, callback);
        } catch (RuntimeException e) {
            log.error("{} {} failed", request.getMethod(), request.getHttpURI().getPath(), e);
            hangUp(WebAnswer.fault(500, "an internal fault; the log has details"), response, callback);
        }
    }

    private byte[] body(Request request) throws IOException {
        if (request.getLength() == 0) {
            return new byte[0];
        }
        try (InputStream in = Content.Source.asInputStream(request)) {
            byte[] body = in.readNBytes(bodyBytes + 1);
            if (body.length > bodyBytes) {
                byte[] nothing = new byte[1 << 16];
                int left = DISCARDED;
                for (int read = in.read(nothing); read >= 0 && left > 0; read = in.read(nothing)) {
                    left -= read;
                }
            }
            return body;
        }
    }

    private static RequestLine line(Request request) {
        String path = request.getHttpURI().getPath();
        String query = request.getHttpURI().getQuery();
        InetAddress peer = request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress socket
                ? socket.getAddress()
                : null;
        return new RequestLine(request.getMethod(), path == null ? "" : path, query == null ? "" : query,
                peer == null ? "unknown" : peer.getHostAddress(), peer != null && peer.isLoopbackAddress());
    }

    private static List<WebHeader> headers(Request request) {
        return request.getHeaders().stream()
                .map(field -> new WebHeader(field.getName(), field.getValue() == null ? "" : field.getValue()))
                .toList();
    }

    private static void hangUp(WebAnswer answer, Response response, Callback callback) {
        response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
        send(answer, response, callback);
    }

    private static void send(WebAnswer answer, Response response, Callback callback) {
        response.setStatus(answer.status());
        answer.headers().forEach(header -> response.getHeaders().add(header.name(), header.value()));
        response.write(true, ByteBuffer.wrap(answer.body()), callback);
    }
}
