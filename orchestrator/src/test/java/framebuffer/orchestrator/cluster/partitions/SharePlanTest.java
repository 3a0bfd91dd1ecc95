package framebuffer.orchestrator.cluster.partitions;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.cluster.partitions.SharePlan.PlannedProcessor;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class SharePlanTest {

    private static PlannedProcessor member(String id, int capacity, List<Integer> granted, List<Integer> demand) {
        return new PlannedProcessor(id, capacity, granted.stream().map(Long::valueOf).toList(),
                demand.stream().map(Long::valueOf).toList());
    }

    /** The plan for each partition, by member. */
    private static List<List<Long>> plan(long seconds, List<PlannedProcessor> alike) {
        SharePlan plan = new SharePlan(alike, seconds);
        return alike.stream().map(one -> IntStream.range(0, one.granted().size())
                .mapToObj(i -> plan.of(one.id(), i)).toList()).toList();
    }

    private static List<Long> plan(int capacity, List<Integer> granted, List<Integer> demand) {
        return plan(0, List.of(member("a", capacity, granted, demand))).getFirst();
    }

    private static List<Long> totals(List<List<Long>> plan) {
        return IntStream.range(0, plan.getFirst().size())
                .mapToObj(i -> plan.stream().mapToLong(one -> one.get(i)).sum()).toList();
    }

    @Test
    void whatNobodyNeedsIsSpreadEvenly() {
        assertThat(plan(10, List.of(0, 0, 0, 0), List.of(0, 0, 0, 0))).containsExactly(3L, 3L, 2L, 2L);
    }

    @Test
    void capacityMovesToWhereFramesAre() {
        assertThat(plan(12, List.of(3, 3, 3, 3), List.of(12, 2, 0, 1))).containsExactly(8L, 2L, 1L, 1L);
    }

    @Test
    void nothingMovesWhileNobodyIsShort() {
        assertThat(plan(12, List.of(8, 2, 1, 1), List.of(4, 0, 0, 1))).containsExactly(8L, 2L, 1L, 1L);
    }

    @Test
    void ofMuchALittleMayLack() {
        assertThat(plan(100, List.of(55, 45), List.of(55, 50))).containsExactly(55L, 45L);
        assertThat(plan(100, List.of(60, 40), List.of(60, 50))).containsExactly(50L, 50L);
    }

    @Test
    void afterTheCapacityWasLoweredAllGiveUpSome() {
        assertThat(plan(4, List.of(6, 6), List.of(6, 6))).containsExactly(2L, 2L);
    }

    @Test
    void threeProcessorsOfTwoFramesReachFourPartitionsTogetherAndTheBusyOneGetsTheRest() {
        List<Integer> demand = List.of(1, 1, 1, 9);
        List<PlannedProcessor> three = List.of(member("a", 2, List.of(1, 1, 0, 0), demand),
                member("b", 2, List.of(1, 1, 0, 0), demand), member("c", 2, List.of(1, 1, 0, 0), demand));
        for (long seconds = 0; seconds < 100; seconds += 7) {
            assertThat(totals(plan(seconds, three))).containsExactly(1L, 1L, 1L, 3L);
        }
    }

    @Test
    void whereTheyAreTooFewTheyTakeTurnsByTheSecond() {
        List<PlannedProcessor> one = List.of(member("a", 1, List.of(1, 0, 0), List.of(1, 1, 1)));
        assertThat(LongStream.range(0, 3).mapToObj(second -> plan(second, one)).distinct()).hasSize(3);
    }

    @Test
    void whoCanUseButSomeGetsThemAndTheOthersTakeWhatItCannotUseButForATrial() {
        List<PlannedProcessor> two = List.of(member("a", 4, List.of(4, 0), List.of(-1, 4)),
                member("b", 4, List.of(0, 4), List.of(4, 4)));
        for (int turn = 0; turn < 5; turn++) {
            two = after(two, plan(0, two));
        }
        assertThat(two.stream().map(PlannedProcessor::granted)).containsExactly(List.of(1L, 3L), List.of(3L, 1L));
    }

    private static List<PlannedProcessor> after(List<PlannedProcessor> alike, List<List<Long>> plan) {
        return IntStream.range(0, alike.size())
                .mapToObj(m -> new PlannedProcessor(alike.get(m).id(), alike.get(m).capacity(),
                        plan.get(m), alike.get(m).demand()))
                .toList();
    }

    @RepeatedTest(1_000)
    void whateverIsWantedNoMoreIsPlannedThanThereIsAndNobodyWhoCanBeServedIsShort(RepetitionInfo seed) {
        Random random = new Random(seed.getCurrentRepetition());
        int partitions = 1 + random.nextInt(8);
        int most = random.nextBoolean() ? 5 : 1_000_000;
        List<Long> demand = IntStream.range(0, partitions)
                .mapToObj(_ -> random.nextBoolean() ? 0 : random.nextLong(4L * most)).toList();
        List<PlannedProcessor> alike = IntStream.range(0, 1 + random.nextInt(6)).mapToObj(m -> {
            int capacity = 1 + random.nextInt(most);
            return new PlannedProcessor("p" + m, capacity, granted(random, partitions, capacity), demand);
        }).toList();
        long seconds = random.nextInt();
        List<List<Long>> plan = plan(seconds, alike);
        for (int m = 0; m < alike.size(); m++) {
            assertThat(plan.get(m)).allMatch(share -> share >= 0);
            assertThat(plan.get(m).stream().mapToLong(Long::longValue).sum()).isEqualTo(alike.get(m).capacity());
        }
        long capacity = alike.stream().mapToLong(PlannedProcessor::capacity).sum();
        List<Long> needs = new FairShare(capacity, demand, capacity < partitions ? seconds : seconds / 10).needs();
        List<Long> totals = totals(plan);
        List<Long> had = totals(alike.stream().map(PlannedProcessor::granted).toList());
        for (int i = 0; i < partitions; i++) {
            assertThat(totals.get(i)).isGreaterThanOrEqualTo(needs.get(i) - needs.get(i) / 8);
            assertThat(totals.get(i)).as("no partition gives up its need")
                    .isGreaterThanOrEqualTo(Math.min(had.get(i), needs.get(i)));
        }
        assertThat(plan(seconds, after(alike, plan))).as("it is at rest").isEqualTo(plan);
    }

    /** Sometimes the whole demand, sometimes not; never more than the capacity. */
    private static List<Long> granted(Random random, int partitions, int capacity) {
        long left = random.nextLong(capacity + 1L);
        Long[] granted = new Long[partitions];
        for (int i = 0; i < partitions; i++) {
            granted[i] = random.nextLong(left + 1);
            left -= granted[i];
        }
        return List.of(granted);
    }
}
