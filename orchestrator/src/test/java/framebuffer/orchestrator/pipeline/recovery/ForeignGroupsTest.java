package framebuffer.orchestrator.pipeline.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.handoff.CaptureInspection.CaptureGroup;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForeignGroupsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    private static ForeignGroups look(ForeignGroups before, Instant at, CaptureGroup... groups) {
        return before.after(List.of(groups), "ours", at);
    }

    @Test
    void aGroupThatLeavesSomethingUnreadForTooLongIsAbandoned() {
        ForeignGroups first = look(ForeignGroups.NONE, START, new CaptureGroup("recorder", "1-0 0", true));
        ForeignGroups later = look(first, START.plus(HOUR), new CaptureGroup("recorder", "1-0 0", true));
        assertThat(later.abandoned(HOUR, START.plus(HOUR).minusMillis(1))).isEmpty();
        assertThat(later.abandoned(HOUR, START.plus(HOUR))).containsExactly("recorder");
    }

    @Test
    void readingBeginsItAnewAndSoDoesHavingNothingToRead() {
        ForeignGroups first = look(ForeignGroups.NONE, START, new CaptureGroup("a", "1-0 0", true),
                new CaptureGroup("b", "1-0 0", true));
        ForeignGroups second = look(first, START.plus(HOUR), new CaptureGroup("a", "2-0 0", true),
                new CaptureGroup("b", "1-0 0", false));
        ForeignGroups third = look(second, START.plus(HOUR), new CaptureGroup("a", "2-0 0", true),
                new CaptureGroup("b", "1-0 0", true));
        assertThat(third.abandoned(HOUR, START.plus(HOUR))).isEmpty();
        assertThat(third.abandoned(HOUR, START.plus(HOUR).plus(HOUR))).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void oursIsNeverAbandonedAndWhoIsGoneIsForgotten() {
        ForeignGroups first = look(ForeignGroups.NONE, START, new CaptureGroup("ours", "1-0 0", true),
                new CaptureGroup("gone", "1-0 0", true));
        assertThat(first.idle()).containsOnlyKeys("gone");
        assertThat(look(first, START.plus(HOUR)).idle()).isEmpty();
    }
}
