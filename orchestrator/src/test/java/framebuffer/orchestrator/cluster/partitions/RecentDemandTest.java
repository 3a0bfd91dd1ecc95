package framebuffer.orchestrator.cluster.partitions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RecentDemandTest {
    private static long counted(long... looks) {
        RecentDemand recent = RecentDemand.NONE;
        for (long look : looks) {
            recent = recent.after(Map.of("a", look));
        }
        return recent.counted().getOrDefault("a", 0L);
    }

    @Test
    void aMomentDoesNotCountMuch() {
        assertThat(counted(1, 0, 1, 3, 1)).isOne();
        assertThat(counted(1, 1, 0, 0, 0)).as("between two frames").isOne();
    }

    @Test
    void whatIsThereTwiceCountsAtOnce() {
        assertThat(counted(0, 0, 0, 50, 48)).isEqualTo(48);
        assertThat(counted(50)).isEqualTo(50);
    }

    @Test
    void nothingIsNothing() {
        assertThat(counted(9, 0, 0, 0, 0, 0)).isZero();
    }

    @Test
    void whatCannotBeUsedNowIsNotWanted() {
        assertThat(counted(9, 9, 9, -1)).isEqualTo(-1);
        assertThat(counted(9, 9, -1, 2)).isEqualTo(4);
    }
}
