package framebuffer.wire.control;

import static framebuffer.wire.Golden.body;
import static framebuffer.wire.Golden.utf8;
import static framebuffer.wire.Golden.valid;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.wire.Golden;
import framebuffer.wire.Noise;
import framebuffer.wire.text.Decoded.Invalid;
import framebuffer.wire.text.Decoded.Valid;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Any message of a processor is either parsed, and survives a round trip, or refused with a reason. */
class AnyReportTest {
    private static final List<byte[]> SEEDS = Golden.vectors("registrations.json")
            .map(named -> body(named.getPayload().path("body"))).toList();
    private static final List<byte[]> BEATS = Golden.vectors("heartbeats.json")
            .map(named -> body(named.getPayload().path("body"))).toList();

    @RepeatedTest(2_000)
    void anyRegistration(RepetitionInfo seed) {
        Noise noise = new Noise(seed.getCurrentRepetition());
        registration(noise, noise.mutated(SEEDS.get(noise.random().nextInt(SEEDS.size()))));
    }

    @RepeatedTest(2_000)
    void anyHeartbeat(RepetitionInfo seed) {
        Noise noise = new Noise(seed.getCurrentRepetition());
        byte[] json = noise.mutated(BEATS.get(noise.random().nextInt(BEATS.size())));
        noise.check(Heartbeat.decode(json, "face-1"));
        if (Heartbeat.decode(json, null) instanceof Valid<Heartbeat>(Heartbeat beat)) {
            assertThat(valid(Heartbeat.decode(beat.encode(), null))).isEqualTo(beat);
        }
    }

    @Test
    void halfASurrogatePairIsWrittenAsAQuestionMark() {
        Registration read = valid(Registration.decode(utf8("{\"id\":\"a\",\"capabilities\":[\"b\"],\"capacity\":1,"
                + "\"endpoint\":\"\\ud800\",\"metadata\":{\"x\":\"\\udc00\"}}")));
        assertThat(valid(Registration.decode(read.encode())).endpoint()).isEqualTo("?");
    }

    /** As many as fit in a request of 1 MiB; a quadratic comparison took ten seconds. */
    @Test
    @Timeout(5)
    void aFloodOfCapabilitiesIsRefusedAtOnce() {
        String many = IntStream.range(0, 100_000).mapToObj(i -> '"' + Integer.toString(i, 36) + '"')
                .collect(Collectors.joining(","));
        var decoded = Registration.decode(utf8("{\"id\":\"a\",\"capacity\":1,\"capabilities\":[" + many + "]}"));
        assertThat(decoded).isInstanceOfSatisfying(Invalid.class, refused -> assertThat(refused.detail())
                .isEqualTo("capabilities must be at most 128"));
    }

    @Test
    void aProcessorCanProcessWhatItOffersAndWhatAsksForNothing() {
        Registration registration = Registration.of("a", List.of("face_detection"), 1);
        assertThat(registration.canProcess("face_detection")).isTrue();
        assertThat(registration.canProcess("")).isTrue();
        assertThat(registration.canProcess("face")).isFalse();
    }

    static void registration(Noise noise, byte[] json) {
        var decoded = Registration.decode(json);
        noise.check(decoded);
        if (decoded instanceof Valid<Registration>(Registration read)) {
            assertThat(valid(Registration.decode(read.encode())).encode()).isEqualTo(read.encode());
        }
    }
}
