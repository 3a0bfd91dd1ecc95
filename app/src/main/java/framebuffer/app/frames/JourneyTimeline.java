package framebuffer.app.frames;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.wire.text.Printable;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints the journey of a frame as text. */
final class JourneyTimeline {
    private static final int BAR = 10;
    private static final DateTimeFormatter FIRST = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private JourneyTimeline() {
    }

    static String of(JsonNode frame) {
        List<String> lines = new ArrayList<>();
        String holder = frame.path("processor_id").asText("");
        lines.add(frame.path("frame_id").asText() + " of camera " + frame.path("camera_id").asText()
                + " is " + frame.path("state").asText() + (holder.isEmpty() || holder.equals("null")
                        ? ""
                        : (frame.path("state").asText().equals("done") ? ", by " : " at ") + holder)
                + (frame.path("attempt").asInt() > 1 ? ", attempt " + frame.path("attempt").asInt() : ""));
        if (frame.path("parts").size() > 1) {
            frame.path("parts").forEach(part -> lines.add("  " + part.path("capability").asText() + ": "
                    + part.path("state").asText() + (part.path("processor_id").isNull()
                            ? ""
                            : ", " + part.path("processor_id").asText())));
        }
        Instant first = null;
        for (JsonNode event : frame.path("events")) {
            Instant at = Instant.parse(event.path("at").asText());
            first = first == null ? at : first;
            lines.add(String.format(Locale.ROOT, "%12s  %s", since(Duration.between(first, at), first.equals(at), at),
                    said(event)));
            event.path("candidates").forEach(one -> lines.add(" ".repeat(16) + candidate(one)));
        }
        // Ids come from outside, and must not move the cursor.
        return lines.stream().map(line -> Printable.line(line) + System.lineSeparator()).collect(Collectors.joining());
    }

    private static String since(Duration time, boolean first, Instant at) {
        return first
                ? FIRST.format(at)
                : String.format(Locale.ROOT, "+%.3f s", time.toNanos() / 1e9);
    }

    private static String said(JsonNode event) {
        List<String> words = new ArrayList<>();
        String capability = event.path("capability").asText("");
        words.add(switch (event.path("what").asText()) {
            case "captured" -> "captured";
            case "read" -> "read by instance " + event.path("instance").asText() + ", waits for a processor";
            case "handed_off" -> "handed to " + event.path("processor_id").asText()
                    + (capability.isEmpty() ? "" : " for " + capability) + " by instance "
                    + event.path("instance").asText() + took(event, " after waiting there");
            case "refused" -> "found no room at " + event.path("processor_id").asText();
            case "given" -> event.path("processor_id").asText() + " began with it";
            case "returned" -> event.path("processor_id").asText("its processor") + " returned it";
            case "done" -> event.path("processor_id").asText() + " finished it" + took(event, " after");
            default -> event.path("what").asText();
        });
        String reason = event.path("reason").asText("");
        String detail = event.path("detail").asText("");
        if (!reason.isEmpty() && !reason.equals("success")) {
            words.add(reason);
        }
        if (!detail.isEmpty()) {
            words.add(detail);
        }
        return String.join(": ", words);
    }

    private static String took(JsonNode event, String how) {
        return event.has("took_ms")
                ? String.format(Locale.ROOT, "%s %.1f ms", how, event.path("took_ms").asDouble())
                : "";
    }

    private static String candidate(JsonNode one) {
        int full = (int) Math.round(Math.clamp(one.path("utilization").asDouble(), 0, 1) * BAR);
        return String.format(Locale.ROOT, "%-20s [%s%s] %d/%d  %s", one.path("processor_id").asText(),
                "#".repeat(full), ".".repeat(BAR - full), one.path("outstanding").asInt(), one.path("capacity").asInt(),
                one.path("reason").asText());
    }
}
