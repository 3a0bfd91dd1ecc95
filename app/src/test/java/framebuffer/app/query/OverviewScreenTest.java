package framebuffer.app.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OverviewScreenTest {
    private static final TerminalSize LARGE = new TerminalSize(50, 200);

    private final OverviewScreen screen = new OverviewScreen("http://here");

    private static JsonNode all(String processors, String cameras) throws IOException {
        return new ObjectMapper().readTree(
                """
                        {"health": {"status": "degraded", "checks": [{"name": "redis", "status": "healthy"},
                           {"name": "circuits", "status": "degraded", "detail": "half of them\\u001b[2J fail"}]},
                         "alerts": [{"name": "CircuitOpen", "severity": "warning", "subject": "face-1",
                                     "since": "2026-11-25T12:00:00Z", "summary": "gets no frames", "runbook": "circuit-open.md"}],
                         "control": {"is_paused": false, "backpressure_level": "HIGH"},
                         "stats": {"captured": 12345, "completed": 12000, "shed": 300, "dead": 1, "lost": 0, "in_flight": 44,
                                   "rate_per_second": 1199.5},
                         "backlogs": {"capture": {"backlog": 7, "oldest_age_seconds": 2.25}, "window": {"frames": 3},
                           "processors": [{"processor_id": "face-1", "outstanding": 1, "utilization": 0.25},
                                          {"processor_id": "face-2", "outstanding": 4, "utilization": 1.0}]},
                         "ledger": {"balanced": true}, "rates": {"captured_per_second": 1250},
                         "verdicts": {"processors": {"face-1": {"state": "healthy", "rating": "good", "reason": ""},
                             "face-2": {"state": "cut_off", "rating": "bad", "reason": "because"}},
                           "cameras": {"slow": {"state": "silent", "rating": "bad", "reason": "has sent nothing"}}},
                         "processors": [%s], "cameras": [%s]}"""
                        .formatted(processors, cameras));
    }

    private static String processor(String id, String status) {
        return "{\"id\": \"%s\", \"status\": \"%s\", \"status_reason\": \"because\", \"circuit\": \"closed\", \"capacity\": 4, \"capabilities\": [\"face\", \"car\"]}"
                .formatted(id, status);
    }

    private static String camera(String id, double fps) {
        return "{\"camera_id\": \"%s\", \"frames_per_second\": %s, \"last_frame_at\": null, \"keep\": \"all\"}"
                .formatted(id, fps);
    }

    @Test
    void whatIsWrongStandsFirstAndNothingMovesTheCursor() throws IOException {
        List<String> lines = screen.lines(all("", ""), LARGE);
        assertThat(lines.get(0)).isEqualTo("frame-buffer at http://here: degraded");
        assertThat(lines.get(1))
                .isEqualTo("! CircuitOpen face-1: gets no frames (warning, since 2026-11-25T12:00:00Z)");
        assertThat(lines.get(2)).isEqualTo("! circuits: half of them?[2J fail");
        assertThat(lines.get(3)).contains("in 1,250/s", "done 1,200/s", "in flight 44", "waiting 10 (unread 7)",
                "oldest 2.3 s",
                "backpressure HIGH");
        assertThat(lines.get(4)).contains("12,345 captured", "300 shed", "the ledger balances");
    }

    @Test
    void whatAnOperatorPausedIsToldApartFromBackpressure() throws IOException {
        JsonNode all = all("", "");
        ((ObjectNode) all.path("control")).put("is_paused", true).put("paused_by", "operator");
        assertThat(screen.lines(all, LARGE).getFirst())
                .endsWith("degraded, PAUSED (POST /control/resume ends the pause)");
        ((ObjectNode) all.path("control")).put("paused_by", "backpressure");
        assertThat(screen.lines(all, LARGE).getFirst()).endsWith("degraded, producers should wait");
    }

    @Test
    void theFullestProcessorAndTheFastestCameraComeFirst() throws IOException {
        List<String> lines = screen.lines(all(processor("face-1", "healthy") + "," + processor("face-2", "unhealthy"),
                camera("slow", 1) + "," + camera("fast", 30)), LARGE);
        assertThat(lines).filteredOn(line -> line.startsWith("face-")).extracting(line -> line.substring(0, 6))
                .containsExactly("face-2", "face-1");
        assertThat(lines).anySatisfy(line -> assertThat(line).startsWith("face-2").contains("[################]", "4/4",
                "face, car", "because"));
        assertThat(lines).anySatisfy(line -> assertThat(line).startsWith("face-1").contains("[####............]", "1/4")
                .doesNotContain("because"));
        assertThat(String.join(" ", lines)).containsSubsequence("fast", "30.0", "slow", "1.0");
    }

    @Test
    void theStatesAreTheVerdictsOfTheService() throws IOException {
        List<String> lines = screen.lines(
                all(processor("face-1", "degraded") + "," + processor("face-2", "healthy"), camera("slow", 1)), LARGE);
        assertThat(lines).anySatisfy(line -> assertThat(line).matches("face-1 +healthy .*"))
                .anySatisfy(line -> assertThat(line).matches("face-2 +cut off .*"))
                .anySatisfy(line -> assertThat(line).matches("slow +silent .*"));
    }

    @Test
    void itFitsTheTerminalAndSaysWhatItLeavesOut() throws IOException {
        String many = IntStream.range(0, 60).mapToObj(i -> processor("p-" + i, "healthy"))
                .collect(Collectors.joining(","));
        String cameras = IntStream.range(0, 90).mapToObj(i -> camera("c-" + i, i)).collect(Collectors.joining(","));
        for (int height = 10; height < 40; height++) {
            assertThat(screen.lines(all(many, cameras), new TerminalSize(height, 60))).hasSizeLessThanOrEqualTo(height)
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(60))
                    .anySatisfy(line -> assertThat(line).contains("more processors"));
        }
    }

    @Test
    void fortyAlertsOfOneKindTakeOneLineAndAllKindsTogetherLeaveRoomForProcessors() throws IOException {
        JsonNode all = all(IntStream.range(0, 6).mapToObj(i -> processor("p-" + i, "healthy"))
                .collect(Collectors.joining(",")), camera("c-1", 1));
        ArrayNode alerts = (ArrayNode) all.path("alerts");
        alerts.removeAll();
        for (int kind = 0; kind < 14; kind++) {
            for (int i = 1; i <= 40; i++) {
                alerts.addObject().put("name", "Kind" + kind).put("subject", "cam-" + i).put("severity", "warning")
                        .put("summary", "is silent").put("since", "2026-11-25T12:00:00Z");
            }
        }
        List<String> lines = screen.lines(all, new TerminalSize(24, 80));
        assertThat(lines).filteredOn(line -> line.startsWith("! Kind0")).singleElement().asString()
                .startsWith("! Kind0 (40): cam-1, cam-2, cam-3, cam-4, cam-5 and 35 more: is silent");
        assertThat(lines).filteredOn(line -> line.startsWith("p-")).hasSize(6);
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("more troubles"));
    }

    @Test
    void whileNothingIsKnownOfFramesNoFigureIsShown() throws IOException {
        ObjectNode all = (ObjectNode) all("", "");
        all.retain("health", "alerts");
        List<String> lines = screen.stale(all, LARGE, "Redis is away", "all that is known");
        assertThat(lines).contains("No figures of frames yet.").noneMatch(line -> line.contains("captured"));
    }

    @Test
    void whatIsOldSaysSo() throws IOException {
        assertThat(screen.stale(all("", ""), LARGE, "no service answers", "as of 12:00:00 (7 s ago)").get(1))
                .startsWith("NO ANSWER").contains("no service", "as of 12:00:00 (7 s ago)");
    }
}
