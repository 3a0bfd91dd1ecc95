package framebuffer.orchestrator.cluster.partitions;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.cluster.partitions.ShareState.Changed;
import framebuffer.orchestrator.cluster.partitions.ShareState.Command;
import framebuffer.orchestrator.cluster.partitions.ShareState.Granted;
import framebuffer.orchestrator.cluster.partitions.ShareState.Held;
import framebuffer.orchestrator.cluster.partitions.ShareState.Lowering;
import framebuffer.orchestrator.cluster.partitions.ShareState.Nothing;
import framebuffer.orchestrator.cluster.partitions.ShareState.Planned;
import framebuffer.orchestrator.cluster.partitions.ShareState.SetGrant;
import framebuffer.orchestrator.cluster.partitions.ShareState.SetShare;
import framebuffer.orchestrator.cluster.partitions.ShareState.ShareRefused;
import framebuffer.orchestrator.cluster.partitions.ShareState.Step;
import framebuffer.redis.tables.ShareStore.Grants.GrantChange;
import framebuffer.redis.tables.ShareStore.OwnShare;
import framebuffer.redis.tables.ShareStore.ShareChange;
import framebuffer.redis.tables.ShareStore.VersionedCount;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** The share of one partition in one processor, step by step. */
class ShareStateTest {
    private static final int CAPACITY = 10;
    private static final String QUEUE = "queue";
    private static final String FACE = "face-1";

    private static OwnShare share(long frames, long outstanding) {
        return new OwnShare(VersionedCount.of(frames, "old"), OptionalLong.of(outstanding));
    }

    private static Step planned(OwnShare own, long granted, long target) {
        return ShareState.next(new Held(own), new Planned(VersionedCount.of(granted, "7"), target));
    }

    private static SetGrant grant(long from, long wanted) {
        return new SetGrant(VersionedCount.of(from, "7"), wanted);
    }

    private static void assertSetsShare(Command command, long frames) {
        assertThat(command).isInstanceOfSatisfying(SetShare.class, set -> {
            assertThat(set.wanted().frames()).isEqualTo(frames);
            assertThat(set.wanted().version()).isNotEqualTo("old");
        });
    }

    @Test
    void withoutAShareItBeginsWithNothing() {
        assertSetsShare(ShareState.begin(new OwnShare(VersionedCount.NONE, OptionalLong.of(0))).command(), 0);
        assertThat(ShareState.begin(share(3, 0)).command()).isEqualTo(new Nothing());
    }

    @Test
    void aShareThatIsRightStays() {
        assertThat(planned(share(5, 2), 5, 5)).isEqualTo(new Step(new Held(share(5, 2)), new Nothing()));
    }

    @Test
    void moreIsGrantedFirstAndThenUsed() {
        Step asks = planned(share(5, 5), 5, 8);
        assertThat(asks.command()).isEqualTo(grant(5, 8));
        Step uses = ShareState.next(asks.state(), new Granted(VersionedCount.of(6, "8")));
        assertThat(uses.command()).isEqualTo(new SetShare(VersionedCount.of(6, "8")));
        assertThat(ShareState.next(uses.state(), new Changed(share(6, 5))).state()).isEqualTo(new Held(share(6, 5)));
    }

    @Test
    void lessIsUsedFirstAndThenGivenBackButForWhatIsOutstanding() {
        Step lowers = planned(share(8, 8), 8, 2);
        assertSetsShare(lowers.command(), 2);
        assertThat(ShareState.next(lowers.state(), new Changed(share(2, 6))).command()).isEqualTo(grant(8, 6));
        assertThat(ShareState.next(lowers.state(), new Changed(share(2, 1))).command()).isEqualTo(grant(8, 2));
    }

    @Test
    void nothingIsGivenBackWhileAnotherProcessMayUseIt() {
        Step lowers = planned(share(8, 8), 8, 2);
        assertThat(ShareState.next(lowers.state(), new ShareRefused()))
                .isEqualTo(new Step(new Held(share(8, 8)), new Nothing()));
    }

