package framebuffer.migration.shadow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.text.Printable;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The report of the shadow as Markdown. */
final class ShadowMarkdown {
    private final JsonNode json;
    private final StringBuilder text = new StringBuilder(1_000);

    ShadowMarkdown(ObjectNode json) {
        this.json = json;
    }

    String text() {
        line("# What this service would have done");
        JsonNode recorded = json.path("recorded");
        if (recorded.path("frames").asLong() == 0) {
            line("Nothing is recorded. frame-buffer migrate shadow on begins the record.");
            return text.toString();
        }
        line(recorded.path("frames") + " frames from " + recorded.path("from").asText() + " to "
                + recorded.path("to").asText() + ", " + recorded.path("frames_per_second")
                + " per second: " + list(json.path("outcomes")) + ".");
        if (!json.path("reasons").isEmpty()) {
            line("Why frames would not have reached a processor: " + list(json.path("reasons")) + ".");
        }
        agreement(json.path("agreement"));
        needs();
        forecast(json.path("forecast"));
        return text.toString();
    }

    private void agreement(JsonNode found) {
        line("## Agreement with the older service");
        line("The older service has read " + found.path("read") + " of these frames, " + found.path("read_by_decision")
                + " of them before this service decided; it has not read " + found.path("unread")
                + (found.path("older_reads").asBoolean() ? "." : ". It does not read the producers' stream any more."));
        header("", "p50", "p95", "frames");
        row("age at the hand-off of this service, ms", found.path("ours_age_ms"));
        row("age when the older service read, ms, at most", found.path("older_age_ms_at_most"));
        text.append('\n');
        line("Both read in the order of the stream. " + found.path("out_of_order")
                + " frames would be handed off before an earlier one of their camera and capability. What the older"
                + " service did after reading cannot be seen.");
    }

    private void row(String name, JsonNode ages) {
        text.append("| ").append(name).append(" | ").append(ages.path("p50")).append(" | ").append(ages.path("p95"))
                .append(" | ").append(ages.path("frames")).append(" |\n");
    }

    private void needs() {
        line("## Cameras and capabilities");
        header("camera", "capability", "frames", "outcomes", "wait p50, ms", "wait p95, ms", "processors", "reasons");
        json.path("needs").forEach(need -> text.append("| ").append(cell(need.path("camera_id").asText())).append(" | ")
                .append(capability(need)).append(" | ").append(need.path("frames")).append(" | ")
                .append(list(need.path("outcomes"))).append(" | ").append(need.path("wait_ms").path("p50"))
                .append(" | ").append(need.path("wait_ms").path("p95")).append(" | ")
                .append(shares(need.path("processors"))).append(" | ").append(list(need.path("reasons")))
                .append(" |\n"));
        text.append('\n');
    }

    private void forecast(JsonNode found) {
        line("## Load when this service takes over");
        header("processor", "ms per frame", "frames per second", "utilization");
        found.path("processors").forEach(one -> text.append("| ").append(cell(one.path("processor_id").asText()))
                .append(" | ").append(one.path("processing_ms"))
                .append(one.path("measured").asBoolean() ? "" : " (assumed)").append(" | ")
                .append(one.path("frames_per_second")).append(" | ").append(percent(one.path("utilization")))
                .append(" |\n"));
        text.append('\n');
        header("capability", "processors", "frames per second", "utilization", "room");
        found.path("capabilities").forEach(one -> text.append("| ").append(capability(one)).append(" | ")
                .append(one.path("processors")).append(" | ").append(one.path("frames_per_second")).append(" | ")
                .append(one.path("processors").asInt() == 0 ? "no processor" : percent(one.path("utilization")))
                .append(" | ").append(one.path("room").isNull() ? "-" : one.path("room") + " times this traffic")
                .append(" |\n"));
        text.append('\n');
        if (!found.path("first_full").isNull()) {
            String first = found.path("first_full").asText();
            line("The capability that is full first: " + (first.isEmpty() ? "any" : cell(first)) + ".");
        }
    }

    private void header(String... names) {
        text.append("| ").append(String.join(" | ", names)).append(" |\n").append("| --- ".repeat(names.length))
                .append("|\n");
    }

    private void line(String words) {
        text.append(words).append("\n\n");
    }

    private static String capability(JsonNode row) {
        String name = row.path("capability").asText();
        return name.isEmpty() ? "any" : cell(name);
    }

    private static String list(JsonNode counts) {
        return counts.properties().stream().map(one -> one.getValue() + " " + one.getKey())
                .collect(Collectors.joining(", "));
    }

    private static String shares(JsonNode shares) {
        return shares.properties().stream().map((Map.Entry<String, JsonNode> one) -> cell(one.getKey()) + " "
                + percent(one.getValue())).collect(Collectors.joining(", "));
    }

    private static String percent(JsonNode part) {
        return String.format(Locale.ROOT, "%.1f %%", part.asDouble() * 100);
    }

    /** A name from outside, which must not end the cell. */
    private static String cell(String name) {
        return Printable.line(name).replace("|", "\\|");
    }
}
