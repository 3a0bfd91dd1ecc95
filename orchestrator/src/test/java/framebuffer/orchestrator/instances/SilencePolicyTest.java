package framebuffer.orchestrator.instances;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SilencePolicyTest {
    private static SilencePolicy heard(String... said) {
        SilencePolicy others = SilencePolicy.NOBODY;
        for (String word : said) {
            others = others.after(Map.of("i2", word));
        }
        return others;
    }

    @Test
    void whoSaysNothingNewForSoManyBeatsOfOursIsSilent() {
        assertThat(heard("1", "1", "1").silent(3, "left")).isEmpty();
        assertThat(heard("1", "1", "1", "1").silent(3, "left")).containsExactly("i2");
    }

    @Test
    void whoSaysSomethingNewIsNotHoweverSeldomWeHearIt() {
        assertThat(heard("1", "1", "1", "2").silent(3, "left")).isEmpty();
    }

    @Test
    void whoLeavesInPeaceIsSilentAtOnce() {
        assertThat(heard("left").silent(3, "left")).containsExactly("i2");
    }

    @Test
    void whoIsGoneIsForgotten() {
        assertThat(heard("1").after(Map.of()).heard()).isEmpty();
    }
}
