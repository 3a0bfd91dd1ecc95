package framebuffer.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.wire.EntryId;
import framebuffer.wire.TraceContext;
import framebuffer.wire.frame.Result.ResultStatus;
import framebuffer.wire.frame.StoredResult.ObjectFinding;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredResultTest {
    private static final EntryId ID = EntryId.parse("1764072000000-0");
    private static final String FOUND = "{\"objects\": [{\"label\": \"person\", \"score\": 0.9, \"box\": [1, 2, 3.5, 4]}]}";

    private static Fields minimal(String... more) {
        Fields.Writer fields = new Fields.Writer(20);
        Fields least = Fields.ofText("frame_id", "f-1", "camera_id", "yard", "status", "success", "result", FOUND);
        for (int i = 0; i < least.size(); i++) {
            fields.put(least.name(i), least.value(i));
        }
        for (int i = 0; i < more.length; i += 2) {
            fields.put(more[i], more[i + 1]);
        }
        return fields.fields();
    }

    private static StoredResult valid(Fields fields) {
        return ((Decoded.Valid<StoredResult>) StoredResult.decode(ID, fields)).value();
    }

    private static StoredResult of(String result) {
        return valid(minimal("result", result));
    }

    @Test
    void whatAProcessorWritesIsReadBack() {
        QueuedFrame queued = ((Decoded.Valid<QueuedFrame>) QueuedFrame.decode(ID, Fields.ofText("frame_id", "f-1",
                "camera_id", "yard", "capability", "people", "attempt", "2", "capture_id", "1-1"))).value();
        TraceContext span = TraceContext.random();
        Instant at = Instant.parse("2025-11-25T12:00:00Z");
        Result written = new Result(queued, "people-1", ResultStatus.ERROR, "[]", at, Duration.ofNanos(12_500_000),
                span);
        StoredResult read = valid(written.encode());
        assertThat(read).extracting(StoredResult::frameId, StoredResult::cameraId, StoredResult::processorId,
                StoredResult::capability, StoredResult::status, StoredResult::processedAt, StoredResult::millis,
                StoredResult::attempt, StoredResult::traceparent)
                .containsExactly("f-1", "yard", "people-1", "people", ResultStatus.ERROR, at, 12.5, 2,
                        span.traceparent());
    }

    @Test
    void aResultNeedsAFrameACameraAStatusAndJson() {
        StoredResult read = valid(minimal());
        assertThat(read.processedAt()).isEqualTo(ID.time());
        assertThat(read.json()).hasToString("{\"id\":\"1764072000000-0\",\"at\":\"2025-11-25T12:00:00.000000Z\","
                + "\"frame_id\":\"f-1\",\"camera_id\":\"yard\",\"capability\":\"\",\"processor_id\":\"\","
                + "\"status\":\"success\",\"attempt\":1,\"processed_at\":\"2025-11-25T12:00:00.000000Z\","
                + "\"processing_ms\":null,\"traceparent\":null,"
                + "\"objects\":[{\"label\":\"person\",\"score\":0.9,\"box\":[1,2,3.5,4]}],"
                + "\"result\":{\"objects\":[{\"label\":\"person\",\"score\":0.9,\"box\":[1,2,3.5,4]}]}}");
    }

    @ParameterizedTest
    @CsvSource({"frame_id,''", "camera_id,''", "status,perhaps", "result,{", "processed_at,noon", "processing_ms,long",
            "processing_ms,-1", "attempt,0", "attempt,first"})
    void eachFieldThatBreaksItsFormIsNamed(String field, String value) {
        assertThat(StoredResult.decode(ID, minimal(field, value)))
                .isInstanceOfSatisfying(Decoded.Invalid.class, invalid -> assertThat(invalid.detail()).contains(field));
    }

    @ParameterizedTest
    @ValueSource(strings = {"frame_id", "camera_id", "processor_id", "capability", "traceparent"})
    void aNameHasAtMost256Characters(String field) {
        assertThat(StoredResult.decode(ID, minimal(field, "ü".repeat(256)))).isInstanceOf(Decoded.Valid.class);
        assertThat(StoredResult.decode(ID, minimal(field, "ü".repeat(257))))
                .isInstanceOfSatisfying(Decoded.Invalid.class,
                        invalid -> assertThat(invalid.detail()).contains(field, "256 characters"));
    }

    @Test
    void everyMissingFieldIsNamed() {
        assertThat(StoredResult.decode(ID, Fields.ofText("colour", "red"))).isInstanceOfSatisfying(
                Decoded.Invalid.class,
                invalid -> assertThat(invalid.detail()).contains("frame_id", "camera_id", "status", "result"));
    }

    @Test
    void aListOfObjectsCountsAsObjectsToo() {
        assertThat(of("[{\"label\": \"cat\"}, 5, {\"box\": [1, 2, \"x\", 4]}, {\"score\": 1, \"box\": [0.5, 0, 1, 1]}]")
                .objects()).containsExactly(new ObjectFinding("cat", null, List.of()),
                        new ObjectFinding("", null, List.of()),
                        new ObjectFinding("", 1.0, List.of(0.5, 0.0, 1.0, 1.0)));
        assertThat(of("[{\"label\": \"cat\"}]").json().path("objects")).hasToString("[{\"label\":\"cat\"}]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "null", "7", "\"person\"", "{\"objects\": 3}", "{\"objects\": {\"label\": \"x\"}}"})
    void aResultOfAnotherFormHasNoObjects(String result) {
        assertThat(of(result).objects()).isEmpty();
    }
}
