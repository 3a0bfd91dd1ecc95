package framebuffer.orchestrator.cluster.partitions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class FairShareTest {

    private static List<Long> needs(int capacity, Long... demand) {
        return new FairShare(capacity, List.of(demand), 0).needs();
    }

    @Test
    void eachNeedsWhatItCouldUseAsFarAsNobodyElseNeedsIt() {
        assertThat(needs(12, 12L, 2L, 0L, 1L)).containsExactly(8L, 2L, 1L, 1L);
    }

    @Test
    void aSmallCapacityIsKeptForNobody() {
        assertThat(needs(6, 50L, 0L, 0L, 0L)).containsExactly(6L, 0L, 0L, 0L);
    }

    @Test
    void whereAllWantMoreThanThereIsAllGetTheSame() {
        assertThat(needs(12, 12L, 12L, 12L)).containsExactly(4L, 4L, 4L);
    }

    @Test
    void oneFrameForThreePartitionsGoesAround() {
        List<List<Long>> turns = LongStream.range(0, 3)
                .mapToObj(turn -> new FairShare(1, List.of(1L, 1L, 1L), turn).needs()).toList();
        assertThat(turns).containsExactlyInAnyOrder(List.of(1L, 0L, 0L), List.of(0L, 1L, 0L), List.of(0L, 0L, 1L));
    }

    @RepeatedTest(1_000)
    void whateverIsWantedAllThatThereIsIsGivenAndNobodyIsLeftBehind(RepetitionInfo seed) {
        Random random = new Random(seed.getCurrentRepetition());
        int partitions = 1 + random.nextInt(16);
        int capacity = 1 + random.nextInt(random.nextBoolean() ? 5 : 1_000_000);
        List<Long> demand = IntStream.range(0, partitions).mapToObj(_ -> random.nextLong(capacity + 1L)).toList();
        FairShare fair = new FairShare(capacity, demand, random.nextInt());
        List<Long> needs = fair.needs();
        assertThat(needs.stream().mapToLong(Long::longValue).sum()).isEqualTo(Math.min(capacity,
                demand.stream().mapToLong(could -> Math.max(could, fair.reserve())).sum()));
        for (int i = 0; i < partitions; i++) {
            assertThat(needs.get(i)).isBetween(Math.min(demand.get(i), capacity / partitions),
                    Math.max(demand.get(i), fair.reserve()));
        }
    }
}
