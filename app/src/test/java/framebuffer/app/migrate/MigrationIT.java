package framebuffer.app.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.client.Answer;
import framebuffer.client.Processor;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.CommandOutput;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The older service is replaced while frames flow: each frame is handled by exactly one side. */
class MigrationIT {
    private static final String PRODUCED = "frames:capture";
    private static final String LEGACY = "frames:capture:legacy";

    @TempDir
    private Path folder;

    private final Set<String> sent = new ConcurrentSkipListSet<>();
    private final Map<String, String> older = PolledStandIn.handledFrames();
    private final Map<String, String> ours = new ConcurrentHashMap<>();

    private Processor processor(String url, RedisAddress redis) throws InterruptedException {
        return Processor.builder("x-1").capabilities("x").capacity(200).orchestrator(url).redis(redis)
                .handler(frame -> {
                    ours.put(frame.frame().frameId(), "handled");
                    return Answer.processed("{}");
                }).start();
    }

    private static CommandOutput migrate(RedisAddress redis, String... words) {
        List<String> line = new ArrayList<>(List.of("migrate"));
        line.addAll(List.of(words));
        line.addAll(List.of("--redis-url", redis.toString()));
        return CommandOutput.by(line.toArray(String[]::new));
    }

    private void eachFrameIsHandledByExactlyOneSide() {
        Await.until("all are handled",
                () -> sent.stream().allMatch(frame -> older.containsKey(frame) || ours.containsKey(frame)));
        assertThat(sent).filteredOn(frame -> older.containsKey(frame) && ours.containsKey(frame))
                .as("handled by both").isEmpty();
        assertThat(older.values()).as("entries of one frame at the older service").noneMatch(e -> e.contains(" and "));
    }

    /** A camera of 100 frames/s; it sends no frame twice, and says which ones Redis has confirmed. */
    private Thread producer(RedisAddress address, String camera, String trims, CountDownLatch end) {
        return Thread.ofVirtual().start(() -> {
            int frame = 0;
            while (end.getCount() > 0) {
                try (RedisConnection redis = RedisConnection.open(address)) {
                    while (!end.await(10, TimeUnit.MILLISECONDS)) {
                        String id = camera + "-" + ++frame;
                        List<Object> line = new ArrayList<>(List.of(PRODUCED));
                        line.addAll(trims.isEmpty() ? List.of() : List.of("MAXLEN", "~", trims));
                        line.addAll(List.of("*", "frame_id", id, "camera_id", camera, "detection_type", "x"));
                        redis.call("XADD", line.toArray());
                        sent.add(id);
                    }
                } catch (RedisUnavailable e) {
                    Thread.onSpinWait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        });
    }

    private void send(RedisAddress address, int frames, String part) {
        try (RedisConnection redis = RedisConnection.open(address)) {
            for (int i = 0; i < frames; i++) {
                String id = part + "-" + i;
                redis.call("XADD", PRODUCED, "*", "frame_id", id, "camera_id", "cam-" + i % 10, "detection_type", "x");
                sent.add(id);
            }
        }
    }

    /** Ids of the frames that the shadow has decided on. */
    private static List<String> shadowed(RedisAddress address) {
        try (RedisConnection redis = RedisConnection.open(address)) {
            return Replies.entries(redis.call("XRANGE", "frames:shadow", "-", "+")).stream()
                    .map(record -> String.valueOf(record.fields() == null ? null : record.fields().text("frame_id")))
                    .toList();
        }
    }

    private static void eachDocumentedMetricIsThere(String url) throws Exception {
        String section = Files.readString(Path.of("../docs/metrics.md")).split("## Of a migration", -1)[1]
                .split("\n## ", -1)[0];
        List<String> names = Pattern.compile("^\\| `(\\w+)` \\|", Pattern.MULTILINE).matcher(section).results()
                .map(row -> "\nframe_buffer_" + row.group(1)).toList();
        assertThat(names).hasSize(5);
        Await.until("the stage is known",
                () -> Commands.text(url + "/metrics").contains("migration_stage{stage=\"shadow\"} 1"));
        assertThat(Commands.text(url + "/metrics")).contains(names).contains("frame_buffer_shadow_active 1");
    }

    @Test
    void anOperatorGoesThroughAllStepsAndBack() throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                Commands commands = new Commands(folder)) {
            RedisAddress address = redis.address();
            try (PolledStandIn _ = new PolledStandIn(address, PRODUCED, older)) {
                send(address, 100, "before");
                Await.until("it reads", () -> older.size() == 100);
            }
            RunningCommand service = commands.start("serve", "--shadow-mode", "--port", "0", "--redis-url",
                    address.toString()).says("ready");
            assertThat(migrate(address, "status").isFine().out()).contains("shadow");
            try (Processor processor = processor(service.url(), address)) {
                PolledStandIn v1 = new PolledStandIn(address, LEGACY, older);
                send(address, 100, "waiting");
                Await.until("the shadow records them", () -> shadowed(address).size() == 100);
                assertThat(shadowed(address)).allMatch(id -> id.startsWith("waiting"));
                assertThat(ours).isEmpty();
                assertThat(migrate(address, "report").isFine().out()).contains("| cam-0 | x | 10 |")
                        .contains("| x-1 |").contains("full first: x");
                eachDocumentedMetricIsThere(service.url());
                migrate(address, "gate", "on", "--force").isFine();
                send(address, 100, "gated");
                eachFrameIsHandledByExactlyOneSide();
                assertThat(ours).isEmpty();
                assertThat(shadowed(address)).as("nothing that passed the gate").hasSize(100);
                migrate(address, "split", "30", "--by", "frame").isFine();
                send(address, 1_000, "split");
                eachFrameIsHandledByExactlyOneSide();
                assertThat(ours).hasSize(300);
                assertThat(commands.start("serve", "--port", "0", "--redis-url", address.toString()).exitCode())
                        .as("without --migration").isEqualTo(2);
                migrate(address, "rollback").isFine();
                send(address, 100, "back");
                eachFrameIsHandledByExactlyOneSide();
                assertThat(ours).hasSize(300);
                assertThat(migrate(address, "gate", "off").code()).isEqualTo(1);
                v1.close();
                try (PolledStandIn _ = new PolledStandIn(address, PRODUCED, older)) {
                    send(address, 100, "as-before");
                    migrate(address, "gate", "off", "--force").isFine();
                    eachFrameIsHandledByExactlyOneSide();
                }
                assertThat(processor.statistics().processed()).isEqualTo(300);
            }
            assertThat(CommandOutput.by("ledger", "--redis-url", address.toString()).isFine().out())
                    .contains("balances");
        }
    }

