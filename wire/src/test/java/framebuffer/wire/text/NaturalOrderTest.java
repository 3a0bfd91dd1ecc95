package framebuffer.wire.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class NaturalOrderTest {
    private static void assertInOrder(String... names) {
        List<String> mixed = new ArrayList<>(List.of(names));
        Collections.shuffle(mixed, new Random(1));
        mixed.sort(NaturalOrder.NAMES);
        assertThat(mixed).containsExactly(names);
    }

    @Test
    void numbersInNamesCountAsNumbers() {
        assertInOrder("", "10", "cam", "cam-1", "cam-2", "cam-2-1", "cam-2-10", "cam-10", "gate");
    }

    @Test
    void numbersMayBeLongerThanAnyInteger() {
        assertInOrder("a9", "a99999999999999999999", "a100000000000000000000");
    }

    @Test
    void namesThatDifferInLeadingZerosOnlyAreNotEqual() {
        assertInOrder("a01", "a1", "a01b", "a1b", "a2");
    }

    @RepeatedTest(20)
    void itIsAnOrderOfAnyNames(RepetitionInfo run) {
        Random random = new Random(run.getCurrentRepetition());
        List<String> names = IntStream.range(0, 60).mapToObj(_ -> any(random)).toList();
        for (String one : names) {
            for (String two : names) {
                int order = Integer.signum(NaturalOrder.NAMES.compare(one, two));
                assertThat(order).isEqualTo(-Integer.signum(NaturalOrder.NAMES.compare(two, one)));
                assertThat(order == 0).isEqualTo(one.equals(two));
                names.stream().filter(three -> order < 0 && NaturalOrder.NAMES.compare(two, three) < 0)
                        .forEach(three -> assertThat(NaturalOrder.NAMES.compare(one, three)).isNegative());
            }
        }
    }

    private static String any(Random random) {
        StringBuilder name = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            name.append("0129a-".charAt(random.nextInt(6)));
        }
        return name.toString();
    }
}
