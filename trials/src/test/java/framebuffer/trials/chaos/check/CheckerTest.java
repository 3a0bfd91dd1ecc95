package framebuffer.trials.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.trials.chaos.check.FrameEnd.EndType;
import framebuffer.trials.chaos.check.RunConditions.FaultPeriod;
import framebuffer.trials.chaos.check.RunConditions.LedgerFigures;
import framebuffer.trials.chaos.check.Violation.ViolationType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CheckerTest {
    private static final int FRAMES = 300;
    private static final int KILL = 100_000;
    private static final Set<String> FOREIGN = Set.of("processor-9");

    private final Map<Integer, FrameNature> natures = new HashMap<>();
    private final Map<Integer, List<FrameEnd>> endings = new HashMap<>();
    private final Map<Integer, Integer> told = new HashMap<>();
    private boolean forgetful;
    private long ledgerDone = -1;

    static LongStream seeds() {
        return LongStream.concat(LongStream.range(0, 50), LongStream.of(System.nanoTime()));
    }

    /** A run without violations. */
    private void fine(Random random) {
        for (int frame = 0; frame < FRAMES; frame++) {
            FrameNature nature = random.nextInt(10) > 0
                    ? FrameNature.PLAIN
                    : List.of(FrameNature.values()).get(random.nextInt(FrameNature.values().length));
            natures.put(frame, nature);
            if (random.nextInt(20) > 0) {
                told.put(frame, frame * 10);
            } else if (random.nextBoolean()) {
                // A frame without a reply that was not stored.
                continue;
            }
            endings.put(frame, new ArrayList<>(List.of(end(nature, random, frame * 10 + 5))));
        }
    }

    private static FrameEnd end(FrameNature nature, Random random, int millis) {
        return switch (nature) {
            case PLAIN -> result(millis);
            case HASTY -> random.nextBoolean() ? result(millis) : new FrameEnd(EndType.SHED, "expired", 1, millis);
            case EXIT, FAIL, HANG -> new FrameEnd(EndType.DEAD, "max_attempts", 5, millis);
        };
    }

    private static FrameEnd result(int millis) {
        return new FrameEnd(EndType.RESULT, "processor-1", 1, millis);
    }

    private int some(Random random, FrameNature nature) {
        List<Integer> all = natures.keySet().stream()
                .filter(frame -> natures.get(frame) == nature && told.containsKey(frame)).sorted().toList();
        return all.get(random.nextInt(all.size()));
    }

    private CheckResult verdict() {
        FrameLog log = new FrameLog(FRAMES);
        natures.forEach(log::sent);
        told.forEach((frame, millis) -> log.told(frame, millis, 0));
        endings.forEach((frame, all) -> all.forEach(ending -> log.ended(frame, ending)));
        long done = endings.values().stream().filter(all -> all.stream().anyMatch(e -> e.what() == EndType.RESULT))
                .count();
        long dead = endings.values().stream().filter(all -> all.stream().anyMatch(e -> e.what() == EndType.DEAD))
                .count();
        long shed = endings.values().stream().filter(all -> all.stream().anyMatch(e -> e.what() == EndType.SHED))
                .count();
        return Checker.check(log,
                new RunConditions(forgetful ? List.of(FaultPeriod.killed(KILL, 0)) : List.of(), _ -> 0,
                        new LedgerFigures(true, done + dead + shed, ledgerDone < 0 ? done : ledgerDone, shed, dead, 0,
                                0),
                        FOREIGN, 9, List.of(), List.of()));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aRunInWhichAllWentAsItMustPasses(long seed) {
        fine(new Random(seed));
        CheckResult verdict = verdict();
        assertThat(verdict.passed()).as("%s", verdict).isTrue();
        assertThat(verdict.ends().done()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void oneFrameThatIsLostIsFound(long seed) {
        Random random = new Random(seed);
        fine(random);
        int frame = some(random, FrameNature.PLAIN);
        endings.remove(frame);
        assertFound(ViolationType.LOST, frame);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void oneFrameThatIsDoubledIsFound(long seed) {
        Random random = new Random(seed);
        fine(random);
        int frame = some(random, FrameNature.PLAIN);
        endings.computeIfAbsent(frame, _ -> new ArrayList<>()).add(new FrameEnd(EndType.RESULT, "processor-2", 2, 9));
        assertFound(ViolationType.DOUBLED, frame);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anInnocentThatIsGivenUpOnIsFound(long seed) {
        Random random = new Random(seed);
        fine(random);
        int frame = some(random, FrameNature.PLAIN);
        endings.put(frame, List.of(new FrameEnd(EndType.DEAD, "max_attempts", 5, 9)));
        assertFound(ViolationType.DEAD_WITHOUT_CAUSE, frame);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aFrameThatMayNotBeShedIsFound(long seed) {
        Random random = new Random(seed);
        fine(random);
        int frame = some(random, FrameNature.PLAIN);
        endings.put(frame, List.of(new FrameEnd(EndType.SHED, "expired", 1, 9)));
        assertFound(ViolationType.SHED_WITHOUT_CAUSE, frame);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void poisonThatDoesNotBecomeADeadLetterAfterFiveAttemptsIsFound(long seed) {
        Random random = new Random(seed);
        fine(random);
        natures.put(0, FrameNature.EXIT);
        told.put(0, 0);
        List<FrameEnd> wrong = List.of(result(9), new FrameEnd(EndType.DEAD, "max_attempts", 4, 9),
                new FrameEnd(EndType.DEAD, "rejected", 5, 9), new FrameEnd(EndType.SHED, "expired", 5, 9));
        endings.put(0, List.of(wrong.get(random.nextInt(wrong.size()))));
        assertFound(ViolationType.POISON_NOT_DEAD, 0);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aFrameThatIsDoneAndGivenUpOnIsFound(long seed) {
        Random random = new Random(seed);
        fine(random);
        int frame = some(random, FrameNature.PLAIN);
        endings.computeIfAbsent(frame, _ -> new ArrayList<>()).add(new FrameEnd(EndType.DEAD, "max_attempts", 5, 9));
        assertFound(ViolationType.ENDED_TWICE, frame);
    }

    private void assertFound(ViolationType kind, int frame) {
        CheckResult verdict = verdict();
        assertThat(verdict.passed()).isFalse();
        assertThat(verdict.counts()).containsOnly(Map.entry(kind, 1));
        assertThat(verdict.offences()).extracting(offence -> offence.story().frame()).containsExactly(frame);
    }

    @Test
    void whatRedisMayHaveForgottenIsCountedApart() {
        fine(new Random(1));
        int frame = some(new Random(1), FrameNature.PLAIN);
        told.put(frame, KILL - 500);
        endings.remove(frame);
        assertThat(verdict().counts()).containsOnlyKeys(ViolationType.LOST);
        forgetful = true;
        assertThat(verdict().passed()).isTrue();
        assertThat(verdict().ends().forgotten()).isOne();
        told.put(frame, KILL - 3_000);
        assertThat(verdict().counts()).containsOnlyKeys(ViolationType.LOST);
    }

    @Test
    void whatWasStoredBeforeRedisWasEmptiedMayHaveNoEndAndTheLedgerBeginsAnew() {
        FrameLog log = new FrameLog(3);
        for (int frame = 0; frame < 3; frame++) {
            log.sent(frame, FrameNature.PLAIN);
        }
        log.told(0, 10, 0);
        log.told(1, 20, 0);
        log.ended(0, result(30));
        log.emptied(1, 40);
        log.told(2, 50, 1);
        assertThat(log.tally().toldSince()).isOne();
        log.ended(2, result(60));
        CheckResult verdict = Checker.check(log, ledger(1));
        assertThat(verdict.passed()).as("%s", verdict).isTrue();
        assertThat(verdict.ends().forgotten()).isOne();
        assertThat(Checker.check(log, ledger(2)).problems()).singleElement().asString()
                .contains("the ledger says 2 done", "seen were 1, 0 and 0 since Redis was emptied");
    }

    @Test
    void whatWasStoredAfterRedisWasEmptiedMustHaveAnEnd() {
        FrameLog log = new FrameLog(1);
        log.emptied(1, 40);
        log.sent(0, FrameNature.PLAIN);
        log.told(0, 50, 1);
        assertThat(Checker.check(log, ledger(0)).counts()).containsOnlyKeys(ViolationType.LOST);
    }

    @Test
    void whatAProcessorThatDoesNotAskAnswersAfterRedisWasEmptiedIsNotInTheNewLedger() {
        FrameLog log = new FrameLog(2);
        for (int frame = 0; frame < 2; frame++) {
            log.sent(frame, FrameNature.PLAIN);
            log.told(frame, 10, 0);
        }
        log.emptied(1, 40);
        log.ended(0, new FrameEnd(EndType.RESULT, "processor-9", 1, 50));
        assertThat(Checker.check(log, ledger(0)).problems()).isEmpty();
        log.ended(1, result(60));
        assertThat(Checker.check(log, ledger(0)).problems()).singleElement().asString()
                .contains("seen were 1, 0 and 0");
    }

    private static RunConditions ledger(long done) {
        return new RunConditions(List.of(), _ -> 0, new LedgerFigures(true, done, done, 0, 0, 0, 0), FOREIGN, 9,
                List.of(), List.of());
    }

    @Test
    void aSecondResultOfAProcessorThatDoesNotAskIsCountedApart() {
        fine(new Random(1));
        int frame = some(new Random(1), FrameNature.PLAIN);
        endings.computeIfAbsent(frame, _ -> new ArrayList<>()).add(new FrameEnd(EndType.RESULT, "processor-9", 2, 9));
        assertThat(verdict().passed()).isTrue();
        assertThat(verdict().ends().again()).isOne();
    }

    @Test
    void aFrameThatExpiresAfterTheLateAnswerOfAProcessorThatDoesNotAskIsCountedApart() {
        fine(new Random(1));
        int frame = some(new Random(1), FrameNature.HASTY);
        FrameEnd shed = new FrameEnd(EndType.SHED, "expired", 1, 60_000);
        endings.put(frame, new ArrayList<>(List.of(new FrameEnd(EndType.RESULT, "processor-9", 1, 9), shed)));
        // The ledger counts only that it was shed.
        ledgerDone = endings.entrySet().stream().filter(one -> one.getKey() != frame)
                .filter(one -> one.getValue().getFirst().what() == EndType.RESULT).count();
        assertThat(verdict()).satisfies(verdict -> assertThat(verdict.passed()).as("%s", verdict).isTrue());
        assertThat(verdict().ends().again()).isOne();
        endings.put(frame, new ArrayList<>(List.of(result(9), shed)));
        assertFound(ViolationType.ENDED_TWICE, frame);
    }

    @Test
    void aFailoverThatNobodyCausedForgetsWhatWasToldFromBeforeItUntilAllHaveLearntOfIt() {
        assertThat(FaultPeriod.failedOver(10_000, 11_000, 1)).isEqualTo(new FaultPeriod(8_000, 14_000, 1));
    }

    @Test
    void whatTheLedgerSaysOtherwiseIsFound() {
        fine(new Random(1));
        ledgerDone = 1;
        assertThat(verdict().problems()).singleElement().asString().contains("the ledger says 1 done");
    }

    @Test
    void anEndOfAFrameThatNobodySentIsFound() {
        fine(new Random(1));
        natures.remove(FRAMES - 1);
        told.remove(FRAMES - 1);
        endings.put(FRAMES - 1, List.of(result(1)));
        assertThat(verdict().problems()).anySatisfy(problem -> assertThat(problem).contains("no frame that was sent"));
    }

    @Test
    void aRunWithoutALedgerOrALookOrWithTooMuchOutstandingOrATwinFails() {
        RunConditions poor = new RunConditions(List.of(), _ -> 0, null, Set.of(), 0, List.of("41 in one for 40"),
                List.of("the twin of one became ready"));
        CheckResult failed = Checker.check(new FrameLog(1), poor);
        assertThat(failed.passed()).isFalse();
        assertThat(failed.problems()).hasSize(4).contains("41 in one for 40", "the twin of one became ready");
    }

    @Test
    void ofManyOffencesTheFirstAreKeptAndAllAreCounted() {
        for (int frame = 0; frame < FRAMES; frame++) {
            natures.put(frame, FrameNature.PLAIN);
            told.put(frame, frame);
        }
        CheckResult verdict = verdict();
        assertThat(verdict.counts()).containsEntry(ViolationType.LOST, FRAMES);
        assertThat(verdict.offences()).hasSize(Checker.SHOWN);
        assertThat(verdict.offences().getFirst().story().toString()).contains("frame 0", "plain", "no end");
    }
}
