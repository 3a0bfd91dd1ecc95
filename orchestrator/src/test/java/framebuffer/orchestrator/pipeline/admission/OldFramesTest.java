package framebuffer.orchestrator.pipeline.admission;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.pipeline.admission.Window.PlacementResult;
import framebuffer.orchestrator.pipeline.admission.Window.Starvation;
import framebuffer.wire.EntryId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** A frame with an old stamp goes soon, but blocks no others. */
class OldFramesTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final Duration AGE = Duration.ofSeconds(60);
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

    private final Window<Stamped> window = new Window<>(Window.Limit.of(100_000), new Starvation(1_000_000, AGE));
    private int number;

    private record Stamped(String cameraId, int priority, EntryId captureId, Instant stamp) implements WindowItem {
        @Override
        public long agesSince() {
            return Math.min(stamp.toEpochMilli(), captureId.epochMillis());
        }

        @Override
        public long bytes() {
            return 1;
        }

        @Override
        public List<String> needs() {
            return List.of("face");
        }

        @Override
        public boolean begun() {
            return false;
        }

        @Override
        public Instant notBefore() {
            return Instant.EPOCH;
        }

        boolean isOld() {
            return agesSince() <= NOW.minus(AGE).toEpochMilli();
        }
    }

    /** Captured now, whatever its stamp. */
    private Stamped arrives(String camera, int priority, Instant stamp) {
        Stamped frame = new Stamped(camera, priority, new EntryId(NOW.toEpochMilli(), number++), stamp);
        window.add(frame, NOW);
        return frame;
    }

    private void urgent(int frames) {
        IntStream.range(0, frames).forEach(_ -> arrives("urgent", 10, NOW));
    }

    private List<Stamped> leaving(int most) {
        List<Stamped> gone = new ArrayList<>();
        window.offer(NOW, most, (frame, _) -> {
            gone.add(frame);
            return PlacementResult.GOES;
        });
        return gone;
    }

    @Test
    void aFrameStampedFiveMinutesAgoIsAmongTheFirstFifty() {
        urgent(100);
        Stamped old = arrives("late", 0, NOW.minus(FIVE_MINUTES));
        assertThat(leaving(50)).contains(old);
    }

    @Test
    void aCameraWhoseClockIsAYearBehindTakesAtMostEveryOtherPlaceFromUrgentFrames() {
        urgent(100);
        IntStream.range(0, 100).forEach(_ -> arrives("wrong clock", 0, NOW.minus(Duration.ofDays(365))));
        assertThat(leaving(100).stream().filter(frame -> frame.priority() == 10)).hasSize(50);
    }

    @Test
    void aFrameStampedInTheFutureWaitsForItsTurnAndKeepsOutNoOldOne() {
        IntStream.range(0, 100).forEach(_ -> arrives("ahead", 10, NOW.plus(Duration.ofDays(365))));
        Stamped fresh = arrives("ahead", 0, NOW.plus(Duration.ofDays(365)));
        Stamped old = arrives("late", 0, NOW.minus(FIVE_MINUTES));
        assertThat(leaving(50)).contains(old).doesNotContain(fresh);
    }

    @Test
    void theOldFrameOfOneCameraIsNotHiddenByFreshOnesOfOthers() {
        urgent(100);
        IntStream.range(0, 10).forEach(camera -> arrives("cam" + camera, 0, NOW));
        Stamped old = arrives("late", 0, NOW.minus(FIVE_MINUTES));
        assertThat(leaving(50)).contains(old);
    }

    @Test
    void aFrameThatIsOldStaysOldWhenANewerOneOfItsCameraTakesItsPlace() {
        urgent(100);
        arrives("latest", 0, NOW.minus(FIVE_MINUTES));
        Stamped newer = new Stamped("latest", 0, new EntryId(NOW.toEpochMilli(), number++), NOW);
        window.addLatest(newer, NOW, 0);
        assertThat(leaving(50)).contains(newer);
    }

    @RepeatedTest(40)
    void forAnyStampsTheOldestOfTheFirstGoesWithinTwoPlacesAndTheMostUrgentToo(RepetitionInfo run) {
        Random random = new Random(run.getCurrentRepetition());
        List<Stamped> waiting = new ArrayList<>();
        boolean oldTookTheLast = false;
        for (int step = 0; step < 2_000; step++) {
            if (step < 1_000 || waiting.isEmpty()) {
                Instant stamp = NOW.minusSeconds(random.nextInt(6) == 0 ? random.nextInt(100_000) : -random.nextInt(9));
                waiting.add(arrives("cam" + random.nextInt(5), random.nextInt(3) * 5, stamp));
                continue;
            }
            Stamped gone = leaving(1).getFirst();
            int most = waiting.stream().mapToInt(Stamped::priority).max().orElseThrow();
            boolean jumped = gone.priority() < most;
            assertThat(jumped && (oldTookTheLast || !gone.isOld())).isFalse();
            if (jumped) {
                assertThat(eldestOfTheFirst(waiting, frame -> frame.priority() < most)).isEqualTo(gone);
            }
            oldTookTheLast = jumped;
            waiting.remove(gone);
        }
    }

    /** The frame with the oldest stamp among the first frames of all cameras and priorities. */
    private static Stamped eldestOfTheFirst(List<Stamped> waiting, Predicate<Stamped> which) {
        return waiting.stream().filter(which)
                .filter(frame -> waiting.stream().noneMatch(other -> other.cameraId().equals(frame.cameraId())
                        && other.priority() == frame.priority() && other.captureId().compareTo(frame.captureId()) < 0))
                .min(Comparator.comparingLong(Stamped::agesSince).thenComparing(Stamped::captureId)).orElseThrow();
    }
}
