package framebuffer.wire.control;

import static framebuffer.wire.Golden.body;
import static framebuffer.wire.Golden.problems;
import static framebuffer.wire.Golden.text;
import static framebuffer.wire.Golden.texts;
import static framebuffer.wire.Golden.valid;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import framebuffer.wire.Golden;
import framebuffer.wire.text.Decoded;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Registrations and heartbeats, against the test vectors shared with other languages. */
class GoldenProcessorsTest {

    @ParameterizedTest
    @MethodSource
    void aRegistrationIsReadOrRefused(JsonNode vector) throws IOException {
        Decoded<Registration> decoded = Registration.decode(body(vector.path("body")));
        assertThat(problems(decoded)).containsExactlyInAnyOrderElementsOf(texts(vector.path("problems")));
        if (vector.has("expect")) {
            Registration registration = valid(decoded);
            assertThat(asRead(registration.encode())).isEqualTo(vector.path("expect"));
            assertThat(valid(Registration.decode(registration.encode()))).isEqualTo(registration);
        }
    }

    static Stream<Named<JsonNode>> aRegistrationIsReadOrRefused() {
        return Golden.vectors("registrations.json");
    }

    @ParameterizedTest
    @MethodSource
    void aHeartbeatIsReadOrRefused(JsonNode vector) throws IOException {
        Decoded<Heartbeat> decoded = Heartbeat.decode(body(vector.path("body")), text(vector, "path_id"));
        assertThat(problems(decoded)).containsExactlyInAnyOrderElementsOf(texts(vector.path("problems")));
        if (vector.has("expect")) {
            Heartbeat heartbeat = valid(decoded);
            assertThat(asRead(heartbeat.encode())).isEqualTo(vector.path("expect"));
            assertThat(valid(Heartbeat.decode(heartbeat.encode(), null))).isEqualTo(heartbeat);
        }
    }

    static Stream<Named<JsonNode>> aHeartbeatIsReadOrRefused() {
        return Golden.vectors("heartbeats.json");
    }

    private static JsonNode asRead(byte[] json) throws IOException {
        return new ObjectMapper().readTree(json);
    }
}
