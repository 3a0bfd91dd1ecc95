package framebuffer.orchestrator.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.streams.capture.CaptureLook.Group;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForeignReadersTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    private static ForeignReaders look(ForeignReaders before, Instant at, Group... groups) {
        return before.after(List.of(groups), "ours", at);
    }

    @Test
    void aGroupThatLeavesSomethingUnreadForTooLongIsAbandoned() {
        ForeignReaders first = look(ForeignReaders.NONE, START, new Group("recorder", "1-0 0", true));
        ForeignReaders later = look(first, START.plus(HOUR), new Group("recorder", "1-0 0", true));
        assertThat(later.abandoned(HOUR, START.plus(HOUR).minusMillis(1))).isEmpty();
        assertThat(later.abandoned(HOUR, START.plus(HOUR))).containsExactly("recorder");
    }

    @Test
    void readingBeginsItAnewAndSoDoesHavingNothingToRead() {
        ForeignReaders first = look(ForeignReaders.NONE, START, new Group("a", "1-0 0", true),
                new Group("b", "1-0 0", true));
        ForeignReaders second = look(first, START.plus(HOUR), new Group("a", "2-0 0", true),
                new Group("b", "1-0 0", false));
        ForeignReaders third = look(second, START.plus(HOUR), new Group("a", "2-0 0", true),
                new Group("b", "1-0 0", true));
        assertThat(third.abandoned(HOUR, START.plus(HOUR))).isEmpty();
        assertThat(third.abandoned(HOUR, START.plus(HOUR).plus(HOUR))).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void oursIsNeverAbandonedAndWhoIsGoneIsForgotten() {
        ForeignReaders first = look(ForeignReaders.NONE, START, new Group("ours", "1-0 0", true),
                new Group("gone", "1-0 0", true));
        assertThat(first.idle()).containsOnlyKeys("gone");
        assertThat(look(first, START.plus(HOUR)).idle()).isEmpty();
    }
}
