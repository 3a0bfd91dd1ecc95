package framebuffer.orchestrator.pipeline.admission;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.pipeline.admission.Window.PlacementResult;
import framebuffer.orchestrator.pipeline.admission.Window.Starvation;
import framebuffer.wire.EntryId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** The window offers the same frames as a search through all waiting frames would find. */
class TurnsTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_000_000);
    private static final Duration NEVER = Duration.ofDays(10_000);

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

    /** A waiting frame, and how many more urgent ones had gone when it came. */
    private record Patient(Ticket ticket, long passedBefore) {
        static final Comparator<Patient> BY_AGE = Comparator.comparing(patient -> patient.ticket.captureId());
    }

    /** A model that sorts nothing in advance. */
    private static final class Plain {
        private final int threshold;
        private final List<Patient> waiting = new ArrayList<>();
        private final long[] passed = new long[11];
        private final long[] turn = new long[11];
        private final Map<String, Long> turns = new HashMap<>();

        Plain(int threshold) {
            this.threshold = threshold;
        }

        private static String line(Ticket ticket) {
            return ticket.cameraId() + ' ' + ticket.priority();
        }

        private long turn(Patient patient) {
            return turns.getOrDefault(line(patient.ticket), 0L);
        }

        private Stream<Patient> waiting(int priority) {
            return waiting.stream().filter(patient -> patient.ticket.priority() == priority);
        }

        void add(Ticket ticket) {
            if (waiting.stream().noneMatch(other -> line(other.ticket).equals(line(ticket)))) {
                turns.put(line(ticket), turn[ticket.priority()] + 1);
            }
            waiting.add(new Patient(ticket, passed[ticket.priority()]));
        }

        Patient first() {
            int top = waiting.stream().mapToInt(patient -> patient.ticket.priority()).max().orElseThrow();
            Patient urgent = waiting(top).min(Comparator.comparingLong(this::turn).thenComparing(Patient.BY_AGE))
                    .orElseThrow();
            Patient oldestUrgent = waiting(top).min(Patient.BY_AGE).orElseThrow();
            return IntStream.range(0, top).filter(this::hasWaitedEnough)
                    .mapToObj(priority -> waiting(priority).min(Patient.BY_AGE).orElseThrow())
                    .filter(oldest -> Patient.BY_AGE.compare(oldest, urgent) < 0)
                    .min(Patient.BY_AGE).map(starving -> Stream.of(starving, oldestUrgent).min(Patient.BY_AGE)
                            .orElseThrow())
                    .orElse(urgent);
        }

        private boolean hasWaitedEnough(int priority) {
            return waiting(priority).anyMatch(patient -> passed[priority] - patient.passedBefore >= threshold);
        }

        void goes(Patient patient) {
            int own = patient.ticket.priority();
            turn[own] = Math.max(turn[own], turn(patient));
            isHeld(patient);
            IntStream.range(0, patient.ticket.priority()).forEach(lower -> passed[lower]++);
        }

        void isHeld(Patient patient) {
            turns.merge(line(patient.ticket), 1L, Long::sum);
            waiting.remove(patient);
        }

        void isPutBack(Patient patient) {
            turns.merge(line(patient.ticket), -1L, Long::sum);
            waiting.add(patient);
        }

        /** Once the window is empty, earlier turns no longer count. */
        void endStep() {
            if (waiting.isEmpty()) {
                turns.clear();
                Arrays.fill(turn, 0);
                Arrays.fill(passed, 0);
            }
        }
    }

    /** A frame of random camera and priority, captured just now or, sometimes, long ago. */
    private static Ticket any(Random random, int number) {
        long captured = NOW.toEpochMilli() - (random.nextInt(4) == 0 ? random.nextInt(1_000) : 0);
        return new Ticket("cam" + random.nextInt(6), random.nextInt(3) * 5, new EntryId(captured, number));
    }

    private static void run(Random random, int threshold, List<PlacementResult> verdicts) {
        Window<Ticket> window = new Window<>(Window.Limit.of(100_000), new Starvation(threshold, NEVER));
        Plain plain = new Plain(threshold);
        for (int step = 0; step < 300 || window.size() > 0; step++) {
            for (int i = step < 300 ? random.nextInt(12) : 0; i > 0; i--) {
                Ticket ticket = any(random, step * 12 + i);
                window.add(ticket, NOW);
                plain.add(ticket);
            }
            if (random.nextInt(20) == 0) {
                List<Ticket> removed = window.removeIf(_ -> random.nextInt(8) == 0);
                plain.waiting.removeIf(patient -> removed.contains(patient.ticket));
                plain.endStep();
            }
            Deque<Patient> held = new ArrayDeque<>();
            window.offer(NOW, random.nextInt(9), (ticket, _) -> {
                Patient first = plain.first();
                assertThat(ticket).isEqualTo(first.ticket);
                PlacementResult verdict = verdicts.get(random.nextInt(verdicts.size()));
                switch (verdict) {
                    case GOES -> plain.goes(first);
                    case LEAVES -> plain.waiting.remove(first);
                    case HELD -> {
                        plain.isHeld(first);
                        held.push(first);
                    }
                    case WAITS -> {
                    }
                }
                return verdict;
            });
            held.forEach(plain::isPutBack);
            plain.endStep();
            assertThat(window.size()).isEqualTo(plain.waiting.size());
            assertThat(window.oldest().map(Ticket::captureId))
                    .isEqualTo(
                            plain.waiting.stream().map(patient -> patient.ticket.captureId()).min(EntryId::compareTo));
        }
    }

    @RepeatedTest(20)
    void forAnyArrivalsTheNextIsTheOneWhoseTurnItIsOrWhoHasWaitedEnough(RepetitionInfo run) {
        run(new Random(run.getCurrentRepetition()), 20, List.of(PlacementResult.GOES));
    }

    @RepeatedTest(20)
    void oneThatIsHeldOrWaitsHasItsTurnAgainAndSoHasTheCameraOfOneThatLeaves(RepetitionInfo run) {
        run(new Random(run.getCurrentRepetition()), 20,
                List.of(PlacementResult.GOES, PlacementResult.GOES, PlacementResult.HELD, PlacementResult.WAITS,
                        PlacementResult.LEAVES));
    }
}
