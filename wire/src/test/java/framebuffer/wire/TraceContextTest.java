package framebuffer.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TraceContextTest {

    @ParameterizedTest
    @MethodSource
    void aTraceIsReadOrAsGoodAsAbsent(JsonNode vector) {
        TraceContext read = vector.has("traceparent")
                ? TraceContext.parse(Golden.utf8(vector.path("traceparent").asText()))
                : TraceContext.parseJson(Golden.bytes(vector.path("trace_context")));
        assertThat(header(read)).isEqualTo(Golden.text(vector, "expect"));
    }

    static Stream<Named<JsonNode>> aTraceIsReadOrAsGoodAsAbsent() {
        return Golden.vectors("trace-contexts.json");
    }

    @RepeatedTest(20)
    void aNewTraceIsReadBackFromBothForms() {
        TraceContext trace = TraceContext.random();
        assertThat(TraceContext.parse(trace.traceparent())).isEqualTo(trace);
        assertThat(TraceContext.parseJson(Golden.utf8(trace.json()))).isEqualTo(trace);
        assertThat(trace.sampled()).isFalse();
    }

    @Test
    void aChildKeepsTraceAndSamplingButNotTheSpan() {
        TraceContext parent = Objects
                .requireNonNull(TraceContext.parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        TraceContext child = parent.child();
        assertThat(child.traceId()).isEqualTo(parent.traceId());
        assertThat(child.sampled()).isTrue();
        assertThat(child.spanId()).isNotEqualTo(parent.spanId());
    }

    @Test
    void anIdThatBreaksItsFormIsAMistakeOfOurs() {
        assertThatThrownBy(() -> new TraceContext("4BF9", "00f067aa0ba902b7", 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", 256))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static @Nullable String header(@Nullable TraceContext trace) {
        return trace == null ? null : trace.traceparent();
    }
}
