package framebuffer.orchestrator.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class PartitionAssignmentTest {
    private static Set<String> instances(int count, int seed) {
        return IntStream.range(0, count).mapToObj(i -> "host-" + (seed * 31 + i) + "-8002")
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @RepeatedTest(200)
    void eachHasItsPartAndNoPartitionIsLeftOut(RepetitionInfo seed) {
        int partitions = 1 + seed.getCurrentRepetition() % 17;
        int count = 1 + seed.getCurrentRepetition() % 5;
        Set<String> living = instances(count, seed.getCurrentRepetition());
        PartitionAssignment assigned = PartitionAssignment.of(living, partitions);
        assertThat(assigned.byPartition()).hasSize(partitions).allSatisfy(ours -> assertThat(ours).isNotEmpty());
        living.forEach(one -> assertThat(
                assigned.byPartition().stream().filter(ours -> ours.getFirst().equals(one)).count())
                .isBetween((long) partitions / count, (long) Math.ceilDiv(partitions, count)));
        assertThat(assigned.byPartition().stream().flatMap(List::stream).collect(Collectors.toSet()))
                .isEqualTo(living);
    }

    @Test
    void moreInstancesThanPartitionsHelpOneAfterTheOther() {
        assertThat(PartitionAssignment.of(instances(5, 0), 2).byPartition()).extracting(List::size).containsExactly(3,
                2);
    }

    @RepeatedTest(50)
    void whenOneComesMostPartitionsStayWhereTheyAre(RepetitionInfo seed) {
        Set<String> living = instances(3, seed.getCurrentRepetition());
        PartitionAssignment before = PartitionAssignment.of(living, 16);
        Set<String> more = new HashSet<>(living);
        more.add("another");
        PartitionAssignment after = PartitionAssignment.of(more, 16);
        long moved = IntStream.range(0, 16)
                .filter(i -> !before.of(i).getFirst().equals(after.of(i).getFirst())).count();
        assertThat(moved).isBetween(4L, 10L);
    }
}