    @Test
    void theOlderServiceIsStoppedAndThisServiceReadsTheProducersAgain() throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                Commands commands = new Commands(folder)) {
            RedisAddress address = redis.address();
            String[] serve = {"serve", "--port", "0", "--redis-url", address.toString(), "--instance-id"};
            try (PolledStandIn _ = new PolledStandIn(address, PRODUCED, older)) {
                send(address, 10, "before");
                Await.until("it reads", () -> older.size() == 10);
            }
            RunningCommand behindGate = commands.start(with(serve, "one", "--migration")).says("ready");
            migrate(address, "gate", "on", "--force").isFine();
            migrate(address, "split", "100").isFine();
            send(address, 50, "gated");
            String[] decommission = {"decommission", "--old-url", "http://127.0.0.1:" + EmbeddedRedis.freePort(),
                    "--new-url", behindGate.url(), "--execute", "--yes", "--stop-command", "true", "--archive",
                    folder.resolve("archive.json").toString()};
            Await.until("the gate has passed them on",
                    () -> migrate(address, "status").out().contains("50 frames passed"));
            migrate(address, with(decommission, "--dry-run")).isFine();
            migrate(address, decommission).isFine();
            RunningCommand early = commands.start(with(serve, "two"));
            assertThat(early.exitCode()).isEqualTo(2);
            assertThat(early.errors()).contains("an instance still runs with --migration");
            behindGate.stops(0);
            send(address, 50, "waiting");
            Await.until("the gate's lease has ended", () -> isGone(address, "frame-buffer:gate-lease"));
            RunningCommand service = commands.start(with(serve, "one")).says("the migration has ended").says("ready");
            try (Processor _ = processor(service.url(), address)) {
                send(address, 50, "after");
                eachFrameIsHandledByExactlyOneSide();
                assertThat(ours).hasSize(150);
            }
            assertThat(CommandOutput.by("ledger", "--redis-url", address.toString()).isFine().out())
                    .contains("balances");
        }
    }

    private static boolean isGone(RedisAddress address, String key) {
        try (RedisConnection redis = RedisConnection.open(address)) {
            return Long.valueOf(0).equals(redis.call("EXISTS", key));
        }
    }

    private static String[] with(String[] words, String... more) {
        return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
    }

    /** It has handled 500 frames, and has another 500 pending. */
    private void theOlderServiceHoldsFrames(RedisAddress address) {
        try (PolledStandIn _ = new PolledStandIn(address, PRODUCED, older)) {
            send(address, 500, "before");
            Await.until("it reads", () -> older.size() == 500);
        }
        send(address, 500, "pending");
        try (RedisConnection redis = RedisConnection.open(address)) {
            redis.call("XREADGROUP", "GROUP", "frame-buffer", "v1", "COUNT", 500, "STREAMS", PRODUCED, ">");
        }
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"camera", "frame"})
    void noFrameIsLostOrHandledTwiceWhileTheShareGoesUpAndDownAndThingsAreKilled(String by) throws Exception {
        int port = EmbeddedRedis.freePort();
        EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"), port, List.of());
        RedisAddress address = redis.address();
        CountDownLatch end = new CountDownLatch(1);
        try (Commands commands = new Commands(folder)) {
            theOlderServiceHoldsFrames(address);
            List<RunningCommand> instances = new ArrayList<>();
            for (String name : List.of("one", "two", "three")) {
                instances.add(commands.start("serve", "--migration", "--port", "0", "--instance-id", name,
                        "--redis-url", address.toString()));
            }
            instances.forEach(one -> one.says("ready"));
            List<Thread> producers = List.of(producer(address, "a", "", end), producer(address, "b", "", end),
                    producer(address, "c", "5000", end));
            try (Processor _ = processor(instances.getFirst().url(), address);
                    PolledStandIn _ = new PolledStandIn(address, LEGACY, older)) {
                migrate(address, "gate", "on", "--force").isFine();
                for (String share : List.of("10", "50", "90", "100", "50", "0")) {
                    migrate(address, "split", share, "--by", by).isFine();
                    int before = sent.size();
                    Await.until("frames flow", () -> sent.size() > before + 300);
                    if (share.equals("50") && instances.get(1).process().isAlive()) {
                        instances.get(1).process().destroyForcibly();
                    } else if (share.equals("90")) {
                        redis.close();
                        redis = EmbeddedRedis.start(folder.resolve("redis"), port, List.of());
                    }
                }
                end.countDown();
                for (Thread producer : producers) {
                    producer.join();
                }
                eachFrameIsHandledByExactlyOneSide();
                assertThat(ours).isNotEmpty();
                migrate(address, "rollback").isFine();
            }
        } finally {
            end.countDown();
            redis.close();
        }
    }
}
