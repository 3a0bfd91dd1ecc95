package framebuffer.vision.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Non-maximum suppression. */
class CandidateTest {
    private static final double OVERLAP = 0.45;

    private static List<Candidate> any(RepetitionInfo run) {
        Random random = new Random(run.getCurrentRepetition());
        return Stream.generate(() -> {
            double left = random.nextDouble() * 50;
            double top = random.nextDouble() * 50;
            return new Candidate(random.nextInt(3), random.nextDouble(),
                    new Box(left, top, left + 1 + random.nextDouble() * 50, top + 1 + random.nextDouble() * 50));
        }).limit(1 + random.nextInt(60)).toList();
    }

    private static boolean sameObject(Candidate a, Candidate b) {
        return a.label() == b.label() && a.box().overlap(b.box()) > OVERLAP;
    }

    @RepeatedTest(300)
    void noTwoBoxesShowTheSameObject(RepetitionInfo run) {
        List<Candidate> kept = Candidate.best(any(run), OVERLAP);
        assertThat(kept).allSatisfy(one -> assertThat(kept)
                .noneMatch(other -> !other.equals(one) && sameObject(one, other)));
    }

    @RepeatedTest(300)
    void whatIsDroppedOverlapsAMoreConfidentBoxThatIsKept(RepetitionInfo run) {
        List<Candidate> all = any(run);
        List<Candidate> kept = Candidate.best(all, OVERLAP);
        assertThat(all).containsAll(kept);
        assertThat(all).filteredOn(one -> !kept.contains(one)).allSatisfy(dropped -> assertThat(kept)
                .anyMatch(better -> better.score() >= dropped.score() && sameObject(better, dropped)));
    }

    @RepeatedTest(300)
    void theMostConfidentComesFirstWhateverTheOrderOfTheModel(RepetitionInfo run) {
        List<Candidate> all = any(run);
        List<Candidate> kept = Candidate.best(all, OVERLAP);
        assertThat(kept).isSortedAccordingTo(Comparator.comparingDouble(Candidate::score).reversed());
        List<Candidate> shuffled = new java.util.ArrayList<>(all);
        Collections.shuffle(shuffled, new Random(run.getCurrentRepetition()));
        assertThat(Candidate.best(shuffled, OVERLAP)).isEqualTo(kept);
    }

    @RepeatedTest(100)
    void whatIsKeptOnceIsKeptAgain(RepetitionInfo run) {
        List<Candidate> kept = Candidate.best(any(run), OVERLAP);
        assertThat(Candidate.best(kept, OVERLAP)).isEqualTo(kept);
    }

    @RepeatedTest(100)
    void anOverlapLiesBetweenNoneAndAllAndHasNoDirection(RepetitionInfo run) {
        List<Candidate> all = any(run);
        Box one = all.getFirst().box();
        for (Candidate other : all) {
            assertThat(one.overlap(other.box())).isBetween(0.0, 1.0).isEqualTo(other.box().overlap(one));
        }
        assertThat(one.overlap(one)).isEqualTo(1);
    }

    @Test
    void thousandsOfBoxesEndAsAtMostThreeHundred() {
        List<Candidate> grid = IntStream.range(0, 5_000)
                .mapToObj(i -> new Candidate(0, i / 5_000.0, new Box(i * 10, 0, i * 10 + 5, 5))).toList();
        assertThat(Candidate.best(grid, OVERLAP)).hasSize(Candidate.MOST_KEPT)
                .first().isEqualTo(grid.getLast());
    }
}
