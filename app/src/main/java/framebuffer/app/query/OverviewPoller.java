package framebuffer.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.app.query.ServiceClient.ServiceAnswer;
import framebuffer.app.terminal.CannotRun;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a service, again and again. What it cannot tell at a look, because its Redis is away, stays as it was last known. For one
 * thread.
 */
final class OverviewPoller {
    /** What is asked, and under which name it stands in the JSON. */
    private static final List<Map.Entry<String, String>> ASKED = List.of(Map.entry("health", "/health"),
            Map.entry("alerts", "/alerts"), Map.entry("control", "/control/status"),
            Map.entry("stats", "/frames/stats"), Map.entry("backlogs", "/frames/backlogs"),
            Map.entry("ledger", "/frames/ledger"), Map.entry("cameras", "/cameras"),
            Map.entry("processors", "/processors"));
    /** Unwell is what it then says, too. */
    private static final String HEALTH = "health";
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

    private final ServiceClient client;
    private final InstantSource clock;
    private final ObjectNode last = JsonNodeFactory.instance.objectNode();
    /** Since when not all is news; null: it is. */
    private @Nullable String trouble;
    private @Nullable Instant wholeAt;

    OverviewPoller(ServiceClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    /**
     * Looks once.
     *
     * @throws CannotRun
     *             when no service answers
     */
    void poll() throws InterruptedException {
        String unknown = null;
        for (Map.Entry<String, String> one : ASKED) {
            ServiceAnswer answer = client.fetch(one.getValue());
            if (answer.granted() || one.getKey().equals(HEALTH)) {
                last.set(one.getKey(), answer.json());
            } else {
                unknown = answer.detail();
            }
        }
        trouble = unknown;
        wholeAt = unknown == null ? clock.instant() : wholeAt;
    }

    /** Looks once more; that no service answers is trouble like other. */
    void again() throws InterruptedException {
        try {
            poll();
        } catch (CannotRun e) {
            trouble = String.valueOf(e.getMessage());
        }
    }

    /** What is known, under the names that were asked. */
    JsonNode last() {
        return last;
    }

    /** It on a screen. */
    List<String> shown(OverviewScreen screen, TerminalSize size) {
        return trouble == null ? screen.lines(last, size) : screen.stale(last, size, trouble, asOf());
    }

    private String asOf() {
        Instant at = wholeAt;
        return at == null
                ? "all that is known"
                : "as of " + CLOCK.format(at.atZone(ZoneId.systemDefault())) + " ("
                        + Math.max(0, Duration.between(at, clock.instant()).toSeconds()) + " s ago)";
    }
}
