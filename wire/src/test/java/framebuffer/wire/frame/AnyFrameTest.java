package framebuffer.wire.frame;

import static framebuffer.wire.Golden.sorted;
import static framebuffer.wire.Golden.valid;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.wire.EntryId;
import framebuffer.wire.Noise;
import framebuffer.wire.TraceContext;
import framebuffer.wire.frame.QueuedFrame.HandOffNote;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Decoded.Invalid;
import framebuffer.wire.text.FieldNames;
import framebuffer.wire.text.Fields;
import framebuffer.wire.text.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Any entry of a producer survives its way through the queues, or is refused with a reason. The repetition is the seed. */
class AnyFrameTest {
    private static final FieldNames HAND_OFF = FieldNames.of("capability", "attempt", "capture_id", "enqueued_at",
            "traceparent", "trace_context");
    private static final List<ReturnedFrame.ReturnReason> KINDS = List.of(ReturnedFrame.ReturnReason.values());

    @RepeatedTest(300)
    void aFrameSurvivesTheRoundTrip(RepetitionInfo seed) {
        Noise noise = new Noise(seed.getCurrentRepetition());
        EntryId id = new EntryId(noise.random().nextLong(1L << 42), noise.random().nextInt(9));
        Frame frame = valid(FrameCodec.decode(id, validFields(noise)));
        HandOffNote note = new HandOffNote(noise.text(20), noise.random().nextInt(1, 1_000_000), id,
                Instant.ofEpochSecond(noise.random().nextLong(1L << 32)).plus(noise.random().nextInt(1_000_000),
                        ChronoUnit.MICROS),
                TraceContext.random());

        Fields written = QueuedFrame.encode(frame, note);
        QueuedFrame read = valid(QueuedFrame.decode(new EntryId(7, 0), written));

        assertThat(new HandOffNote(read.capability(), read.attempt(), read.captureId(), read.enqueuedAt(),
                note.dispatch())).isEqualTo(note);
        assertThat(read.frame().trace()).isEqualTo(note.dispatch());
        assertThat(read.frame().timestamp()).isEqualTo(frame.timestamp());
        assertThat(read.frame().expiresAt()).isEqualTo(frame.expiresAt());
        assertThat(read.frame().capabilities()).isEqualTo(frame.capabilities());
        assertThat(read.frame().frameId()).isEqualTo(frame.frameId());
        assertThat(read.frame().picture()).isEqualTo(frame.picture());
        assertThat(rest(written)).isEqualTo(rest(frame.fields()));

        ReturnedFrame returned = new ReturnedFrame(read, KINDS.get(noise.random().nextInt(KINDS.size())),
                noise.text(50), Duration.ofMillis(noise.random().nextLong(3_600_001)), "p-1");
        assertThat(valid(ReturnedFrame.decode(id, returned.encode()))).isEqualTo(returned);
    }

    @RepeatedTest(2_000)
    void anyBytesAreReadOrRefusedWithAReason(RepetitionInfo seed) {
        Noise noise = new Noise(seed.getCurrentRepetition());
        Fields fields = noise.random().nextInt(4) == 0 ? noise.fields() : noise.mutated(answered(validFields(noise)));
        EntryId id = new EntryId(noise.random().nextLong(), noise.random().nextLong());
        noise.check(FrameCodec.decode(id, fields));
        noise.check(QueuedFrame.decode(id, fields));
        noise.check(ReturnedFrame.decode(id, fields));
        DeadLetter letter = new DeadLetter(fields, DeadLetter.DeadLetterReason.INVALID, noise.text(600), Instant.EPOCH,
                new DeadLetter.DeadLetterSource("s s", id), 0);
        Decoded<DeadLetter> read = DeadLetter.decode(noise.mutated(letter.encode()));
        noise.check(read);
        if (read instanceof Decoded.Valid<DeadLetter>(DeadLetter kept)) {
            assertThat(kept.needs("s s")).isNotNull();
            assertThat(DeadLetter.camera(kept.frame())).isNotEmpty();
            assertThat(DeadLetter.captureId(kept.frame(), id, false)).isNotNull();
            assertThat(kept.historyJson().length()).isLessThan(10_000);
        }
    }

    @Test
    void ofAFrameThatDiesAgainAndAgainTheLastTenTimesAreRemembered() {
        Fields fields = Fields.ofText("frame_id", "f");
        for (int i = 1; i <= 15; i++) {
            DeadLetter letter = new DeadLetter(fields, DeadLetter.DeadLetterReason.REJECTED, "\uD83D\uDE00".repeat(400),
                    Instant.EPOCH,
                    new DeadLetter.DeadLetterSource("s", EntryId.FIRST), i);
            fields = Fields.ofText("frame_id", "f", DeadLetter.HISTORY, letter.historyJson());
        }
        List<DeadLetter.PastFailure> history = new DeadLetter(fields, DeadLetter.DeadLetterReason.INVALID, "",
                Instant.EPOCH,
                new DeadLetter.DeadLetterSource("s", EntryId.FIRST), 0).history();
        assertThat(history).extracting(DeadLetter.PastFailure::attempt).containsExactly(6, 7, 8, 9, 10, 11, 12, 13, 14,
                15);
        assertThat(history.getFirst().detail()).isEqualTo("\uD83D\uDE00".repeat(300));
    }

