package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.vision.source.CameraUnavailable;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.helpers.MessageFormatter;

/** An outage is logged when it begins, when its reason is a new one, and when it ends. */
class OutageTest {
    private final List<String> lines = new ArrayList<>();
    private final Logger log = (Logger) Proxy.newProxyInstance(Logger.class.getClassLoader(),
            new Class<?>[]{Logger.class}, (_, method, arguments) -> lines.add(method.getName() + ": "
                    + MessageFormatter.basicArrayFormat(String.valueOf(arguments[0]),
                            Arrays.copyOfRange(arguments, 1, arguments.length))));
    private long now = Duration.ofHours(1).toNanos();
    private final Outage outage = new Outage("yard", () -> now, log);

    private void fails(String why) {
        outage.begins(new CameraUnavailable(why));
    }

    @Test
    void itsBeginningAndItsEndAreLoggedOnceHoweverOftenItFails() {
        outage.ends();
        IntStream.range(0, 50).forEach(_ -> fails("no answer"));
        IntStream.range(0, 50).forEach(_ -> outage.ends());
        assertThat(lines).containsExactly("warn: camera yard is unavailable: no answer; trying again",
                "info: camera yard is available");
        fails("no answer");
        assertThat(lines).as("another outage").hasSize(3);
    }

    @Test
    void aNewReasonIsLoggedAndOfManyNotMoreThanTheFirst() {
        for (int round = 0; round < 3; round++) {
            fails("no answer");
            fails("401");
        }
        assertThat(lines).hasSize(2);
        IntStream.range(0, 100).forEach(i -> fails("reason " + i));
        assertThat(lines).hasSize(8);
    }

    @Test
    void thePausesGrowToTenSecondsAndBeginAgainAfterALongRecovery() {
        fails("no answer");
        assertThat(IntStream.range(0, 7).mapToObj(_ -> outage.pause().toMillis())).containsExactly(500L, 1_000L,
                2_000L, 4_000L, 8_000L, 10_000L, 10_000L);
        outage.ends();
        now += Duration.ofSeconds(5).toNanos();
        fails("no answer");
        assertThat(outage.pause()).as("after a short recovery").isEqualTo(Duration.ofSeconds(10));
        outage.ends();
        now += Duration.ofSeconds(11).toNanos();
        fails("no answer");
        assertThat(outage.pause()).as("after a long one").isEqualTo(Duration.ofMillis(500));
    }
}
