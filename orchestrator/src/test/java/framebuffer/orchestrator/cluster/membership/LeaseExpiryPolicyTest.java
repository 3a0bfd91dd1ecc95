package framebuffer.orchestrator.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LeaseExpiryPolicyTest {
    private static LeaseExpiryPolicy heard(String... said) {
        LeaseExpiryPolicy others = LeaseExpiryPolicy.NOBODY;
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
