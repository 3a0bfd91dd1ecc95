package framebuffer.client.queue;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.wire.EntryId;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two queues of one processor with two slots. */
@Timeout(60)
class InFlightFramesTest {
    private static final EntryId FIRST = EntryId.parse("1-0");
    private static final EntryId SECOND = EntryId.parse("2-0");

    private final HandlerSlots slots = new HandlerSlots(2);
    private final InFlightFrames one = new InFlightFrames(slots);
    private final InFlightFrames other = new InFlightFrames(slots);

    private static int take(InFlightFrames from) throws InterruptedException {
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
    void whoGaveUpWaitingForAMomentComesBackToItsPlace() throws Exception {
        HandlerSlots.SlotTicket first = new HandlerSlots.SlotTicket();
        HandlerSlots.SlotTicket second = new HandlerSlots.SlotTicket();
        take(one);
        assertThat(slots.take(first, 1, Duration.ZERO)).isZero();
        assertThat(slots.take(second, 1, Duration.ZERO)).isZero();
        FutureTask<Integer> late = waiting(second);
        FutureTask<Integer> early = waiting(first);
        one.giveBack(1);
        assertThat(early.get(20, TimeUnit.SECONDS)).isOne();
        assertThat(late.isDone()).isFalse();
        one.giveBack(1);
        assertThat(late.get(20, TimeUnit.SECONDS)).isOne();
    }

    private FutureTask<Integer> waiting(HandlerSlots.SlotTicket ticket) {
        FutureTask<Integer> task = new FutureTask<>(() -> slots.take(ticket, 1, Duration.ofSeconds(20)));
        Thread thread = Thread.ofVirtual().start(task);
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return task;
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
