package framebuffer.wire.frame;

import static framebuffer.wire.Golden.fields;
import static framebuffer.wire.Golden.moment;
import static framebuffer.wire.Golden.problems;
import static framebuffer.wire.Golden.sorted;
import static framebuffer.wire.Golden.text;
import static framebuffer.wire.Golden.texts;
import static framebuffer.wire.Golden.trace;
import static framebuffer.wire.Golden.valid;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.wire.EntryId;
import framebuffer.wire.Golden;
import framebuffer.wire.frame.QueuedFrame.HandOffNote;
import framebuffer.wire.text.Fields;
import framebuffer.wire.text.Json;
import framebuffer.wire.text.Timestamps;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames in all forms, against the test vectors shared with other languages. */
class GoldenFramesTest {
    private static final EntryId ID = EntryId.parse("1763899200123-0");

    @ParameterizedTest
    @MethodSource
    void aValidFrameIsReadAsExpected(JsonNode vector) {
        Fields fields = fields(vector.path("fields"));
        Frame frame = valid(FrameCodec.decode(EntryId.parse(vector.path("entry_id").asText()), fields));
        JsonNode expected = vector.path("expect");
        assertThat(frame.frameId()).isEqualTo(text(expected, "frame_id"));
        assertThat(frame.cameraId()).isEqualTo(text(expected, "camera_id"));
        assertThat(Timestamps.micros(frame.timestamp())).isEqualTo(text(expected, "timestamp"));
        assertThat(frame.priority()).isEqualTo(expected.path("priority").asInt());
        assertThat(frame.capabilities()).isEqualTo(texts(expected.path("capabilities")));
        assertThat(frame.trace() == null ? null : frame.trace().traceparent())
                .isEqualTo(text(expected, "traceparent"));
        assertThat(frame.expiresAt() == null ? null : Timestamps.micros(frame.expiresAt()))
                .isEqualTo(text(expected, "expires_at"));
        assertThat(frame.picture()).isEqualTo(new Frame.PictureFormat(number(expected, "size_bytes"),
                number(expected, "width"), number(expected, "height"), text(expected, "format")));
        assertThat(frame.fields()).isSameAs(fields);
    }

    static Stream<Named<JsonNode>> aValidFrameIsReadAsExpected() {
        return Golden.vectors("frames-valid.json");
    }

    @ParameterizedTest
    @MethodSource
    void anInvalidFrameIsRefusedForEveryFieldAtFault(JsonNode vector) {
        assertThat(problems(FrameCodec.decode(ID, fields(vector.path("fields")))))
                .containsExactlyInAnyOrderElementsOf(texts(vector.path("problems")));
    }

    static Stream<Named<JsonNode>> anInvalidFrameIsRefusedForEveryFieldAtFault() {
        return Golden.vectors("frames-invalid.json");
    }

    @ParameterizedTest
    @MethodSource
    void aHandOffIsWrittenAndRead(JsonNode vector) {
        JsonNode note = vector.path("hand_off");
        HandOffNote handOff = new HandOffNote(note.path("capability").asText(), note.path("attempt").asInt(),
                EntryId.parse(note.path("capture_id").asText()), moment(note, "enqueued_at"), trace(note, "dispatch"));
        Fields written = QueuedFrame.encode(valid(FrameCodec.decode(ID, fields(vector.path("frame")))), handOff);
        assertThat(sorted(written)).isEqualTo(sorted(fields(vector.path("fields"))));

        QueuedFrame read = queued(vector.path("fields"));
        assertThat(new HandOffNote(read.capability(), read.attempt(), read.captureId(), read.enqueuedAt(),
                trace(vector.path("fields"), "traceparent"))).isEqualTo(handOff);
        assertThat(read.frame().trace()).isEqualTo(handOff.dispatch());
    }

    static Stream<Named<JsonNode>> aHandOffIsWrittenAndRead() {
        return Golden.vectors("queued-frame.json");
    }

