package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.DataFolder;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import framebuffer.vision.camera.DemoClip;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service, a camera and a detector as separate processes, as users run them. */
class ProcessesIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @Test
    @Tag("long")
    void aDetectorKilledInMidWorkAndStartedAgainLosesNoFrame() throws Exception {
        try (Commands commands = new Commands(folder)) {
            String url = serve(commands);
            RunningCommand detector = detector(commands, url).says("is ready");
            commands.start("camera", DemoClip.path().toString(), "--id", "yard", "--detect", "person_detection",
                    "--fps", "2", "--obey-backpressure", "false").says("shows");
            try (RedisConnection redis = RedisConnection.open(address())) {
                Await.until("some results", () -> results(redis) >= 3);
                Await.until("it is at work", () -> pending(redis) > 0);
                detector.process().destroyForcibly().waitFor();
                long before = results(redis);
                detector(commands, url).says("is ready");
                Await.until("more results", () -> results(redis) > before + 3);
                Await.until("all 40 frames of the clip are done", () -> done(url) == 40);
                assertThat(frameIds(redis)).hasSize(40);
            }
            JsonNode ledger = Commands.get(url + "/frames/ledger");
            assertThat(ledger.path("balanced").asBoolean()).as("%s", ledger).isTrue();
            assertThat(ledger.path("total").path("lost").asInt()).isZero();
            assertThat(ledger.path("total").path("in_flight").asInt()).isZero();
        }
    }

    @Test
    void aDetectorThatIsDrainedFinishesItsFramesAndEnds() throws Exception {
        try (Commands commands = new Commands(folder)) {
            String url = serve(commands);
            RunningCommand detector = detector(commands, url).says("is ready");
            commands.start("camera", DemoClip.path().toString(), "--id", "yard", "--detect", "person_detection",
                    "--fps",
                    "1").says("shows");
            Await.until("some results", () -> done(url) >= 2);
            Matcher metrics = Pattern.compile("metrics at (http://\\S+)").matcher(detector.says("metrics at").errors());
            assertThat(metrics.find()).isTrue();
            assertThat(Commands.text(metrics.group(1))).contains(
                    "processor_frames_processed_total{processor_id=\"people-1\",result=\"success\"} ",
                    "processor_processing_duration_seconds_bucket{processor_id=\"people-1\",le=\"+Inf\"} ");
            assertThat(Commands.post(url + "/processors/people-1/drain", "").path("draining").asBoolean()).isTrue();
            assertThat(detector.exitCode()).as(detector.errors()).isZero();
            assertThat(Commands.get(url + "/processors")).isEmpty();
            assertThat(Commands.get(url + "/frames/ledger").path("balanced").asBoolean()).isTrue();
        }
    }

    @Test
    void theServiceStopsInPeaceAndStartsWhereItWas() throws Exception {
        try (Commands commands = new Commands(folder)) {
            RunningCommand first = commands.start("serve", "--port", "0", "--instance-id", "one").says("ready");
            try (RedisConnection redis = RedisConnection.open(address())) {
                redis.call("XADD", "frames:capture", "*", "frame_id", "f", "camera_id", "c", "detection_type",
                        "nobody");
                Await.until("it has been read",
                        () -> Commands.get(first.url() + "/frames/ledger").path("total").path("in_flight")
                                .asInt() == 1);
            }
            first.process().destroy();
            assertThat(first.exitCode()).isZero();
            assertThat(first.errors()).contains("stopped");
            RunningCommand second = commands.start("serve", "--port", "0", "--instance-id", "one").says("ready");
            JsonNode ledger = Commands.get(second.url() + "/frames/ledger");
            assertThat(ledger.path("total").path("in_flight").asInt()).as("%s", ledger).isOne();
            assertThat(ledger.path("balanced").asBoolean()).isTrue();
        }
    }

    @Test
    void aSecondServiceOfANameDoesNotStartWhileTheFirstLivesAndAtOnceWhenItWasKilled() throws Exception {
        try (Commands commands = new Commands(folder)) {
            commands.start("serve", "--port", "0", "--data-dir", "redis").says("ready");
            String redis = Files.readString(folder.resolve("redis/redis.url")).strip();
            String[] twin = {"serve", "--port", "0", "--redis-url", redis, "--instance-id", "pi-8002",
                    "--instance-lease", "3s"};
            RunningCommand first = commands.start(twin).says("ready");
            RunningCommand second = commands.start(twin);
            assertThat(second.exitCode()).as(second.errors()).isEqualTo(2);
            assertThat(second.errors()).contains("instance pi-8002 is running at ", "; choose --instance-id");
            first.process().destroyForcibly();
            first.process().waitFor();
            assertThat(commands.start(twin).says("ready").errors()).doesNotContain("was running at");
        }
    }

    @Test
    void aFileConfiguresTheServiceAndThoseWhoAskItAndTheLogIsJsonOnDemand() throws Exception {
        Files.writeString(folder.resolve("conf.yaml"), "port: 0\nlog-format: json\napi-token: hush\n");
        try (Commands commands = new Commands(folder)) {
            RunningCommand service = commands.start("serve", "--config-file", "conf.yaml").says("ready");
            JsonNode ready = JSON.readTree(service.errors().lines().toList().getLast());
            Matcher address = Commands.REST.matcher(ready.path("formattedMessage").asText());
            assertThat(address.find()).as("%s", ready).isTrue();
            assertThat(service.errors()).doesNotContain("hush");

            String[] where = {"--config-file", "conf.yaml", "--orchestrator-url", address.group(1)};
            RunningCommand processors = commands.start("processors", where[0], where[1], where[2], where[3]);
            assertThat(processors.exitCode()).as(processors.errors()).isZero();
            assertThat(processors.output()).contains("no such processor");
            RunningCommand route = commands.start("route", where[0], where[1], where[2], where[3]);
            assertThat(route.exitCode()).as(route.errors()).isOne();
            assertThat(route.errors()).startsWith("No processor can take the frame");
        }
    }

    @Test
    void theDemoFindsPeopleLosesNothingAndSavesPictures() throws Exception {
        try (Commands commands = new Commands(folder)) {
            RunningCommand demo = commands.start("demo", "--duration", "3s", "--fps", "1", "--port", "0", "--json",
                    "--save",
                    "pictures");
            assertThat(demo.exitCode()).as(demo.errors()).isZero();
            JsonNode summary = JSON.readTree(demo.output());
            assertThat(summary.path("ledger_balanced").asBoolean()).isTrue();
            assertThat(summary.path("captured").asLong()).isPositive().isEqualTo(summary.path("done").asLong());
            assertThat(summary.path("lost").asLong() + summary.path("dead").asLong()
                    + summary.path("in_flight").asLong()).isZero();
            assertThat(summary.path("results").path("person_detection").path("objects").asInt()).isPositive();
            assertThat(summary.path("results").properties()).hasSize(3);
            assertThat(summary.path("end_to_end_ms").path("p99").asLong()).isPositive();
            try (Stream<Path> pictures = Files.list(folder.resolve("pictures"))) {
                assertThat(pictures).isNotEmpty();
            }
        }
    }

    private String serve(Commands commands) throws Exception {
        return commands.start("serve", "--port", "0").says("ready").url();
    }

    private RunningCommand detector(Commands commands, String url) throws Exception {
        return commands.start("detector", "people", "--id", "people-1", "--orchestrator-url", url, "--metrics-port",
                "0");
    }

    private RedisAddress address() {
        return DataFolder.runningIn(folder.resolve("data")).orElseThrow();
    }

    private static long results(RedisConnection redis) {
        return Replies.number(redis.call("XLEN", "frames:results"));
    }

    private static long pending(RedisConnection redis) {
        return Replies.number(
                Replies.list(redis.call("XPENDING", "frames:ready:people-1", "people-1-group")).getFirst());
    }

    private static Set<String> frameIds(RedisConnection redis) {
        return Replies.entries(redis.call("XRANGE", "frames:results", "-", "+")).stream()
                .map(entry -> String.valueOf(Objects.requireNonNull(entry.fields()).text("frame_id")))
                .collect(Collectors.toSet());
    }

    private static long done(String url) {
        return Commands.get(url + "/frames/ledger").path("total").path("done").asLong();
    }
}
