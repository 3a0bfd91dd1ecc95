package framebuffer.redis.queues;

import static framebuffer.redis.testing.CaptureStream.KEYS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.queues.AnswerWriter.AnswerRoute;
import framebuffer.redis.testing.Processing;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.frame.ReturnedFrame.ReturnReason;
import framebuffer.wire.text.Fields;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerWriterTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String Q = "frames:ready:p";
    private static final String G = "p-group";
    private static final String LAST = "18446744073709551615-18446744073709551615";

    private final Processing processor = processing(G);
    private final AtomicInteger number = new AtomicInteger();

    private static Processing processing(String group) {
        return new Processing(redis, KEYS, new AnswerRoute(Q, group, "p", KEYS.results(), AnswerWriter.RESULTS_KEPT));
    }

    private StreamEntry given(String captureId) {
        redis.call("HINCRBY", KEYS.ledger(), "captured:cam", 1);
        return queued(captureId);
    }

    private StreamEntry queued(String captureId) {
        redis.add(Q, Fields.ofText("frame_id", "f" + number.incrementAndGet(), "camera_id", "cam", "extra", "x",
                "capability", "faces", "attempt", "2", "capture_id", captureId, "enqueued_at", "2026-11-23T12:00:00Z"));
        return processor.read(1).getFirst();
    }

    private long pending() {
        return redis.pending(Q, G).size();
    }

    @Test
    void anErrorIsAFailureAndASuccessForgetsIt() {
        processor.erred(given("1-0"));
        processor.erred(given("1-1"));
        assertThat(redis.hash(KEYS.circuits())).containsEntry("p", "closed 2");
        for (ReturnReason kind : ReturnReason.values()) {
            processor.returned(given("1-2"), kind);
        }
        assertThat(redis.hash(KEYS.circuits())).as("a returned frame counts as neither").containsEntry("p", "closed 2");
        processor.done(given("1-3"));
        assertThat(redis.hash(KEYS.circuits())).isEmpty();
    }

    @Test
    void anAnswerThatComesTooLateCountsNothing() {
        StreamEntry frame = given("1-0");
        redis.call("XACK", Q, G, frame.id().toString());
        assertThat(processor.erred(frame)).isFalse();
        assertThat(redis.hash(KEYS.circuits())).isEmpty();
    }

    @Test
    void doneWritesTheResultRemovesTheEntryAndCounts() {
        StreamEntry frame = given("1-0");
        assertThat(processor.done(frame)).isTrue();
        assertThat(redis.column(KEYS.results(), "frame_id")).containsExactly("f1");
        assertThat(redis.column(KEYS.results(), "status")).containsExactly("success");
        assertThat(redis.column(KEYS.results(), "result")).containsExactly("{\"n\":1}");
        assertThat(pending() + redis.length(Q)).isZero();
        assertThat(redis.hash(KEYS.ledger())).containsEntry("done:cam", "1");
        assertThat(redis.hash(KEYS.completed())).containsEntry("p 16", "1").containsKey("sum_ms");
    }

    @Test
    void aFrameEndsWithItsLastPart() {
        redis.call("HSET", KEYS.parts(), "1-0", 2);
        processor.done(given("1-0"));
        assertThat(processor.ended()).isEmpty();
        processor.done(given("1-0"));
        processor.erred(given("2-0"));
        processor.returned(given("3-0"), ReturnReason.RETRY);
        assertThat(processor.ended()).containsExactly("f2", "f3");
    }

    @Test
    void aFrameWithADeadLetterHasNotEndedForItsPixels() {
        redis.call("HSET", KEYS.parts(), "1-0", "1 dead@7-0");
        processor.done(given("1-0"));
        assertThat(processor.ended()).isEmpty();
        redis.call("HSET", KEYS.parts(), "2-0", "1 dead");
        processor.done(given("2-0"));
        assertThat(processor.ended()).as("its letter was deleted").containsExactly("f2");
    }

    @Test
    void doneASecondTimeDoesNothing() {
        StreamEntry frame = given("1-0");
        processor.done(frame);
        Map<String, String> counted = redis.hash(KEYS.ledger());
        assertThat(processor.done(frame)).isFalse();
        assertThat(processor.returned(frame, ReturnReason.RETRY)).isFalse();
        assertThat(redis.length(KEYS.results())).isEqualTo(1);
        assertThat(redis.length(KEYS.returned())).isZero();
        assertThat(redis.hash(KEYS.ledger())).isEqualTo(counted);
    }

    @ParameterizedTest
    @EnumSource(ReturnReason.class)
    void aReturnedFrameGoesBackWithAllItsFieldsAndIsNotCounted(ReturnReason kind) {
        StreamEntry frame = given("1-0");
        assertThat(processor.returned(frame, kind)).isTrue();
        assertThat(processor.returned(frame, kind)).isFalse();
        assertThat(processor.done(frame)).isFalse();
        Fields back = Objects.requireNonNull(redis.entries(KEYS.returned()).getFirst().fields());
        assertThat(back.flat()).startsWith(Objects.requireNonNull(frame.fields()).flat().toArray(byte[][]::new));
        assertThat(back.text("return_kind")).isEqualTo(kind.word());
        assertThat(back.text("return_detail")).isEqualTo("because");
        assertThat(back.text("processor_id")).isEqualTo("p");
        assertThat(pending() + redis.length(Q)).isZero();
        assertThat(redis.length(KEYS.returned())).isEqualTo(1);
        assertThat(redis.hash(KEYS.ledger())).isEqualTo(Map.of("captured:cam", "1"));
    }

    @Test
    void whatWasTakenAwayIsNotAnswered() {
        StreamEntry frame = given("1-0");
        redis.call("XACK", Q, G, frame.id().toString());
        assertThat(processor.done(frame)).isFalse();
        redis.call("XGROUP", "DESTROY", Q, G);
        assertThat(processor.done(frame)).isFalse();
        redis.call("DEL", Q);
        assertThat(processor.done(frame)).isFalse();
        assertThat(redis.length(KEYS.results())).isZero();
    }

    @Test
    void aQueueThatIsNoStreamAnyMoreIsRefusedAndNothingIsWritten() {
        StreamEntry frame = given("1-0");
        redis.call("DEL", Q);
        redis.call("SET", Q, "no stream");
        assertThatThrownBy(() -> processor.done(frame)).isInstanceOf(RedisRefused.class);
        assertThat(redis.length(KEYS.results())).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"frames:results", "frame-buffer:ledger", "frame-buffer:parts", "frame-buffer:completed"})
    void whatCannotBeWrittenIsRefusedAndNothingHappens(String key) {
        StreamEntry frame = given("1-0");
        redis.call("DEL", key);
        redis.call("SET", key, "in the way");
        Map<String, String> before = redis.everything();
        assertThatThrownBy(() -> processor.done(frame)).isInstanceOf(RedisRefused.class)
                .hasMessageStartingWith("WRONGTYPE");
        assertThat(redis.everything()).isEqualTo(before);
        redis.call("DEL", key);
        assertThat(processor.done(frame)).isTrue();
    }

    @Test
    void aResultStreamWhoseIdsAreUsedUpRefusesAndNothingHappens() {
        StreamEntry frame = given("1-0");
        redis.call("XADD", KEYS.results(), LAST, "f", "v");
        redis.call("XADD", KEYS.returned(), LAST, "f", "v");
        Map<String, String> before = redis.everything();
        assertThatThrownBy(() -> processor.done(frame)).isInstanceOf(RedisRefused.class);
        assertThatThrownBy(() -> processor.returned(frame, ReturnReason.FAILED)).isInstanceOf(RedisRefused.class);
        assertThat(redis.everything()).isEqualTo(before);
    }

    @Test
    void aUserWhoMayNotWriteTheResultIsRefusedAndNothingHappens() {
        StreamEntry frame = given("1-0");
        redis.call("ACL", "SETUSER", "clerk", "on", ">pw", "+@all", "~frames:ready:*", "~frame-buffer:*");
        RedisConnection clerk = redis.connect();
        clerk.call("AUTH", "clerk", "pw");
        long before = redis.length(Q);
        assertThatThrownBy(
                () -> new AnswerWriter(KEYS, new AnswerRoute(Q, G, "p", "elsewhere", 10)).done(clerk, frame.id(),
                        Processing.result(frame, "p")))
                .isInstanceOf(RedisRefused.class);
        assertThat(pending()).isEqualTo(1);
        assertThat(redis.length(Q)).isEqualTo(before);
        assertThat(redis.hash(KEYS.ledger())).doesNotContainKey("done:cam");
    }

    @Test
    void itWorksWithoutMemoryForThatIsHowMemoryIsFreed() {
        StreamEntry frame = given("1-0");
        redis.call("CONFIG", "SET", "maxmemory", 1);
        try {
            assertThat(processor.done(frame)).isTrue();
        } finally {
            redis.call("CONFIG", "SET", "maxmemory", 0);
        }
    }

    @Test
    void theResultStreamIsTrimmed() {
        redis.call("CONFIG", "RESETSTAT");
        for (int i = 0; i < 100_100; i += 100) {
            for (int k = 0; k < 100; k++) {
                redis.connection().send("XADD", List.of(KEYS.results(), "*", "f", "v"));
            }
            for (int k = 0; k < 100; k++) {
                redis.connection().receive();
            }
        }
        redis.call("XADD", KEYS.results(), "*", "old", "v");
        long before = redis.length(KEYS.results());
        for (int i = 0; i < 200; i++) {
            processor.done(given("1-" + i));
        }
        assertThat(redis.length(KEYS.results())).isLessThan(before).isGreaterThanOrEqualTo(AnswerWriter.RESULTS_KEPT);
    }

    @Test
    void aFrameOfSeveralPartsIsDoneOnceAllAre() {
        redis.call("HSET", KEYS.parts(), "7-0", "3");
        redis.call("HSET", KEYS.ledger(), "extra_parts", "2");
        StreamEntry one = given("7-0");
        StreamEntry two = queued("7-0");
        StreamEntry three = queued("7-0");
        processor.done(two);
        processor.done(one);
        processor.done(one);
        assertThat(redis.hash(KEYS.parts())).isEqualTo(Map.of("7-0", "1 done done"));
        assertThat(redis.hash(KEYS.ledger())).doesNotContainKey("done:cam").containsEntry("extra_parts", "0");
        processor.done(three);
        assertThat(redis.hash(KEYS.parts())).isEmpty();
        assertThat(redis.hash(KEYS.ledger())).containsEntry("done:cam", "1").containsEntry("extra_parts", "0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shed.expired", "dead", "lost"})
    void aFrameEndsAsItsWorstPartDid(String worst) {
        redis.call("HSET", KEYS.parts(), "7-0", "1 " + worst);
        processor.done(given("7-0"));
        assertThat(redis.hash(KEYS.ledger())).containsEntry(worst + ":cam", "1").doesNotContainKey("done:cam");
    }

    @Test
    void ofTwoGroupsOnOneQueueTheFirstAnswerCounts() {
        Processing other = processing("other");
        StreamEntry frame = given("1-0");
        StreamEntry same = other.read(1).getFirst();
        assertThat(processor.done(frame)).isTrue();
        assertThat(other.done(same)).isTrue();
        assertThat(redis.hash(KEYS.ledger())).containsEntry("done:cam", "1");
        assertThat(redis.length(KEYS.results())).as("both worked").isEqualTo(2);
        assertThat(redis.pending(Q, "other")).isEmpty();
    }

    @Test
    void aFrameThatOneGroupDidIsNotGivenBackByTheOther() {
        Processing other = processing("other");
        StreamEntry frame = given("1-0");
        StreamEntry same = other.read(1).getFirst();
        processor.done(frame);
        assertThat(other.returned(same, ReturnReason.FAILED)).isTrue();
        assertThat(redis.length(KEYS.returned())).isZero();
    }

    @Test
    void anEntryDeletedWhileItWasProcessedIsDoneAllTheSame() {
        StreamEntry frame = given("1-0");
        redis.call("XDEL", Q, frame.id().toString());
        assertThat(processor.done(frame)).isTrue();
        assertThat(redis.hash(KEYS.ledger())).containsEntry("done:cam", "1");
    }
}
