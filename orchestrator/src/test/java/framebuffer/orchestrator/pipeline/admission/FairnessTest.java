package framebuffer.orchestrator.pipeline.admission;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.pipeline.admission.Window.PlacementResult;
import framebuffer.orchestrator.pipeline.admission.Window.Starvation;
import framebuffer.wire.EntryId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Neither a priority nor a camera starves. */
class FairnessTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_000_000);
    private static final int THRESHOLD = 100;

    private final Window<Ticket> window = new Window<>(Window.Limit.of(100_000),
            new Starvation(THRESHOLD, Duration.ofSeconds(60)));
    private int number;

    private record Ticket(String cameraId, int priority, EntryId captureId) implements WindowItem {
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
    }

    private Ticket arrives(String camera, int priority, Instant captured) {
        Ticket ticket = new Ticket(camera, priority, new EntryId(captured.toEpochMilli(), number++));
        window.add(ticket, NOW);
        return ticket;
    }

    private List<Ticket> leaving(int most) {
        List<Ticket> gone = new ArrayList<>();
        window.offer(NOW, most, (ticket, _) -> {
            gone.add(ticket);
            return PlacementResult.GOES;
        });
        return gone;
    }

    @Test
    void oneThatComesBackBecauseItDidNotGoAfterAllHasStillBeenPassedAsOften() {
        Ticket patient = arrives("cam", 0, NOW);
        urgent(THRESHOLD - 1);
        leaving(THRESHOLD - 1);
        long[] passedBefore = {0};
        window.offer(NOW, 1, (_, passed) -> {
            passedBefore[0] = passed;
            return PlacementResult.GOES;
        });
        assertThat(passedBefore[0]).isEqualTo(THRESHOLD - 1);
        urgent(10);
        arrives("other", 0, NOW);
        window.add(patient, NOW, passedBefore[0]);
        assertThat(leaving(2)).hasSize(2).last().isEqualTo(patient);
    }

    @Test
    void whileLessUrgentOnesStarveTheMoreUrgentAreNotServedLaterThanInTheOrderOfTheirCapture() {
        for (int i = 0; i < 200; i++) {
            arrives(i % 2 == 0 ? "busy" : "cam" + i % 10, i % 5 == 0 ? 9 : 0, NOW.minusSeconds(3_600 - i));
        }
        List<Ticket> gone = leaving(200);
        Ticket lastUrgent = gone.stream().filter(ticket -> ticket.priority() == 9).reduce((_, last) -> last)
                .orElseThrow();
        assertThat(gone.subList(0, gone.indexOf(lastUrgent)))
                .allMatch(ticket -> ticket.captureId().compareTo(lastUrgent.captureId()) < 0);
    }

    @Test
    void camerasThatAreEverNewKeepNoneBackThatWaits() {
        List<Ticket> patient = List.of(arrives("patient", 0, NOW), arrives("patient", 0, NOW));
        int rounds = 0;
        while (window.size() > 0 && rounds < 1_000 && !leaving(1).contains(patient.getLast())) {
            arrives("new" + rounds++, 0, NOW);
            arrives("new" + rounds++, 0, NOW);
        }
        assertThat(rounds).isLessThan(10);
    }

    @Test
    void aCameraOfWhichOnlyTheLatestIsWantedDoesNotStarve() {
        int served = 0;
        for (int i = 0; i < 500; i++) {
            urgent(5);
            Ticket latest = new Ticket("latest", 0, new EntryId(NOW.toEpochMilli(), number++));
            window.addLatest(latest, NOW, 0);
            served += leaving(5).contains(latest) ? 1 : 0;
        }
        assertThat(served).as("every %s more urgent ones", THRESHOLD).isBetween(20, 30);
    }

    private void urgent(int frames) {
        for (int i = 0; i < frames; i++) {
            arrives("cam" + i % 3, 10, NOW);
        }
    }

    @Test
    void amongAHundredUrgentFramesAnOldOneLeavesWithinFifty() {
        IntStream.range(0, 100).forEach(_ -> arrives("a", 10, NOW));
        Ticket old = arrives("b", 0, NOW.minus(Duration.ofMinutes(5)));
        assertThat(leaving(50)).contains(old);
    }

    @Test
    void afterAsManyAsTheThresholdHavePassedItAFrameGoesBeforeFresherOnes() {
        Ticket patient = arrives("a", 0, NOW);
        IntStream.range(0, 300).forEach(_ -> arrives("b", 10, NOW));
        assertThat(leaving(THRESHOLD)).doesNotContain(patient);
        assertThat(leaving(1)).containsExactly(patient);
    }

    @Test
    void itDoesNotGoBeforeOlderOnesThatAreMoreUrgent() {
        IntStream.range(0, 300).forEach(_ -> arrives("b", 10, NOW));
        Ticket patient = arrives("a", 0, NOW);
        assertThat(leaving(300)).doesNotContain(patient);
    }

    @Test
    void aFastCameraDoesNotStarveSlowOnes() {
        Map<String, Integer> got = new HashMap<>();
        for (int second = 0; second < 60; second++) {
            IntStream.range(0, 100).forEach(_ -> arrives("fast", 5, NOW));
            IntStream.range(0, 9).forEach(camera -> arrives("slow" + camera, 5, NOW));
            leaving(20).forEach(ticket -> got.merge(ticket.cameraId(), 1, Integer::sum));
        }
        assertThat(got).containsEntry("fast", 60 * 20 - 60 * 9);
        IntStream.range(0, 9).forEach(camera -> assertThat(got).containsEntry("slow" + camera, 60));
    }

    @Test
    void camerasThatAllWantMoreThanThereIsGetEqualShares() {
        Map<String, Integer> got = new HashMap<>();
        for (int round = 0; round < 100; round++) {
            for (int camera = 1; camera <= 4; camera++) {
                int frames = camera * 3;
                String name = "cam" + camera;
                IntStream.range(0, frames).forEach(_ -> arrives(name, 0, NOW));
            }
            leaving(8).forEach(ticket -> got.merge(ticket.cameraId(), 1, Integer::sum));
        }
        assertThat(got.values()).allSatisfy(share -> assertThat(share).isBetween(199, 201));
    }

    @Test
    void aCameraThatWasQuietHasNoClaimToWhatItDidNotUse() {
        IntStream.range(0, 100).forEach(_ -> arrives("busy", 0, NOW));
        leaving(50);
        IntStream.range(0, 100).forEach(_ -> arrives("quiet", 0, NOW));
        assertThat(leaving(20).stream().filter(ticket -> ticket.cameraId().equals("quiet"))).hasSize(10);
    }

    /** Counts for each waiting frame the younger, more urgent frames that have left since it came. */
    @RepeatedTest(40)
    void forAnyArrivalsAndDeparturesNoneIsOvertakenMoreOftenThanAllowedAndACamerasFramesKeepTheirOrder(
            RepetitionInfo run) {
        Random random = new Random(run.getCurrentRepetition());
        Map<Ticket, Integer> overtaken = new HashMap<>();
        Map<String, EntryId> last = new HashMap<>();
        int arrived = 0;
        for (int step = 0; step < 400 || window.size() > 0; step++) {
            for (int i = step < 400 ? random.nextInt(12) : 0; i > 0; i--) {
                overtaken.put(arrives("cam" + random.nextInt(5), random.nextInt(3) * 5, NOW), 0);
                arrived++;
            }
            for (Ticket gone : leaving(random.nextInt(9))) {
                assertThat(overtaken.remove(gone)).isLessThanOrEqualTo(THRESHOLD);
                overtaken.replaceAll((waiting, times) -> gone.priority() > waiting.priority()
                        && gone.captureId().compareTo(waiting.captureId()) > 0 ? times + 1 : times);
                EntryId before = last.put(gone.cameraId() + ' ' + gone.priority(), gone.captureId());
                assertThat(before == null || before.compareTo(gone.captureId()) < 0).isTrue();
            }
        }
        assertThat(overtaken).isEmpty();
        assertThat(arrived).isEqualTo(number);
    }
}
