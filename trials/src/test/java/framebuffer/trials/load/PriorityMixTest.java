package framebuffer.trials.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriorityMixTest {

    private static Map<Integer, Long> of10000Frames(PriorityMix mix) {
        return LongStream.range(0, 10_000).map(mix::of).mapToObj(Math::toIntExact)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    @Test
    void eachPriorityComesAsOftenAsItsWeightSaysAndInEveryRunAtTheSameFrames() {
        Map<Integer, Long> frames = of10000Frames(PriorityMix.parse("0:80, 5:15,10:5"));
        assertThat(frames).containsOnlyKeys(0, 5, 10);
        assertThat(frames.get(0)).isBetween(7_800L, 8_200L);
        assertThat(frames.get(5)).isBetween(1_350L, 1_650L);
        assertThat(frames.get(10)).isBetween(400L, 600L);
        assertThat(of10000Frames(PriorityMix.parse("10:5,0:80,5:15"))).isEqualTo(frames);
    }

    @Test
    void onePriorityAloneIsThatOfEveryFrame() {
        assertThat(of10000Frames(PriorityMix.parse("7:1"))).isEqualTo(Map.of(7, 10_000L));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"'' | 0:80,5:15,10:5", "0:80, | PRIORITY:WEIGHT", "high:1 | \"high:1\"",
            "5 | \"5\" is not PRIORITY:WEIGHT", "0:80;5:15 | 0:80,5:15,10:5", "11:1 | from 0 to 10, not 11",
            "-1:1 | \"-1:1\"", "0:0 | from 1 to 1000000, not 0", "0:1000001 | not 1000001",
            "0:1,0:2 | priority 0 occurs twice"})
    void whatIsNoMixIsRefusedWithTheReason(String text, String reason) {
        assertThatThrownBy(() -> PriorityMix.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}
