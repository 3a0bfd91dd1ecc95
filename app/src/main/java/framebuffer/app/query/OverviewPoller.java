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

/** Polls a service. Figures that the service cannot read while Redis is away keep their last values. Not thread-safe. */
final class OverviewPoller {
    private static final String OVERVIEW = "/overview";
    /** Name in the JSON → path of the request; for the overview, the member with this name. */
    private static final List<Map.Entry<String, String>> CALLS = List.of(Map.entry("health", "/health"),
            Map.entry("alerts", "/alerts"), Map.entry("control", OVERVIEW), Map.entry("stats", "/frames/stats"),
            Map.entry("backlogs", OVERVIEW), Map.entry("ledger", OVERVIEW), Map.entry("cameras", OVERVIEW),
            Map.entry("processors", OVERVIEW), Map.entry("rates", OVERVIEW), Map.entry("verdicts", OVERVIEW));
    /** An unhealthy service answers 503 with a body that is shown. */
    private static final String HEALTH = "health";
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

    private final ServiceClient client;
    private final InstantSource clock;
    private final ObjectNode last = JsonNodeFactory.instance.objectNode();
    /** Why some figures are old; null: all are current. */
    private @Nullable String trouble;
    private @Nullable Instant wholeAt;

    OverviewPoller(ServiceClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    /**
     * Polls once.
     *
     * @throws CannotRun when no service answers
     */
    void poll() {
        String unknown = null;
        ServiceAnswer overview = client.fetch(OVERVIEW);
        for (Map.Entry<String, String> one : CALLS) {
            boolean whole = !one.getValue().equals(OVERVIEW);
            ServiceAnswer answer = whole ? client.fetch(one.getValue()) : overview;
            if (answer.granted() || one.getKey().equals(HEALTH)) {
                last.set(one.getKey(), whole ? answer.json() : answer.json().path(one.getKey()));
            } else {
                unknown = answer.detail();
            }
        }
        trouble = unknown;
        wholeAt = unknown == null ? clock.instant() : wholeAt;
    }

    /** Polls again; a service that does not answer counts as a trouble. */
    void again() {
        try {
            poll();
        } catch (CannotRun e) {
            trouble = String.valueOf(e.getMessage());
        }
    }

    /** The last known figures. */
    JsonNode last() {
        return last;
    }

    /** The last known figures as lines. */
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
