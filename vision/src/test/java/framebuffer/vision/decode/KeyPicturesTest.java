package framebuffer.vision.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class KeyPicturesTest {
    private static final long SECOND = 1_000_000;

    private final KeyPictures keys = new KeyPictures(SECOND);
    private long now;

    @Test
    void theySufficeAfterFourGroupsThatAreShortEnough() {
        groups(4, SECOND);
        assertThat(keys.suffice()).isFalse();
        groups(1, SECOND);
        assertThat(keys.suffice()).isTrue();
    }

    @Test
    void theyDoNotSufficeWhereTheyAreRarerThanPictureDemand() {
        groups(20, SECOND * 11 / 10);
        assertThat(keys.suffice()).isFalse();
    }

    @Test
    void oneLongGroupAmongShortOnesBeginsTheCountAnew() {
        groups(4, SECOND);
        groups(1, SECOND * 2);
        groups(3, SECOND);
        assertThat(keys.suffice()).isFalse();
        groups(2, SECOND);
        assertThat(keys.suffice()).isTrue();
    }

    @Test
    void theyNoLongerSufficeAsSoonAsOneIsLate() {
        groups(6, SECOND / 2);
        keys.observe(false, now + SECOND / 4, OptionalLong.empty());
        assertThat(keys.suffice()).isTrue();
        keys.observe(false, now + SECOND / 2, OptionalLong.empty());
        assertThat(keys.suffice()).isFalse();
    }

    @Test
    void aClockThatStandsStillProvesNothing() {
        groups(20, 0);
        assertThat(keys.suffice()).isFalse();
    }

    @Test
    void arrivalsNeedNotBeEvenWhereTimestampsAre() {
        for (int group = 0; group < 20; group++) {
            keys.observe(true, group * SECOND + (group % 2) * SECOND / 5, OptionalLong.of(group * SECOND));
            assertThat(keys.suffice()).isEqualTo(group >= 4);
        }
        assertThat(keys.earlyMicros()).isEqualTo(SECOND / 2);
    }

    @Test
    void timestampsThatBeginAnewBeginTheCountAnew() {
        groups(6, SECOND);
        keys.observe(true, now, OptionalLong.of(7 * SECOND));
        keys.observe(true, now + SECOND, OptionalLong.of(0));
        assertThat(keys.suffice()).isFalse();
    }

    /** Groups of five pictures, each of which takes this long. */
    private void groups(int count, long micros) {
        for (int group = 0; group < count; group++) {
            keys.observe(true, now, OptionalLong.empty());
            for (int picture = 1; picture < 5; picture++) {
                keys.observe(false, now + micros * picture / 5, OptionalLong.empty());
            }
            now += micros;
        }
    }
}