    @Test
    void aLowShareThatIsToBeGivenBackGetsANewVersionAllTheSame() {
        Step lowers = planned(share(2, 0), 8, 2);
        assertThat(lowers.state()).isInstanceOf(Lowering.class);
        assertSetsShare(lowers.command(), 2);
    }

    @Test
    void aGrantThatIsNotUsedIsConfirmedBeforeItIsUsed() {
        assertThat(planned(share(3, 3), 5, 9).command()).isEqualTo(grant(5, 5));
    }

    @Test
    void aRefusedGrantChangesNothing() {
        Step asks = planned(share(5, 5), 5, 8);
        assertThat(ShareState.next(asks.state(), new ShareRefused()))
                .isEqualTo(new Step(new Held(share(5, 5)), new Nothing()));
    }

    /** A keeper of one partition's share: each call sends one command, so that others can come in between. */
    private static final class Participant {
        private final FakeShares shares;
        private final int partition;
        private Step step;
        private boolean read;

        Participant(FakeShares shares, int partition) {
            this.shares = shares;
            this.partition = partition;
            this.step = begin();
            this.read = true;
        }

        private Step begin() {
            return ShareState
                    .begin(Objects.requireNonNull(shares.partition(partition).read(List.of(QUEUE)).get(QUEUE)));
        }

        void goOn(long target) {
            step = switch (step.command()) {
                case SetShare(VersionedCount wanted) -> outcome(shares.partition(partition)
                        .set(List.of(new ShareChange(QUEUE, step.state().own().share(), wanted))));
                case SetGrant(VersionedCount seen, long wanted) -> granted(shares.set(partition, 2,
                        List.of(new GrantChange(FACE, CAPACITY, seen, OptionalLong.of(wanted)))));
                case Nothing _ -> {
                    read = !read;
                    yield read
                            ? begin()
                            : ShareState.next(step.state(), new Planned(shares.granted(FACE, partition), target));
                }
            };
        }

        private Step outcome(Map<String, OwnShare> done) {
            OwnShare own = done.get(QUEUE);
            return ShareState.next(step.state(), own == null ? new ShareRefused() : new Changed(own));
        }

        private Step granted(Map<String, VersionedCount> done) {
            VersionedCount granted = done.get(FACE);
            return ShareState.next(step.state(), granted == null ? new ShareRefused() : new Granted(granted));
        }
    }

    @RepeatedTest(20)
    void whateverProcessesAreHeldUpAtWhateverStepNoMoreIsUsedThanThereIs(RepetitionInfo seed) {
        Random random = new Random(seed.getCurrentRepetition());
        FakeShares shares = new FakeShares();
        IntStream.range(0, 2).forEach(i -> shares.partition(i).setOutstanding(QUEUE, 0));
        List<Participant> processes = IntStream.range(0, 6).mapToObj(i -> new Participant(shares, i % 2)).toList();
        long most = 0;
        for (int i = 0; i < 20_000; i++) {
            processes.get(random.nextInt(6)).goOn(random.nextInt(CAPACITY + 1));
            int works = random.nextInt(2);
            OwnShare own = Objects.requireNonNull(shares.partition(works).read(List.of(QUEUE)).get(QUEUE));
            if (!own.share().equals(VersionedCount.NONE)) {
                long outstanding = own.outstanding().orElse(0);
                shares.partition(works).setOutstanding(QUEUE,
                        random.nextBoolean()
                                ? Math.max(outstanding, own.share().frames())
                                : random.nextLong(outstanding + 1));
            }
            long used = IntStream.range(0, 2)
                    .mapToObj(p -> Objects.requireNonNull(shares.partition(p).read(List.of(QUEUE)).get(QUEUE)))
                    .mapToLong(one -> Math.max(one.share().frames(), one.outstanding().orElse(0))).sum();
            assertThat(used).as("step %s", i).isLessThanOrEqualTo(CAPACITY);
            most = Math.max(most, used);
        }
        assertThat(most).isEqualTo(CAPACITY);
    }
}
