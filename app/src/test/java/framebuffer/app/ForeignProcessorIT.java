package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.embedded.DataFolder;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import framebuffer.wire.text.Fields;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processors in plain Python, without our client, with the running service (docs/protocol.md 5.4). */
class ForeignProcessorIT {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;
    @SuppressWarnings("NullAway.Init")
    private Commands commands;
    @SuppressWarnings("NullAway.Init")
    private String url;
    @SuppressWarnings("NullAway.Init")
    private RedisConnection redis;

    @BeforeEach
    void serve() throws Exception {
        boolean python = Commands.isInstalled("python3");
        assumeTrue(python || System.getenv("CI") != null, "python3 is not installed");
        commands = new Commands(folder);
        url = commands.start("serve", "--port", "0").says("ready").url();
        redis = RedisConnection.open(address());
    }

    @AfterEach
    void stop() {
        redis.close();
        commands.close();
    }

    private RedisAddress address() {
        return DataFolder.runningIn(folder.resolve("data")).orElseThrow();
    }

    private RunningCommand processor(String id, String... options) throws Exception {
        Path script = Path.of(Objects.requireNonNull(getClass().getResource("/foreign/processor.py")).toURI());
        List<String> line = new java.util.ArrayList<>(List.of("python3", script.toString(), url,
                Files.readString(folder.resolve("data/redis.url")).strip(), id));
        line.addAll(List.of(options));
        return commands.startOther(line);
    }

    private void capture(String... frameIds) {
        for (String frameId : frameIds) {
            redis.call("XADD", "frames:capture", "*", "frame_id", frameId, "camera_id", "yard", "detection_type",
                    "face_detection");
        }
    }

    private List<String> results(String field) {
        return Replies.entries(redis.call("XRANGE", "frames:results", "-", "+")).stream().map(StreamEntry::fields)
                .map(fields -> String.valueOf(Objects.requireNonNull(fields).text(field))).toList();
    }

    private void balances(int captured) {
        Await.until("all are done", () -> total().path("done").asInt() == captured);
        JsonNode ledger = Commands.get(url + "/frames/ledger");
        assertThat(ledger.path("balanced").asBoolean()).as("%s", ledger).isTrue();
        assertThat(ledger.path("total").path("lost").asInt()).isZero();
    }

    private JsonNode total() {
        return Commands.get(url + "/frames/ledger").path("total");
    }

    @Test
    void itWorksForLongerThanItsLeaseItsFailedFramesAreDoneByAnotherAndItsQueueDoesNotGrow() throws Exception {
        processor("theirs-1", "--heartbeat", "2", "--timeout", "2").prints("registered 201");
        processor("theirs-2", "--heartbeat", "2", "--timeout", "2").prints("registered 201");
        long lease = System.nanoTime() + 5_000_000_000L;
        int captured = 0;
        int failed = 0;
        // A processor's later behaviour shows its failure, so send more frames until all failed frames are done.
        while (System.nanoTime() < lease || triedAgain() < failed) {
            boolean fails = System.nanoTime() < lease;
            captureTwenty(captured, fails);
            captured += 20;
            failed += fails ? 1 : 0;
            int well = captured - failed;
            Await.until("they keep up", () -> results("frame_id").size() >= well);
        }
        balances(captured);
        assertThat(results("frame_id")).hasSize(captured).doesNotHaveDuplicates();
        assertThat(results("attempt")).containsOnly("1", "2");
        Await.until("nothing is left in the queues",
                () -> Replies.number(redis.call("XLEN", "frames:ready:theirs-1")) == 0
                        && Replies.number(redis.call("XLEN", "frames:ready:theirs-2")) == 0);
        assertThat(Commands.get(url + "/processors?status=healthy"))
                .as("of %s", Commands.get(url + "/processors").findValuesAsText("status_reason")).hasSize(2);
    }

    private void captureTwenty(int from, boolean oneFails) {
        capture(IntStream.range(from, from + 20)
                .mapToObj(i -> (oneFails && i == from + 10 ? "bad-" : "f-") + i).toArray(String[]::new));
    }

    private long triedAgain() {
        return results("attempt").stream().filter("2"::equals).count();
    }

    @Test
    void whatItHeldWhenItCrashedIsDoneWhenItComesBackUnderItsId() throws Exception {
        RunningCommand first = processor("theirs-1", "--timeout", "600").prints("registered 201");
        capture("f-1", "f-2", "crash", "f-3", "f-4");
        assertThat(first.exitCode()).isEqualTo(9);
        processor("theirs-1", "--timeout", "600").prints("registered 201");
        balances(5);
        assertThat(results("frame_id")).containsExactlyInAnyOrder("f-1", "f-2", "crash", "f-3", "f-4");
    }

    @Test
    void whatItGivesBackAsFailedIsTriedAgain() throws Exception {
        processor("theirs-1", "--gives-back").prints("registered 201");
        capture("f-1", "bad-2", "f-3");
        balances(3);
        assertThat(results("frame_id")).containsExactlyInAnyOrder("f-1", "f-3", "bad-2");
        assertThat(results("attempt")).containsExactlyInAnyOrder("1", "1", "2");
    }

    @Test
    void aGroupMadeLateGetsWhatWaited() throws Exception {
        Commands.post(url + "/processors/register",
                "{\"id\":\"theirs-1\",\"capabilities\":[\"face_detection\"],\"capacity\":3}");
        capture("f-1", "f-2", "f-3", "f-4");
        Await.until("it is full", () -> Replies.number(redis.call("XLEN", "frames:ready:theirs-1")) == 3);
        redis.call("XGROUP", "CREATE", "frames:ready:theirs-1", "frame-processors", "0");
        Fields first = Objects.requireNonNull(read().getFirst().fields());
        assertThat(first.text("frame_id")).isEqualTo("f-1");
        assertThat(Replies.number(redis.call("XLEN", "frames:ready:theirs-1"))).isEqualTo(3);
    }

    private List<StreamEntry> read() {
        List<?> reply = Replies.list(redis.call("XREADGROUP", "GROUP", "frame-processors", "me", "STREAMS",
                "frames:ready:theirs-1", ">"));
        return Replies.entries(Replies.list(reply.getFirst()).get(1));
    }
}
