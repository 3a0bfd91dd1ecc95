package framebuffer.orchestrator.pipeline.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShortageTest {
    private static final List<String> FACE = List.of("face");
    private static final List<String> BOTH = List.of("face", "car");

    private final Shortage shortage = new Shortage();

    @Test
    void aLineWaitsForTheCapabilityThatItsFirstWasRefusedFor() {
        shortage.waits(FACE, "face");
        shortage.waits(BOTH, "car");
        assertThat(shortage.of(Map.of(FACE, 3, BOTH, 2))).isEqualTo(Map.of("face", 3, "car", 2));
        shortage.waits(BOTH, "face");
        assertThat(shortage.of(Map.of(FACE, 3, BOTH, 2))).isEqualTo(Map.of("face", 5));
    }

    @Test
    void aLineOfWhichOneGoesWaitsForNothing() {
        shortage.waits(FACE, "face");
        shortage.none(FACE);
        assertThat(shortage.of(Map.of(FACE, 3))).isEmpty();
    }

    @Test
    void aLineThatIsGoneIsForgotten() {
        shortage.waits(FACE, "face");
        assertThat(shortage.of(Map.of())).isEmpty();
        assertThat(shortage.of(Map.of(FACE, 3))).isEmpty();
    }
}
