package framebuffer.wire.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.wire.control.TrafficSwitches.SplitBy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TrafficSwitchesTest {
    private static TrafficSwitches split(int percent) {
        return new TrafficSwitches(false, true, percent, SplitBy.CAMERA);
    }

    @Test
    void fieldsAreReadAsTheyWereWritten() {
        TrafficSwitches written = new TrafficSwitches(true, true, 37, SplitBy.FRAME);
        Map<String, String> fields = new HashMap<>();
        List<String> flat = written.fields();
        for (int i = 0; i < flat.size(); i += 2) {
            fields.put(flat.get(i), flat.get(i + 1));
        }
        assertThat(TrafficSwitches.of(fields)).isEqualTo(written);
    }

    @Test
    void withoutFieldsTheServiceTakesAllFrames() {
        assertThat(TrafficSwitches.of(Map.of())).isEqualTo(TrafficSwitches.NONE);
    }

    @Test
    void aGateWhoseShareIsUnreadableTakesNoFrame() {
        for (String share : List.of("", "-1", "101", "ten", "٣", "99999999999")) {
            assertThat(TrafficSwitches.of(Map.of("gate", "true", "split", share)).percent()).as(share).isZero();
        }
    }

    @Test
    void aShareOutsideZeroToHundredIsRefused() {
        assertThatThrownBy(() -> split(101)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("101");
        assertThatThrownBy(() -> split(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void exactlyTheShareOfAnyHundredConsecutiveFramesIsTaken() {
        for (int percent = 0; percent <= 100; percent++) {
            TrafficSwitches switches = split(percent);
            for (long from = 0; from < 250; from += 7) {
                assertThat(LongStream.range(from, from + 100).filter(switches::takes).count()).isEqualTo(percent);
            }
        }
    }

    @Test
    void theSetOfCamerasOnlyGrowsWithTheShare() {
        for (int camera = 0; camera < 200; camera++) {
            String name = "camera-" + camera;
            List<Integer> taken = IntStream.rangeClosed(0, 100).filter(percent -> split(percent).takes(name)).boxed()
                    .toList();
            assertThat(taken).isEqualTo(IntStream.rangeClosed(101 - taken.size(), 100).boxed().toList());
        }
        assertThat(split(0).takes("door")).isFalse();
        assertThat(split(100).takes("door")).isTrue();
    }

    @Test
    void theShareOfManyCamerasIsNearThePercentage() {
        long taken = IntStream.range(0, 2_000).filter(camera -> split(30).takes("camera-" + camera)).count();
        assertThat(taken).isBetween(520L, 680L);
    }
}
