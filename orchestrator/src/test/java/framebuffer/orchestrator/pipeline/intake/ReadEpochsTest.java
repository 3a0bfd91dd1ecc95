package framebuffer.orchestrator.pipeline.intake;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.wire.EntryId;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReadEpochsTest {
    private static final FrameSource QUEUE = FrameSource.queue("frames:ready:a");
    private static final StreamEntry FRAME = new StreamEntry(new EntryId(1, 0), null);

    private final ReadEpochs epochs = new ReadEpochs();
    private final AtomicInteger begun = new AtomicInteger();

    private boolean comes(long epoch) {
        return accepts(new Delivery.Reclaimed(QUEUE, epoch, List.of(FRAME), "a", Delivery.Charge.NONE));
    }

    private boolean accepts(Delivery delivery) {
        return epochs.accepts(delivery, begun::incrementAndGet);
    }

    @Test
    void whatComesInALaterEpochBeginsItAndWhatComesLateOfAnEarlierOneDoesNotCount() {
        assertThat(comes(3)).isTrue();
        assertThat(comes(3)).isTrue();
        assertThat(begun).hasValue(1);
        assertThat(comes(2)).isFalse();
        assertThat(epochs.isCurrent(QUEUE, 3)).isTrue();
        assertThat(epochs.isCurrent(QUEUE, 2)).isFalse();
    }

    @Test
    void ofASourceThatIsWithdrawnNothingIsCurrent() {
        comes(3);
        assertThat(accepts(new Delivery.Withdrawn(QUEUE, 4))).isTrue();
        assertThat(epochs.isCurrent(QUEUE, 3)).isFalse();
        assertThat(epochs.isCurrent(QUEUE, 4)).isFalse();
    }

    @Test
    void afterAllWereToldToBeginAgainNothingIsCurrentThatCameBefore() {
        comes(3);
        epochs.next();
        assertThat(epochs.isCurrent(QUEUE, 3)).isFalse();
        assertThat(comes(3)).isFalse();
        assertThat(comes(4)).isTrue();
    }
}
