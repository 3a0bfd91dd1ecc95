package framebuffer.orchestrator.api.access;

import framebuffer.orchestrator.api.http.Caller.CallerRole;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Request.RequestHeader;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.wire.text.FieldReader;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each change that a caller makes, and refused requests: of those at most ten lines a minute, and then their number. Heartbeats are no
 * change. Thread-safe.
 */
public final class AccessLog {
    private static final Logger log = LoggerFactory.getLogger("framebuffer.audit");
    private static final int LINES = 10;
    private static final Duration PERIOD = Duration.ofMinutes(1);

    private long begun = System.nanoTime();
    private int refused;

    /** The endpoint has answered. */
    public void answered(RequestHeader head, Route route, Response answer) {
        if (answer instanceof Problem problem) {
            if (problem.kind() == Problem.ProblemType.FORBIDDEN) {
                refused(head, problem);
            }
        } else if (!route.method().equals("GET") && head.caller().role() != CallerRole.READ
                && !route.path().endsWith("/heartbeat")) {
            log.info("{} ({}) at {}: {} {}", head.caller().name(), head.caller().role().word(), head.peer(),
                    head.method(), FieldReader.shown(head.path()));
        }
    }

    /** The request was refused before the endpoint. */
    public void refused(RequestHeader head, Problem why) {
        switch (admit()) {
            case 0 -> {
            }
            case LINES -> log.warn("more requests are refused; they are counted for a minute");
            default -> log.warn("refused {} at {}: {} {}: {}", head.caller().name(), head.peer(),
                    FieldReader.shown(head.method()), FieldReader.shown(head.path()), why.detail());
        }
    }

    /** The number of the refused request in this period; 0: it has no line. */
    private synchronized int admit() {
        long now = System.nanoTime();
        if (now - begun > PERIOD.toNanos()) {
            if (refused > LINES) {
                log.warn("{} more requests were refused", refused - LINES);
            }
            begun = now;
            refused = 0;
        }
        refused++;
        return refused <= LINES ? refused : 0;
    }
}
