package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.client.Answer;
import framebuffer.client.Processor;
import framebuffer.client.WorkFrame;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.observability.results.ResultMaintenance.ResultRetention;
import framebuffer.orchestrator.observability.stats.Ledger.CameraCounts;
import framebuffer.orchestrator.observability.stats.Ledger.LedgerCounts;
import framebuffer.orchestrator.pipeline.JournalWriter.JournalRetention;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisAddress.ConnectTimeouts;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.vision.camera.RedisSink;
import framebuffer.vision.camera.RedisSink.PixelRetention;
import framebuffer.wire.AclRole;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import framebuffer.wire.Secret;
import framebuffer.wire.text.Fields;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kind of program lives with exactly the rights of its role, and can do nothing else (docs/redis-rights.md). */
class RolesIT {
    private static final String ID = "face-1";
    private static final String QUEUE = "frames:ready:face-1";
    private static final String GROUP = "face-1-group";

    @TempDir
    private Path folder;
    @SuppressWarnings("NullAway.Init")
    private EmbeddedRedis server;
    @SuppressWarnings("NullAway.Init")
    private RedisConnection redis;
    private int captured;
    /** Frames that were returned once. */
    private final Set<String> again = ConcurrentHashMap.newKeySet();

    @BeforeEach
    void start() {
        server = EmbeddedRedis.start(folder);
        redis = RedisConnection.open(server.address());
        for (AclRole role : AclRole.values()) {
            List<String> rules = new ArrayList<>(List.of("reset", "on", ">secret"));
            rules.addAll(role.rules("", false, ID));
            may(role, String.join(" ", rules));
        }
    }

    @AfterEach
    void stop() {
        redis.close();
        server.close();
    }

    private void may(AclRole role, String rules) {
        List<Object> line = new ArrayList<>(List.of("SETUSER", role.word()));
        line.addAll(List.of(rules.split(" ", -1)));
        redis.call("ACL", line.toArray());
    }

    private RedisAddress as(AclRole role) {
        return new RedisAddress(server.address().host(), server.address().port(), false, role.word(),
                new Secret("secret"), 0,
                new ConnectTimeouts(Duration.ofSeconds(5), Duration.ofMillis(10), Duration.ofMillis(50)));
    }

    private Orchestrator service() {
        Pipeline.Settings settings = new Pipeline.Settings(as(AclRole.INSTANCE), null, Keys.DEFAULT,
                "frame-buffer-v2", "one", RoutingStrategy.AFFINITY, PipelineLimits.DEFAULT,
                Pipeline.FlowControl.DEFAULT, Pipeline.DeadLettering.DEFAULT, JournalRetention.DEFAULT,
                ResultRetention.DEFAULT);
        return Orchestrator.start(new Orchestrator.Settings(settings,
                RegistrationPolicy.RegistrationLimits.DEFAULT, Orchestrator.ProcessorMonitoring.DEFAULT,
                new ApiServer.Settings("127.0.0.1", 0, ApiTokens.NONE), 500, "test"), OpenTelemetry.noop(),
                InstantSource.system());
    }

    private RedisSink camera() {
        return new RedisSink(PartitionLayout.of(as(AclRole.PRODUCER), Partitioning.whole("")), "cam",
                PixelRetention.DEFAULT, null);
    }

    private void capture(RedisSink camera, int frames) {
        for (int i = 0; i < frames; i++) {
            String name = "f" + captured++;
            camera.publish(name, Fields.ofText("frame_id", name, "camera_id", "cam", "detection_type", "face"),
                    new byte[]{1, 2, 3});
        }
    }

    private Answer answer(WorkFrame frame) {
        return switch (frame.frame().frameId().hashCode() % 5) {
            case 1 -> Answer.error("{}");
            case 2 -> Answer.reject("no");
            case 3 ->
                again.add(frame.frame().frameId()) ? Answer.retryLater(Duration.ZERO, "once") : Answer.processed("{}");
            default -> Answer.processed(String.valueOf(frame.pixels().length));
        };
    }

    private Processor processor(Orchestrator service) throws InterruptedException {
        return Processor.builder(ID).capabilities("face").capacity(5).orchestrator(service.url())
                .redis(as(AclRole.CLIENT)).handler(this::answer).start();
    }

    private void allHaveEnded(Orchestrator service) {
        Await.until("all " + captured + " frames have ended", () -> {
            LedgerCounts total = service.ledger().total();
            return total.captured() == captured && total.done() + total.dead() == captured;
        });
        LedgerCounts total = service.ledger().total();
        assertThat(total.lost()).isZero();
        assertThat(service.ledger().balanced()).isTrue();
        assertThat(service.ledger().cameras()).extracting(CameraCounts::cameraId).containsExactly("cam");
    }

    private void nothingWasRefused() {
        assertThat(Replies.list(redis.call("ACL", "LOG"))).isEmpty();
    }

