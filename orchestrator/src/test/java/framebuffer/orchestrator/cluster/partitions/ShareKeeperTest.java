package framebuffer.orchestrator.cluster.partitions;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.EmptyRedis;
import framebuffer.orchestrator.cluster.partitions.ShareKeeper.SharedProcessors;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.tables.ShareStore;
import framebuffer.redis.tables.ShareStore.OwnShare;
import framebuffer.redis.tables.ShareStore.VersionedCount;
import framebuffer.testkit.FaultProxy;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import framebuffer.wire.control.Registration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** However long and wherever a keeper of shares pauses, the shares never exceed the capacity. */
class ShareKeeperTest {
    private static final int CAPACITY = 10;
    private static final int ROUNDS = 100;
    private static final Partitioning PARTITIONING = Partitioning.tagged("", 2);
    private static final Registration FACE = Registration.of("face-1", List.of("face"), CAPACITY)
            .inPartition(Registration.ALL_PARTITIONS);

    @RegisterExtension
    static final EmptyRedis REDIS = new EmptyRedis();

    /** A keeper of one partition's shares, with its own connection and its own knowledge. */
    private static final class Keeping {
        private final Keys keys;
        private final RedisConnection redis;
        private final AtomicInteger waiting = new AtomicInteger();
        private final ShareKeeper keeper;
        private volatile SharedProcessors known = THERE;

        Keeping(int partition, RedisAddress address) {
            keys = PARTITIONING.keys(partition);
            redis = RedisConnection.open(address);
            keeper = new ShareKeeper(
                    new ShareKeeper.Settings(new Partition(partition, address, keys),
                            new Partition(0, address, PARTITIONING.keys(0)), PARTITIONING.count()),
                    () -> known, () -> Map.of("face", waiting.get()),
                    () -> true, () -> {
                    });
        }

        void turn(int frames) {
            waiting.set(frames);
            keeper.runOnce(redis);
        }

        void end() {
            keeper.stopping(redis);
            redis.close();
        }
    }

    private static final SharedProcessors THERE = new SharedProcessors(List.of(FACE), Set.of(FACE.id()), List.of());
    private static final SharedProcessors GONE = new SharedProcessors(List.of(), Set.of(), List.of(FACE));

    /** The true state. */
    private SharedProcessors known = THERE;

    private static String queue(int partition) {
        return PARTITIONING.keys(partition).queue(FACE.queue());
    }

    private static OwnShare share(int partition) {
        return Objects.requireNonNull(ShareStore.of(REDIS.connection(), PARTITIONING.keys(partition))
                .read(List.of(queue(partition))).get(queue(partition)));
    }

    /** -1: there is no queue. */
    private static long outstanding(OwnShare share) {
        return share.outstanding().orElse(-1);
    }

    /** Frames that may be outstanding in a partition: its share, or the whole capacity without one; or those it already has. */
    private static long most(int partition) {
        OwnShare share = share(partition);
        boolean unlimited = share.share().equals(VersionedCount.NONE) && share.outstanding().isPresent();
        return Math.max(unlimited ? CAPACITY : share.share().frames(), outstanding(share));
    }

    private static void assertNoMoreThanThereIs(String when) {
        assertThat(most(0) + most(1)).as(when).isLessThanOrEqualTo(CAPACITY);
    }

    /** Hands off as many frames as the share allows; or ends all, as a processor does. */
    private static void work(int partition, boolean ends) {
        if (ends && share(partition).outstanding().isPresent()) {
            REDIS.call("XTRIM", queue(partition), "MAXLEN", 0);
        }
        for (long there = outstanding(share(partition)); there >= 0 && !ends
                && there < share(partition).share().frames(); there++) {
            REDIS.call("XADD", queue(partition), "*", "a", "b");
        }
    }

    /** Changes the processors, as the registry does. */
    private void change(SharedProcessors now) {
        known = now;
        for (int partition = 0; partition < PARTITIONING.count(); partition++) {
            if (now.equals(GONE)) {
                if (outstanding(share(partition)) == 0) {
                    REDIS.call("DEL", queue(partition));
                }
            } else {
                REDIS.call("XGROUP", "CREATE", queue(partition), "any", "0", "MKSTREAM");
                REDIS.call("XGROUP", "DESTROY", queue(partition), "any");
                List<Object> begin = ShareStore.begin(PARTITIONING.keys(partition), queue(partition));
                REDIS.call(begin.getFirst().toString(), begin.subList(1, begin.size()).toArray());
            }
        }
    }

