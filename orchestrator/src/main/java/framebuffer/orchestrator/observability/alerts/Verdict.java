package framebuffer.orchestrator.observability.alerts;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/**
 * The state of a camera, a processor or a capability.
 *
 * @param state
 *            a word in {@code snake_case}
 * @param reason
 *            for people; may be empty when the rating is good
 */
public record Verdict(String state, Rating rating, String reason) {
    /** The worst last. */
    public enum Rating {
        GOOD, WARNING, BAD
    }

    /** As JSON, in the form of {@code GET /overview}. */
    public ObjectNode json() {
        return JsonNodeFactory.instance.objectNode().put("state", state)
                .put("rating", rating.name().toLowerCase(Locale.ROOT)).put("reason", reason);
    }
}
