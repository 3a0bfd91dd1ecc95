package framebuffer.trials.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import framebuffer.testkit.CommandOutput;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs each measurement with small parameters and checks its output, but not its figures. */
class BenchIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode figures(String... arguments) throws Exception {
        return JSON.readTree(CommandOutput.by(arguments).isFine().out());
    }

    @Test
    void theHandOffIsMeasuredAndWhatAFrameCosts() throws Exception {
        JsonNode figures = figures("bench", "handoff", "--frames", "5000", "--rounds", "1", "--processors", "3",
                "--json");
        assertThat(figures.path("frames").asInt()).isEqualTo(5_000);
        for (String figure : new String[]{"frames_per_second", "cpu_us_per_frame", "redis_cpu_us_per_frame",
                "allocated_bytes_per_frame"}) {
            assertThat(figures.path(figure).asDouble()).as(figure).isPositive();
        }
    }

    @Test
    void everyFrameIsTimedFromCaptureToHandlerAndResultBesideARawHop() throws Exception {
        JsonNode figures = figures("bench", "end-to-end", "--fps", "200", "--duration", "1s", "--processors", "3",
                "--json");
        assertThat(figures.path("frames").asInt()).isEqualTo(200);
        assertThat(figures.path("capture_to_handler").path("count").asInt()).isEqualTo(200);
        assertThat(figures.path("capture_to_result").path("count").asInt()).isEqualTo(200);
        assertThat(figures.path("capture_to_result").path("p50_ms").asDouble())
                .isGreaterThan(figures.path("capture_to_handler").path("p50_ms").asDouble());
        assertThat(figures.path("raw_hop").path("count").asInt()).isPositive();
        assertThat(figures.path("cpu_us_per_frame").path("service").asDouble()).isPositive();
    }

    @Test
    void everyRoutingStrategyIsComparedWithRoundRobin() throws Exception {
        JsonNode figures = figures("bench", "routing", "--fps", "50", "--duration", "2s", "--rounds", "1", "--cameras",
                "7",
                "--json");
        assertThat(figures.path("round_robin").path("p95_of_round_robin").asDouble()).isEqualTo(1);
        assertThat(figures.path("least_loaded").path("p95_ms").asDouble()).isPositive();
        assertThat(figures.path("affinity").path("moved").asDouble())
                .isLessThan(figures.path("round_robin").path("moved").asDouble());
    }

    @Test
    void instancesShareTheWork() throws Exception {
        JsonNode figures = figures("bench", "scale", "--instances", "1,2", "--frames", "5000", "--rounds", "1",
                "--processors", "3", "--json");
        assertThat(figures).extracting(one -> one.path("instances").asInt()).containsExactly(1, 2);
        assertThat(figures.get(0).path("cost_ratio").asDouble()).isEqualTo(1);
        assertThat(figures.get(1).path("frames_per_second").asDouble()).isPositive();
    }

    @Test
    @Tag("long")
    void aFrameCostsTheSameInEachPartitionOrNearlySo() throws Exception {
        JsonNode figures = figures("bench", "scale", "--partitions", "1,2", "--frames", "5000", "--rounds", "1",
                "--processors", "3", "--json");
        assertThat(figures).extracting(one -> one.path("partitions").asInt()).containsExactly(1, 2);
        assertThat(figures.get(1).path("redis_cpu_us_per_frame").asDouble()).isPositive();
        assertThat(figures.get(1).path("apart_us_per_frame").asDouble()).isPositive();
    }

    @Test
    @Tag("long")
    void whilePartitionsMoveEveryFrameGoesOnceAndInOrder() throws Exception {
        JsonNode figures = figures("bench", "handover", "--fps", "100", "--partitions", "3", "--between", "4s",
                "--json");
        assertThat(figures.path("frames").asInt()).isGreaterThan(1_000);
        assertThat(figures.path("missing").asInt() + figures.path("twice").asInt()
                + figures.path("out_of_order").asInt()).isZero();
        assertThat(figures.path("events")).hasSize(5);
    }

    @Test
    @Tag("long")
    void ofLargeFramesOnlyAsManyWaitInTheServiceAsItsWindowHasBytes() throws Exception {
        JsonNode figures = figures("bench", "payload", "--inline-bytes", "1000000", "--frames", "120", "--json");
        assertThat(figures.path("waited_bytes").asLong()).isBetween(30_000_000L, 76_000_000L);
        assertThat(figures.path("frames_per_second").asDouble()).isPositive();
    }

    @Test
    void manyCamerasPlayInOneProcess() throws Exception {
        JsonNode figures = figures("bench", "cameras", "--cameras", "3", "--fps", "2", "--seconds", "2", "--size",
                "320x240", "--json");
        assertThat(figures.path("video").asText()).startsWith("768x576 h264");
        for (String figure : new String[]{"pictures_per_second", "frames_per_second", "cores", "cpu_ms_per_frame",
                "resident_megabytes"}) {
            assertThat(figures.path(figure).asDouble()).as(figure).isPositive();
        }
    }

    @Test
    void theFiguresAreSaidInWordsToo() {
        assertThat(CommandOutput.by("bench", "handoff", "--frames", "2000", "--rounds", "1", "--processors", "3")
                .isFine().out())
                .contains("frames/s");
        assertThat(CommandOutput.by("bench", "end-to-end", "--fps", "100", "--duration", "1s", "--processors", "3")
                .isFine()
                .out()).contains("raw hop", "capture to result seen");
        assertThat(CommandOutput.by("bench", "scale", "--instances", "1,2", "--frames", "2000", "--rounds", "1",
                "--processors", "3").isFine().out()).contains("instances", "frames/s");
    }

    @Test
    void whatCannotBeMeasuredIsSaid() {
        CommandOutput.by("bench", "handoff", "--redis-server", "/nowhere/redis-server")
                .isOneLineWith("/nowhere/redis-server");
        CommandOutput.by("bench", "end-to-end", "--fps", "fast").isOneLineWith("--fps", "max, or from 1 to 200000");
        CommandOutput.by("bench", "scale", "--instances", "0").isOneLineWith("instances must be numbers from 1 to 16");
    }
}
