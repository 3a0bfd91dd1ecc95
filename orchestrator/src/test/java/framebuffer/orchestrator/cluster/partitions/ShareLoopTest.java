package framebuffer.orchestrator.cluster.partitions;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.cluster.partitions.ShareKeeper.SharedProcessors;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.tables.ShareStore.OwnShare;
import framebuffer.redis.tables.ShareStore.VersionedCount;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import framebuffer.wire.control.Registration;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The loop that keeps shares, turn by turn, without Redis. */
class ShareLoopTest {
    private static final int CAPACITY = 10;
    private static final Partitioning PARTITIONING = Partitioning.tagged("", 2);
    private static final Registration FACE = Registration.of("face-1", List.of("face"), CAPACITY)
            .inPartition(Registration.ALL_PARTITIONS);
    private static final SharedProcessors THERE = new SharedProcessors(List.of(FACE), Set.of(FACE.id()), List.of());
    private static final SharedProcessors GONE = new SharedProcessors(List.of(), Set.of(), List.of(FACE));

    private final FakeShares shares = new FakeShares();
    private final Served zero = new Served(0);
    private final Served one = new Served(1);

    /** A partition that is served. */
    private final class Served {
        private final int number;
        private final Keys keys;
        private final AtomicInteger changes = new AtomicInteger();
        private final ShareKeeper keeper;
        private SharedProcessors known = THERE;
        private int waiting;
        private boolean leads = true;
        private boolean firstIsAway;

        Served(int number) {
            this.number = number;
            keys = PARTITIONING.keys(number);
            RedisAddress nowhere = RedisAddress.local(1);
            keeper = new ShareKeeper(
                    new ShareKeeper.Settings(new Partition(number, nowhere, keys),
                            new Partition(0, nowhere, PARTITIONING.keys(0)), PARTITIONING.count()),
                    () -> known, () -> Map.of("face", waiting), () -> leads, changes::incrementAndGet);
            outstanding(0);
        }

        String queue() {
            return keys.queue(FACE.queue());
        }

        void outstanding(long frames) {
            shares.partition(number).setOutstanding(queue(), frames);
        }

        void turn() {
            keeper.runOnce(shares.partition(number), () -> {
                if (firstIsAway) {
                    throw new RedisUnavailable("away", new IOException());
                }
                return shares;
            });
        }

        OwnShare share() {
            return Objects.requireNonNull(shares.partition(number).read(List.of(queue())).get(queue()));
        }

        long usable() {
            return share().share().frames();
        }
    }

    private void turns(int count) {
        for (int i = 0; i < count; i++) {
            zero.turn();
            one.turn();
        }
    }

    @Test
    void theCapacityIsUsedWhereFramesWait() {
        zero.waiting = 20;
        turns(5);
        assertThat(zero.usable()).isEqualTo(CAPACITY - 1);
        assertThat(one.usable()).as("room for a frame that comes").isOne();
        assertThat(zero.keeper.view()).containsExactly(Map.entry(FACE.id(), CAPACITY - 1));
    }

    @Test
    void theShareMovesWithTheFramesThatWait() {
        zero.waiting = 20;
        turns(5);
        zero.waiting = 0;
        one.waiting = 20;
        turns(8);
        assertThat(one.usable()).isEqualTo(CAPACITY - 1);
    }

    @Test
    void outstandingFramesKeepTheirShareUntilTheyEnd() {
        zero.waiting = 20;
        turns(5);
        zero.outstanding(CAPACITY - 1);
        zero.known = one.known = GONE;
        turns(2);
        assertThat(zero.usable()).isZero();
        assertThat(shares.granted(FACE.id(), 0).frames()).isEqualTo(CAPACITY - 1);
        zero.outstanding(0);
        turns(1);
        assertThat(shares.granted(FACE.id(), 0)).isEqualTo(VersionedCount.NONE);
    }

    @Test
    void aNewProcessorHasAShareOfNothingBeforeTheFirstPartitionIsAsked() {
        zero.firstIsAway = true;
        zero.turn();
        assertThat(zero.share().share()).isNotEqualTo(VersionedCount.NONE);
        assertThat(zero.usable()).isZero();
    }

    @Test
    void whileTheFirstPartitionIsAwayTheSharesStay() {
        zero.waiting = 20;
        turns(5);
        OwnShare before = zero.share();
        zero.firstIsAway = true;
        zero.waiting = 0;
        turns(5);
        assertThat(zero.share()).isEqualTo(before);
    }

    @Test
    void anInstanceThatDoesNotLeadOnlyReadsTheShares() {
        zero.waiting = 20;
        zero.leads = false;
        turns(3);
        assertThat(shares.granted(FACE.id(), 0)).isEqualTo(VersionedCount.NONE);
        assertThat(zero.keeper.view()).containsExactly(Map.entry(FACE.id(), 0));
    }

    @Test
    void aChangedShareIsReportedOnce() {
        zero.waiting = 20;
        turns(5);
        int changes = zero.changes.get();
        turns(5);
        assertThat(zero.changes).hasValue(changes);
    }
}
