package framebuffer.orchestrator.sharing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class SharePolicyTest {

    private static List<Long> targets(int capacity, List<Long> granted, List<Long> demand) {
        SharePolicy policy = new SharePolicy(capacity, granted, demand, 0);
        return IntStream.range(0, granted.size()).mapToObj(policy::target).toList();
    }

    @Test
    void whatNobodyNeedsIsSpreadEvenly() {
        assertThat(targets(10, List.of(0L, 0L, 0L, 0L), List.of(0L, 0L, 0L, 0L))).containsExactly(3L, 3L, 2L, 2L);
    }

    @Test
    void capacityMovesToWhereFramesAreAsFarAsNobodyElseNeedsIt() {
        assertThat(targets(12, List.of(3L, 3L, 3L, 3L), List.of(12L, 2L, 0L, 1L))).containsExactly(8L, 2L, 1L, 1L);
    }

    @Test
    void aSmallCapacityIsKeptForNobody() {
        assertThat(targets(6, List.of(2L, 2L, 1L, 1L), List.of(50L, 0L, 0L, 0L))).containsExactly(6L, 0L, 0L, 0L);
    }

    @Test
    void whereAllWantMoreThanThereIsAllGetTheSame() {
        assertThat(targets(12, List.of(12L, 0L, 0L), List.of(12L, 12L, 12L))).containsExactly(4L, 4L, 4L);
    }

    @Test
    void nothingMovesWhileNobodyIsShort() {
        assertThat(targets(12, List.of(8L, 2L, 1L, 1L), List.of(4L, 0L, 0L, 1L))).containsExactly(8L, 2L, 1L, 1L);
    }

    @Test
    void afterTheCapacityWasLoweredAllGiveUpSome() {
        assertThat(targets(4, List.of(6L, 6L), List.of(6L, 6L))).containsExactly(2L, 2L);
    }

    @Test
    void oneFrameForThreePartitionsGoesAround() {
        List<List<Long>> turns = LongStream.range(0, 3)
                .mapToObj(turn -> new SharePolicy(1, List.of(0L, 0L, 0L), List.of(1L, 1L, 1L), turn).needs()).toList();
        assertThat(turns).containsExactlyInAnyOrder(List.of(1L, 0L, 0L), List.of(0L, 1L, 0L), List.of(0L, 0L, 1L));
    }

    @RepeatedTest(1_000)
    void whateverIsWantedNoMoreIsGivenThanThereIsAndNobodyIsLeftBehind(RepetitionInfo seed) {
        Random random = new Random(seed.getCurrentRepetition());
        int partitions = 1 + random.nextInt(16);
        int capacity = 1 + random.nextInt(random.nextBoolean() ? 5 : 1_000_000);
        List<Long> granted = new ArrayList<>();
        List<Long> demand = new ArrayList<>();
        long left = capacity;
        for (int i = 0; i < partitions; i++) {
            long some = random.nextLong(left + 1);
            granted.add(some);
            left -= some;
            demand.add(random.nextLong(capacity + 1L));
        }
        SharePolicy policy = new SharePolicy(capacity, granted, demand, random.nextInt());
        List<Long> needs = policy.needs();
        assertThat(needs.stream().mapToLong(Long::longValue).sum())
                .isEqualTo(Math.min(capacity,
                        demand.stream().mapToLong(could -> Math.max(could, policy.reserve())).sum()));
        for (int i = 0; i < partitions; i++) {
            assertThat(needs.get(i)).isBetween(Math.min(demand.get(i), capacity / partitions),
                    Math.max(demand.get(i), policy.reserve()));
        }
        List<Long> targets = IntStream.range(0, partitions).mapToObj(policy::target).toList();
        boolean settled = IntStream.range(0, partitions).allMatch(i -> granted.get(i) >= needs.get(i));
        long sum = targets.stream().mapToLong(Long::longValue).sum();
        if (!settled) {
            assertThat(sum).isEqualTo(capacity);
        } else {
            IntStream.range(0, partitions)
                    .forEach(i -> assertThat(targets.get(i)).isGreaterThanOrEqualTo(needs.get(i)));
        }
    }
}
