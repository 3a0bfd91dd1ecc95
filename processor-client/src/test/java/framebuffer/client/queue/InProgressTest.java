package framebuffer.client.queue;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.wire.EntryId;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Two queues of one processor, that may handle two frames at once. */
class InProgressTest {
    private static final EntryId FIRST = EntryId.parse("1-0");
    private static final EntryId SECOND = EntryId.parse("2-0");

    private final Slots slots = new Slots(2);
    private final InProgress one = new InProgress(slots);
    private final InProgress other = new InProgress(slots);

    private static int take(InProgress from) throws InterruptedException {
        return from.take(2, Duration.ZERO);
    }

    @Test
    void togetherTheyHandleNoMoreThanThereAreSlots() throws Exception {
        assertThat(take(one)).isEqualTo(2);
        assertThat(take(other)).isZero();
        one.giveBack(1);
        assertThat(take(other)).isEqualTo(1);
    }

    @Test
    void whatIsNotKnownToBeAnsweredKeepsNoSlotFromTheOtherButNoMoreIsReadBehindIt() throws Exception {
        take(one);
        one.begin(FIRST);
        one.begin(SECOND);
        one.finished(FIRST);
        one.finished(SECOND);
        assertThat(take(one)).isZero();
        assertThat(one.awaitNone(Duration.ZERO)).isFalse();
        assertThat(take(other)).isEqualTo(2);
        other.giveBack(2);
        one.end(FIRST);
        assertThat(take(one)).isEqualTo(1);
        one.giveBack(1);
        one.end(SECOND);
        assertThat(one.awaitNone(Duration.ZERO)).isTrue();
        assertThat(take(one)).isEqualTo(2);
    }

    @Test
    void whoeverEndsFreesASlotOnce() throws Exception {
        take(one);
        assertThat(one.begin(FIRST)).isTrue();
        assertThat(one.begin(FIRST)).isFalse();
        one.giveBack(1);
        one.end(FIRST);
        one.end(FIRST);
        one.finished(FIRST);
        assertThat(take(one) + take(other)).isEqualTo(2);
    }
}
