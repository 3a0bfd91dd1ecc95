package framebuffer.bridge.results;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.bridge.BridgeRedis;
import framebuffer.redis.results.ResultCursorStore;
import framebuffer.redis.results.ResultCursorStore.ResultCursor;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.StoredResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ResultFollowerTest {
    @RegisterExtension
    static final BridgeRedis redis = new BridgeRedis();
    private static final CatchUpPolicy FEW = new CatchUpPolicy(Duration.ofMinutes(10), 3);

    private final AtomicLong nanos = new AtomicLong();
    private final PublisherLease lease = new PublisherLease(BridgeRedis.KEYS, nanos::get);
    private final List<String> delivered = new ArrayList<>();
    private final DeliveryCounts counts = new DeliveryCounts(1);
    private int settles = Integer.MAX_VALUE;

    @BeforeEach
    void hold() {
        lease.runOnce(redis.connection());
    }

    private int deliver(List<StoredResult> batch) {
        int settled = Math.min(settles, batch.size());
        batch.subList(0, settled).forEach(one -> delivered.add(one.frameId()));
        return settled;
    }

    private ResultFollower follower(PublisherLease held, CatchUpPolicy catchUp) {
        return new ResultFollower(redis.partition(),
                new ResultFollower.NamedReceiver("test", this::deliver, counts), held, catchUp);
    }

    private ResultFollower following() throws InterruptedException {
        ResultFollower follower = follower(lease, CatchUpPolicy.DEFAULT);
        follower.runOnce(redis.connection());
        return follower;
    }

    @Test
    void deliversWhatComesAfterItsStartInOrder() throws InterruptedException {
        redis.found("before", "door", "person", 0.9);
        ResultFollower follower = following();
        redis.found("1", "door", "person", 0.9);
        redis.found("2", "door", "person", 0.9);
        follower.runOnce(redis.connection());
        assertThat(delivered).containsExactly("1", "2");
        assertThat(counts.settled()).isEqualTo(2);
        assertThat(follower.rest()).isZero();
    }

    @Test
    void goesOnWhereTheLastOneStopped() throws InterruptedException {
        following();
        redis.found("1", "door", "person", 0.9);
        following();
        redis.found("2", "door", "person", 0.9);
        following();
        assertThat(delivered).containsExactly("1", "2");
    }

    @Test
    void offersAgainWhatWasNotSettledAndRestsLongerEachTime() throws InterruptedException {
        ResultFollower follower = following();
        redis.found("1", "door", "person", 0.9);
        redis.found("2", "door", "person", 0.9);
        settles = 1;
        follower.runOnce(redis.connection());
        Duration first = follower.rest();
        settles = 0;
        follower.runOnce(redis.connection());
        assertThat(follower.rest()).isGreaterThan(first);
        assertThat(counts.failed()).isEqualTo(2);
        settles = 9;
        follower.runOnce(redis.connection());
        assertThat(delivered).containsExactly("1", "2");
        assertThat(follower.rest()).isZero();
    }

    @Test
    void errorsAndWhatIsNoResultStopNothing() throws InterruptedException {
        ResultFollower follower = following();
        redis.add("1", "door", "error", "{}");
        redis.add("2", "door", "success", "no json");
        redis.connection().call("XADD", BridgeRedis.KEYS.results(), "*", "frame_id", "f", "camera_id", "door",
                "capability", "x".repeat(70_000), "status", "success", "result", "{}");
        redis.found("3", "door", "person", 0.9);
        follower.runOnce(redis.connection());
        assertThat(delivered).containsExactly("3");
        assertThat(counts.malformed()).isEqualTo(2);
    }

    @Test
    void afterAnOutageTheOldestOfTooManyAreSkippedAndCounted() throws InterruptedException {
        ResultFollower follower = follower(lease, FEW);
        follower.runOnce(redis.connection());
        for (int frame = 1; frame <= 5; frame++) {
            redis.found("" + frame, "door", "person", 0.9);
        }
        follower.runOnce(redis.connection());
        assertThat(delivered).containsExactly("3", "4", "5");
        assertThat(counts.skipped()).isEqualTo(2);
    }

    @Test
    void whatWasTrimmedMeanwhileIsCountedAsMissedOnce() throws InterruptedException {
        ResultFollower follower = following();
        for (int frame = 1; frame <= 5; frame++) {
            redis.found("" + frame, "door", "person", 0.9);
        }
        redis.connection().call("XTRIM", BridgeRedis.KEYS.results(), "MAXLEN", 2);
        follower.runOnce(redis.connection());
        follower.runOnce(redis.connection());
        assertThat(delivered).containsExactly("4", "5");
        assertThat(counts.missed()).isEqualTo(3);
    }

    @Test
    void aRedisThatLostItsDataIsFollowedFromItsBeginning() throws InterruptedException {
        ResultCursorStore.advance(redis.connection(), BridgeRedis.KEYS, "test",
                new ResultCursor(new EntryId(99_999_999_999_999L, 0), 1_000), lease.fence());
        redis.found("1", "door", "person", 0.9);
        following();
        assertThat(delivered).containsExactly("1");
        assertThat(counts.missed()).isZero();
    }

    @Test
    void withoutTheLeaseNothingIsDelivered() throws InterruptedException {
        ResultFollower other = follower(new PublisherLease(BridgeRedis.KEYS, nanos::get), CatchUpPolicy.DEFAULT);
        following();
        redis.found("1", "door", "person", 0.9);
        other.runOnce(redis.connection());
        assertThat(delivered).isEmpty();
        assertThat(other.rest()).isPositive();
    }

    @Test
    void aLeaseThatRedisDoesNotExtendEndsByItself() {
        assertThat(lease.isHeld()).isTrue();
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(lease.isHeld()).isFalse();
    }

    @Test
    void aPublisherThatWasFencedStops() throws InterruptedException {
        ResultFollower follower = following();
        lease.stopping(redis.connection());
        PublisherLease next = new PublisherLease(BridgeRedis.KEYS, nanos::get);
        next.runOnce(redis.connection());
        assertThat(next.isHeld()).isTrue();
        assertThat(lease.isHeld()).isFalse();
        redis.found("1", "door", "person", 0.9);
        follower.runOnce(redis.connection());
        assertThat(delivered).isEmpty();
    }
}
