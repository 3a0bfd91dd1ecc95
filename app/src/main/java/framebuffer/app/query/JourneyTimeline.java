package framebuffer.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints the journey of a frame as text. */
final class JourneyTimeline {
    private static final int BAR = 10;
    private static final DateTimeFormatter FIRST = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private JourneyTimeline() {
    }

    static String of(JsonNode frame) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        String holder = frame.path("processor_id").asText("");
        out.println(clean(frame.path("frame_id").asText()) + " of camera " + clean(frame.path("camera_id").asText())
                + " is " + frame.path("state").asText() + (holder.isEmpty() || holder.equals("null")
                        ? ""
                        : (frame.path("state").asText().equals("done") ? ", by " : " at ") + holder)
                + (frame.path("attempt").asInt() > 1 ? ", attempt " + frame.path("attempt").asInt() : ""));
        if (frame.path("parts").size() > 1) {
            frame.path("parts").forEach(part -> out.println("  " + clean(part.path("capability").asText()) + ": "
                    + part.path("state").asText() + (part.path("processor_id").isNull()
                            ? ""
                            : ", " + part.path("processor_id").asText())));
        }
        Instant first = null;
        for (JsonNode event : frame.path("events")) {
            Instant at = Instant.parse(event.path("at").asText());
            first = first == null ? at : first;
            out.println(String.format(Locale.ROOT, "%12s  %s", since(Duration.between(first, at), first.equals(at), at),
                    said(event)));
            event.path("candidates").forEach(one -> out.println(" ".repeat(16) + candidate(one)));
        }
        out.flush();
        return text.toString();
    }

    private static String since(Duration time, boolean first, Instant at) {
        return first
                ? FIRST.format(at)
                : String.format(Locale.ROOT, "+%.3f s", time.toNanos() / 1e9);
    }

    private static String said(JsonNode event) {
        List<String> words = new ArrayList<>();
        String capability = clean(event.path("capability").asText(""));
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
        String detail = clean(event.path("detail").asText(""));
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
                clean(one.path("reason").asText()));
    }

    /** Fields of a frame come from outside and must not move the cursor. */
    private static String clean(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
