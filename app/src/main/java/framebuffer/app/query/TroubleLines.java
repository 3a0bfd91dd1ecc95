package framebuffer.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.wire.text.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Formats the troubles of a service, one line each: alerts grouped by kind, and failed health checks. */
final class TroubleLines {
    private static final int NAMED = 5;

    private TroubleLines() {
    }

    static List<String> lines(JsonNode all) {
        Map<String, List<JsonNode>> kinds = new LinkedHashMap<>();
        all.path("alerts").forEach(
                alert -> kinds.computeIfAbsent(alert.path("name").asText(), _ -> new ArrayList<>()).add(alert));
        List<String> lines = new ArrayList<>();
        kinds.forEach((kind, alerts) -> lines.add("! " + clean(alerts.size() == 1
                ? (kind + " " + alerts.getFirst().path("subject").asText()).strip()
                : kind + " (" + alerts.size() + "): " + subjects(alerts)) + ": "
                + clean(alerts.getFirst().path("summary").asText()) + " (" + alerts.getFirst().path("severity").asText()
                + ", since " + alerts.getFirst().path("since").asText() + ")"));
        for (JsonNode check : all.path("health").path("checks")) {
            if (!check.path("status").asText().equals("healthy") && !check.path("name").asText().equals("alerts")) {
                lines.add("! " + check.path("name").asText() + ": " + clean(check.path("detail").asText()));
            }
        }
        return lines;
    }

    /** The subjects of the oldest alerts; the summary belongs to the first. */
    private static String subjects(List<JsonNode> alerts) {
        List<String> named = alerts.stream().limit(NAMED).map(alert -> alert.path("subject").asText()).toList();
        return String.join(", ", named)
                + (alerts.size() > NAMED ? " and " + (alerts.size() - NAMED) + " more" : "");
    }

    /** Removes control characters: text from outside must not move the cursor. */
    static String clean(String text) {
        return Printable.line(text);
    }
}
