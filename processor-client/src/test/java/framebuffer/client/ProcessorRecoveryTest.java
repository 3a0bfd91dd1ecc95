package framebuffer.client;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.client.fixture.QueueInRedis;
import framebuffer.client.fixture.RecordingOrchestrator;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.FaultProxy;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.ReturnedFrame;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorRecoveryTest {
    private static EmbeddedRedis redis;

    private final List<String> handled = new CopyOnWriteArrayList<>();
    private QueueInRedis queue;
    private RecordingOrchestrator orchestrator;
    private FaultProxy network;

    @BeforeAll
    static void startRedis(@TempDir Path folder) {
        redis = EmbeddedRedis.start(folder);
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void begin() throws IOException {
        queue = new QueueInRedis(redis.address());
        orchestrator = new RecordingOrchestrator();
        network = new FaultProxy(redis.address().port());
    }

    @AfterEach
    void end() {
        network.close();
        orchestrator.close();
        queue.close();
    }

    @Test
    void whatAnEarlierLifeHeldWhenItEndedGoesBackAsFailed() throws Exception {
        for (int i = 0; i < 5; i++) {
            queue.add("old-" + i);
        }
        queue.deliverTo("face-1-1");
        queue.add("new");
        try (Processor _ = face(this::note).concurrency(2).start()) {
            queue.awaitResults(1);
        }
        assertThat(handled).containsExactly("new");
        assertThat(queue.returned()).extracting(fields -> fields.text("frame_id") + " " + fields.text("return_kind"))
                .containsExactlyInAnyOrder("old-0 failed", "old-1 failed", "old-2 failed", "old-3 failed",
                        "old-4 failed");
        assertThat(queue.pending()).isZero();
    }

    @Test
    void anAnswerWhoseReplyWasLostCountsOnce() throws Exception {
        network.swallowReplyTo("EVALSHA");
        queue.add("f-1");
        try (Processor face = face(this::note).start()) {
            Await.until("processed", () -> face.statistics().processed() == 1);
            assertThat(network.hasSwallowed()).isTrue();
            queue.add("f-2");
            queue.awaitResults(2);
        }
        assertThat(handled).containsExactly("f-1", "f-2");
        assertThat(queue.results()).hasSize(2);
        assertThat(queue.ledger("done:cam-1")).isEqualTo(2);
    }

    @Test
    void aDeliveryWhoseReplyWasLostIsReadAgain() throws Exception {
        network.swallowReplyTo("BLOCK");
        queue.add("f-1");
        try (Processor _ = face(this::note).start()) {
            queue.awaitResults(1);
        }
        assertThat(network.hasSwallowed()).isTrue();
        assertThat(handled).containsExactly("f-1");
    }

    @Test
    void whatIsDeliveredOnceMoreWhileItIsInProgressTakesNoSecondSlotForGood() throws Exception {
        CountDownLatch finish = new CountDownLatch(1);
        CountDownLatch bothAtOnce = new CountDownLatch(2);
        EntryId first = queue.add("f-1");
        try (Processor _ = face(frame -> {
            note(frame);
            if (frame.frame().frameId().equals("f-1")) {
                finish.await();
            } else {
                bothAtOnce.countDown();
                bothAtOnce.await();
            }
            return Answer.processed("{}");
        }).concurrency(2).start()) {
            Await.until("begun", () -> handled.size() == 1);
            queue.call("XGROUP", "SETID", QueueInRedis.QUEUE, QueueInRedis.GROUP, "0");
            Await.until("delivered again", () -> queue.deliveredUpTo().equals(first));
            finish.countDown();
            queue.add("f-2");
            queue.add("f-3");
            queue.awaitResults(3);
        }
        assertThat(handled).containsExactlyInAnyOrder("f-1", "f-2", "f-3");
    }

    @Test
    void aFrameInProgressIsNotReadAgainAfterACut() throws Exception {
        CountDownLatch finish = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        queue.add("f-1");
        try (Processor face = face(frame -> {
            note(frame);
            if (frame.frame().frameId().equals("f-1")) {
                finish.await();
            } else {
                second.countDown();
            }
            return Answer.processed("{}");
        }).concurrency(2).start()) {
            Await.until("begun", () -> handled.contains("f-1"));
            network.down();
            Await.until("noticed", () -> network.turnedAway() > 1);
            network.up();
            queue.add("f-2");
            Await.signal(second);
            assertThat(face.statistics().inProgress()).isPositive();
            finish.countDown();
            queue.awaitResults(2);
        }
        assertThat(handled).containsExactly("f-1", "f-2");
    }

    @Test
    void answersWaitUntilRedisIsBack() throws Exception {
        CountDownLatch finish = new CountDownLatch(1);
        queue.add("f-1");
        try (Processor face = face(frame -> {
            note(frame);
            finish.await();
            return Answer.processed("{}");
        }).start()) {
            Await.until("begun", () -> handled.contains("f-1"));
            network.down();
            finish.countDown();
            Await.until("tried", () -> network.turnedAway() > 2);
            assertThat(face.statistics()).isEqualTo(new Processor.Statistics(0, 0, 0, 1));
            network.up();
            queue.awaitResults(1);
        }
        assertThat(handled).containsExactly("f-1");
    }

    @Test
    void itCanBeClosedWhileRedisIsAway() throws Exception {
        network.down();
        Processor face = face(this::note).start();
        Await.until("tried", () -> network.turnedAway() > 2);
        face.close();
        face.close();
        assertThat(orchestrator.knows("face-1")).isFalse();
    }

    @Test
    void aResultThatIsRefusedSendsTheFrameBack() throws Exception {
        queue.call("SET", "frames:results", "no stream");
        queue.add("f-1");
        try (Processor face = face(this::note).start()) {
            Fields returned = queue.awaitReturned();
            assertThat(returned.text("return_kind")).isEqualTo("failed");
            assertThat(returned.text("return_detail")).startsWith("its result was refused: WRONGTYPE");
            queue.call("DEL", "frames:results");
            queue.add("f-2");
            queue.awaitResults(1);
            Await.until("counted", () -> face.statistics().equals(new Processor.Statistics(1, 1, 0, 0)));
        }
    }

    @Test
    void anAnswerThatIsRefusedIsSentAgain() throws Exception {
        String ledger = "frame-buffer:ledger";
        queue.add("f-1");
        queue.call("SET", ledger, "no hash");
        queue.call("SET", "frames:returned", "no stream");
        try (Processor face = face(this::note).start()) {
            Await.until("begun", () -> handled.contains("f-1"));
            assertThat(face.statistics().processed()).isZero();
            queue.call("DEL", ledger);
            queue.awaitResults(1);
        }
        assertThat(handled).containsExactly("f-1");
    }

    @Test
    void aFrameTakenAwayMeanwhileGetsNoAnswer() throws Exception {
        CountDownLatch finish = new CountDownLatch(1);
        EntryId entry = queue.add("f-1");
        try (Processor face = face(frame -> {
            note(frame);
            finish.await();
            return Answer.processed("{}");
        }).start()) {
            Await.until("begun", () -> handled.contains("f-1"));
            queue.call("XACK", QueueInRedis.QUEUE, QueueInRedis.GROUP, entry.toString());
            finish.countDown();
            Await.until("known", () -> face.statistics().inProgress() == 0);
            assertThat(face.statistics()).isEqualTo(new Processor.Statistics(0, 0, 0, 0));
        }
        assertThat(queue.results()).isEmpty();
    }

    @Test
    void aFrameThatWasDeletedIsCountedAsLostAndHoldsNoRoom() throws Exception {
        EntryId entry = queue.add("f-1");
        queue.deliverTo("face-1-1");
        queue.call("XDEL", QueueInRedis.QUEUE, entry.toString());
        queue.add("f-2");
        try (Processor _ = face(this::note).start()) {
            queue.awaitResults(1);
        }
        assertThat(handled).containsExactly("f-2");
        assertThat(queue.pending()).isZero();
        assertThat(queue.ledger("lost:unknown")).isEqualTo(1);
    }

    @Test
    void anEntryThatCannotBeReadGoesBackWithAllItHolds() throws Exception {
        queue.addRaw(Fields.ofText("frame_id", "f-1", "priority", "99", "x", "y"));
        queue.addRaw(Fields.ofText("garbage", "in"));
        queue.add("f-2");
        try (Processor _ = face(this::note).start()) {
            queue.awaitResults(1);
        }
        assertThat(queue.pending()).isZero();
        Fields returned = queue.returned().getFirst();
        assertThat(returned.text("return_kind")).isEqualTo("rejected");
        assertThat(returned.text("return_detail")).startsWith("cannot be read: camera_id is missing");
        assertThat(returned.text("x")).isEqualTo("y");
        assertThat(queue.returned().getLast().text("garbage")).isEqualTo("in");
        assertThat(ReturnedFrame.decode(EntryId.FIRST, returned)).isInstanceOf(Decoded.Invalid.class);
    }

    @Test
    void aGroupThatHasVanishedIsMadeAnew() throws Exception {
        try (Processor _ = face(this::note).start()) {
            queue.add("f-1");
            queue.awaitResults(1);
            queue.call("DEL", QueueInRedis.QUEUE);
            queue.add("f-2");
            queue.awaitResults(2);
        }
        assertThat(handled).containsExactly("f-1", "f-2");
    }

    private Answer note(WorkFrame frame) {
        handled.add(frame.frame().frameId());
        return Answer.processed("{}");
    }

    private ProcessorBuilder face(FrameHandler handler) {
        return Processor.builder("face-1").capabilities("face_detection").orchestrator(orchestrator.url())
                .redis(RedisAddress.local(network.port())).handler(handler);
    }
}
