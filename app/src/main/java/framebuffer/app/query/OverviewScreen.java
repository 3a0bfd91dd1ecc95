package framebuffer.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.app.terminal.Table;
import framebuffer.wire.text.NaturalOrder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Formats the service as lines: troubles, rates and backlogs, processors with the fullest first, cameras. */
final class OverviewScreen {
    private static final int BAR = 16;

    private final String url;

    OverviewScreen(String url) {
        this.url = url;
    }

    /** The screen for current figures. */
    List<String> lines(JsonNode all, TerminalSize size) {
        return fitted(all, "", size);
    }

    /** The screen for the figures of the last answer; {@code asOf}: the time of that answer. */
    List<String> stale(JsonNode last, TerminalSize size, String trouble, String asOf) {
        return fitted(last, "NO ANSWER, this is " + asOf + ": " + TroubleLines.clean(trouble), size);
    }

    private List<String> fitted(JsonNode all, String trouble, TerminalSize size) {
        List<String> lines = new ArrayList<>();
        lines.add("frame-buffer at " + url + ": " + all.path("health").path("status").asText("unknown")
                + paused(all.path("control").path("paused_by").asText("")));
        if (!trouble.isEmpty()) {
            lines.add(trouble);
        }
        List<String> wrong = TroubleLines.lines(all);
        lines.addAll(cut(wrong, Math.max(2, size.lines() / 4), "troubles, see GET /alerts"));
        lines.addAll(figures(all));
        List<String> processors = processors(all);
        List<String> cameras = cameras(all);
        int room = size.lines() - lines.size() - 2;
        // Each list gets half of the remaining lines, plus the lines that the other does not need.
        int forCameras = Math.min(cameras.size(), Math.max(room / 2, room - processors.size()));
        lines.add("");
        lines.addAll(cut(processors, room - forCameras, "processors"));
        lines.add("");
        lines.addAll(cut(cameras, forCameras, "cameras"));
        return lines.stream().limit(size.lines())
                .map(line -> line.length() > size.columns() ? line.substring(0, size.columns() - 1) + "…" : line)
                .toList();
    }

    private static List<String> cut(List<String> table, int room, String what) {
        if (table.size() <= room || room < 2) {
            return table.subList(0, Math.clamp(room, 0, table.size()));
        }
        List<String> shown = new ArrayList<>(table.subList(0, room - 1));
        shown.add("… and " + (table.size() - room + 1) + " more " + what);
        return shown;
    }

    private static String paused(String by) {
        return switch (by) {
            case "operator" -> ", PAUSED (POST /control/resume ends the pause)";
            case "backpressure" -> ", producers should wait";
            default -> "";
        };
    }

    private static List<String> figures(JsonNode all) {
        if (all.path("stats").isMissingNode()) {
            return List.of("No figures of frames yet.");
        }
        List<String> lines = new ArrayList<>();
        JsonNode control = all.path("control");
        JsonNode capture = all.path("backlogs").path("capture");
        lines.add(String.format(Locale.ROOT,
                "in %s/s   done %s/s   in flight %,d   waiting %,d (unread %,d)   oldest %.1f s   backpressure %s",
                number(all.path("rates").path("captured_per_second").asDouble()),
                number(all.path("stats").path("rate_per_second").asDouble()),
                all.path("stats").path("in_flight").asLong(),
                all.path("backlogs").path("window").path("frames").asLong() + capture.path("backlog").asLong(),
                capture.path("backlog").asLong(), capture.path("oldest_age_seconds").asDouble(),
                control.path("backpressure_level").asText("unknown")));
        JsonNode stats = all.path("stats");
        lines.add(String.format(Locale.ROOT, "of %,d captured: %,d done, %,d shed, %,d dead, %,d lost; the ledger %s",
                stats.path("captured").asLong(), stats.path("completed").asLong(), stats.path("shed").asLong(),
                stats.path("dead").asLong(), stats.path("lost").asLong(),
                all.path("ledger").path("balanced").asBoolean() ? "balances" : "DOES NOT BALANCE"));
        return lines;
    }

    private static List<String> processors(JsonNode all) {
        Table table = new Table("PROCESSOR", "STATE", "CIRCUIT", "LOAD", "OUT/CAP", "CAPABILITIES", "");
        List<JsonNode> fullest = StreamSupport.stream(all.path("processors").spliterator(), false)
                .sorted(Comparator.comparingDouble((JsonNode one) -> -load(all, one).path("utilization").asDouble())
                        .thenComparing(one -> one.path("id").asText(), NaturalOrder.NAMES))
                .toList();
        for (JsonNode one : fullest) {
            JsonNode load = load(all, one);
            JsonNode verdict = verdict(all, "processors", one.path("id"));
            String reason = verdict.path("reason").asText();
            table.row(one.path("id").asText(), state(verdict),
                    one.path("circuit").asText(), bar(load.path("utilization").asDouble()),
                    load.path("outstanding").asLong() + "/" + one.path("capacity").asLong(),
                    StreamSupport.stream(one.path("capabilities").spliterator(), false).map(JsonNode::asText)
                            .collect(Collectors.joining(", ")),
                    reason.isEmpty() ? " " : reason);
        }
        return printed(table);
    }

    private static JsonNode verdict(JsonNode all, String kind, JsonNode id) {
        return all.path("verdicts").path(kind).path(id.asText());
    }

    private static String state(JsonNode verdict) {
        return verdict.path("state").asText("unknown").replace('_', ' ');
    }

    private static JsonNode load(JsonNode all, JsonNode processor) {
        for (JsonNode one : all.path("backlogs").path("processors")) {
            if (one.path("processor_id").equals(processor.path("id"))) {
                return one;
            }
        }
        return processor.path("nothing is known of its queue");
    }

    private static List<String> cameras(JsonNode all) {
        Table table = new Table("CAMERA", "STATE", "FRAMES/S", "LAST FRAME", "KEEP");
        StreamSupport.stream(all.path("cameras").spliterator(), false)
                .sorted(Comparator.comparingDouble((JsonNode one) -> -one.path("frames_per_second").asDouble())
                        .thenComparing(one -> one.path("camera_id").asText(), NaturalOrder.NAMES))
                .forEach(one -> table.row(one.path("camera_id").asText(),
                        state(verdict(all, "cameras", one.path("camera_id"))),
                        number(one.path("frames_per_second").asDouble()), one.path("last_frame_at").asText(""),
                        one.path("keep").asText()));
        return printed(table);
    }

    private static List<String> printed(Table table) {
        StringWriter text = new StringWriter();
        table.print(new PrintWriter(text, true));
        return text.toString().lines().toList();
    }

    private static String bar(double utilization) {
        int full = (int) Math.round(Math.clamp(utilization, 0, 1) * BAR);
        return "[" + "#".repeat(full) + ".".repeat(BAR - full) + "]";
    }

    private static String number(double figure) {
        return String.format(Locale.ROOT, figure < 100 ? "%.1f" : "%,.0f", figure);
    }
}