    /** The turn after a change in which a keeper pauses, times ten, plus the request before which it pauses. */
    static IntStream steps() {
        return IntStream.range(0, 60);
    }

    @ParameterizedTest
    @MethodSource("steps")
    void whoIsHeldUpWhileItRaisesItsShareUsesNoneThatAnotherHasGivenBackSince(int step) throws Exception {
        change(THERE);
        // The other partition had most, and gives it up.
        assertHoldsWhoeverGoesOn(step, List.of(0, 20), List.of(20, 0), List.of(0, 20));
    }

    @ParameterizedTest
    @MethodSource("steps")
    void whoIsHeldUpWhileItGivesBackGivesNoneBackThatAnotherUsesSince(int step) throws Exception {
        change(THERE);
        assertHoldsWhoeverGoesOn(step, List.of(20, 0), List.of(0, 20), List.of(20, 20));
    }

    /** The other keeper does not know of the new processor yet. */
    @ParameterizedTest
    @MethodSource("steps")
    void whoIsHeldUpWhileItRaisesItsShareUsesNoneThatAnotherHasWithdrawn(int step) throws Exception {
        change(THERE);
        try (FaultProxy proxy = new FaultProxy(REDIS.address().port());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Keeping slow = new Keeping(0, RedisAddress.local(proxy.port()));
            Keeping stale = new Keeping(0, REDIS.address());
            Keeping elsewhere = new Keeping(1, REDIS.address());
            stale.known = new SharedProcessors(List.of(), Set.of(), List.of());
            for (int i = 0; i < step / 10; i++) {
                slow.turn(20);
            }
            CompletableFuture<Void> turn = heldUp(proxy, step % 10, threads, () -> slow.turn(20));
            turns(List.of(stale, elsewhere), List.of(0, 20));
            proxy.release();
            turn.get(20, TimeUnit.SECONDS);
            assertNoMoreThanThereIs("it goes on");
            List.of(slow, stale, elsewhere).forEach(Keeping::end);
        }
    }

    /**
     * Demand changes in both partitions; meanwhile the first partition's keeper pauses, another continues, and demand changes again.
     */
    private void assertHoldsWhoeverGoesOn(int step, List<Integer> before, List<Integer> then, List<Integer> meanwhile)
            throws Exception {
        try (FaultProxy proxy = new FaultProxy(REDIS.address().port());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Keeping slow = new Keeping(0, RedisAddress.local(proxy.port()));
            Keeping other = new Keeping(0, REDIS.address());
            Keeping elsewhere = new Keeping(1, REDIS.address());
            turns(List.of(slow, elsewhere), before);
            for (int i = 0; i < step / 10; i++) {
                slow.turn(then.get(0));
                elsewhere.turn(then.get(1));
            }
            CompletableFuture<Void> turn = heldUp(proxy, step % 10, threads, () -> slow.turn(then.get(0)));
            turns(List.of(elsewhere), meanwhile.subList(1, 2));
            turns(List.of(other, elsewhere), meanwhile);
            proxy.release();
            turn.get(20, TimeUnit.SECONDS);
            assertNoMoreThanThereIs("it goes on");
            turns(List.of(elsewhere), meanwhile.subList(1, 2));
            List.of(slow, other, elsewhere).forEach(Keeping::end);
        }
    }

    private static void turns(List<Keeping> all, List<Integer> wanted) {
        for (int i = 0; i < 8; i++) {
            for (int k = 0; k < all.size(); k++) {
                all.get(k).turn(wanted.get(k));
                assertNoMoreThanThereIs("turn " + i);
            }
        }
    }

    @Test
    void whatOneThatIsGoneStillHoldsCountsWhateverItsQueueIsCalled() {
        Registration named = new Registration("other", List.of("face"), CAPACITY, FACE.queue(), null, null,
                FACE.heartbeatInterval(), 1, null, FACE.metadata(), Registration.ALL_PARTITIONS);
        change(THERE);
        Keeping keeper = new Keeping(0, REDIS.address());
        keeper.known = new SharedProcessors(List.of(named), Set.of("other"), List.of());
        for (int i = 0; i < 3; i++) {
            keeper.turn(2 * CAPACITY);
        }
        work(0, false);
        long held = outstanding(share(0));
        assertThat(held).isPositive();
        keeper.known = new SharedProcessors(List.of(), Set.of(), List.of(named));
        keeper.turn(0);
        assertThat(share(0).share().frames()).isZero();
        assertThat(granted("other")).isEqualTo(held);
        work(0, true);
        REDIS.call("DEL", queue(0));
        // One turn drops the share, the next returns the grant.
        keeper.turn(0);
        keeper.turn(0);
        assertThat(granted("other")).isZero();
        assertThat(share(0).share()).as("is forgotten").isEqualTo(VersionedCount.NONE);
        keeper.end();
    }