    @Test
    void cameraServiceAndProcessorLiveWithTheirRights() throws Exception {
        try (Orchestrator service = service(); RedisSink camera = camera()) {
            capture(camera, 10);
            try (Processor _ = processor(service)) {
                capture(camera, 30);
                allHaveEnded(service);
            }
            capture(camera, 10);
            try (Processor _ = processor(service); RedisConnection reader = RedisConnection.open(as(AclRole.READER))) {
                allHaveEnded(service);
                assertThat(Replies.list(reader.call("XREVRANGE", "frames:results", "+", "-"))).isNotEmpty();
                assertThat(Replies.map(reader.call("HGETALL", "frame-buffer:backpressure"))).isNotEmpty();
            }
        }
        nothingWasRefused();
    }

    @ParameterizedTest
    @ValueSource(strings = {"xadd", "set", "multi"})
    void aCameraWithoutARightIsRefusedAndNothingIsAnnounced(String command) {
        may(AclRole.PRODUCER, "clearselectors +@all -" + command + " ~*");
        try (RedisSink camera = camera()) {
            assertThatThrownBy(() -> capture(camera, 1)).isInstanceOf(RedisRefused.class)
                    .hasMessageContaining("NOPERM").hasMessageContainingAll(command);
        }
        assertThat(Replies.number(redis.call("DBSIZE"))).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"xadd", "xack", "xdel", "xpending", "xreadgroup", "xgroup", "eval"})
    void aProcessorWithoutARightWaitsForIt(String command) throws Exception {
        String rules = String.join(" ", AclRole.CLIENT.rules("", false, ID));
        try (Orchestrator service = service(); RedisSink camera = camera(); Processor _ = processor(service)) {
            capture(camera, 10);
            allHaveEnded(service);
            may(AclRole.CLIENT, "clearselectors ~frames:* ~frame:* +@all -" + command);
            capture(camera, 3);
            Await.until("they wait for it", () -> Replies.number(redis.call("XLEN", QUEUE)) == 3);
            may(AclRole.CLIENT, "clearselectors resetkeys -@all " + rules);
            allHaveEnded(service);
        }
    }

    @Test
    void aProcessorOfOthersLivesWithItsRights() throws Exception {
        try (Orchestrator service = service();
                RedisSink camera = camera();
                Processor _ = processor(service);
                RedisConnection foreign = RedisConnection.open(as(AclRole.PROCESSOR))) {
            capture(camera, 5);
            allHaveEnded(service);
            foreign.transaction(
                    List.of(List.of("XADD", "frames:results", "MAXLEN", "~", "100000", "*", "frame_id", "f"),
                            List.of("XACK", QUEUE, "face-1-group", "1-0"), List.of("XDEL", QUEUE, "1-0")));
            assertThat(
                    Replies.number(foreign.call("EVAL", "return redis.call('XACK', KEYS[1], 'face-1-group', '1-0')", 2,
                            QUEUE, "frames:results")))
                    .isZero();
        }
        nothingWasRefused();
    }

    /** Registers a processor that uses no client of ours. */
    private static void register(Orchestrator service) {
        Commands.post(service.url() + "/processors/register",
                "{\"id\": \"" + ID + "\", \"capabilities\": [\"face\"], \"capacity\": 5}");
    }

    /** One frame in plain commands: its own pending one first; answered, or the first time returned, in one transaction. */
    private void serve(RedisConnection foreign) {
        for (String from : List.of("0", ">")) {
            for (Object stream : Replies.list(foreign.call("XREADGROUP", "GROUP", GROUP, "p", "COUNT", 1, "STREAMS",
                    QUEUE, from))) {
                for (StreamEntry entry : Replies.entries(Replies.list(stream).get(1))) {
                    finish(foreign, entry);
                }
            }
        }
    }

    private void finish(RedisConnection foreign, StreamEntry entry) {
        Fields frame = Objects.requireNonNull(entry.fields());
        boolean first = again.add(Objects.requireNonNull(frame.text("frame_id")));
        List<Object> answer = new ArrayList<>(List.of("XADD", first ? "frames:returned" : "frames:results", "*"));
        answer.addAll(frame.flat());
        answer.addAll(List.of("processor_id", ID, "return_kind", "retry", "status", "success"));
        foreign.transaction(List.of(answer, List.of("XACK", QUEUE, GROUP, entry.id().toString()),
                List.of("XDEL", QUEUE, entry.id().toString())));
    }

    private void serveUntilAllHaveEnded(RedisConnection foreign, Orchestrator service) {
        Await.until("all " + captured + " frames are done", () -> {
            serve(foreign);
            return service.ledger().total().done() == captured;
        });
        assertThat(service.ledger().total().lost()).isZero();
        assertThat(service.ledger().balanced()).isTrue();
    }

    @Test
    void aProcessorOfOthersLivesItsWholeLifeWithItsRights() {
        try (Orchestrator service = service();
                RedisSink camera = camera();
                RedisConnection foreign = RedisConnection.open(as(AclRole.PROCESSOR))) {
            register(service);
            foreign.call("XGROUP", "CREATE", QUEUE, GROUP, "0");
            capture(camera, 10);
            serveUntilAllHaveEnded(foreign, service);
            assertThat(Replies.list(foreign.call("XPENDING", QUEUE, GROUP)).getFirst()).isEqualTo(0L);
            Commands.post(service.url() + "/processors/" + ID + "/drain", "");
        }
        nothingWasRefused();
    }

    @ParameterizedTest
    @ValueSource(strings = {"xreadgroup", "xadd", "xack", "xdel", "multi", "exec"})
    void aProcessorOfOthersWithoutARightIsToldSoAndNothingIsLost(String command) {
        String rules = String.join(" ", AclRole.PROCESSOR.rules("", false, ID));
        try (Orchestrator service = service(); RedisSink camera = camera()) {
            register(service);
            redis.call("XGROUP", "CREATE", QUEUE, GROUP, "0");
            may(AclRole.PROCESSOR, "clearselectors ~frames:* ~frame:* +@all -" + command);
            capture(camera, 5);
            Await.until("they wait in the queue", () -> Replies.number(redis.call("XLEN", QUEUE)) == 5);
            try (RedisConnection foreign = RedisConnection.open(as(AclRole.PROCESSOR))) {
                assertThatThrownBy(() -> serve(foreign)).isInstanceOf(RedisRefused.class)
                        .hasMessageContainingAll("NOPERM", command);
            }
            again.clear();
            may(AclRole.PROCESSOR, "clearselectors resetkeys -@all " + rules);
            try (RedisConnection foreign = RedisConnection.open(as(AclRole.PROCESSOR))) {
                serveUntilAllHaveEnded(foreign, service);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"XREAD STREAMS frames:results 0", "XRANGE frames:results - +", "XLEN frames:results",
            "XREVRANGE frames:results + -", "XINFO STREAM frames:results", "HGETALL frame-buffer:backpressure",
            "GET frame-buffer:partitions"})
    void aReaderWithoutARightIsToldSoAndReadsTheRest(String command) {
        redis.call("XADD", "frames:results", "*", "frame_id", "f");
        String[] words = command.split(" ", -1);
        Object[] arguments = Arrays.copyOfRange(words, 1, words.length, Object[].class);
        try (RedisConnection reader = RedisConnection.open(as(AclRole.READER))) {
            reader.call(words[0], arguments);
            may(AclRole.READER, "clearselectors %R~frames:results %R~frame-buffer:* +@read -" + words[0]);
            assertThatThrownBy(() -> reader.call(words[0], arguments)).isInstanceOf(RedisRefused.class)
                    .hasMessageContaining("NOPERM").hasMessageContaining(words[0].toLowerCase(Locale.ROOT));
            assertThatThrownBy(() -> reader.call("XADD", "frames:results", "*", "a", "b"))
                    .hasMessageStartingWith("NOPERM");
        }
        assertThat(Replies.number(redis.call("XLEN", "frames:results"))).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HINCRBY frame-buffer:ledger done:cam 1", "HSET frame-buffer:taken a 1",
            "HSET frame-buffer:accepted 1-0 1", "GET frame-buffer:hand-off-secret", "HDEL frame-buffer:parts a",
            "HSET processors:registry a 1", "XADD frames:capture * a b", "XACK frames:capture frame-buffer-v2 1-0",
            "XADD frames:ready:face-2 * a b", "XADD frames:ready:face-1 * a b", "XDEL frames:returned 1-0",
            "XTRIM frames:results MAXLEN 0", "XADD frames:dead-letter * a b", "XADD frame-buffer:journey * a b",
            "XGROUP CREATE frames:capture g 0", "XGROUP SETID frames:ready:face-1 face-1-group $", "FLUSHALL",
            "DEL frames:ready:face-1", "PEXPIRE frame:a 1", "XREAD STREAMS frames:capture 0", "CONFIG GET *",
            "XRANGE frames:ready:face-2 - +"})
    void aProcessorCannotWriteWhatOnlyInstancesWrite(String command) {
        String[] words = command.split(" ", -1);
        for (AclRole role : List.of(AclRole.PROCESSOR, AclRole.CLIENT)) {
            try (RedisConnection connection = RedisConnection.open(as(role))) {
                Object[] arguments = Arrays.copyOfRange(words, 1, words.length, Object[].class);
                assertThatThrownBy(() -> connection.call(words[0], arguments)).isInstanceOf(RedisRefused.class)
                        .hasMessageStartingWith("NOPERM");
                assertThatThrownBy(() -> connection.call("EVAL", "return redis.call(unpack(ARGV))", 0,
                        "XADD", "frames:capture", "*", "a", "b")).isInstanceOf(RedisRefused.class);
            }
        }
    }
}