    @ParameterizedTest
    @MethodSource
    void aResultIsWritten(JsonNode vector) {
        Result result = new Result(queued(vector.path("queued")), vector.path("processor_id").asText(),
                Result.ResultStatus.valueOf(upper(vector, "status")), vector.path("result").asText(),
                moment(vector, "processed_at"),
                Duration.ofNanos(Math.round(vector.path("processing_ms").asDouble() * 1e6)),
                trace(vector, "traceparent"));
        assertThat(sorted(result.encode())).isEqualTo(sorted(fields(vector.path("fields"))));
    }

    static Stream<Named<JsonNode>> aResultIsWritten() {
        return Golden.vectors("result.json");
    }

    @ParameterizedTest
    @MethodSource
    void aReturnedFrameIsWrittenAndRead(JsonNode vector) {
        ReturnedFrame returned = new ReturnedFrame(queued(vector.path("queued")),
                ReturnedFrame.ReturnReason.valueOf(upper(vector, "kind")), vector.path("detail").asText(),
                Duration.ofMillis(vector.path("retry_after_ms").asLong()), vector.path("processor_id").asText());
        assertThat(sorted(returned.encode())).isEqualTo(sorted(fields(vector.path("fields"))));
        assertThat(valid(ReturnedFrame.decode(ID, fields(vector.path("fields"))))).isEqualTo(returned);
    }

    static Stream<Named<JsonNode>> aReturnedFrameIsWrittenAndRead() {
        return Golden.vectors("returned-frame.json");
    }

    @ParameterizedTest
    @MethodSource
    void aDeadLetterIsWrittenAndRead(JsonNode vector) {
        Instant at = moment(vector, "at");
        JsonNode source = vector.path("source");
        DeadLetter letter = new DeadLetter(fields(vector.path("frame")),
                DeadLetter.DeadLetterReason.valueOf(upper(vector, "reason")), vector.path("detail").asText(), at,
                new DeadLetter.DeadLetterSource(source.path(0).asText(), EntryId.parse(source.path(1).asText())),
                vector.path("attempt").asInt());
        assertThat(sorted(letter.encode())).isEqualTo(sorted(fields(vector.path("fields"))));
        DeadLetter read = valid(DeadLetter.decode(fields(vector.path("fields"))));
        assertThat(new DeadLetter(letter.frame(), read.reason(), read.detail(), read.at(), read.source(),
                read.attempt())).isEqualTo(letter);
        assertThat(Json.value(read.historyJson().getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(vector.path("history"));
    }

    static Stream<Named<JsonNode>> aDeadLetterIsWrittenAndRead() {
        return Golden.vectors("dead-letter.json");
    }

    @ParameterizedTest
    @MethodSource
    void aShedFrameIsWrittenAndRead(JsonNode vector) {
        ShedFrame shed = new ShedFrame(vector.path("frame_id").asText(), vector.path("camera_id").asText(),
                EntryId.parse(vector.path("capture_id").asText()),
                vector.path("needs").valueStream().map(JsonNode::asText).toList(), vector.path("attempt").asInt(),
                ShedFrame.ShedReason.valueOf(upper(vector, "reason")), vector.path("detail").asText(),
                moment(vector, "at"), vector.path("instance").asText());
        assertThat(sorted(shed.encode())).isEqualTo(sorted(fields(vector.path("fields"))));
        assertThat(ShedFrame.decode(fields(vector.path("fields")))).isEqualTo(shed);
    }

    static Stream<Named<JsonNode>> aShedFrameIsWrittenAndRead() {
        return Golden.vectors("shed-frame.json");
    }

    @Test
    void whatSomebodyElseWroteAmongTheShedFramesIsNone() {
        assertThat(ShedFrame.decode(Fields.ofText("frame_id", "f"))).isNull();
    }

    private static QueuedFrame queued(JsonNode fields) {
        return valid(QueuedFrame.decode(ID, fields(fields)));
    }

    private static String upper(JsonNode vector, String name) {
        return vector.path(name).asText().toUpperCase(Locale.ROOT);
    }

    private static @Nullable Long number(JsonNode vector, String name) {
        return vector.hasNonNull(name) ? (Long) vector.path(name).asLong() : null;
    }
}