    @Test
    void whoIsSharedOutNoMoreIsLimitedByNoShare() {
        change(THERE);
        Keeping keeper = new Keeping(0, REDIS.address());
        keeper.turn(CAPACITY);
        REDIS.call("HSET", PARTITIONING.keys(0).registry(), FACE.id(), "{\"partition\":\"0\"}");
        keeper.known = new SharedProcessors(List.of(FACE.inPartition("0")), Set.of(FACE.id()), List.of());
        keeper.turn(CAPACITY);
        keeper.turn(CAPACITY);
        assertThat(share(0).share()).isEqualTo(VersionedCount.NONE);
        assertThat(granted(FACE.id())).isZero();
        keeper.end();
    }

    private static long granted(String id) {
        return ShareStore.Grants.of(REDIS.connection(), PARTITIONING.keys(0)).publish(0, "").granted(id, 0).frames();
    }

    @RepeatedTest(4)
    void whoIsHeldUpAtAnyStepWhileOthersGoOnDoesNoHarm(RepetitionInfo seed) throws Exception {
        Random random = new Random(seed.getCurrentRepetition());
        change(THERE);
        int held = 0;
        try (FaultProxy proxy = new FaultProxy(REDIS.address().port());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Keeping slow = new Keeping(0, RedisAddress.local(proxy.port()));
            List<Keeping> others = List.of(new Keeping(0, REDIS.address()), new Keeping(1, REDIS.address()));
            for (int round = 0; round < ROUNDS; round++) {
                slow.known = known;
                // Demand is sampled several times before it counts.
                int wanted = random.nextInt(2) * 2 * CAPACITY;
                int elsewhere = random.nextInt(2) * 2 * CAPACITY;
                for (int i = random.nextInt(12); i > 0; i--) {
                    goOn(random.nextBoolean() ? List.of(slow, others.get(1)) : others, List.of(wanted, elsewhere),
                            random);
                }
                CompletableFuture<Void> turn = heldUp(proxy, random.nextInt(8), threads, () -> slow.turn(wanted));
                held += turn.isDone() ? 0 : 1;
                List<Integer> meanwhile = List.of(random.nextInt(2) * 2 * CAPACITY, random.nextInt(2) * 2 * CAPACITY);
                for (int i = random.nextInt(12); i > 0; i--) {
                    goOn(others, meanwhile, random);
                    assertNoMoreThanThereIs("round " + round + ", while one is held up");
                }
                proxy.release();
                turn.get(20, TimeUnit.SECONDS);
                assertNoMoreThanThereIs("round " + round);
                work(0, random.nextBoolean());
                work(1, random.nextBoolean());
                assertNoMoreThanThereIs("round " + round + ", after some work");
            }
            slow.end();
            others.forEach(Keeping::end);
        }
        assertThat(held).isGreaterThan(ROUNDS / 4);
    }

    private void goOn(List<Keeping> others, List<Integer> wanted, Random random) {
        if (random.nextInt(40) == 0) {
            change(known.equals(GONE) ? THERE : GONE);
        }
        int which = random.nextInt(2);
        // The keeper may not know the processors yet.
        others.get(which).known = random.nextInt(3) == 0 ? others.get(which).known : known;
        others.get(which).turn(wanted.get(which));
        work(which, random.nextBoolean());
    }

    /** Begins a turn, and waits until it pauses before its next request after {@code requests}, or ends. */
    private static CompletableFuture<Void> heldUp(FaultProxy proxy, int requests, ExecutorService threads,
            Runnable begun) throws Exception {
        CompletableFuture<Void> held = proxy.holdAfter(requests);
        CompletableFuture<Void> turn = CompletableFuture.runAsync(begun, threads);
        CompletableFuture.anyOf(held, turn).get(20, TimeUnit.SECONDS);
        return turn;
    }
}
