package framebuffer.trials.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoadTest {

    private static Load load(List<String> detect) {
        return new Load(200, 4, Duration.ofSeconds(2), PriorityMix.parse("0:1"), detect, 0,
                new SimulatedProcessors.Kind(0, Duration.ZERO, 1, 1));
    }

    @Test
    void aFrameHasOneResultForEachCapabilityAndAtLeastOne() {
        assertThat(load(List.of()).parts()).isOne();
        assertThat(load(List.of()).part("whatever")).isZero();
        assertThat(load(List.of("face")).part("")).as("there is but one").isZero();
        assertThat(load(List.of("face", "car")).parts()).isEqualTo(2);
        assertThat(load(List.of("face", "car")).part("car")).isOne();
        assertThat(load(List.of("face", "car")).part("dog")).isNegative();
    }

    @Test
    void capabilitiesAreNamesEachThereOnceAndNotTooMany() {
        assertThat(load(IntStream.range(0, 16).mapToObj(Integer::toString).toList()).parts()).isEqualTo(16);
        assertThatThrownBy(() -> load(IntStream.range(0, 17).mapToObj(Integer::toString).toList()))
                .hasMessageContaining("up to 16");
        assertThatThrownBy(() -> load(Collections.nCopies(2, "face"))).hasMessageContaining("each once");
        assertThatThrownBy(() -> load(List.of(" face"))).hasMessageContaining("capability");
    }
}
