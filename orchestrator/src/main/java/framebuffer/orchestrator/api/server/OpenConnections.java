package framebuffer.orchestrator.api.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the number of open connections, and how long one may wait for its caller: for the next request, for the rest of a request, or for
 * the receipt of a response. At the limit, a new connection displaces the one that has waited longest. So idle and slow callers, however
 * many, only displace each other, and a complete request is answered. Connections whose request is answered now are kept; a new one is
 * closed when all others are such. Thread-safe.
 */
final class OpenConnections implements Connection.Listener {
    private static final Logger log = LoggerFactory.getLogger(OpenConnections.class);
    /** A caller that takes this many bytes of a response in the time in which it may wait is not slow. */
    private static final long PROGRESS = 64 << 10;

    private final int limit;
    private final long patience;
    private final LongSupplier nanos;
    /** Connections that wait for their caller; the longest first. */
    private final Map<Connection, Wait> waiting = new LinkedHashMap<>();
    private final Set<Connection> working = new HashSet<>();

    /**
     * Since when a connection waits.
     *
     * @param in bytes received before; more of them begin a request, for which the time begins again, once
     * @param out bytes sent before; many more of them begin the time again
     */
    private record Wait(long since, long in, long out, boolean begun) {
    }

    /**
     * @param limit most open connections
     * @param patience how long a connection may wait for its caller
     * @param nanos a monotonic clock
     */
    OpenConnections(int limit, Duration patience, LongSupplier nanos) {
        this.limit = limit;
        this.patience = patience.toNanos();
        this.nanos = nanos;
    }

    @Override
    public void onOpened(Connection connection) {
        // A connection with TLS contains a second one, for HTTP.
        if (connection instanceof ConnectionMetaData) {
            Connection displaced = add(connection);
            if (displaced != null) {
                close(displaced, "displaced by a new connection");
            }
        }
    }

    private synchronized @Nullable Connection add(Connection connection) {
        // The first request begins with the connection.
        waiting.put(connection, new Wait(nanos.getAsLong(), 0, 0, true));
        if (waiting.size() + working.size() <= limit) {
            return null;
        }
        Iterator<Connection> longest = waiting.keySet().iterator();
        Connection displaced = longest.next();
        longest.remove();
        return displaced;
    }

    @Override
    public synchronized void onClosed(Connection connection) {
        waiting.remove(connection);
        working.remove(connection);
    }

    /** The whole request is here, and its answer is worked on; false: the connection was displaced, so the request must not run. */
    synchronized boolean begin(Connection connection) {
        return waiting.remove(connection) != null && working.add(connection);
    }

    /** The answer is being sent, or has been. */
    synchronized void end(Connection connection) {
        if (working.remove(connection)) {
            waiting.put(connection,
                    new Wait(nanos.getAsLong(), connection.getBytesIn(), connection.getBytesOut(), false));
        }
    }

    /** Closes the connections that have waited too long for their caller. */
    void closeOverdue() {
        overdue().forEach(connection -> close(connection, "the caller was too slow"));
    }

    private synchronized List<Connection> overdue() {
        long now = nanos.getAsLong();
        List<Connection> overdue = new ArrayList<>();
        List<Connection> moved = new ArrayList<>();
        waiting.forEach((connection, wait) -> {
            boolean begins = !wait.begun() && connection.getBytesIn() > wait.in();
            if (begins || connection.getBytesOut() - wait.out() >= PROGRESS) {
                moved.add(connection);
            } else if (now - wait.since() > patience) {
                overdue.add(connection);
            }
        });
        for (Connection connection : moved) {
            Wait before = waiting.remove(connection);
            boolean begun = before != null && (before.begun() || connection.getBytesIn() > before.in());
            waiting.put(connection, new Wait(now, connection.getBytesIn(), connection.getBytesOut(), begun));
        }
        overdue.forEach(waiting::remove);
        return overdue;
    }

    private static void close(Connection connection, String why) {
        try {
            connection.getEndPoint().close(new TimeoutException(why));
        } catch (RuntimeException e) {
            log.warn("a connection could not be closed: {}", e.toString());
        }
    }
}
