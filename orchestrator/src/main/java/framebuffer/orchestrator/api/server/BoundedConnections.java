package framebuffer.orchestrator.api.server;

import org.eclipse.jetty.http.BadMessageException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;

/**
 * What Jetty does otherwise while it parses a request. The number of headers is bounded: Jetty bounds their bytes only, and in memory a
 * header of two bytes takes some forty times as much. A path may hold {@code %00}: Jetty closes the connection, and a caller that still
 * sends its body is reset before it reads the response.
 */
final class BoundedConnections extends HttpConnectionFactory {
    private static final int MOST_HEADERS = 100;
    private static final String NUL = "%00";
    /** U+FFFD, the character that stands for one that cannot be: no id equals it by chance, so such a path names nothing. */
    private static final String REPLACEMENT = "%EF%BF%BD";

    BoundedConnections(HttpConfiguration configuration) {
        super(configuration);
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        return configure(new BoundedConnection(getHttpConfiguration(), connector, endPoint), connector, endPoint);
    }

    private static final class BoundedConnection extends HttpConnection {
        BoundedConnection(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
            super(configuration, connector, endPoint);
        }

        @Override
        protected RequestHandler newRequestHandler() {
            return new BoundedHeaders();
        }

        private final class BoundedHeaders extends RequestHandler {
            private int headers;

            @Override
            public void messageBegin() {
                headers = 0;
                super.messageBegin();
            }

            @Override
            public void startRequest(String method, String uri, HttpVersion version) {
                super.startRequest(method, uri.replace(NUL, REPLACEMENT), version);
            }

            @Override
            public void parsedHeader(HttpField field) {
                count();
                super.parsedHeader(field);
            }

            @Override
            public void parsedTrailer(HttpField field) {
                count();
                super.parsedTrailer(field);
            }

            private void count() {
                headers++;
                if (headers > MOST_HEADERS) {
                    throw new BadMessageException(HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431,
                            "The request has more than " + MOST_HEADERS + " headers");
                }
            }
        }
    }
}