    /** Problems become part of a dead letter, so a hostile frame must not produce large ones. */
    @Test
    void aFloodOfMistakesIsToldInPart() {
        Fields fields = Fields.ofText("frame_id", "f1", "camera_id", "c", "metadata",
                "{\"detection_types\":[" + "\" x \",".repeat(100_000) + "\" x \"]}");
        assertThat(FrameCodec.decode(EntryId.FIRST, fields)).isInstanceOfSatisfying(Invalid.class,
                refused -> assertThat(refused.detail()).hasSizeLessThan(4_000));
    }

    /** A frame of maximum size must stay readable for processors after the hand-off. */
    @Test
    void aFrameWithAsManyFieldsAsAllowedCanBeReadFromTheQueueAndWhenReturned() {
        Fields.Writer many = new Fields.Writer(4_000).put("frame_id", "f1").put("camera_id", "c");
        for (int i = 2; i < FrameCodec.MAX_FIELDS; i++) {
            many.put("x" + i, "");
        }
        Frame frame = valid(FrameCodec.decode(EntryId.FIRST, many.fields()));
        HandOffNote note = new HandOffNote("a", 1, EntryId.FIRST, Instant.EPOCH, TraceContext.random());
        QueuedFrame queued = valid(QueuedFrame.decode(EntryId.FIRST, QueuedFrame.encode(frame, note)));
        ReturnedFrame returned = new ReturnedFrame(queued, ReturnedFrame.ReturnReason.RETRY, "", Duration.ZERO, "p");
        assertThat(valid(ReturnedFrame.decode(EntryId.FIRST, returned.encode())).queued()).isEqualTo(queued);

        assertThat(FrameCodec.decode(EntryId.FIRST, many.put("one", "more").fields()))
                .isEqualTo(Decoded.invalid("fields", "must be at most 1000, not 1001"));
    }

    private static Map<String, String> rest(Fields fields) {
        return sorted(fields.without(HAND_OFF).fields());
    }

    private static Fields answered(Fields frame) {
        HandOffNote note = new HandOffNote("a", 2, new EntryId(1, 2), Instant.EPOCH, TraceContext.random());
        QueuedFrame queued = valid(
                QueuedFrame.decode(EntryId.FIRST, QueuedFrame.encode(valid(FrameCodec.decode(EntryId.FIRST, frame)),
                        note)));
        return new ReturnedFrame(queued, ReturnedFrame.ReturnReason.FAILED, "x", Duration.ofSeconds(1), "p").encode();
    }

    private static Fields validFields(Noise noise) {
        RandomGenerator random = noise.random();
        Fields.Writer fields = new Fields.Writer(40).put("frame_id", "f" + noise.text(200)).put("camera_id",
                "c" + noise.text(50));
        some(random, fields, "timestamp", Timestamps.micros(Instant.ofEpochMilli(random.nextLong(1L << 45))));
        some(random, fields, "size_bytes", Long.toString(random.nextLong(Long.MAX_VALUE)));
        some(random, fields, "width", Integer.toString(random.nextInt(1, 10_000)));
        some(random, fields, "height", Integer.toString(random.nextInt(1, 10_000)));
        some(random, fields, "format", noise.text(10));
        some(random, fields, "priority", Integer.toString(random.nextInt(11)));
        some(random, fields, "detection_type", "d" + random.nextInt(9));
        some(random, fields, "metadata", "{\"detection_types\":[\"d1\",\"d" + random.nextInt(9) + "\"],\"x\":{}}");
        some(random, fields, "traceparent", random.nextBoolean() ? TraceContext.random().traceparent() : "broken");
        some(random, fields, "trace_context", random.nextBoolean() ? TraceContext.random().json() : "{}");
        some(random, fields, "ttl_ms", Long.toString(random.nextLong(Long.MAX_VALUE)));
        some(random, fields, "expires_at", Long.toString(random.nextLong(1L << 40)));
        for (int i = random.nextInt(5); i > 0; i--) {
            fields.put(noise.name(), noise.bytes(300));
        }
        return fields.fields();
    }

    private static void some(RandomGenerator random, Fields.Writer fields, String name, String value) {
        if (random.nextBoolean()) {
            fields.put(name, value);
        }
    }
}
